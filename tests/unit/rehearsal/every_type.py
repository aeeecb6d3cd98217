"""A program that uses every resource type of the property map, in a first and in a changed shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from toolkit.rehearsal.property_map import load_map

SECRETS = {1: "first.tunnels.Key.1", 2: "second.tunnels.Key.2"}
CHANGED_SECRET = "changed.Key.of.tunnel.1"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def bucket_policy(name: str, sid: str) -> str:
    statement = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Declared:
    """The resources of one run of the program; ``imports`` maps a type, or a helper's name, to a live object's id."""

    def __init__(self, options: Any, *, changed: bool = False, imports: dict[str, str] | None = None) -> None:
        self.options = options
        self.changed = changed
        self.imports = imports or {}
        self.found: dict[str, Any] = {}
        self.keys_and_bucket()
        self.roles()
        self.network()
        self.vpn()
        self.logs_and_backup()

    def make(self, kind: Callable[..., Any], token: str, **properties: Any) -> Any:
        import pulumi

        if load_map()[token].taggable:
            mark = {"changed": "yes"} if self.changed else {"first": "yes"}
            properties["tags"] = {"onboard:urn": f"urn:{token}::it", **mark}
        extra = pulumi.ResourceOptions(import_=self.imports.get(token))
        made = kind("it", opts=pulumi.ResourceOptions.merge(self.options, extra), **properties)
        self.found[token] = made
        return made

    def helper(self, name: str) -> Any:
        """Options of an object that others point at."""
        import pulumi

        return pulumi.ResourceOptions.merge(self.options, pulumi.ResourceOptions(import_=self.imports.get(name)))

    def either(self, first: Any, changed: Any) -> Any:
        return changed if self.changed else first

    def keys_and_bucket(self) -> None:
        from pulumi_aws import cloudtrail, kms, s3

        self.key = self.make(
            kms.Key,
            "aws:kms/key:Key",
            description=self.either("a key", "the key"),
            enable_key_rotation=True,
            rotation_period_in_days=self.either(365, 180),
        )
        other = kms.Key("other", opts=self.helper("other"))
        target = self.either(self.key.key_id, other.key_id)
        self.make(kms.Alias, "aws:kms/alias:Alias", name="alias/it", target_key_id=target)
        bucket = self.make(s3.Bucket, "aws:s3/bucket:Bucket", bucket="it-bucket")
        self.make(
            s3.BucketPublicAccessBlock,
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=self.either(False, True),
        )
        self.make(
            s3.BucketVersioning,
            "aws:s3/bucketVersioning:BucketVersioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": self.either("Suspended", "Enabled")},
        )
        self.make(
            s3.BucketServerSideEncryptionConfiguration,
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": self.either(self.key.arn, other.arn),
                    },
                    "bucket_key_enabled": self.either(False, True),
                }
            ],
        )
        self.make(
            s3.BucketOwnershipControls,
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            bucket=bucket.bucket,
            rule={"object_ownership": self.either("ObjectWriter", "BucketOwnerEnforced")},
        )
        document = bucket_policy("it-bucket", self.either("First", "Changed"))
        self.make(s3.BucketPolicy, "aws:s3/bucketPolicy:BucketPolicy", bucket=bucket.bucket, policy=document)
        self.make(
            cloudtrail.Trail,
            "aws:cloudtrail/trail:Trail",
            name="it-trail",
            s3_bucket_name=bucket.bucket,
            is_multi_region_trail=self.either(False, True),
            enable_log_file_validation=True,
            enable_logging=self.either(False, True),
            kms_key_id=self.key.arn,
        )

    def roles(self) -> None:
        from pulumi_aws import iam

        self.role = self.make(
            iam.Role,
            "aws:iam/role:Role",
            name="it-role",
            assume_role_policy=self.either(trust("ec2.amazonaws.com"), trust("backup.amazonaws.com")),
            description=self.either("a role", "the role"),
            max_session_duration=self.either(3600, 7200),
        )
        document = policy(self.either("ec2:DescribeVpcs", "ec2:DescribeSubnets"))
        self.make(iam.RolePolicy, "aws:iam/rolePolicy:RolePolicy", name="it", role=self.role.name, policy=document)
        arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
        self.make(
            iam.RolePolicyAttachment,
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            role=self.role.name,
            policy_arn=arn,
        )

    def network(self) -> None:
        from pulumi_aws import ec2

        self.vpc = self.make(
            ec2.Vpc, "aws:ec2/vpc:Vpc", cidr_block="10.20.0.0/16", enable_dns_hostnames=self.either(False, True)
        )
        ingress = [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}]
        self.make(
            ec2.DefaultSecurityGroup,
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            vpc_id=self.vpc.id,
            ingress=self.either(ingress, []),
            egress=[],
        )
        subnet = self.make(
            ec2.Subnet,
            "aws:ec2/subnet:Subnet",
            vpc_id=self.vpc.id,
            cidr_block="10.20.0.0/24",
            availability_zone="eu-west-3a",
            map_public_ip_on_launch=self.either(True, False),
        )
        self.table = self.make(ec2.RouteTable, "aws:ec2/routeTable:RouteTable", vpc_id=self.vpc.id)
        second = ec2.RouteTable("second", vpc_id=self.vpc.id, opts=self.helper("second"))
        self.make(
            ec2.RouteTableAssociation,
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            subnet_id=subnet.id,
            route_table_id=self.either(self.table.id, second.id),
        )

    def vpn(self) -> None:
        from pulumi_aws import ec2

        gateway = self.make(ec2.VpnGateway, "aws:ec2/vpnGateway:VpnGateway", amazon_side_asn="64600")
        attached = self.make(
            ec2.VpnGatewayAttachment,
            "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
            vpc_id=self.vpc.id,
            vpn_gateway_id=gateway.id,
        )
        customer = self.make(
            ec2.CustomerGateway,
            "aws:ec2/customerGateway:CustomerGateway",
            type="ipsec.1",
            bgp_asn="65000",
            ip_address="198.18.60.10",
            device_name="endpoint",
        )
        first_key = self.either(SECRETS[1], CHANGED_SECRET)
        self.connection = self.make(
            ec2.VpnConnection,
            "aws:ec2/vpnConnection:VpnConnection",
            type="ipsec.1",
            customer_gateway_id=customer.id,
            vpn_gateway_id=gateway.id,
            static_routes_only=True,
            local_ipv4_network_cidr=self.either("10.60.0.0/24", "10.61.0.0/24"),
            tunnel1_preshared_key=first_key,
            tunnel2_preshared_key=SECRETS[2],
            tunnel1_ike_versions=["ikev2"],
            tunnel2_ike_versions=["ikev2"],
            tunnel1_phase1_dh_group_numbers=self.either([19, 20], [20]),
            tunnel1_phase1_lifetime_seconds=self.either(28800, 14400),
            tunnel2_startup_action=self.either("add", "start"),
        )
        self.make(
            ec2.VpnConnectionRoute,
            "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
            vpn_connection_id=self.connection.id,
            destination_cidr_block=self.either("10.60.0.0/24", "10.61.0.0/24"),
        )
        self.make(
            ec2.Route,
            "aws:ec2/route:Route",
            route_table_id=self.table.id,
            destination_cidr_block="10.60.0.0/24",
            gateway_id=attached.vpn_gateway_id,
        )
        self.make(
            ec2.VpnGatewayRoutePropagation,
            "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
            route_table_id=self.table.id,
            vpn_gateway_id=attached.vpn_gateway_id,
        )

    def logs_and_backup(self) -> None:
        from pulumi_aws import backup, cloudwatch, ec2

        group = self.make(
            cloudwatch.LogGroup,
            "aws:cloudwatch/logGroup:LogGroup",
            name="/it",
            retention_in_days=self.either(30, 365),
            kms_key_id=self.key.arn,
        )
        self.make(
            ec2.FlowLog,
            "aws:ec2/flowLog:FlowLog",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=self.role.arn,
            max_aggregation_interval=60,
        )
        vault = self.make(backup.Vault, "aws:backup/vault:Vault", name="it-vault", kms_key_arn=self.key.arn)
        plan = self.make(
            backup.Plan,
            "aws:backup/plan:Plan",
            name="it-plan",
            rules=[
                {
                    "rule_name": "it",
                    "target_vault_name": vault.name,
                    "schedule": "cron(0 1 ? * 7 *)",
                    "lifecycle": {"delete_after": self.either(14, 28)},
                }
            ],
        )
        tag = {"type": "STRINGEQUALS", "key": "onboard:backup", "value": self.either("WEEKLY-2", "MONTHLY-12")}
        self.make(
            backup.Selection,
            "aws:backup/selection:Selection",
            name="it",
            plan_id=plan.id,
            iam_role_arn=self.role.arn,
            selection_tags=[tag],
        )
