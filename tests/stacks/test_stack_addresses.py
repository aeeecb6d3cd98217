"""Networks computed by the programs."""

from __future__ import annotations

import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "stacks"))

from components.addresses import split, tunnel_networks


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (1, ("10.20.0.0/16",)),
        (2, ("10.20.0.0/17", "10.20.128.0/17")),
        (3, ("10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18")),
    ],
)
def test_split(zones: int, expected: tuple[str, ...]) -> None:
    assert split("10.20.0.0/16", zones) == expected


def test_split_refuses_what_aws_refuses() -> None:
    with pytest.raises(ValueError, match="too small"):
        split("10.20.0.0/28", 2)


@settings(deadline=None)
@given(st.sets(st.from_regex(r"[a-z][a-z0-9-]{1,20}", fullmatch=True), max_size=40))
def test_tunnel_networks_never_meet(links: set[str]) -> None:
    found = tunnel_networks(links)
    assert len(found) == 2 * len(links)
    networks = [ip_network(cidr) for cidr in found.values()]
    assert len(set(networks)) == len(networks)
    assert all(net.prefixlen == 30 and net.subnet_of(ip_network("169.254.0.0/16")) for net in networks)
    assert ip_network("169.254.169.252/30") not in networks
