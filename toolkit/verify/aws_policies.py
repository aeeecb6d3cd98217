"""AWS policy documents: what a tenant's key, log bucket and roles should allow, in a form that compares. Pure.

AWS gives a document back as it was put; one word or a list of one, and the order, mean the same and compare so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.canonical import canonical_bytes
from toolkit.verify.aws_expected import Expected

Statement = dict[str, Any]
ALL_BUT = "(all but those of NotPrincipal)"
OPERATOR_POLICY = "operator-reads"
OPERATOR_READS = (
    "backup:Describe*",
    "backup:Get*",
    "backup:List*",
    "cloudtrail:DescribeTrails",
    "cloudtrail:Get*",
    "cloudtrail:List*",
    "cloudwatch:Describe*",
    "cloudwatch:Get*",
    "ec2:Describe*",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
    "iam:ListRoles",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListKeys",
    "kms:ListResourceTags",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:ListTagsForResource",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:ListAllMyBuckets",
)
FLOW_POLICY = "write-flows"
FLOW_WRITES = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
BACKUP_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")


def statements(policy: Mapping[str, Any], effect: str) -> list[Statement]:
    """The statements of that effect."""
    listed = policy.get("Statement", [])
    listed = [listed] if isinstance(listed, dict) else listed
    return [statement for statement in listed if statement.get("Effect") == effect]


def words(value: Any) -> list[str]:
    """One string or a list of strings as a list."""
    return [value] if isinstance(value, str) else list(value or [])


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Every principal of a statement; ``ALL_BUT`` stands for one that names only who is left out."""
    if "NotPrincipal" in statement:
        return [ALL_BUT]
    principal = statement.get("Principal", {})
    if isinstance(principal, str):
        return [principal]
    return sorted(word for value in principal.values() for word in words(value))


def _sorted_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sorted_words(item) for name, item in sorted(value.items())}
    return sorted(words(value)) if isinstance(value, (str, list, tuple)) else value


def allows(policy: Mapping[str, Any]) -> list[Statement]:
    """What a document allows, for comparison: every part of each ``Allow`` but ``Effect`` and ``Sid``, all sorted."""
    found = [
        {name: _sorted_words(part) for name, part in sorted(statement.items()) if name not in ("Effect", "Sid")}
        for statement in statements(policy, "Allow")
    ]
    return sorted(found, key=canonical_bytes)


def _allowing(*made: Statement) -> list[Statement]:
    return allows({"Statement": [{"Effect": "Allow", **statement} for statement in made]})


def key_allows(want: Expected, *, trail_arn: str | None) -> list[Statement]:
    """The account's IAM decides; the trail and this region's log groups may encrypt."""
    trail = {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Resource": "*"}
    return _allowing(
        {
            "Principal": {"AWS": f"arn:{want.partition}:iam::{want.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            **trail,
            "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail_arn},
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": f"arn:{want.partition}:cloudtrail:*:{want.account}:trail/*"
                },
            },
        },
        {**trail, "Action": "kms:DescribeKey"},
        {
            "Principal": {"Service": f"logs.{want.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:{want.partition}:logs:{want.region}:{want.account}:*"
                }
            },
        },
    )


def bucket_allows(want: Expected, *, bucket_arn: str, trail_arn: str | None) -> list[Statement]:
    """The trail, and nobody else, may look at the bucket's ACL and put its files."""
    trail = {"Principal": {"Service": "cloudtrail.amazonaws.com"}}
    source = {"aws:SourceArn": trail_arn}
    return _allowing(
        {**trail, "Action": "s3:GetBucketAcl", "Resource": bucket_arn, "Condition": {"StringEquals": source}},
        {
            **trail,
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/AWSLogs/{want.account}/*",
            "Condition": {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    )


def rights(role: Mapping[str, Any]) -> dict[str, Any]:
    """What a live role may do: its attached policies' ARNs, and what each policy of its own allows, by name."""
    return {
        "attached": role["Attached"],
        "own": {name: allows(policy) for name, policy in sorted(role["Inline"].items())},
    }


def operator_rights() -> dict[str, Any]:
    """The operator reads states and logs, and nothing else."""
    return {"attached": [], "own": {OPERATOR_POLICY: _allowing({"Action": OPERATOR_READS, "Resource": "*"})}}


def flow_rights(log_group_arn: str) -> dict[str, Any]:
    """Flow logs write to their own log group (its ARN, without ``:*``)."""
    resources = [log_group_arn, f"{log_group_arn}:*"]
    return {"attached": [], "own": {FLOW_POLICY: _allowing({"Action": FLOW_WRITES, "Resource": resources})}}


def backup_rights(want: Expected) -> dict[str, Any]:
    """AWS Backup has AWS's own two policies."""
    return {
        "attached": [f"arn:{want.partition}:iam::aws:policy/service-role/{name}" for name in BACKUP_POLICIES],
        "own": {},
    }


def service_trust(service: str) -> list[Statement]:
    """One AWS service may take the role."""
    return _allowing({"Principal": {"Service": service}, "Action": "sts:AssumeRole"})
