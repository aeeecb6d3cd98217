"""IAM, bucket and key policies as documents: pure, in a fixed order, so that a plan can be compared byte by byte."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def document(*statements: Mapping[str, Any]) -> str:
    """A policy document of the 2012-10-17 language."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"), sort_keys=True)


def allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """A statement of an identity policy."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def trust(service: str) -> str:
    """A trust policy for one AWS service principal."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def trust_operator(*, principal: str, external_id: str) -> str:
    """A trust policy for the operator's principal (an ARN), only with the tenant's external id (against the confused deputy)."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
        }
    )


def key_policy(*, partition: str, account: str, region: str, trail_arn: str) -> str:
    """The tenant key's policy: the account's IAM decides, CloudTrail and CloudWatch Logs of this account may encrypt."""
    trail_context = f"arn:{partition}:cloudtrail:*:{account}:trail/*"
    return document(
        {
            "Sid": "AccountAdministersThroughIam",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "TrailEncrypts",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail_arn},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trail_context},
            },
        },
        {
            "Sid": "TrailDescribesKey",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "kms:DescribeKey",
            "Resource": "*",
        },
        {
            "Sid": "LogGroupsEncrypt",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{partition}:logs:{region}:{account}:*"}
            },
        },
    )


def log_bucket_policy(*, partition: str, account: str, bucket: str, trail_arn: str) -> str:
    """The log bucket's policy: this trail may deliver, nobody may come without TLS."""
    arn = f"arn:{partition}:s3:::{bucket}"
    source = {"aws:SourceArn": trail_arn}
    return document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "TrailChecksAcl",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": {"StringEquals": source},
        },
        {
            "Sid": "TrailDelivers",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/AWSLogs/{account}/*",
            "Condition": {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    )
