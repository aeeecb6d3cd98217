from __future__ import annotations

import msgspec
import pytest

from toolkit.errors import OnboardError
from toolkit.rehearsal.lab import wiring
from toolkit.rehearsal.lab.machines import run_arguments
from toolkit.rehearsal.lab.topology import Topology, probe_address, topology


def test_every_machine_comes_from_the_inventory(acme_topology):
    names = [(node.name, node.role, node.binding) for node in acme_topology.nodes]
    assert names == [
        ("hub", "hub", "provider-hub"),
        ("endpoint-acme-hq", "endpoint", "endpoint-acme-hq"),
        ("host-erp-vm-1", "host", "erp-vm-1"),
        ("host-erp-vm-2", "host", "erp-vm-2"),
        ("cloud-acme-prod", "cloud", None),
    ]


def test_only_the_service_segment_carries_an_address(acme_topology):
    assert {s.name: s.address for s in acme_topology.segments} == {
        "wan": None,
        "svc": "10.50.0.2/24",
        "site/acme-hq": None,
    }


def test_public_addresses_are_single_and_on_link(acme_topology):
    for name in ("hub", "endpoint-acme-hq"):
        node = acme_topology.node(name)
        wan = next(port for port in node.ports if port.segment == "wan")
        assert [address.endswith("/32") for address in wan.addresses] == [True]
        assert "route replace default scope link dev wan0\n" in wiring.node_batch(node)


def test_a_hosts_only_way_is_its_endpoint(acme_topology):
    host = acme_topology.node("host-erp-vm-1")
    assert wiring.node_batch(host) == (
        "address add 10.60.0.11/24 dev lan0\nlink set lan0 up\nroute replace default via 10.60.0.2 dev lan0 onlink\n"
    )
    assert wiring.firewall(host) is None


def test_gateways_forward_by_the_tunnel_only(acme_topology):
    for name in ("hub", "endpoint-acme-hq", "cloud-acme-prod"):
        rules = wiring.firewall(acme_topology.node(name))
        assert "hook forward priority filter; policy drop;" in rules
        accepting = [line.split() for line in rules.splitlines() if line.endswith("accept") and "dport" not in line]
        assert all('"ipsec0"' in line or "sport" in line for line in accepting)


def test_interface_names_fit_whatever_the_ids(acme, paris):
    long = "a" + "-very-long" * 6
    site = msgspec.structs.replace(acme.sites[0], id=long)
    components = tuple(msgspec.structs.replace(c, site=long) if c.site else c for c in acme.components)
    made = topology(msgspec.structs.replace(acme, sites=(site,), components=components), paris, "unit")
    assert all(len(s.bridge) <= 15 for s in made.segments)
    assert all(len(node.hostname) <= 63 for node in made.nodes)
    veths = [line.split()[2] for node in made.nodes for line in wiring.plug_batch(made, node, 4194304).splitlines()]
    assert max(len(name) for name in veths) <= 15


def test_two_networks_of_a_site_are_both_reached(acme, paris):
    site = msgspec.structs.replace(acme.sites[0], networks=("10.60.0.0/24", "10.61.0.0/24"))
    moved = msgspec.structs.replace(acme.components[0], address="10.61.0.11")
    inventory = msgspec.structs.replace(acme, sites=(site,), components=(moved, *acme.components[1:]))
    made = topology(inventory, paris, "unit")
    assert [route.target for route in made.controller_routes] == ["10.60.0.0/24", "10.61.0.0/24"]
    assert "route replace 10.61.0.0/24 scope link dev lan0" in wiring.node_batch(made.node("endpoint-acme-hq"))
    assert "address add 10.61.0.11/24 dev lan0" in wiring.node_batch(made.node("host-erp-vm-1"))


def test_links_are_found_from_either_end(acme, paris):
    turned = tuple(msgspec.structs.replace(link, from_=link.to, to=link.from_) for link in acme.links)
    forth = topology(acme, paris, "unit").cloud_links
    back = topology(msgspec.structs.replace(acme, links=turned), paris, "unit").cloud_links
    assert forth == back
    assert [(link.id, link.tenant, link.site_networks) for link in forth] == [
        ("prod-hq", "acme-prod", ("10.60.0.0/24",))
    ]


def test_a_tenant_without_a_link_has_no_gateway(acme, paris):
    made = topology(msgspec.structs.replace(acme, links=()), paris, "unit")
    assert [node.role for node in made.nodes] == ["hub", "endpoint", "host", "host"]


def test_an_address_outside_its_networks_is_refused(acme, paris):
    astray = msgspec.structs.replace(acme.components[0], address="10.99.0.1")
    inventory = msgspec.structs.replace(acme, components=(astray,))
    with pytest.raises(OnboardError, match=r"erp-vm-1 has address 10\.99\.0\.1"):
        topology(inventory, paris, "unit")


@pytest.mark.parametrize("user", ["root ALL", "a\nb ALL=(ALL) NOPASSWD:ALL", "-x", "%wheel", "$(id)"])
def test_a_hostile_login_name_is_refused(acme, paris, user):
    access = msgspec.structs.replace(acme.sites[0].access, user=user)
    site = msgspec.structs.replace(acme.sites[0], access=access)
    with pytest.raises(OnboardError, match="cannot be a login name"):
        topology(msgspec.structs.replace(acme, sites=(site,)), paris, "unit")


@pytest.mark.parametrize("text", ["10.60.0.0/24\nlink del wan", "10.60.0.0/24 dev lo", "$(id)", "", "fd00::/64"])
def test_a_hostile_network_or_address_is_refused(acme, paris, text):
    site = msgspec.structs.replace(acme.sites[0], networks=(*acme.sites[0].networks, text))
    with pytest.raises(OnboardError, match="is no IPv4 network"):
        topology(msgspec.structs.replace(acme, sites=(site,)), paris, "unit")
    endpoint = msgspec.structs.replace(acme.sites[0].vpn_endpoint, public_address=text)
    site = msgspec.structs.replace(acme.sites[0], vpn_endpoint=endpoint)
    with pytest.raises(OnboardError, match="is no IPv4 network or address"):
        topology(msgspec.structs.replace(acme, sites=(site,)), paris, "unit")
    moved = msgspec.structs.replace(acme.components[0], address=text or " ")
    with pytest.raises(OnboardError, match="in none of"):
        topology(msgspec.structs.replace(acme, components=(moved,)), paris, "unit")


def test_machines_have_no_network_of_podmans(acme_topology):
    for node in acme_topology.nodes:
        arguments = run_arguments(node, "unit")
        assert arguments[arguments.index("--network") + 1] == "none"
        assert ("/dev/net/tun" in arguments) == node.gateway
        assert "--privileged" not in arguments


def test_a_probe_starts_from_the_first_subnet():
    assert probe_address("10.20.0.0/16") == "10.20.0.10"


def test_the_topology_survives_its_file(acme_topology):
    assert msgspec.json.decode(msgspec.json.encode(acme_topology), type=Topology) == acme_topology
