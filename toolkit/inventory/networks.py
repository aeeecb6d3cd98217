"""Networks that do not overlap, addresses inside them, each used once (tenants, sites and the provider's hub)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Any, NamedTuple

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, listed, shown, strings, text

_UNUSABLE = tuple(IPv4Network(net) for net in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))
_NOT_PUBLIC = (
    *_UNUSABLE,
    *(IPv4Network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
)
_VPC_PREFIXES = range(16, 29)
_LONGEST_SUBNET = 28


def check_networks(value: Any) -> list[Finding]:
    """Every finding about networks and public addresses; those of hosts are looked at as they are read."""
    return [*_networks(value), *_subnets(value), *_public_addresses(value)]


def _network(written: str) -> IPv4Network | None:
    try:
        return IPv4Network(written)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def _address(written: str | None) -> IPv4Address | None:
    try:
        return IPv4Address(written) if written else None
    except AddressValueError:
        return None


def _declared(value: Any) -> Iterator[tuple[str, str, str]]:
    """Pointer, owner and text of every network of the customer."""
    for path, tenant in listed(value, "tenants"):
        cidr = text(tenant, "landing_zone", "cidr")
        if cidr is not None:
            yield f"{path}/landing_zone/cidr", f"tenant {tenant.get('id')}", cidr
    for path, site in listed(value, "sites"):
        for index, network in strings(site, "networks"):
            yield f"{path}/networks/{index}", f"site {site.get('id')}", network


def hub_networks(value: Any) -> list[IPv4Network]:
    """The networks of the provider's hub; none while the profile is unknown."""
    profile = text(value, "provider", "profile")
    if profile not in catalogue.profile_ids():
        return []
    return [IPv4Network(network) for network in catalogue.provider_profile(profile).hub.networks]


def _networks(value: Any) -> Iterator[Finding]:
    sound: list[tuple[IPv4Network, str, str]] = []
    vpcs = {f"{path}/landing_zone/cidr" for path, tenant in listed(value, "tenants") if _on_aws(tenant)}
    for path, owner, written in _declared(value):
        network = _network(written)
        if network is None:
            loose = _loose(written)
            yield Finding(
                rule="INV-030",
                path=path,
                message=f"{shown(written)} is not an IPv4 network" + (": bits of a host are set" if loose else ""),
                fix=f"did you mean {loose}?" if loose else "",
            )
            continue
        if not _routable(network):
            yield Finding(rule="INV-030", path=path, message=f"{network} cannot be routed to hosts (RFC 6890)")
            continue
        if path in vpcs and network.prefixlen not in _VPC_PREFIXES:
            yield Finding(rule="INV-035", path=path, message=f"{network} is not a range from /16 to /28")
        sound.append((network, path, owner))
    yield from _overlaps(sound, hub_networks(value))


def _on_aws(tenant: Mapping) -> bool:
    """Whether Amazon's limits hold; also while the platform is not a sound one."""
    return text(tenant, "platform", "kind") in (None, "aws")


def _subnets(value: Any) -> Iterator[Finding]:
    """Tenants whose range cannot be cut into one subnet a zone, equal in size and /28 or wider (Amazon VPC)."""
    for path, tenant in listed(value, "tenants"):
        cidr, zone = text(tenant, "landing_zone", "cidr"), tenant.get("landing_zone")
        network, zones = _network(cidr or ""), zone.get("zones") if isinstance(zone, dict) else None
        if (
            not _on_aws(tenant)
            or network is None
            or network.prefixlen not in _VPC_PREFIXES
            or type(zones) is not int
            or zones < 1
        ):
            continue
        widest = _LONGEST_SUBNET - (zones - 1).bit_length()
        if network.prefixlen > widest:
            yield Finding(
                rule="INV-035",
                path=f"{path}/landing_zone/cidr",
                message=f"{network} is too small for a subnet of at least /{_LONGEST_SUBNET} in each of {zones} zones",
                fix=f"use a range of /{widest} or wider, or fewer zones",
            )


def _overlaps(declared: list[tuple[IPv4Network, str, str]], hub: list[IPv4Network]) -> Iterator[Finding]:
    """Each network that lies in an earlier one: from wide to narrow, so that looking up its supernets is enough."""
    taken: dict[IPv4Network, str] = {}
    for network, path, owner in sorted(declared, key=lambda entry: entry[0].prefixlen):
        inside = next((other for other in hub if other.overlaps(network)), None)
        whose = "the provider's hub"
        if inside is None:
            supernets = (network.supernet(new_prefix=prefix) for prefix in range(network.prefixlen, 0, -1))
            inside = next((other for other in supernets if other in taken), None)
            whose = taken[inside] if inside else ""
        if inside is not None:
            yield Finding(rule="INV-031", path=path, message=f"{network} overlaps {inside} of {whose}")
        taken.setdefault(network, owner)


