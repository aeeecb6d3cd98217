"""Looks a possibly created object up in AWS: by its ownership tag, or by the name that only it can have.

One finder for each type that a program uses. A finder takes clients and the inputs that the cloud was told, and gives
the provider's ids of what is there. Types whose creation is a put need none: doing it again is the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from toolkit.aws_api import OWNERSHIP_TAG, Clients

Inputs = Mapping[str, Any]
Finder = Callable[[Clients, Inputs], list[str]]

PUTS = frozenset(
    {
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
    }
)


def find(type_: str, inputs: Inputs, clients: Clients) -> list[str]:
    """Ids of the live objects that are this logical resource; empty when there is none, or creating is a put.

    Raises KeyError for a type without a finder: a test holds the finders against the programs' types.
    """
    return [] if type_ in PUTS else FINDERS[type_](clients, inputs)


def _ec2(call: str, result: str, id_: str, *, gone: tuple[str, ...] = ()) -> Finder:
    """A finder by ownership tag among EC2's objects; ``gone`` are states of deleted ones."""

    def finder(clients: Clients, inputs: Inputs) -> list[str]:
        filters = "Filter" if call == "describe_flow_logs" else "Filters"
        wanted = [{"Name": f"tag:{OWNERSHIP_TAG}", "Values": [inputs["tags"][OWNERSHIP_TAG]]}]
        found = getattr(clients("ec2"), call)(**{filters: wanted})[result]
        owner = {"Key": OWNERSHIP_TAG, "Value": inputs["tags"][OWNERSHIP_TAG]}
        # the filter saves pages, the tag decides
        return [one[id_] for one in found if owner in one.get("Tags", []) and one.get("State") not in gone]

    return finder


def _named(service: str, get: Callable[[Any, Inputs], tuple[str, Iterable[Mapping[str, str]]]]) -> Finder:
    """A finder by physical name; an object with another owner's tag is not ours, one without a tag is unfinished."""

    def finder(clients: Clients, inputs: Inputs) -> list[str]:
        from botocore.exceptions import ClientError

        try:
            id_, tags = get(clients(service), inputs)
        except (ClientError, LookupError) as error:
            if isinstance(error, ClientError) and not _absent(error):
                raise
            return []
        owner = next((tag["Value"] for tag in tags if tag["Key"] == OWNERSHIP_TAG), None)
        return [id_] if owner in {None, inputs["tags"][OWNERSHIP_TAG]} else []

    return finder


def _absent(error: Any) -> bool:
    code = str(error.response.get("Error", {}).get("Code", ""))
    return code == "404" or any(word in code for word in ("NotFound", "NoSuch", "NonExist"))


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _bucket(client: Any, inputs: Inputs) -> tuple[str, Iterable[Mapping[str, str]]]:
    from botocore.exceptions import ClientError

    client.head_bucket(Bucket=inputs["bucket"])
    try:
        return inputs["bucket"], client.get_bucket_tagging(Bucket=inputs["bucket"])["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return inputs["bucket"], []


def _trail(client: Any, inputs: Inputs) -> tuple[str, Iterable[Mapping[str, str]]]:
    arn = client.get_trail(Name=inputs["name"])["Trail"]["TrailARN"]
    return arn, client.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]


def _role(client: Any, inputs: Inputs) -> tuple[str, Iterable[Mapping[str, str]]]:
    role = client.get_role(RoleName=inputs["name"])["Role"]
    return role["RoleName"], role.get("Tags", [])


def _log_group(client: Any, inputs: Inputs) -> tuple[str, Iterable[Mapping[str, str]]]:
    groups = client.describe_log_groups(logGroupNamePrefix=inputs["name"])["logGroups"]
    group = next((one for one in groups if one["logGroupName"] == inputs["name"]), None)
    if group is None:
        raise LookupError(inputs["name"])
    arn = group["arn"].removesuffix(":*")
    return group["logGroupName"], _pairs(client.list_tags_for_resource(resourceArn=arn)["tags"])


def _vault(client: Any, inputs: Inputs) -> tuple[str, Iterable[Mapping[str, str]]]:
    vault = client.describe_backup_vault(BackupVaultName=inputs["name"])
    return vault["BackupVaultName"], _pairs(client.list_tags(ResourceArn=vault["BackupVaultArn"])["Tags"])


def _keys(clients: Clients, inputs: Inputs) -> list[str]:
    client = clients("kms")
    found = []
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            id_ = key["KeyId"]
            if client.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] == "PendingDeletion":
                continue
            tags = client.list_resource_tags(KeyId=id_)["Tags"]
            if {"TagKey": OWNERSHIP_TAG, "TagValue": inputs["tags"][OWNERSHIP_TAG]} in tags:
                found.append(id_)
    return found


