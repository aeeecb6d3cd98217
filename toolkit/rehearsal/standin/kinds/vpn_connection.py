"""EC2's VPN connection: its two tunnels' options, sent at creation, changed tunnel by tunnel."""

from __future__ import annotations

import ipaddress
from typing import Any
from xml.etree import ElementTree as ET

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.ec2 import ec2_arn, settle_tags, tag_specification
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, mapping

# the provider's name after "tunnelN", the name that the API takes, the name that it answers with
_SCALARS = (
    ("InsideCidr", "TunnelInsideCidr", "TunnelInsideCidr"),
    ("PresharedKey", "PreSharedKey", "PreSharedKey"),
    ("StartupAction", "StartupAction", "StartupAction"),
    ("DpdTimeoutAction", "DPDTimeoutAction", "DpdTimeoutAction"),
    ("DpdTimeoutSeconds", "DPDTimeoutSeconds", "DpdTimeoutSeconds"),
    ("Phase1LifetimeSeconds", "Phase1LifetimeSeconds", "Phase1LifetimeSeconds"),
    ("Phase2LifetimeSeconds", "Phase2LifetimeSeconds", "Phase2LifetimeSeconds"),
    ("RekeyMarginTimeSeconds", "RekeyMarginTimeSeconds", "RekeyMarginTimeSeconds"),
    ("RekeyFuzzPercentage", "RekeyFuzzPercentage", "RekeyFuzzPercentage"),
    ("ReplayWindowSize", "ReplayWindowSize", "ReplayWindowSize"),
    ("EnableTunnelLifecycleControl", "EnableTunnelLifecycleControl", "EnableTunnelLifecycleControl"),
)
_CHOICES = (
    ("IkeVersions", "IKEVersions", "IkeVersions"),
    ("Phase1EncryptionAlgorithms", "Phase1EncryptionAlgorithms", "Phase1EncryptionAlgorithms"),
    ("Phase2EncryptionAlgorithms", "Phase2EncryptionAlgorithms", "Phase2EncryptionAlgorithms"),
    ("Phase1IntegrityAlgorithms", "Phase1IntegrityAlgorithms", "Phase1IntegrityAlgorithms"),
    ("Phase2IntegrityAlgorithms", "Phase2IntegrityAlgorithms", "Phase2IntegrityAlgorithms"),
    ("Phase1DhGroupNumbers", "Phase1DHGroupNumbers", "Phase1DHGroupNumbers"),
    ("Phase2DhGroupNumbers", "Phase2DHGroupNumbers", "Phase2DHGroupNumbers"),
)
_NETWORKS = (("localIpv4NetworkCidr", "LocalIpv4NetworkCidr"), ("remoteIpv4NetworkCidr", "RemoteIpv4NetworkCidr"))


def tunnel_request(number: int, props: Props) -> dict[str, Any]:
    """The options of tunnel ``number`` as the API takes them; what is absent stays with AWS's default."""
    request: dict[str, Any] = {}
    for name, sent, _ in _SCALARS:
        value = props.get(f"tunnel{number}{name}")
        if value is not None:
            request[sent] = value
    for name, sent, _ in _CHOICES:
        chosen = props.get(f"tunnel{number}{name}")
        if chosen:
            request[sent] = [{"Value": item} for item in chosen]
    return request


def tunnel_state(number: int, options: dict[str, Any]) -> Props:
    """One tunnel's properties from what the API answers."""
    state = {f"tunnel{number}{name}": options.get(found) for name, _, found in _SCALARS}
    for name, _, found in _CHOICES:
        state[f"tunnel{number}{name}"] = [item["Value"] for item in options.get(found, [])]
    inside = list(ipaddress.IPv4Network(options["TunnelInsideCidr"]).hosts())
    return state | {
        f"tunnel{number}Address": options["OutsideIpAddress"],
        f"tunnel{number}VgwInsideAddress": str(inside[0]),
        f"tunnel{number}CgwInsideAddress": str(inside[1]),
    }


def described(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """The connection as EC2 describes it, or None when it is deleted."""
    found: dict[str, Any] = cloud.ec2.describe_vpn_connections(VpnConnectionIds=[identity])["VpnConnections"][0]
    return None if found["State"] in ("deleted", "deleting") else found


def _create(cloud: Cloud, new: Props) -> str:
    options: dict[str, Any] = {
        "StaticRoutesOnly": bool(new.get("staticRoutesOnly")),
        "TunnelOptions": [tunnel_request(1, new), tunnel_request(2, new)],
        **{sent: new[name] for name, sent in _NETWORKS if new.get(name)},
    }
    made = cloud.ec2.create_vpn_connection(
        Type=new["type"],
        CustomerGatewayId=new["customerGatewayId"],
        Options=options,
        **given(VpnGatewayId=new.get("vpnGatewayId")),
        **tag_specification("vpn-connection", new),
    )
    return str(made["VpnConnection"]["VpnConnectionId"])


def _settle(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if not old:
        return
    networks = {sent: new[name] for name, sent in _NETWORKS if new.get(name) and changed(old, new, name)}
    if networks:
        cloud.ec2.modify_vpn_connection_options(VpnConnectionId=identity, **networks)
    found = described(cloud, identity)
    tunnels = found["Options"]["TunnelOptions"] if found else []
    for number, options in enumerate(tunnels, start=1):
        before, after = tunnel_request(number, old), tunnel_request(number, new)
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        if differing:
            cloud.ec2.modify_vpn_tunnel_options(
                VpnConnectionId=identity,
                VpnTunnelOutsideIpAddress=options["OutsideIpAddress"],
                TunnelOptions=differing,
            )
    settle_tags(cloud, identity, old, new)


def _read(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = described(cloud, identity)
    if found is None:
        return None
    options = found["Options"]
    state: Props = {
        "type": found["Type"],
        "customerGatewayId": found["CustomerGatewayId"],
        "vpnGatewayId": found.get("VpnGatewayId"),
        "staticRoutesOnly": options["StaticRoutesOnly"],
        "tags": mapping(found.get("Tags")),
        "arn": ec2_arn(cloud, "vpn-connection", identity),
        "customerGatewayConfiguration": found["CustomerGatewayConfiguration"],
        "routes": [
            {"destinationCidrBlock": r["DestinationCidrBlock"], "source": r["Source"], "state": r["State"]}
            for r in found.get("Routes", [])
        ],
        **{name: options.get(sent) for name, sent in _NETWORKS},
    }
    for number, tunnel in enumerate(options["TunnelOptions"], start=1):
        state |= tunnel_state(number, tunnel)
    return state | _bgp(found["CustomerGatewayConfiguration"])


def _bgp(configuration: str) -> Props:
    state: Props = {}
    for number, tunnel in enumerate(ET.fromstring(configuration).iter("ipsec_tunnel"), start=1):  # noqa: S314 the world's own XML
        state[f"tunnel{number}BgpAsn"] = tunnel.findtext("vpn_gateway/bgp/asn")
        state[f"tunnel{number}BgpHoldtime"] = int(tunnel.findtext("vpn_gateway/bgp/hold_time") or 0)
    return state


KIND = Kind(
    type="aws:ec2/vpnConnection:VpnConnection",
    create=_create,
    settle=_settle,
    read=_read,
    delete=lambda cloud, identity, _state: cloud.ec2.delete_vpn_connection(VpnConnectionId=identity),
)
