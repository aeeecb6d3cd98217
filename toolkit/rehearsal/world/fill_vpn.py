"""moto's VPN gap, filled on moto's own backend: tunnel options, static routes, propagation, modifications."""

from __future__ import annotations

import ipaddress
from typing import Any

from toolkit.rehearsal.world.gateway_xml import gateway_configuration
from toolkit.rehearsal.world.tunnel_options import TunnelOptionError, complete, sent_options

_CONNECTION_OPTIONS = ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr")


def fill(outside_range: str) -> None:
    """Extend moto's EC2; outside addresses are drawn from ``outside_range`` (CIDR), each used once."""
    from moto.ec2.models.vpn_connections import VPNConnection, VPNConnectionBackend
    from moto.ec2.responses import EC2Response

    addresses = ipaddress.IPv4Network(outside_range).hosts()
    create_in_moto = VPNConnectionBackend.create_vpn_connection

    def create_vpn_connection(response: Any) -> Any:
        backend = response.ec2_backend
        _refuse_unless_available(backend, response._get_param("VpnGatewayId"))
        asked = response._get_param("Options", {}) or {}
        try:
            sent = [sent_options(tunnel) for tunnel in asked.get("TunnelOptions", [])]
        except TunnelOptionError as error:
            raise _invalid(str(error)) from error
        connection = create_in_moto(
            backend,
            response._get_param("Type"),
            response._get_param("CustomerGatewayId"),
            vpn_gateway_id=response._get_param("VpnGatewayId"),
            transit_gateway_id=response._get_param("TransitGatewayId"),
            tags=_tags(response),
        )
        sent += [{}] * (2 - len(sent))
        taken = _inside_in_use(backend)
        tunnels = []
        for options in sent:
            tunnels.append(complete(options, outside=str(next(addresses)), taken=taken))
            taken.append(tunnels[-1]["TunnelInsideCidr"])
        connection.options = {
            "EnableAcceleration": False,
            "StaticRoutesOnly": bool(asked.get("StaticRoutesOnly", False)),
            "LocalIpv4NetworkCidr": asked.get("LocalIpv4NetworkCidr") or "0.0.0.0/0",
            "RemoteIpv4NetworkCidr": asked.get("RemoteIpv4NetworkCidr") or "0.0.0.0/0",
            "OutsideIpAddressType": "PublicIpv4",
            "TunnelInsideIpVersion": "ipv4",
            "TunnelOptions": tunnels,
        }
        connection.routes = []
        return _answer({"VpnConnection": connection})

    def modify_vpn_tunnel_options(response: Any) -> Any:
        connection = _connection(response)
        address = response._get_param("VpnTunnelOutsideIpAddress")
        for tunnel in connection.options["TunnelOptions"]:
            if tunnel["OutsideIpAddress"] == address:
                try:
                    tunnel.update(sent_options(response._get_param("TunnelOptions", {}) or {}))
                except TunnelOptionError as error:
                    raise _invalid(str(error)) from error
                return _answer({"VpnConnection": connection})
        raise _invalid(f"The tunnel outside address {address} is not one of {connection.id}.")

    def modify_vpn_connection_options(response: Any) -> Any:
        connection = _connection(response)
        for name in _CONNECTION_OPTIONS:
            value = response._get_param(name)
            if value:
                connection.options[name] = value
        return _answer({"VpnConnection": connection})

    def create_vpn_connection_route(response: Any) -> Any:
        connection = _connection(response)
        cidr = response._get_param("DestinationCidrBlock")
        if not connection.options["StaticRoutesOnly"]:
            raise _invalid(f"{connection.id} does not use static routes.")
        if all(route["DestinationCidrBlock"] != cidr for route in connection.routes):
            connection.routes.append({"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"})
        return _empty()

    def delete_vpn_connection_route(response: Any) -> Any:
        connection = _connection(response)
        cidr = response._get_param("DestinationCidrBlock")
        connection.routes = [route for route in connection.routes if route["DestinationCidrBlock"] != cidr]
        return _empty()

    def configuration(connection: Any) -> str:
        backend = connection.ec2_backend
        customer = backend.get_customer_gateway(connection.customer_gateway_id)
        gateway = backend.vpn_gateways.get(connection.vpn_gateway_id)
        return gateway_configuration(
            connection,
            customer_address=customer.ip_address,
            customer_asn=customer.bgp_asn,
            amazon_asn=(gateway and gateway.amazon_side_asn) or "64512",
        )

    VPNConnection.customer_gateway_configuration = property(configuration)
    for method in (
        create_vpn_connection,
        modify_vpn_tunnel_options,
        modify_vpn_connection_options,
        create_vpn_connection_route,
        delete_vpn_connection_route,
        enable_vgw_route_propagation,
        disable_vgw_route_propagation,
    ):
        setattr(EC2Response, method.__name__, method)
    _show_propagation()


def enable_vgw_route_propagation(response: Any) -> Any:
    """EC2 EnableVgwRoutePropagation: the gateway must be attached to the route table's VPC."""
    table = response.ec2_backend.get_route_table(response._get_param("RouteTableId"))
    gateway = response.ec2_backend.get_vpn_gateway(response._get_param("GatewayId"))
    attachment = gateway.attachments.get(table.vpc_id)
    if attachment is None or attachment.state != "attached":
        raise _error("Gateway.NotAttached", f"resource {gateway.id} is not attached to {table.vpc_id}")
    table.propagating_vgws = [*_other_gateways(table, gateway.id), {"GatewayId": gateway.id}]
    return _empty()


def disable_vgw_route_propagation(response: Any) -> Any:
    """EC2 DisableVgwRoutePropagation."""
    table = response.ec2_backend.get_route_table(response._get_param("RouteTableId"))
    table.propagating_vgws = _other_gateways(table, response._get_param("GatewayId"))
    return _empty()


def _show_propagation() -> None:
    from moto.ec2.models.route_tables import RouteTable

    RouteTable.propagating_vgws = []


def _other_gateways(table: Any, gateway_id: str) -> list[dict[str, str]]:
    return [gateway for gateway in table.propagating_vgws if gateway["GatewayId"] != gateway_id]


def _refuse_unless_available(backend: Any, gateway_id: str | None) -> None:
    if gateway_id and backend.get_vpn_gateway(gateway_id).state != "available":
        raise _error("InvalidVpnGatewayID.NotFound", f"The vpnGateway ID '{gateway_id}' does not exist")


def _inside_in_use(backend: Any) -> list[str]:
    return [
        tunnel["TunnelInsideCidr"]
        for connection in backend.vpn_connections.values()
        if connection.state != "deleted" and connection.options
        for tunnel in connection.options["TunnelOptions"]
    ]


def _connection(response: Any) -> Any:
    found = response.ec2_backend.describe_vpn_connections([response._get_param("VpnConnectionId")])[0]
    if found.state == "deleted":
        raise _error("InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{found.id}' does not exist")
    return found


def _tags(response: Any) -> Any:
    from moto.ec2.utils import add_tag_specification

    return add_tag_specification(response._get_param("TagSpecifications", []))


def _answer(result: dict[str, Any]) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult(result)


def _empty() -> Any:
    from moto.core.responses import EmptyResult

    return EmptyResult()


def _invalid(message: str) -> Exception:
    return _error("InvalidParameterValue", message)


def _error(code: str, message: str) -> Exception:
    from moto.ec2.exceptions import EC2ClientError

    error: Exception = EC2ClientError(code, message)
    return error
