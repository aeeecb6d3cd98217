"""Judges a tenant's foundation on AWS: key, log bucket, trail, operator's role. Pure: live objects in, checks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.verify.aws_expected import Expected
from toolkit.verify.aws_policies import (
    allows,
    bucket_allows,
    key_allows,
    operator_rights,
    principals,
    rights,
    statements,
    words,
)
from toolkit.verify.check import Check, equal, holds

ROTATION_DAYS = 365
Objects = Mapping[str, Mapping[str, Any]]
"""One live object by its short name (``Expected.logical``)."""


def foundation_checks(want: Expected, live: Objects) -> Iterator[Check]:
    """The checks of the objects that are there; ``aws.one-each`` tells of the others."""
    if "key" in live:
        yield from _key(want, live)
    if "bucket" in live:
        yield from _bucket(want, live)
    if "trail" in live:
        yield from _trail(live)
    if "operator" in live:
        yield from _operator(want, live["operator"])


def _key(want: Expected, live: Objects) -> Iterator[Check]:
    key = live["key"]
    subject, rotation = f"kms {key['KeyId']}", key["Rotation"] or {}
    how = "kms.GetKeyRotationStatus, kms.DescribeKey, kms.GetKeyPolicy"
    yield equal(
        "kms.enabled",
        subject=subject,
        claim="the tenant's key is enabled and customer-managed",
        how=how,
        expected=["Enabled", "CUSTOMER"],
        observed=[key.get("KeyState"), key.get("KeyManager")],
    )
    yield equal(
        "kms.rotation",
        subject=subject,
        claim="the tenant's key rotates",
        how=how,
        expected=True,
        observed=bool(rotation.get("KeyRotationEnabled")),
    )
    yield equal(
        "kms.rotation-period",
        subject=subject,
        claim=f"the tenant's key rotates every {ROTATION_DAYS} days",
        how=how,
        expected=ROTATION_DAYS,
        observed=rotation.get("RotationPeriodInDays"),
    )
    yield equal(
        "kms.policy",
        subject=subject,
        claim="this account's IAM, the trail and the log groups may use the tenant's key, and nobody else",
        how=how,
        expected=key_allows(want, trail_arn=live.get("trail", {}).get("TrailARN")),
        observed=allows(key["Policy"]),
    )


def _bucket(want: Expected, live: Objects) -> Iterator[Check]:
    bucket, key = live["bucket"], live.get("key", {})
    subject = f"s3 {bucket['Name']}"
    rules = ((bucket["Encryption"] or {}).get("ServerSideEncryptionConfiguration") or {}).get("Rules", [])
    used = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]
    yield equal(
        "bucket.encryption",
        subject=subject,
        claim="the log bucket encrypts with the tenant's key",
        how="s3.GetBucketEncryption",
        expected=[["aws:kms", key.get("Arn")]],
        observed=[[rule.get("SSEAlgorithm"), rule.get("KMSMasterKeyID")] for rule in used],
    )
    access = (bucket["PublicAccess"] or {}).get("PublicAccessBlockConfiguration", {})
    for name, switch in (
        ("acls", "BlockPublicAcls"),
        ("ignored-acls", "IgnorePublicAcls"),
        ("policies", "BlockPublicPolicy"),
        ("restricted", "RestrictPublicBuckets"),
    ):
        yield equal(
            f"bucket.public-{name}",
            subject=subject,
            claim=f"the log bucket is closed to the public: {switch}",
            how="s3.GetPublicAccessBlock",
            expected=True,
            observed=access.get(switch, False),
        )
    yield equal(
        "bucket.versioning",
        subject=subject,
        claim="the log bucket keeps versions",
        how="s3.GetBucketVersioning",
        expected="Enabled",
        observed=(bucket["Versioning"] or {}).get("Status"),
    )
    ownership = ((bucket["Ownership"] or {}).get("OwnershipControls") or {}).get("Rules", [])
    yield equal(
        "bucket.ownership",
        subject=subject,
        claim="the log bucket's owner owns every object: no ACL counts",
        how="s3.GetBucketOwnershipControls",
        expected=["BucketOwnerEnforced"],
        observed=[rule.get("ObjectOwnership") for rule in ownership],
    )
    arn = f"arn:{want.partition}:s3:::{bucket['Name']}"
    yield holds(
        "bucket.tls-only",
        subject=subject,
        claim="the log bucket denies everyone who comes without TLS",
        how="s3.GetBucketPolicy",
        truth=any(_denies_plain_http(statement, arn) for statement in statements(bucket["Policy"], "Deny")),
        observed=statements(bucket["Policy"], "Deny"),
    )
    yield equal(
        "bucket.policy",
        subject=subject,
        claim="the log bucket's policy lets the trail deliver, and nobody else in",
        how="s3.GetBucketPolicy",
        expected=bucket_allows(want, bucket_arn=arn, trail_arn=live.get("trail", {}).get("TrailARN")),
        observed=allows(bucket["Policy"]),
    )


def _denies_plain_http(statement: Mapping[str, Any], arn: str) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return (
        principals(statement) == ["*"]
        and words(statement.get("Action")) == ["s3:*"]
        and {arn, f"{arn}/*"} <= set(words(statement.get("Resource")))
        and str(condition.get("aws:SecureTransport", "")).lower() == "false"
        and len(statement["Condition"]) == 1
    )


def _trail(live: Objects) -> Iterator[Check]:
    trail = live["trail"]
    subject, status = f"cloudtrail {trail.get('Name')}", trail.get("Status") or {}
    for id_, claim, expected, observed in (
        ("trail.logging", "the trail logs", True, bool(status.get("IsLogging"))),
        ("trail.multi-region", "the trail covers every region", True, trail.get("IsMultiRegionTrail")),
        ("trail.global-events", "the trail holds global services", True, trail.get("IncludeGlobalServiceEvents")),
        ("trail.validation", "the trail's files can be validated", True, trail.get("LogFileValidationEnabled")),
        ("trail.encryption", "the trail encrypts with the tenant's key", live.get("key", {}).get("Arn"), trail.get("KmsKeyId")),
        ("trail.bucket", "the trail delivers to the log bucket", live.get("bucket", {}).get("Name"), trail.get("S3BucketName")),
    ):  # fmt: skip
        yield equal(
            id_,
            subject=subject,
            claim=claim,
            how="cloudtrail.GetTrail, cloudtrail.GetTrailStatus",
            expected=expected,
            observed=observed,
        )
    selectors = trail.get("Selectors") or {}
    yield holds(
        "trail.management-events",
        subject=subject,
        claim="the trail records every management event, reads and writes of all services",
        how="cloudtrail.GetEventSelectors",
        truth=any(map(_all_management, selectors.get("EventSelectors", [])))
        or any(map(_all_management_advanced, selectors.get("AdvancedEventSelectors", []))),
        observed=selectors,
    )


def _all_management(selector: Mapping[str, Any]) -> bool:
    return (
        selector.get("IncludeManagementEvents") is True
        and selector.get("ReadWriteType") == "All"
        and not selector.get("ExcludeManagementEventSources")
    )


def _all_management_advanced(selector: Mapping[str, Any]) -> bool:
    # a second field would narrow it: readOnly, or an event source left out
    return selector.get("FieldSelectors") == [{"Field": "eventCategory", "Equals": ["Management"]}]


def _operator(want: Expected, role: Mapping[str, Any]) -> Iterator[Check]:
    subject, how = f"iam {role['RoleName']}", "iam.ListRoles: the trust policy (assuming the role proves nothing here)"
    allowed = statements(role["Trust"], "Allow")
    yield equal(
        "operator.external-id",
        subject=subject,
        claim="whoever takes the operator's role must name this tenant's external id",
        how=how,
        expected=[want.external_id],
        observed=sorted(
            {
                word
                for statement in allowed
                for word in words(statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId"))
                or ["(none)"]
            }
        ),
    )
    trusted = sorted({principal for statement in allowed for principal in principals(statement)})
    yield equal(
        "operator.principal",
        subject=subject,
        claim="only the provider's account may take the operator's role",
        how=how,
        expected=[want.operator],
        observed=trusted,
    )
    yield equal(
        "operator.rights",
        subject=subject,
        claim="the operator's role reads states and logs, and may nothing else",
        how="iam.ListAttachedRolePolicies, iam.ListRolePolicies, iam.GetRolePolicy",
        expected=operator_rights(),
        observed=rights(role),
    )
