"""What a cloud gateway is told, from the engine's outputs: swanctl files as text, and its answers read. Pure.

The gateway stands in for AWS's side of a VPN connection: two tunnels with equal selectors, identified by their
outside addresses, waiting for the customer's side to start (AWS Site-to-Site VPN user guide, tunnel options).
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import msgspec

from toolkit.errors import OnboardError
from toolkit.rehearsal.lab.topology import CloudLink, Topology

TUNNELS = (1, 2)
_ID = re.compile(r"^[a-z][a-z0-9-]{0,62}$")
_PSK = re.compile(r"^(?!0)[A-Za-z0-9._]{8,64}$")
_SUITE = re.compile(r"^[a-z0-9-]+$")


class Tunnel(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel of one link; ``secret`` is in no representation of it."""

    link: str
    number: int
    address: str
    site_address: str
    cidr: str
    site_networks: tuple[str, ...]
    secret: str

    @property
    def name(self) -> str:
        """Its connection's and child's name in swanctl."""
        return tunnel_name(self.link, self.number)

    def __repr__(self) -> str:
        return f"Tunnel({self.name}, {self.address})"


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """One installed IPsec association, in bytes of payload since it was made."""

    name: str
    established: bool
    encryption: str
    bytes_in: int
    bytes_out: int


def tunnel_name(link: str, number: int) -> str:
    """``<link>-<number>``."""
    if not _ID.match(link) or number not in TUNNELS:
        raise OnboardError(f"{link!r} tunnel {number!r} names no tunnel")
    return f"{link}-{number}"


def tunnels(topology: Topology, tenant: str, outputs: dict[str, Any]) -> tuple[Tunnel, ...]:
    """Both tunnels of each of a tenant's links.

    ``outputs["links"][<link id>]`` holds ``tunnel<n>_address`` and ``tunnel<n>_preshared_key`` as the engine gave
    them. Raises OnboardError for a link without them.
    """
    links = outputs.get("links", {})
    return tuple(
        _tunnel(link, number, links.get(link.id, {}))
        for link in topology.cloud_links
        if link.tenant == tenant
        for number in TUNNELS
    )


def swanctl_file(tunnel: Tunnel, *, proposal: str, esp_proposal: str) -> str:
    """One ``conf.d`` file with connection and secret (swanctl.conf(5))."""
    if not _SUITE.match(proposal) or not _SUITE.match(esp_proposal):
        raise OnboardError(f"not a suite in swanctl's notation: {proposal!r}, {esp_proposal!r}")
    return f"""connections {{
  {tunnel.name} {{
    version = 2
    local_addrs = {tunnel.address}
    remote_addrs = {tunnel.site_address}
    proposals = {proposal}
    mobike = no
    encap = yes
    dpd_delay = 10s
    local {{
      auth = psk
      id = {tunnel.address}
    }}
    remote {{
      auth = psk
      id = {tunnel.site_address}
    }}
    children {{
      {tunnel.name} {{
        local_ts = {tunnel.cidr}
        remote_ts = {",".join(tunnel.site_networks)}
        esp_proposals = {esp_proposal}
        start_action = none
        dpd_action = clear
      }}
    }}
  }}
}}
secrets {{
  ike-{tunnel.name} {{
    id-a = {tunnel.address}
    id-b = {tunnel.site_address}
    secret = "{tunnel.secret}"
  }}
}}
"""


def associations(raw: str) -> tuple[Association, ...]:
    """The installed associations in ``swanctl --list-sas --raw``, by name."""
    found = []
    for text in raw.split("list-sa event ")[1:]:
        established = "state=ESTABLISHED" in text
        for child in re.finditer(r"\{name=(?P<name>\S+) (?P<rest>[^{}]*)\}", text):
            fields = dict(part.split("=", 1) for part in child["rest"].split() if "=" in part)
            if fields.get("state") != "INSTALLED":
                continue
            found.append(
                Association(
                    name=child["name"],
                    established=established,
                    encryption="-".join(fields[key] for key in ("encr-alg", "encr-keysize") if key in fields),
                    bytes_in=int(fields.get("bytes-in", 0)),
                    bytes_out=int(fields.get("bytes-out", 0)),
                )
            )
    return tuple(sorted(found, key=lambda each: each.name))


def refusal(log: str) -> str:
    """Why an initiation failed, in IKE's own word (RFC 7296 §3.10.1), or the log's last line."""
    match = re.search(r"received (\w+) (?:error )?notify", log) or re.search(r"\b([A-Z]{2,}(?:_[A-Z]+)+)\b", log)
    lines = log.strip().splitlines()
    return match[1] if match else (lines[-1] if lines else "no answer")


def _tunnel(link: CloudLink, number: int, given: dict[str, Any]) -> Tunnel:
    address, secret = given.get(f"tunnel{number}_address"), given.get(f"tunnel{number}_preshared_key")
    try:
        ipaddress.IPv4Address(address)
    except ValueError as error:
        raise OnboardError(f"the engine's outputs give link {link.id} no address for tunnel {number}") from error
    if not isinstance(secret, str) or not _PSK.match(secret):
        raise OnboardError(f"the engine's outputs give link {link.id} no usable key for tunnel {number}")
    return Tunnel(
        link=link.id,
        number=number,
        address=str(address),
        site_address=link.site_address,
        cidr=link.cidr,
        site_networks=link.site_networks,
        secret=secret,
    )