def _aliases(clients: Clients, inputs: Inputs) -> list[str]:
    pages = clients("kms").get_paginator("list_aliases").paginate()
    return [one["AliasName"] for page in pages for one in page["Aliases"] if one["AliasName"] == inputs["name"]]


def _plans(clients: Clients, inputs: Inputs) -> list[str]:
    client = clients("backup")
    plans = [one for page in client.get_paginator("list_backup_plans").paginate() for one in page["BackupPlansList"]]
    named = [one for one in plans if one["BackupPlanName"] == inputs["name"]]
    owner = inputs["tags"][OWNERSHIP_TAG]
    return [
        one["BackupPlanId"]
        for one in named
        if client.list_tags(ResourceArn=one["BackupPlanArn"])["Tags"].get(OWNERSHIP_TAG, owner) == owner
    ]


def _selections(clients: Clients, inputs: Inputs) -> list[str]:
    selections = clients("backup").list_backup_selections(BackupPlanId=inputs["planId"])["BackupSelectionsList"]
    return [one["SelectionId"] for one in selections if one["SelectionName"] == inputs["name"]]


def _associations(clients: Clients, inputs: Inputs) -> list[str]:
    wanted = [{"Name": "association.subnet-id", "Values": [inputs["subnetId"]]}]
    tables = clients("ec2").describe_route_tables(Filters=wanted)["RouteTables"]
    return [
        one["RouteTableAssociationId"]
        for table in tables
        for one in table["Associations"]
        if one.get("SubnetId") == inputs["subnetId"] and table["RouteTableId"] == inputs["routeTableId"]
    ]


def _routes(clients: Clients, inputs: Inputs) -> list[str]:
    table, cidr = inputs["routeTableId"], inputs["destinationCidrBlock"]
    tables = clients("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    there = any(one.get("DestinationCidrBlock") == cidr for table_ in tables for one in table_["Routes"])
    # the provider's id of a route: terraform-provider-aws, RouteCreateID
    return [f"r-{table}{zlib.crc32(cidr.encode())}"] if there else []


def _vpn_routes(clients: Clients, inputs: Inputs) -> list[str]:
    connection, cidr = inputs["vpnConnectionId"], inputs["destinationCidrBlock"]
    found = clients("ec2").describe_vpn_connections(VpnConnectionIds=[connection])["VpnConnections"]
    routes = [route for one in found for route in one.get("Routes", [])]
    there = any(one["DestinationCidrBlock"] == cidr and one.get("State") != "deleted" for one in routes)
    return [f"{cidr}:{connection}"] if there else []


FINDERS: dict[str, Finder] = {
    "aws:backup/plan:Plan": _plans,
    "aws:backup/selection:Selection": _selections,
    "aws:backup/vault:Vault": _named("backup", _vault),
    "aws:cloudtrail/trail:Trail": _named("cloudtrail", _trail),
    "aws:cloudwatch/logGroup:LogGroup": _named("logs", _log_group),
    "aws:ec2/customerGateway:CustomerGateway": _ec2(
        "describe_customer_gateways", "CustomerGateways", "CustomerGatewayId", gone=("deleting", "deleted")
    ),
    "aws:ec2/flowLog:FlowLog": _ec2("describe_flow_logs", "FlowLogs", "FlowLogId"),
    "aws:ec2/route:Route": _routes,
    "aws:ec2/routeTable:RouteTable": _ec2("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _associations,
    "aws:ec2/subnet:Subnet": _ec2("describe_subnets", "Subnets", "SubnetId"),
    "aws:ec2/vpc:Vpc": _ec2("describe_vpcs", "Vpcs", "VpcId"),
    "aws:ec2/vpnConnection:VpnConnection": _ec2(
        "describe_vpn_connections", "VpnConnections", "VpnConnectionId", gone=("deleting", "deleted")
    ),
    "aws:ec2/vpnConnectionRoute:VpnConnectionRoute": _vpn_routes,
    "aws:ec2/vpnGateway:VpnGateway": _ec2(
        "describe_vpn_gateways", "VpnGateways", "VpnGatewayId", gone=("deleting", "deleted")
    ),
    "aws:iam/role:Role": _named("iam", _role),
    "aws:kms/alias:Alias": _aliases,
    "aws:kms/key:Key": _keys,
    "aws:s3/bucket:Bucket": _named("s3", _bucket),
}
