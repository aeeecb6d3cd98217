"""EC2's default security group: the provider adopts the one that the VPC has, sets its rules, and forgets it on delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.ec2 import ec2_arn
from toolkit.rehearsal.standin.kinds.kind import Props, mapping


def group_of(cloud: Cloud, vpc: str) -> dict[str, Any]:
    """The default security group of a VPC as EC2 describes it."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    found: dict[str, Any] = cloud.ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]
    return found


def adopt(cloud: Cloud, new: Props) -> str:
    """The id of the group; nothing is created."""
    return str(group_of(cloud, new["vpcId"])["GroupId"])


def close(
    cloud: Cloud,
    identity: str,
    old: Props,
    new: Props,
    retag: Callable[[Cloud, str, Props, Props], None],
) -> None:
    """Replace every rule by those asked for: an empty list closes the direction. On adoption tags are replaced too."""
    ec2 = cloud.ec2
    found = ec2.describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]
    for direction, current, revoke, authorize in (
        ("ingress", "IpPermissions", ec2.revoke_security_group_ingress, ec2.authorize_security_group_ingress),
        ("egress", "IpPermissionsEgress", ec2.revoke_security_group_egress, ec2.authorize_security_group_egress),
    ):
        if old and old.get(direction) == new.get(direction):
            continue
        present = [_without_empty(rule) for rule in found[current]]
        if present:
            revoke(GroupId=identity, IpPermissions=present)
        wanted = [_sent(rule, identity) for rule in new.get(direction) or []]
        if wanted:
            authorize(GroupId=identity, IpPermissions=wanted)
    retag(cloud, identity, old or {"tags": mapping(found.get("Tags"))}, new)


def read(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    """Rules as the provider shows them: one entry for each protocol and port range."""
    found = cloud.ec2.describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]
    return {
        "vpcId": found["VpcId"],
        "ingress": [_shown(rule, identity) for rule in found["IpPermissions"]],
        "egress": [_shown(rule, identity) for rule in found["IpPermissionsEgress"]],
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "security-group", identity),
        "description": found["Description"],
        "name": found["GroupName"],
        "ownerId": found["OwnerId"],
    }


def forget(_cloud: Cloud, _identity: str, _state: Props) -> None:
    """AWS does not let the default group be deleted: it goes with its VPC."""


def _without_empty(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if value not in ([], None)}


def _sent(rule: Props, identity: str) -> dict[str, Any]:
    sent: dict[str, Any] = {"IpProtocol": str(rule["protocol"])}
    if sent["IpProtocol"] != "-1":
        sent |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    groups = list(rule.get("securityGroups") or []) + ([identity] if rule.get("self") else [])
    if rule.get("cidrBlocks"):
        sent["IpRanges"] = [{"CidrIp": cidr} for cidr in rule["cidrBlocks"]]
    if groups:
        sent["UserIdGroupPairs"] = [{"GroupId": group} for group in groups]
    return sent


def _shown(rule: dict[str, Any], identity: str) -> Props:
    groups = [pair["GroupId"] for pair in rule.get("UserIdGroupPairs", [])]
    return {
        "protocol": rule["IpProtocol"],
        "fromPort": rule.get("FromPort") or 0,
        "toPort": rule.get("ToPort") or 0,
        "cidrBlocks": [item["CidrIp"] for item in rule.get("IpRanges", [])],
        "securityGroups": [group for group in groups if group != identity],
        "self": identity in groups,
    }
