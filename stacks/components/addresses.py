"""Networks computed from the inventory alone, so that the plan knows every address before anything exists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import IPv4Network, ip_network

ZONE_LETTERS = "abcdef"
_LINK_LOCAL = int(IPv4Network("169.254.0.0/16").network_address)
_SLOTS = 2**14
_RESERVED = frozenset({0, 64, 128, 192, 256, 320, 10879})
"""AWS Site-to-Site VPN manual, "Tunnel options": these /30 networks may not be a tunnel's inside network:
169.254.0.0 to 169.254.5.0, and 169.254.169.252."""


def split(cidr: str, zones: int) -> tuple[str, ...]:
    """``zones`` subnets of equal size: halves for 2, quarters for 3 and 4, eighths for 5 and 6.

    Raises ValueError when a subnet would be smaller than AWS's /28, or ``zones`` is not 1 to 6.
    """
    if not 1 <= zones <= len(ZONE_LETTERS):
        raise ValueError(f"{zones} zones: 1 to {len(ZONE_LETTERS)} are possible")
    network = ip_network(cidr)
    length = network.prefixlen + (zones - 1).bit_length()
    if length > 28:
        raise ValueError(f"{cidr} is too small for {zones} subnets of at least /28")
    return tuple(str(subnet) for subnet, _ in zip(network.subnets(new_prefix=length), range(zones), strict=False))


def tunnel_networks(links: Iterable[str]) -> dict[tuple[str, int], str]:
    """The inside /30 of each tunnel by (link id, tunnel number): from the link's id, so that a new link moves no other.

    Only two links that fall on the same network disturb each other; the one whose id sorts later moves on.
    """
    taken = set(_RESERVED)
    found: dict[tuple[str, int], str] = {}
    for link in sorted(links):
        for tunnel in (1, 2):
            start = int.from_bytes(hashlib.sha256(f"{link}/{tunnel}".encode()).digest()[:8], "big")
            slot = next(s for s in ((start + step) % _SLOTS for step in range(_SLOTS)) if s not in taken)
            taken.add(slot)
            found[link, tunnel] = str(IPv4Network((_LINK_LOCAL + 4 * slot, 30)))
    return found
