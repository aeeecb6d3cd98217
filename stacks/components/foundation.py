"""A tenant's foundation on AWS: key, log bucket, trail, and the operator's role."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components import policies
from components.tenant import Group, Tenant

ROTATION_DAYS = 365
DELETION_DAYS = 30
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


class TenantKey(Group):
    """The tenant's customer-managed key, rotated every ``ROTATION_DAYS`` days."""

    def __init__(self, tenant: Tenant, *, trail_arn: str) -> None:
        super().__init__("TenantKey", "tenant-key", tenant)
        policy = policies.key_policy(
            partition=tenant.partition, account=tenant.account, region=tenant.region, trail_arn=trail_arn
        )
        self.key = aws.kms.Key(
            "tenant",
            description=f"{tenant.customer} {tenant.id}: logs, trail and backups",
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=DELETION_DAYS,
            policy=policy,
            tags=tenant.tags("aws:kms/key:Key", "tenant"),
            opts=self.child(),
        )
        self.alias = aws.kms.Alias(
            "tenant", name=f"alias/{tenant.physical('tenant', 250)}", target_key_id=self.key.key_id, opts=self.child()
        )
        self.register_outputs({"key_arn": self.key.arn})


class LogBucket(Group):
    """A versioned bucket encrypted with the tenant's key, closed to the public and to plain HTTP."""

    def __init__(self, tenant: Tenant, *, key: aws.kms.Key, trail_arn: str) -> None:
        super().__init__("LogBucket", "log-bucket", tenant)
        name = tenant.physical(f"logs-{tenant.account}", 63)
        self.bucket = aws.s3.Bucket(
            "logs",
            bucket=name,
            force_destroy=False,
            tags=tenant.tags("aws:s3/bucket:Bucket", "logs"),
            opts=self.child(),
        )
        ownership = aws.s3.BucketOwnershipControls(
            "logs",
            bucket=self.bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self.child(),
        )
        closed = aws.s3.BucketPublicAccessBlock(
            "logs",
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        versioning = aws.s3.BucketVersioning(
            "logs",
            bucket=self.bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.child(),
        )
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            "logs",
            bucket=self.bucket.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="aws:kms", kms_master_key_id=key.arn
                    ),
                    bucket_key_enabled=True,
                )
            ],
            opts=self.child(),
        )
        self.policy = aws.s3.BucketPolicy(
            "logs",
            bucket=self.bucket.bucket,
            policy=policies.log_bucket_policy(
                partition=tenant.partition, account=tenant.account, bucket=name, trail_arn=trail_arn
            ),
            # a policy that is put before the bucket is closed would be public for a moment
            opts=self.child(closed, ownership, versioning, encryption),
        )
        self.register_outputs({"bucket": self.bucket.bucket})


class Foundation(Group):
    """Key, log bucket, a trail over all regions with validated log files, and the operator's role."""

    def __init__(self, tenant: Tenant, *, operator_principal: str, external_id: str) -> None:
        super().__init__("Foundation", "foundation", tenant)
        trail_name = tenant.physical("trail", 128)
        trail_arn = tenant.arn("cloudtrail", f"trail/{trail_name}")
        key = TenantKey(tenant, trail_arn=trail_arn)
        logs = LogBucket(tenant, key=key.key, trail_arn=trail_arn)
        self.trail = aws.cloudtrail.Trail(
            "audit",
            name=trail_name,
            s3_bucket_name=logs.bucket.bucket,
            kms_key_id=key.key.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            tags=tenant.tags("aws:cloudtrail/trail:Trail", "audit"),
            opts=self.child(logs.policy),
        )
        self.role = aws.iam.Role(
            "operator",
            name=tenant.physical("operator"),
            description="The provider's operators, only with this tenant's external id",
            assume_role_policy=policies.trust_operator(principal=operator_principal, external_id=external_id),
            max_session_duration=3600,
            tags=tenant.tags("aws:iam/role:Role", "operator"),
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            "operator-reads",
            name="operator-reads",
            role=self.role.name,
            policy=policies.document(policies.allow(OPERATOR_READS, ["*"])),
            opts=self.child(),
        )
        self.outputs: dict[str, pulumi.Input[object]] = {
            "kms_key_arn": key.key.arn,
            "log_bucket": logs.bucket.bucket,
            "trail_arn": self.trail.arn,
            "operator_role_arn": self.role.arn,
        }
        self.register_outputs({})
