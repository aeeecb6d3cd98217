"""Judges a tenant's foundation on AWS: key, log bucket, trail, operator's role. Pure: live objects in, checks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.verify.aws_expected import Expected
from toolkit.verify.check import Check, equal, holds

ROTATION_DAYS = 365
Objects = Mapping[str, Mapping[str, Any]]
"""One live object by its short name (``Expected.logical``)."""


def statements(policy: Mapping[str, Any], effect: str) -> list[dict[str, Any]]:
    """The statements of that effect."""
    listed = policy.get("Statement", [])
    listed = [listed] if isinstance(listed, dict) else listed
    return [statement for statement in listed if statement.get("Effect") == effect]


def words(value: Any) -> list[str]:
    """One string or a list of strings as a list."""
    return [value] if isinstance(value, str) else list(value or [])


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Every principal of a statement."""
    principal = statement.get("Principal", {})
    if isinstance(principal, str):
        return [principal]
    return sorted(word for value in principal.values() for word in words(value))


def foundation_checks(want: Expected, live: Objects) -> Iterator[Check]:
    """The checks of the objects that are there; ``aws.one-each`` tells of the others."""
    if "key" in live:
        yield from _key(want, live["key"])
    if "bucket" in live:
        yield from _bucket(want, live)
    if "trail" in live:
        yield from _trail(live)
    if "operator" in live:
        yield from _operator(want, live["operator"])


def _key(want: Expected, key: Mapping[str, Any]) -> Iterator[Check]:
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
    own = f":iam::{want.account}:"
    open_ = [
        {"Sid": statement.get("Sid", ""), "Principal": principal}
        for statement in statements(key["Policy"], "Allow")
        for principal in principals(statement)
        if not (own in principal or principal.endswith(".amazonaws.com"))
    ]
    yield equal(
        "kms.policy",
        subject=subject,
        claim="only this account and AWS services may use the tenant's key",
        how=how,
        expected=[],
        observed=open_,
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
    arn = f"arn:{'aws-cn' if want.region.startswith('cn-') else 'aws'}:s3:::{bucket['Name']}"
    yield holds(
        "bucket.tls-only",
        subject=subject,
        claim="the log bucket denies everyone who comes without TLS",
        how="s3.GetBucketPolicy",
        truth=any(_denies_plain_http(statement, arn) for statement in statements(bucket["Policy"], "Deny")),
        observed=statements(bucket["Policy"], "Deny"),
    )
    strangers = [
        principal
        for statement in statements(bucket["Policy"], "Allow")
        for principal in principals(statement)
        if principal != "cloudtrail.amazonaws.com"
    ]
    yield equal(
        "bucket.policy",
        subject=subject,
        claim="the log bucket's policy lets nobody in but CloudTrail",
        how="s3.GetBucketPolicy",
        expected=[],
        observed=strangers,
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
    wanted = [want.operator] if want.operator else trusted
    yield holds(
        "operator.principal",
        subject=subject,
        claim="only the provider's account may take the operator's role",
        how=how,
        truth=bool(trusted) and trusted == wanted and "*" not in trusted,
        observed=trusted,
    )
