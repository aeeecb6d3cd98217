"""Each gap of moto that the world fills: boto3 reads back what boto3 sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]

SUITE = {
    "TunnelInsideCidr": "169.254.44.40/30",
    "PreSharedKey": "first.Key_of_1".replace("_", "."),
    "Phase1LifetimeSeconds": 14400,
    "Phase2LifetimeSeconds": 1800,
    "DPDTimeoutSeconds": 45,
    "DPDTimeoutAction": "restart",
    "StartupAction": "start",
    "IKEVersions": [{"Value": "ikev2"}],
    "Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
    "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
    "Phase1IntegrityAlgorithms": [{"Value": "SHA2-384"}],
    "Phase2IntegrityAlgorithms": [{"Value": "SHA2-384"}],
    "Phase1DHGroupNumbers": [{"Value": 20}],
    "Phase2DHGroupNumbers": [{"Value": 20}],
}
ANSWERED = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}


def vpc(ec2: Any, cidr: str = "10.1.0.0/16") -> str:
    return ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def gateways(ec2: Any) -> tuple[str, str]:
    customer = ec2.create_customer_gateway(BgpAsn=65000, IpAddress="198.18.60.10", Type="ipsec.1")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=64600)
    return customer["CustomerGateway"]["CustomerGatewayId"], gateway["VpnGateway"]["VpnGatewayId"]


def connect(ec2: Any, *tunnels: dict[str, Any], **options: Any) -> dict[str, Any]:
    customer, gateway = gateways(ec2)
    made = ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer,
        VpnGatewayId=gateway,
        Options={"StaticRoutesOnly": True, "TunnelOptions": list(tunnels), **options},
    )
    return describe(ec2, made["VpnConnection"]["VpnConnectionId"])


def describe(ec2: Any, identity: str) -> dict[str, Any]:
    return ec2.describe_vpn_connections(VpnConnectionIds=[identity])["VpnConnections"][0]


def test_tunnel_options_come_back_as_sent_and_tunnels_differ(aws: Aws) -> None:
    second = {**SUITE, "TunnelInsideCidr": "169.254.44.44/30", "PreSharedKey": "second.Key.of.2"}
    found = connect(
        aws("ec2"), SUITE, second, LocalIpv4NetworkCidr="10.60.0.0/24", RemoteIpv4NetworkCidr="10.20.0.0/16"
    )
    one, two = found["Options"]["TunnelOptions"]
    for sent, tunnel in ((SUITE, one), (second, two)):
        assert {name: tunnel[ANSWERED.get(name, name)] for name in sent} == sent
    assert one["OutsideIpAddress"] != two["OutsideIpAddress"]
    assert found["Options"]["LocalIpv4NetworkCidr"] == "10.60.0.0/24"
    assert found["Options"]["RemoteIpv4NetworkCidr"] == "10.20.0.0/16"
    assert found["Options"]["StaticRoutesOnly"] is True


def test_gateway_configuration_carries_the_connections_own_values(aws: Aws) -> None:
    found = connect(aws("ec2"), SUITE, {})
    tunnels = list(ET.fromstring(found["CustomerGatewayConfiguration"]).iter("ipsec_tunnel"))
    described = found["Options"]["TunnelOptions"]
    assert [t.findtext("ike/pre_shared_key") for t in tunnels] == [t["PreSharedKey"] for t in described]
    outside = [t.findtext("vpn_gateway/tunnel_outside_address/ip_address") for t in tunnels]
    assert outside == [t["OutsideIpAddress"] for t in described]
    assert tunnels[0].findtext("customer_gateway/tunnel_outside_address/ip_address") == "198.18.60.10"
    assert tunnels[0].findtext("customer_gateway/tunnel_inside_address/ip_address") == "169.254.44.42"
    assert tunnels[0].findtext("ike/encryption_protocol") == "aes256-gcm-16"
    assert tunnels[0].findtext("ike/perfect_forward_secrecy") == "group20"
    assert tunnels[0].findtext("vpn_gateway/bgp/asn") == "64600"


def test_what_was_not_sent_gets_awss_defaults_and_generated_keys(aws: Aws) -> None:
    one, two = connect(aws("ec2"))["Options"]["TunnelOptions"]
    assert one["PreSharedKey"] != two["PreSharedKey"]
    assert not one["PreSharedKey"].startswith("0")
    assert one["TunnelInsideCidr"] != two["TunnelInsideCidr"]
    assert {"Value": "ikev1"} in one["IkeVersions"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"PreSharedKey": "0startswithzero"},
        {"PreSharedKey": "short"},
        {"PreSharedKey": "has space in it"},
        {"TunnelInsideCidr": "169.254.0.0/30"},
        {"TunnelInsideCidr": "10.0.0.0/30"},
        {"Phase1DHGroupNumbers": [{"Value": 99}]},
        {"Phase1EncryptionAlgorithms": [{"Value": "ROT13"}]},
        {"Phase1LifetimeSeconds": 100000},
    ],
)
def test_options_that_aws_refuses_are_refused_and_create_nothing(aws: Aws, wrong: dict[str, Any]) -> None:
    before = len(aws("ec2").describe_vpn_connections()["VpnConnections"])
    with pytest.raises(ClientError, match="InvalidParameterValue") as caught:
        connect(aws("ec2"), wrong)
    assert "PreSharedKey" not in wrong or wrong["PreSharedKey"] not in str(caught.value)
    assert len(aws("ec2").describe_vpn_connections()["VpnConnections"]) == before


def test_one_tunnel_is_modified_and_the_other_stays(aws: Aws) -> None:
    ec2 = aws("ec2")
    found = connect(ec2, SUITE, {})
    one, two = found["Options"]["TunnelOptions"]
    ec2.modify_vpn_tunnel_options(
        VpnConnectionId=found["VpnConnectionId"],
        VpnTunnelOutsideIpAddress=one["OutsideIpAddress"],
        TunnelOptions={"PreSharedKey": "another.Key.1"},
    )
    changed = describe(ec2, found["VpnConnectionId"])
    assert changed["Options"]["TunnelOptions"] == [{**one, "PreSharedKey": "another.Key.1"}, two]
    assert "another.Key.1" in changed["CustomerGatewayConfiguration"]


def test_selectors_are_modified(aws: Aws) -> None:
    ec2 = aws("ec2")
    found = connect(ec2)
    ec2.modify_vpn_connection_options(VpnConnectionId=found["VpnConnectionId"], LocalIpv4NetworkCidr="10.61.0.0/24")
    assert describe(ec2, found["VpnConnectionId"])["Options"]["LocalIpv4NetworkCidr"] == "10.61.0.0/24"


def test_static_routes_come_and_go(aws: Aws) -> None:
    ec2 = aws("ec2")
    identity = connect(ec2)["VpnConnectionId"]
    ec2.create_vpn_connection_route(VpnConnectionId=identity, DestinationCidrBlock="10.60.0.0/24")
    routes = describe(ec2, identity)["Routes"]
    assert [(r["DestinationCidrBlock"], r["State"]) for r in routes] == [("10.60.0.0/24", "available")]
    ec2.delete_vpn_connection_route(VpnConnectionId=identity, DestinationCidrBlock="10.60.0.0/24")
    assert describe(ec2, identity)["Routes"] == []


def test_propagation_needs_an_attached_gateway(aws: Aws) -> None:
    ec2 = aws("ec2")
    network = vpc(ec2)
    table = ec2.create_route_table(VpcId=network)["RouteTable"]["RouteTableId"]
    other = ec2.create_route_table(VpcId=network)["RouteTable"]["RouteTableId"]
    _, gateway = gateways(ec2)
    with pytest.raises(ClientError, match="NotAttached"):
        ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
    ec2.attach_vpn_gateway(VpcId=network, VpnGatewayId=gateway)
    ec2.enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)

    def propagating(identity: str) -> list[dict[str, str]]:
        return ec2.describe_route_tables(RouteTableIds=[identity])["RouteTables"][0]["PropagatingVgws"]

    assert propagating(table) == [{"GatewayId": gateway}]
    assert propagating(other) == []
    ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
    assert propagating(table) == []


def test_rotation_period_is_kept(aws: Aws) -> None:
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
    with pytest.raises(ClientError, match="RotationPeriodInDays"):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=3000)


def test_a_new_vpcs_default_group_is_as_open_as_awss(aws: Aws) -> None:
    ec2 = aws("ec2")
    network = vpc(ec2)
    group = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [network]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]
    assert [pair["GroupId"] for pair in group["IpPermissions"][0]["UserIdGroupPairs"]] == [group["GroupId"]]
    assert group["IpPermissionsEgress"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]


def test_flow_logs_to_a_bucket_with_prefix_and_to_a_log_group(aws: Aws) -> None:
    ec2, network = aws("ec2"), vpc(aws("ec2"))
    aws("s3").create_bucket(Bucket="flows-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    options = {"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": True}
    common = {"ResourceIds": [network], "ResourceType": "VPC", "TrafficType": "ALL"}
    to_bucket = ec2.create_flow_logs(
        **common, LogDestinationType="s3", LogDestination="arn:aws:s3:::flows-1/some/prefix", DestinationOptions=options
    )
    refused = ec2.create_flow_logs(**common, LogDestinationType="s3", LogDestination="arn:aws:s3:::absent/prefix")
    assert refused["Unsuccessful"]
    aws("logs").create_log_group(logGroupName="/flows")
    group = "arn:aws:logs:eu-west-3:111122223333:log-group:/flows"
    to_group = ec2.create_flow_logs(
        **common,
        LogDestinationType="cloud-watch-logs",
        LogDestination=group,
        DeliverLogsPermissionArn="arn:aws:iam::1:role/x",
    )
    found = {
        log["FlowLogId"]: log
        for log in ec2.describe_flow_logs(FlowLogIds=[*to_bucket["FlowLogIds"], *to_group["FlowLogIds"]])["FlowLogs"]
    }
    bucket_log, group_log = found[to_bucket["FlowLogIds"][0]], found[to_group["FlowLogIds"][0]]
    assert bucket_log["LogDestination"] == "arn:aws:s3:::flows-1/some/prefix"
    assert bucket_log["DestinationOptions"] == options
    assert group_log["LogDestination"] == group
    assert group_log["DeliverLogsStatus"] == "SUCCESS"


def test_backup_selections_and_plan_updates(aws: Aws) -> None:
    backup = aws("backup")
    backup.create_backup_vault(BackupVaultName="v")
    rule = {"RuleName": "weekly", "TargetBackupVaultName": "v", "Lifecycle": {"DeleteAfterDays": 14}}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": [rule]})["BackupPlanId"]
    wanted = {
        "SelectionName": "weekly",
        "IamRoleArn": "arn:aws:iam::111122223333:role/backup",
        "ListOfTags": [
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "onboard:backup", "ConditionValue": "WEEKLY-2"}
        ],
    }
    selection = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=wanted)["SelectionId"]
    found = backup.get_backup_selection(BackupPlanId=plan, SelectionId=selection)
    assert found["BackupSelection"] == wanted
    listed = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert [item["SelectionId"] for item in listed] == [selection]
    backup.update_backup_plan(
        BackupPlanId=plan,
        BackupPlan={"BackupPlanName": "p", "Rules": [{**rule, "Lifecycle": {"DeleteAfterDays": 28}}]},
    )
    assert backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] == 28
    with pytest.raises(ClientError, match="selections must be deleted"):
        backup.delete_backup_plan(BackupPlanId=plan)
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=selection)
    backup.delete_backup_plan(BackupPlanId=plan)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        backup.get_backup_plan(BackupPlanId=plan)
    with pytest.raises(ClientError, match="absent"):
        backup.create_backup_plan(
            BackupPlan={"BackupPlanName": "q", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "absent"}]}
        )


def test_a_trail_is_neither_replaced_nor_left_behind(aws: Aws) -> None:
    trails = aws("cloudtrail")
    aws("s3").create_bucket(Bucket="trail-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    arn = trails.create_trail(Name="audit", S3BucketName="trail-1")["TrailARN"]
    with pytest.raises(ClientError, match="TrailAlreadyExists"):
        trails.create_trail(Name="audit", S3BucketName="trail-1")
    trails.delete_trail(Name=arn)
    assert trails.describe_trails()["trailList"] == []
