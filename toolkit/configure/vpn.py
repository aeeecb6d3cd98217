"""Tunnels of a site and the files that make them: swanctl, strongSwan, nftables, sysctl, systemd. Pure.

Formats: swanctl.conf(5), strongswan.conf(5), nft(8), systemd.unit(5), all of Debian 12.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from toolkit.errors import ConfigureFailed
from toolkit.model.inventory import Inventory
from toolkit.model.profile import Ike, ProviderProfile

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}(-[12])?")
_PROPOSAL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Tunnel(msgspec.Struct, frozen=True, kw_only=True):
    """One IKEv2 connection with one child of the same name; ``secret`` names its pre-shared key in the store."""

    name: str
    secret: str
    local_address: str
    remote_address: str
    local_networks: tuple[str, ...]
    remote_networks: tuple[str, ...]
    initiate: bool


def quoted(text: str) -> str:
    """``text`` as a string of strongSwan's settings grammar; raises ConfigureFailed for control characters."""
    if _CONTROL.search(text):
        raise ConfigureFailed("a control character stands in a VPN value", fix="remove it from the inventory or store")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def address(text: str) -> str:
    """One IP address in canonical form; raises ConfigureFailed for anything else."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ConfigureFailed(f"{text!r} is no IP address", fix="correct the address of the tunnel's end") from None


def networks(texts: Iterable[str]) -> tuple[str, ...]:
    """IP networks in canonical form, in their order; raises ConfigureFailed for anything else."""
    try:
        return tuple(str(ipaddress.ip_network(text)) for text in texts)
    except ValueError as wrong:
        raise ConfigureFailed(f"not an IP network: {wrong}", fix="correct the networks of the link's ends") from None


def hub_tunnels(inventory: Inventory, profile: ProviderProfile, site_id: str) -> tuple[Tunnel, ...]:
    """The hub's side of the site's links to the provider; the hub accepts, the site initiates."""
    site = inventory.site(site_id)
    return tuple(
        Tunnel(
            name=link.id,
            secret=f"psk/{link.id}/1",
            local_address=profile.hub.public_address,
            remote_address=site.vpn_endpoint.public_address,
            local_networks=profile.hub.networks,
            remote_networks=site.networks,
            initiate=False,
        )
        for link in inventory.links
        if link.other_end(f"site/{site_id}") == "provider"
    )


def endpoint_tunnels(
    inventory: Inventory, profile: ProviderProfile, site_id: str, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[Tunnel, ...]:
    """The endpoint's side of all links of a site: one tunnel to the hub, two to each tenant's cloud gateway.

    ``outputs`` is the request's: ``provision/<tenant>/vpn`` gives ``links.<link>.tunnel{1,2}_address``; a missing one
    raises ConfigureFailed.
    """
    site = inventory.site(site_id)
    own = site.vpn_endpoint.public_address
    tenants = {f"tenant/{tenant.id}": tenant for tenant in inventory.tenants}
    tunnels: list[Tunnel] = []
    for link in inventory.links_at(f"site/{site_id}"):
        other = link.other_end(f"site/{site_id}")
        if other == "provider":
            ends = [(link.id, 1, profile.hub.public_address)]
            reached = profile.hub.networks
        elif other in tenants:
            tenant = tenants[other]
            made = _link_outputs(outputs, tenant.id, link.id)
            ends = [(f"{link.id}-{number}", number, made[f"tunnel{number}_address"]) for number in (1, 2)]
            reached = (tenant.landing_zone.cidr,)
        else:
            continue
        tunnels += [
            Tunnel(
                name=name,
                secret=f"psk/{link.id}/{number}",
                local_address=own,
                remote_address=remote,
                local_networks=site.networks,
                remote_networks=reached,
                initiate=True,
            )
            for name, number, remote in ends
        ]
    return tuple(tunnels)


def _link_outputs(outputs: Mapping[str, Mapping[str, Any]], tenant: str, link: str) -> Mapping[str, str]:
    step = f"provision/{tenant}/vpn"
    made: Mapping[str, str] = outputs.get(step, {}).get("links", {}).get(link, {})
    missing = [name for name in ("tunnel1_address", "tunnel2_address") if not made.get(name)]
    if missing:
        raise ConfigureFailed(f"{step} gave no {' and no '.join(missing)} for link {link}", fix=f"run {step} first")
    return made


def render_connections(tunnels: Iterable[Tunnel], ike: Ike) -> str:
    """The connections of swanctl: IKEv2 only, one suite, pre-shared keys, dead peers noticed after 5 s."""
    for proposal in (ike.proposal, ike.esp_proposal):
        if not _PROPOSAL.fullmatch(proposal):
            raise ConfigureFailed(f"{proposal!r} is no proposal of swanctl's", fix="correct the provider profile's ike")
    return "connections {\n" + "".join(_connection(tunnel, ike) for tunnel in tunnels) + "}\n"


def _connection(tunnel: Tunnel, ike: Ike) -> str:
    name = _checked_name(tunnel.name)
    local, remote = address(tunnel.local_address), address(tunnel.remote_address)
    start = "start" if tunnel.initiate else "none"
    return f"""\
  {name} {{
    version = 2
    local_addrs = {local}
    remote_addrs = {remote}
    proposals = {ike.proposal}
    encap = yes
    mobike = no
    unique = replace
    dpd_delay = 5s
    keyingtries = {0 if tunnel.initiate else 1}
    local {{
      auth = psk
      id = {local}
    }}
    remote {{
      auth = psk
      id = {remote}
    }}
    children {{
      {name} {{
        local_ts = {",".join(networks(tunnel.local_networks))}
        remote_ts = {",".join(networks(tunnel.remote_networks))}
        esp_proposals = {ike.esp_proposal}
        start_action = {start}
        close_action = {start}
        dpd_action = {"restart" if tunnel.initiate else "clear"}
      }}
    }}
  }}
"""


def render_secrets(tunnels: Iterable[Tunnel], keys: Mapping[str, str]) -> str:
    """The secrets of swanctl; ``keys`` maps a tunnel's ``secret`` to its value. The text is secret: file mode 0600 only."""
    sections = [
        f"  ike-{_checked_name(tunnel.name)} {{\n"
        f"    id-local = {address(tunnel.local_address)}\n"
        f"    id-remote = {address(tunnel.remote_address)}\n"
        f"    secret = {quoted(keys[tunnel.secret])}\n"
        "  }\n"
        for tunnel in tunnels
    ]
    return "secrets {\n" + "".join(sections) + "}\n"


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigureFailed(f"{name!r} cannot name a tunnel", fix="ids are lower-case letters, digits and hyphens")
    return name
