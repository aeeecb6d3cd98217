"""EC2 networks: VPC, subnets, route tables, routes, flow logs, and the default security group."""

from __future__ import annotations

import zlib
from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds import default_group
from toolkit.rehearsal.standin.kinds.ec2 import ec2_arn, retag, settle_tags, tag_specification
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, mapping


def _create_vpc(cloud: Cloud, new: Props) -> str:
    made = cloud.ec2.create_vpc(
        CidrBlock=new["cidrBlock"], **given(InstanceTenancy=new.get("instanceTenancy")), **tag_specification("vpc", new)
    )
    return str(made["Vpc"]["VpcId"])


def _settle_vpc(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    before = old or {"enableDnsSupport": True, "enableDnsHostnames": False}
    for name, attribute in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        if bool(before.get(name)) != bool(new.get(name)) and new.get(name) is not None:
            cloud.ec2.modify_vpc_attribute(VpcId=identity, **{attribute: {"Value": new[name]}})
    settle_tags(cloud, identity, old, new)


def _read_vpc(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    ec2 = cloud.ec2
    found = ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]
    inside = [{"Name": "vpc-id", "Values": [identity]}]

    def attribute(name: str) -> bool:
        sent = name[0].lower() + name[1:]
        return bool(ec2.describe_vpc_attribute(VpcId=identity, Attribute=sent)[name]["Value"])

    tables = ec2.describe_route_tables(Filters=[*inside, {"Name": "association.main", "Values": ["true"]}])[
        "RouteTables"
    ]
    acls = ec2.describe_network_acls(Filters=[*inside, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    main = tables[0]["RouteTableId"] if tables else None
    return {
        "cidrBlock": found["CidrBlock"],
        "enableDnsSupport": attribute("EnableDnsSupport"),
        "enableDnsHostnames": attribute("EnableDnsHostnames"),
        "instanceTenancy": found["InstanceTenancy"],
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "vpc", identity),
        "defaultSecurityGroupId": default_group.group_of(cloud, identity)["GroupId"],
        "defaultNetworkAclId": acls[0]["NetworkAclId"] if acls else None,
        "defaultRouteTableId": main,
        "mainRouteTableId": main,
        "ownerId": found.get("OwnerId", cloud.account),
    }


def _create_subnet(cloud: Cloud, new: Props) -> str:
    made = cloud.ec2.create_subnet(
        VpcId=new["vpcId"],
        CidrBlock=new["cidrBlock"],
        **given(AvailabilityZone=new.get("availabilityZone")),
        **tag_specification("subnet", new),
    )
    return str(made["Subnet"]["SubnetId"])


def _settle_subnet(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if bool(old.get("mapPublicIpOnLaunch")) != bool(new.get("mapPublicIpOnLaunch")):
        public = bool(new.get("mapPublicIpOnLaunch"))
        cloud.ec2.modify_subnet_attribute(SubnetId=identity, MapPublicIpOnLaunch={"Value": public})
    settle_tags(cloud, identity, old, new)


def _read_subnet(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = cloud.ec2.describe_subnets(SubnetIds=[identity])["Subnets"][0]
    return {
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "availabilityZoneId": found["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "subnet", identity),
        "ownerId": found.get("OwnerId", cloud.account),
    }


def _create_table(cloud: Cloud, new: Props) -> str:
    made = cloud.ec2.create_route_table(VpcId=new["vpcId"], **tag_specification("route-table", new))
    return str(made["RouteTable"]["RouteTableId"])


def _table(cloud: Cloud, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.ec2.describe_route_tables(RouteTableIds=[identity])["RouteTables"][0]
    return found


def _read_table(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = _table(cloud, identity)
    return {
        "vpcId": found["VpcId"],
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "route-table", identity),
        "ownerId": found.get("OwnerId", cloud.account),
        "routes": [
            {"cidrBlock": route["DestinationCidrBlock"], "gatewayId": route.get("GatewayId", "")}
            for route in found["Routes"]
            if route.get("Origin") == "CreateRoute" and "DestinationCidrBlock" in route
        ],
        "propagatingVgws": [gateway["GatewayId"] for gateway in found.get("PropagatingVgws", [])],
    }


def _associate(cloud: Cloud, new: Props) -> str:
    made = cloud.ec2.associate_route_table(RouteTableId=new["routeTableId"], SubnetId=new["subnetId"])
    return str(made["AssociationId"])


def _settle_association(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if old and changed(old, new, "routeTableId"):
        found = _read_association(cloud, identity, old)
        current = found["id"] if found else identity
        cloud.ec2.replace_route_table_association(AssociationId=current, RouteTableId=new["routeTableId"])


def _read_association(cloud: Cloud, identity: str, known: Props) -> Props | None:
    """``identity`` is the association's id or, for an import, ``<subnet>/<table>``.

    An association that moved to another table has a new id, which no update can tell the engine: it is found by its ends.
    """
    subnet, _, wanted = identity.partition("/")
    ends = (subnet, wanted) if wanted else (known.get("subnetId"), known.get("routeTableId"))
    for table in cloud.ec2.describe_route_tables()["RouteTables"]:
        for found in table["Associations"]:
            at = (found.get("SubnetId"), table["RouteTableId"])
            if found["RouteTableAssociationId"] == identity or at == ends:
                return {"subnetId": at[0], "routeTableId": at[1], "id": found["RouteTableAssociationId"]}
    return None


def _disassociate(cloud: Cloud, identity: str, state: Props) -> None:
    found = _read_association(cloud, identity, state)
    if found is not None:
        cloud.ec2.disassociate_route_table(AssociationId=found["id"])


def _create_route(cloud: Cloud, new: Props) -> str:
    table, cidr = new["routeTableId"], new["destinationCidrBlock"]
    cloud.ec2.create_route(RouteTableId=table, DestinationCidrBlock=cidr, GatewayId=new["gatewayId"])
    return _route_id(table, cidr)


def _route_id(table: str, cidr: str) -> str:
    """The provider's id of a route (terraform-provider-aws, ``routeCreateID``)."""
    return f"r-{table}{zlib.crc32(cidr.encode())}"


def _settle_route(cloud: Cloud, _identity: str, old: Props, new: Props) -> None:
    if old and changed(old, new, "gatewayId"):
        cloud.ec2.replace_route(
            RouteTableId=new["routeTableId"],
            DestinationCidrBlock=new["destinationCidrBlock"],
            GatewayId=new["gatewayId"],
        )


def _read_route(cloud: Cloud, identity: str, known: Props) -> Props | None:
    """``identity`` is the provider's id or, for an import, ``<table>_<CIDR>``."""
    table, _, cidr = identity.partition("_")
    if not cidr:
        table, cidr = known["routeTableId"], known["destinationCidrBlock"]
    for route in _table(cloud, table)["Routes"]:
        if route.get("DestinationCidrBlock") == cidr:
            return {
                "id": _route_id(table, cidr),
                "routeTableId": table,
                "destinationCidrBlock": cidr,
                "gatewayId": route.get("GatewayId"),
                "origin": route.get("Origin"),
                "state": route.get("State"),
            }
    return None


def _delete_route(cloud: Cloud, _identity: str, state: Props) -> None:
    cloud.ec2.delete_route(RouteTableId=state["routeTableId"], DestinationCidrBlock=state["destinationCidrBlock"])


def _create_flow_log(cloud: Cloud, new: Props) -> str:
    options = new.get("destinationOptions")
    made = cloud.ec2.create_flow_logs(
        ResourceIds=[new["vpcId"]],
        ResourceType="VPC",
        **given(
            TrafficType=new.get("trafficType"),
            LogDestinationType=new.get("logDestinationType"),
            LogDestination=new.get("logDestination"),
            LogFormat=new.get("logFormat"),
            MaxAggregationInterval=new.get("maxAggregationInterval"),
            DeliverLogsPermissionArn=new.get("iamRoleArn"),
            DestinationOptions=options and {name[0].upper() + name[1:]: value for name, value in options.items()},
        ),
        **tag_specification("vpc-flow-log", new),
    )
    if made["Unsuccessful"]:
        raise RuntimeError(made["Unsuccessful"][0]["Error"]["Message"])
    return str(made["FlowLogIds"][0])


def _read_flow_log(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    listed = cloud.ec2.describe_flow_logs(FlowLogIds=[identity])["FlowLogs"]
    if not listed:
        return None
    found = listed[0]
    options = found.get("DestinationOptions")
    return {
        "vpcId": found["ResourceId"],
        "trafficType": found["TrafficType"],
        "logDestinationType": found["LogDestinationType"],
        "logDestination": found.get("LogDestination"),
        "logFormat": found["LogFormat"],
        "maxAggregationInterval": found["MaxAggregationInterval"],
        "iamRoleArn": found.get("DeliverLogsPermissionArn"),
        "destinationOptions": options and {name[0].lower() + name[1:]: value for name, value in options.items()},
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "vpc-flow-log", identity),
    }


KINDS = (
    Kind(
        type="aws:ec2/vpc:Vpc",
        create=_create_vpc,
        settle=_settle_vpc,
        read=_read_vpc,
        delete=lambda cloud, identity, _state: cloud.ec2.delete_vpc(VpcId=identity),
    ),
    Kind(
        type="aws:ec2/subnet:Subnet",
        create=_create_subnet,
        settle=_settle_subnet,
        read=_read_subnet,
        delete=lambda cloud, identity, _state: cloud.ec2.delete_subnet(SubnetId=identity),
    ),
    Kind(
        type="aws:ec2/routeTable:RouteTable",
        create=_create_table,
        settle=settle_tags,
        read=_read_table,
        delete=lambda cloud, identity, _state: cloud.ec2.delete_route_table(RouteTableId=identity),
    ),
    Kind(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        create=_associate,
        settle=_settle_association,
        read=_read_association,
        delete=_disassociate,
    ),
    Kind(
        type="aws:ec2/route:Route",
        create=_create_route,
        settle=_settle_route,
        read=_read_route,
        delete=_delete_route,
    ),
    Kind(
        type="aws:ec2/flowLog:FlowLog",
        create=_create_flow_log,
        settle=settle_tags,
        read=_read_flow_log,
        delete=lambda cloud, identity, _state: cloud.ec2.delete_flow_logs(FlowLogIds=[identity]),
    ),
    Kind(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        create=default_group.adopt,
        settle=lambda cloud, identity, old, new: default_group.close(cloud, identity, old, new, retag),
        read=default_group.read,
        delete=default_group.forget,
    ),
)
