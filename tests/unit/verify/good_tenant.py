"""A whole tenant made by boto3 alone, as its inventory asks for it: what the checks must accept.

Its policy documents are those that the programs under stacks/ were recorded with (tests/golden/stacks).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.verify.aws_expected import Expected, Suite
from toolkit.verify.aws_reads import Aws

RECORDED = Path(__file__).resolve().parents[2] / "golden" / "stacks"


def recorded(layer: str, type_: str, name: str) -> dict[str, Any]:
    """Inputs of one resource as the program of a layer registers it for examples/acme."""
    found = json.loads((RECORDED / f"{layer}.json").read_text())
    return next(one["inputs"] for one in found if (one["type"], one["name"]) == (type_, name))


def make(want: Expected, aws: Aws) -> None:
    owners = want.logical()

    def tags(name: str) -> dict[str, str]:
        return {"onboard:customer": want.customer, "onboard:tenant": want.tenant, "onboard:urn": owners[name]}

    def pairs(name: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in tags(name).items()]

    def ec2_tags(kind: str, name: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": pairs(name)}]

    def name(suffix: str) -> str:
        return f"{want.customer}-{want.tenant}-{suffix}"

    kms, s3, iam, ec2 = (aws.client(service) for service in ("kms", "s3", "iam", "ec2"))
    key = kms.create_key(
        Policy=recorded("foundation", "aws:kms/key:Key", "tenant")["policy"],
        Tags=[{"TagKey": key, "TagValue": value} for key, value in tags("key").items()],
    )["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=365)

    bucket = name(f"logs-{want.account}")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": want.region})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": pairs("bucket")})
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    switches = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(switches, True))
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}]
        },
    )
    s3.put_bucket_policy(
        Bucket=bucket, Policy=recorded("foundation", "aws:s3/bucketPolicy:BucketPolicy", "logs")["policy"]
    )

    trail = aws.client("cloudtrail")
    trail.create_trail(
        Name=name("trail"),
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=key["Arn"],
        TagsList=pairs("trail"),
    )
    trail.start_logging(Name=name("trail"))

    def role(layer: str, short: str, suffix: str) -> str:
        trust = recorded(layer, "aws:iam/role:Role", suffix)["assumeRolePolicy"]
        made = iam.create_role(RoleName=name(suffix), AssumeRolePolicyDocument=trust, Tags=pairs(short))
        return str(made["Role"]["Arn"])

    def own_policy(layer: str, suffix: str, resource: str) -> None:
        policy = recorded(layer, "aws:iam/rolePolicy:RolePolicy", resource)
        iam.put_role_policy(RoleName=name(suffix), PolicyName=policy["name"], PolicyDocument=policy["policy"])

    role("foundation", "operator", "operator")
    own_policy("foundation", "operator", "operator-reads")
    flow_role = role("network", "flow-role", "flows")
    own_policy("network", "flows", "flows")

    vpc = ec2.create_vpc(CidrBlock=want.cidr, TagSpecifications=ec2_tags("vpc", "vpc"))["Vpc"]["VpcId"]
    group = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]
    ec2.create_tags(Resources=[group["GroupId"]], Tags=pairs("group"))
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    routes = ec2.create_route_table(VpcId=vpc, TagSpecifications=ec2_tags("route-table", "routes"))
    table = routes["RouteTable"]["RouteTableId"]
    for letter, cidr in zip("ab", ("10.20.0.0/17", "10.20.128.0/17"), strict=True):
        subnet = ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=cidr,
            AvailabilityZone=f"{want.region}{letter}",
            TagSpecifications=ec2_tags("subnet", f"subnet-{letter}"),
        )["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    logs = aws.client("logs")
    log_group = f"/onboard/{want.customer}/{want.tenant}/flows"
    logs.create_log_group(logGroupName=log_group, kmsKeyId=key["Arn"], tags=tags("log-group"))
    logs.put_retention_policy(logGroupName=log_group, retentionInDays=365)
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=f"arn:aws:logs:{want.region}:{want.account}:log-group:{log_group}",
        DeliverLogsPermissionArn=flow_role,
        TagSpecifications=ec2_tags("vpc-flow-log", "flow-log"),
    )
    _vpn(want, ec2, vpc=vpc, table=table, tags=ec2_tags)
    backup_role = role("backup", "backup-role", "backup")
    for attached in ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"):
        policy = recorded("backup", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", attached)
        iam.attach_role_policy(RoleName=name("backup"), PolicyArn=policy["policyArn"])
    backup = aws.client("backup")
    backup.create_backup_vault(
        BackupVaultName=name("vault"), EncryptionKeyArn=key["Arn"], BackupVaultTags=tags("vault")
    )
    for backup_policy in want.policies:
        cadence, kept = backup_policy.split("-")
        weekly = cadence == "WEEKLY"
        rule = {
            "RuleName": backup_policy,
            "TargetBackupVaultName": name("vault"),
            "ScheduleExpression": "cron(0 1 ? * SUN *)" if weekly else "cron(0 2 1 * ? *)",
            "Lifecycle": {"DeleteAfterDays": int(kept) * (7 if weekly else 31)},
        }
        plan = backup.create_backup_plan(
            BackupPlan={"BackupPlanName": name(backup_policy), "Rules": [rule]},
            BackupPlanTags=tags(f"plan/{backup_policy}"),
        )["BackupPlanId"]
        tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": "onboard:backup", "ConditionValue": backup_policy}
        selection = {"SelectionName": backup_policy, "IamRoleArn": backup_role, "ListOfTags": [tag]}
        backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)


def _vpn(want: Expected, ec2: Any, *, vpc: str, table: str, tags: Any) -> None:
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=tags("vpn-gateway", "gateway"))
    gateway_id = gateway["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=gateway_id)

    def phase(number: int, suite: Suite) -> dict[str, Any]:
        return {
            f"Phase{number}EncryptionAlgorithms": [{"Value": suite.encryption}],
            f"Phase{number}IntegrityAlgorithms": [{"Value": suite.integrity}],
            f"Phase{number}DHGroupNumbers": [{"Value": suite.group}],
        }

    tunnel = {"IKEVersions": [{"Value": "ikev2"}], **phase(1, want.phase1), **phase(2, want.phase2)}
    for link in want.links:
        site = ec2.create_customer_gateway(
            Type="ipsec.1",
            BgpAsn=65000,
            PublicIp=link.peer,
            TagSpecifications=tags("customer-gateway", f"customer-gateway/{link.id}"),
        )["CustomerGateway"]["CustomerGatewayId"]
        connection = ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=site,
            VpnGatewayId=gateway_id,
            Options={"StaticRoutesOnly": True, "TunnelOptions": [tunnel, tunnel]},
            TagSpecifications=tags("vpn-connection", f"connection/{link.id}"),
        )["VpnConnection"]["VpnConnectionId"]
        for network in link.networks:
            ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock=network)
            ec2.create_route(RouteTableId=table, DestinationCidrBlock=network, GatewayId=gateway_id)
