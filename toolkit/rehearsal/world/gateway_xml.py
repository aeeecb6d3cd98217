"""``CustomerGatewayConfiguration``: the XML that AWS hands out for a VPN connection, with the connection's own values."""

from __future__ import annotations

import ipaddress
from typing import Any
from xml.sax.saxutils import escape

_ENCRYPTION = {
    "AES128": "aes-128-cbc",
    "AES256": "aes-256-cbc",
    "AES128-GCM-16": "aes128-gcm-16",
    "AES256-GCM-16": "aes256-gcm-16",
}
_INTEGRITY = {"SHA1": "sha1", "SHA2-256": "sha2-256", "SHA2-384": "sha2-384", "SHA2-512": "sha2-512"}


def gateway_configuration(connection: Any, *, customer_address: str, customer_asn: str, amazon_asn: str) -> str:
    """The XML of one connection; ``connection`` has id, type, gateways' ids and ``options["TunnelOptions"]``.

    Where several algorithms are allowed, the first one is printed, as AWS prints one suite.
    """
    tunnels = "".join(
        _tunnel(options, customer_address=customer_address, customer_asn=customer_asn, amazon_asn=amazon_asn)
        for options in connection.options["TunnelOptions"]
    )
    static = str(bool(connection.options.get("StaticRoutesOnly"))).lower()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<vpn_connection id="{escape(connection.id)}">\n'
        f"  <customer_gateway_id>{escape(connection.customer_gateway_id)}</customer_gateway_id>\n"
        f"  <vpn_gateway_id>{escape(connection.vpn_gateway_id or '')}</vpn_gateway_id>\n"
        f"  <vpn_connection_type>{escape(connection.type)}</vpn_connection_type>\n"
        f"  <vpn_connection_attributes>{'NoBGPVPNConnection' if static == 'true' else ''}</vpn_connection_attributes>\n"
        f"{tunnels}</vpn_connection>\n"
    )


def inside_addresses(cidr: str) -> tuple[str, str]:
    """(AWS's, the customer's) address inside a tunnel's /30: the first and the second host."""
    hosts = list(ipaddress.IPv4Network(cidr).hosts())
    return str(hosts[0]), str(hosts[1])


def _tunnel(options: dict[str, Any], *, customer_address: str, customer_asn: str, amazon_asn: str) -> str:
    amazon_inside, customer_inside = inside_addresses(options["TunnelInsideCidr"])
    return (
        "  <ipsec_tunnel>\n"
        + _end("customer_gateway", outside=customer_address, inside=customer_inside, asn=customer_asn)
        + _end("vpn_gateway", outside=options["OutsideIpAddress"], inside=amazon_inside, asn=amazon_asn)
        + "    <ike>\n"
        + _suite(options, phase=1)
        + f"      <mode>main</mode>\n      <pre_shared_key>{escape(options['PreSharedKey'])}</pre_shared_key>\n    </ike>\n"
        + "    <ipsec>\n      <protocol>esp</protocol>\n"
        + _suite(options, phase=2)
        + "      <mode>tunnel</mode>\n      <dead_peer_detection>\n"
        + f"        <interval>{int(options['DpdTimeoutSeconds']) // 3}</interval>\n        <retries>3</retries>\n"
        + "      </dead_peer_detection>\n    </ipsec>\n  </ipsec_tunnel>\n"
    )


def _end(name: str, *, outside: str, inside: str, asn: str) -> str:
    return (
        f"    <{name}>\n"
        f"      <tunnel_outside_address><ip_address>{escape(outside)}</ip_address></tunnel_outside_address>\n"
        f"      <tunnel_inside_address><ip_address>{inside}</ip_address><network_mask>255.255.255.252</network_mask>"
        "<network_cidr>30</network_cidr></tunnel_inside_address>\n"
        f"      <bgp><asn>{escape(str(asn))}</asn><hold_time>30</hold_time></bgp>\n"
        f"    </{name}>\n"
    )


def _suite(options: dict[str, Any], *, phase: int) -> str:
    def first(name: str) -> Any:
        return options[f"Phase{phase}{name}"][0]["Value"]

    return (
        f"      <authentication_protocol>{_INTEGRITY[first('IntegrityAlgorithms')]}</authentication_protocol>\n"
        f"      <encryption_protocol>{_ENCRYPTION[first('EncryptionAlgorithms')]}</encryption_protocol>\n"
        f"      <lifetime>{options[f'Phase{phase}LifetimeSeconds']}</lifetime>\n"
        f"      <perfect_forward_secrecy>group{first('DHGroupNumbers')}</perfect_forward_secrecy>\n"
    )
