"""EC2 site-to-site VPN: gateways, their attachment, connections with two tunnels, static routes, propagation."""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds import vpn_connection
from toolkit.rehearsal.standin.kinds.ec2 import ec2_arn, settle_tags, tag_specification
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, mapping


def _create_customer_gateway(cloud: Cloud, new: Props) -> str:
    made = cloud.ec2.create_customer_gateway(
        Type=new["type"],
        BgpAsn=int(new.get("bgpAsn") or 65000),
        IpAddress=new["ipAddress"],
        **given(DeviceName=new.get("deviceName")),
        **tag_specification("customer-gateway", new),
    )
    return str(made["CustomerGateway"]["CustomerGatewayId"])


def _read_customer_gateway(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    listed = cloud.ec2.describe_customer_gateways(CustomerGatewayIds=[identity])["CustomerGateways"]
    if not listed or listed[0]["State"] in ("deleted", "deleting"):
        return None
    found = listed[0]
    return {
        "type": found["Type"],
        "bgpAsn": found["BgpAsn"],
        "ipAddress": found["IpAddress"],
        "deviceName": found.get("DeviceName"),
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "customer-gateway", identity),
    }


def _create_gateway(cloud: Cloud, new: Props) -> str:
    asn = new.get("amazonSideAsn")
    made = cloud.ec2.create_vpn_gateway(
        Type="ipsec.1",
        **given(AmazonSideAsn=int(asn) if asn else None, AvailabilityZone=new.get("availabilityZone")),
        **tag_specification("vpn-gateway", new),
    )
    return str(made["VpnGateway"]["VpnGatewayId"])


def _settle_gateway(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if changed(old, new, "vpcId"):
        if old.get("vpcId"):
            cloud.ec2.detach_vpn_gateway(VpnGatewayId=identity, VpcId=old["vpcId"])
        if new.get("vpcId"):
            cloud.ec2.attach_vpn_gateway(VpnGatewayId=identity, VpcId=new["vpcId"])
    settle_tags(cloud, identity, old, new)


def _gateway(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    listed = cloud.ec2.describe_vpn_gateways(VpnGatewayIds=[identity])["VpnGateways"]
    return listed[0] if listed and listed[0]["State"] not in ("deleted", "deleting") else None


def _attached(found: dict[str, Any]) -> list[str]:
    return [item["VpcId"] for item in found.get("VpcAttachments", []) if item["State"] == "attached"]


def _read_gateway(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = _gateway(cloud, identity)
    if found is None:
        return None
    return {
        "vpcId": next(iter(_attached(found)), None),
        "amazonSideAsn": str(found.get("AmazonSideAsn") or "64512"),
        "availabilityZone": found.get("AvailabilityZone"),
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "vpn-gateway", identity),
    }


def _delete_gateway(cloud: Cloud, identity: str, _state: Props) -> None:
    found = _gateway(cloud, identity)
    for vpc in _attached(found) if found else []:
        cloud.ec2.detach_vpn_gateway(VpnGatewayId=identity, VpcId=vpc)
    cloud.ec2.delete_vpn_gateway(VpnGatewayId=identity)


def _attach(cloud: Cloud, new: Props) -> str:
    cloud.ec2.attach_vpn_gateway(VpnGatewayId=new["vpnGatewayId"], VpcId=new["vpcId"])
    return f"{new['vpnGatewayId']}_{new['vpcId']}"


def _read_attachment(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    gateway, _, vpc = identity.partition("_")
    found = _gateway(cloud, gateway)
    return {"vpnGatewayId": gateway, "vpcId": vpc} if found and vpc in _attached(found) else None


def _detach(cloud: Cloud, _identity: str, state: Props) -> None:
    cloud.ec2.detach_vpn_gateway(VpnGatewayId=state["vpnGatewayId"], VpcId=state["vpcId"])


def _create_route(cloud: Cloud, new: Props) -> str:
    connection, cidr = new["vpnConnectionId"], new["destinationCidrBlock"]
    cloud.ec2.create_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock=cidr)
    return f"{cidr}:{connection}"


def _read_route(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    cidr, _, connection = identity.rpartition(":")
    found = vpn_connection.described(cloud, connection)
    routes = found.get("Routes", []) if found else []
    if all(route["DestinationCidrBlock"] != cidr for route in routes):
        return None
    return {"destinationCidrBlock": cidr, "vpnConnectionId": connection}


def _delete_route(cloud: Cloud, identity: str, _state: Props) -> None:
    cidr, _, connection = identity.rpartition(":")
    cloud.ec2.delete_vpn_connection_route(VpnConnectionId=connection, DestinationCidrBlock=cidr)


def _propagate(cloud: Cloud, new: Props) -> str:
    cloud.ec2.enable_vgw_route_propagation(GatewayId=new["vpnGatewayId"], RouteTableId=new["routeTableId"])
    return f"{new['vpnGatewayId']}_{new['routeTableId']}"


def _read_propagation(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    gateway, _, table = identity.partition("_")
    found = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    if all(item["GatewayId"] != gateway for item in found.get("PropagatingVgws", [])):
        return None
    return {"vpnGatewayId": gateway, "routeTableId": table}


def _stop_propagation(cloud: Cloud, identity: str, _state: Props) -> None:
    gateway, _, table = identity.partition("_")
    cloud.ec2.disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)


KINDS = (
    Kind(
        type="aws:ec2/customerGateway:CustomerGateway",
        create=_create_customer_gateway,
        settle=settle_tags,
        read=_read_customer_gateway,
        delete=lambda cloud, identity, _state: cloud.ec2.delete_customer_gateway(CustomerGatewayId=identity),
    ),
    Kind(
        type="aws:ec2/vpnGateway:VpnGateway",
        create=_create_gateway,
        settle=_settle_gateway,
        read=_read_gateway,
        delete=_delete_gateway,
    ),
    Kind(
        type="aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        create=_attach,
        read=_read_attachment,
        delete=_detach,
    ),
    vpn_connection.KIND,
    Kind(
        type="aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
        create=_create_route,
        read=_read_route,
        delete=_delete_route,
    ),
    Kind(
        type="aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
        create=_propagate,
        read=_read_propagation,
        delete=_stop_propagation,
    ),
)
