"""moto's VPN gap, filled on moto's own backend: tunnel options, static routes, propagation, modifications."""

from __future__ import annotations

import ipaddress
from typing import Any

from toolkit.rehearsal.world.extend import answer, ec2_error, empty, extend, param
from toolkit.rehearsal.world.gateway_xml import gateway_configuration
from toolkit.rehearsal.world.tunnel_options import TunnelOptionError, complete, sent_options

_CONNECTION_OPTIONS = ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr")


def fill(outside_range: str) -> None:
    """Extend moto's EC2; outside addresses are drawn from ``outside_range`` (CIDR), each used once."""
    from moto.ec2.models.route_tables import RouteTable
    from moto.ec2.models.vpn_connections import VPNConnection
    from moto.ec2.responses import EC2Response

    connection: Any = VPNConnection
    connection.outside_addresses = ipaddress.IPv4Network(outside_range).hosts()
    connection.customer_gateway_configuration = property(configuration)
    table: Any = RouteTable
    table.propagating_vgws = []
    extend(
        EC2Response,
        create_vpn_connection,
        modify_vpn_tunnel_options,
        modify_vpn_connection_options,
        create_vpn_connection_route,
        delete_vpn_connection_route,
        enable_vgw_route_propagation,
        disable_vgw_route_propagation,
    )


def create_vpn_connection(response: Any) -> Any:
    """EC2 CreateVpnConnection with its options; nothing is created when one of them is refused."""
    backend = response.ec2_backend
    _refuse_unless_available(backend, param(response, "VpnGatewayId"))
    asked = param(response, "Options", {})
    try:
        sent = [sent_options(tunnel) for tunnel in asked.get("TunnelOptions", [])]
    except TunnelOptionError as error:
        raise _invalid(str(error)) from error
    connection = backend.create_vpn_connection(
        param(response, "Type"),
        param(response, "CustomerGatewayId"),
        vpn_gateway_id=param(response, "VpnGatewayId"),
        transit_gateway_id=param(response, "TransitGatewayId"),
        tags=_tags(response),
    )
    connection.routes = []
    connection.options = {
        "EnableAcceleration": False,
        "StaticRoutesOnly": bool(asked.get("StaticRoutesOnly", False)),
        "LocalIpv4NetworkCidr": asked.get("LocalIpv4NetworkCidr") or "0.0.0.0/0",
        "RemoteIpv4NetworkCidr": asked.get("RemoteIpv4NetworkCidr") or "0.0.0.0/0",
        "OutsideIpAddressType": "PublicIpv4",
        "TunnelInsideIpVersion": "ipv4",
        "TunnelOptions": _tunnels(connection, [*sent, {}, {}][:2]),
    }
    return answer({"VpnConnection": connection})


def modify_vpn_tunnel_options(response: Any) -> Any:
    """EC2 ModifyVpnTunnelOptions: what is not sent stays."""
    connection = _connection(response)
    address = param(response, "VpnTunnelOutsideIpAddress")
    for tunnel in connection.options["TunnelOptions"]:
        if tunnel["OutsideIpAddress"] == address:
            try:
                tunnel.update(sent_options(param(response, "TunnelOptions", {})))
            except TunnelOptionError as error:
                raise _invalid(str(error)) from error
            return answer({"VpnConnection": connection})
    raise _invalid(f"The tunnel outside address {address} is not one of {connection.id}.")


def modify_vpn_connection_options(response: Any) -> Any:
    """EC2 ModifyVpnConnectionOptions: the two selectors."""
    connection = _connection(response)
    for name in _CONNECTION_OPTIONS:
        value = param(response, name)
        if value:
            connection.options[name] = value
    return answer({"VpnConnection": connection})


def create_vpn_connection_route(response: Any) -> Any:
    """EC2 CreateVpnConnectionRoute: for connections with static routes only."""
    connection = _connection(response)
    cidr = param(response, "DestinationCidrBlock")
    if not connection.options["StaticRoutesOnly"]:
        raise _invalid(f"{connection.id} does not use static routes.")
    if all(route["DestinationCidrBlock"] != cidr for route in connection.routes):
        connection.routes.append({"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"})
    return empty()


def delete_vpn_connection_route(response: Any) -> Any:
    """EC2 DeleteVpnConnectionRoute."""
    connection = _connection(response)
    cidr = param(response, "DestinationCidrBlock")
    connection.routes = [route for route in connection.routes if route["DestinationCidrBlock"] != cidr]
    return empty()


def configuration(connection: Any) -> str:
    """The connection's own XML, computed when asked: it follows every change."""
    backend = connection.ec2_backend
    customer = backend.get_customer_gateway(connection.customer_gateway_id)
    gateway = backend.vpn_gateways.get(connection.vpn_gateway_id)
    return gateway_configuration(
        connection,
        customer_address=customer.ip_address,
        customer_asn=customer.bgp_asn,
        amazon_asn=(gateway and gateway.amazon_side_asn) or "64512",
    )


def enable_vgw_route_propagation(response: Any) -> Any:
    """EC2 EnableVgwRoutePropagation: the gateway must be attached to the route table's VPC."""
    table = response.ec2_backend.get_route_table(param(response, "RouteTableId"))
    gateway = response.ec2_backend.get_vpn_gateway(param(response, "GatewayId"))
    attachment = gateway.attachments.get(table.vpc_id)
    if attachment is None or attachment.state != "attached":
        raise ec2_error("Gateway.NotAttached", f"resource {gateway.id} is not attached to {table.vpc_id}")
    table.propagating_vgws = [*_other_gateways(table, gateway.id), {"GatewayId": gateway.id}]
    return empty()


def disable_vgw_route_propagation(response: Any) -> Any:
    """EC2 DisableVgwRoutePropagation."""
    table = response.ec2_backend.get_route_table(param(response, "RouteTableId"))
    table.propagating_vgws = _other_gateways(table, param(response, "GatewayId"))
    return empty()


def _other_gateways(table: Any, gateway_id: str) -> list[dict[str, str]]:
    return [gateway for gateway in table.propagating_vgws if gateway["GatewayId"] != gateway_id]


def _refuse_unless_available(backend: Any, gateway_id: str | None) -> None:
    if gateway_id and backend.get_vpn_gateway(gateway_id).state != "available":
        raise ec2_error("InvalidVpnGatewayID.NotFound", f"The vpnGateway ID '{gateway_id}' does not exist")


def _inside_in_use(backend: Any) -> list[str]:
    return [
        tunnel["TunnelInsideCidr"]
        for connection in backend.vpn_connections.values()
        if connection.state != "deleted" and connection.options
        for tunnel in connection.options["TunnelOptions"]
    ]


def _tunnels(connection: Any, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken = _inside_in_use(connection.ec2_backend)
    tunnels = []
    for options in sent:
        tunnels.append(complete(options, outside=str(next(connection.outside_addresses)), taken=taken))
        taken.append(tunnels[-1]["TunnelInsideCidr"])
    return tunnels


def _connection(response: Any) -> Any:
    found = response.ec2_backend.describe_vpn_connections([param(response, "VpnConnectionId")])[0]
    if found.state == "deleted":
        raise ec2_error("InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{found.id}' does not exist")
    return found


def _tags(response: Any) -> Any:
    from moto.ec2.utils import add_tag_specification

    return add_tag_specification(param(response, "TagSpecifications", []))


def _invalid(message: str) -> Exception:
    return ec2_error("InvalidParameterValue", message)