def _routable(network: IPv4Network) -> bool:
    return not any(network.overlaps(other) for other in _UNUSABLE)


def _loose(written: str) -> IPv4Network | None:
    try:
        return IPv4Network(written, strict=False)
    except ValueError:
        return None


class Room(NamedTuple):
    """The networks that an address must be inside of: ``where`` they are, and whether all of them can be judged.

    Of each network also its first and last address, as numbers.
    """

    where: str
    networks: tuple[IPv4Network, ...]
    bounds: tuple[tuple[int, int], ...]
    judged: bool


def room(where: str, written: list[str]) -> Room:
    """Room in networks as they are written."""
    usable = tuple(network for name in written if (network := _network(name)) is not None)
    bounds = tuple((int(network.network_address), int(network.broadcast_address)) for network in usable)
    return Room(where, usable, bounds, judged=bool(usable) and len(usable) == len(written))


def site_room(site: Mapping | None, name: Any) -> Room:
    """Room at a site, described or not."""
    return room(f"the site {shown(name)}", [network for _, network in strings(site, "networks")])


def tenant_room(tenant: Mapping | None, name: str) -> Room:
    """Room on a tenant, described or not."""
    cidr = text(tenant, "landing_zone", "cidr")
    return room(f"the tenant {shown(name)}", [cidr] if cidr else [])


def placed(path: str, written: str, within: Room) -> tuple[int | None, Finding | None]:
    """The number of an address, unless it is none, and what is wrong with its place."""
    try:
        number = int.from_bytes(socket.inet_pton(socket.AF_INET, written), "big")
    except (OSError, ValueError):
        return None, Finding(rule="INV-015", path=path, message=f"{shown(written)} is not an IPv4 address")
    if len(within.bounds) == 1 and within.bounds[0][0] < number < within.bounds[0][1]:
        return number, None
    inside = False
    for first, last in within.bounds:
        if first <= number <= last:
            inside = True
            if last - first > 1 and number in (first, last):
                message = f"{written} is the network's own or its broadcast address"
                return number, Finding(rule="INV-032", path=path, message=message)
    if within.judged and not inside:
        message = f"{written} is outside the network of {within.where}: {', '.join(map(str, within.networks[:4]))}"
        return number, Finding(rule="INV-032", path=path, message=message)
    return number, None


def address_taken(path: str, number: int, owner: str) -> Finding:
    """That an address stands twice."""
    return Finding(rule="INV-033", path=path, message=f"the address {IPv4Address(number)} belongs to {owner} already")


def endpoint_addresses(value: Any) -> Iterator[tuple[str, int | None, str, Finding | None]]:
    """Pointer, number and owner of the address of each site's endpoint, and what is wrong with its place."""
    for path, site in listed(value, "sites"):
        written = text(site, "vpn_endpoint", "address")
        if written is not None:
            where = f"{path}/vpn_endpoint/address"
            owner = f"the endpoint of site {shown(site.get('id'))}"
            number, finding = placed(where, written, site_room(site, site.get("id")))
            yield where, number, owner, finding


def _public_addresses(value: Any) -> Iterator[Finding]:
    profile = text(value, "provider", "profile")
    seen: dict[IPv4Address, str] = {}
    if profile in catalogue.profile_ids():
        hub = catalogue.provider_profile(profile).hub
        seen[IPv4Address(hub.public_address)] = "the provider's hub"
    declared = (_network(written) for _, _, written in _declared(value))
    inside = [network for network in declared if network is not None and _routable(network)]
    inside += hub_networks(value)
    for parent, site in listed(value, "sites"):
        written = text(site, "vpn_endpoint", "public_address")
        if written is None:
            continue
        path = f"{parent}/vpn_endpoint/public_address"
        address = _address(written)
        if address is None:
            yield Finding(rule="INV-015", path=path, message=f"{shown(written)} is not an IPv4 address")
        elif any(address in network for network in _NOT_PUBLIC):
            yield Finding(rule="INV-034", path=path, message=f"{address} is no public address")
        elif any(address in network for network in inside):
            yield Finding(rule="INV-034", path=path, message=f"{address} is inside a network that the tunnels carry")
        elif address in seen:
            yield Finding(
                rule="INV-033", path=path, message=f"the address {address} belongs to {seen[address]} already"
            )
        else:
            seen[address] = f"the site {shown(site.get('id'))}"
