"""Bridges, veth pairs, addresses, routes and firewalls of the lab: commands as data (pure), and their runner.

Containers start with ``--network none``; their interfaces are made in the rehearsal's namespace and moved in by pid,
so neither podman's networks nor its address leases take part. Batches for ip(8) ``-batch``.
"""

from __future__ import annotations

import hashlib

from toolkit.rehearsal import namespace
from toolkit.rehearsal.lab.topology import TUNNEL_DEVICE, Node, Port, Segment, Topology


def bridge_batch(segments: tuple[Segment, ...]) -> str:
    """One bridge per segment; only the controller's carries an address, so nothing goes around the tunnels."""
    lines = []
    for segment in segments:
        lines += [
            f"link add {segment.bridge} type bridge forward_delay 0 mcast_snooping 0",
            f"link set {segment.bridge} up",
        ]
        if segment.address:
            lines.append(f"address add {segment.address} dev {segment.bridge}")
    return _batch(lines)


def controller_batch(topology: Topology) -> str:
    """The controller's routes to the sites, by the hub."""
    return _batch([f"route replace {route.target} via {route.via}" for route in topology.controller_routes])


def plug_batch(topology: Topology, node: Node, pid: int) -> str:
    """Run in the namespace: one veth per port, its far end moved into the container of process ``pid``."""
    lines = []
    for port in node.ports:
        if port.segment is None:
            continue
        near = f"v{pid}{port.interface[:3]}"
        lines += [
            f"link add {near} type veth peer name {port.interface} address {hardware_address(node, port)} netns {pid}",
            f"link set {near} master {topology.bridge(port.segment)} up",
        ]
    return _batch(lines)


def hardware_address(node: Node, port: Port) -> str:
    """Locally administered and always the same: after a restart the neighbours' ARP entries still hold."""
    taken = hashlib.sha256(f"{node.name}/{port.interface}".encode()).hexdigest()[:10]
    return ":".join(["02", *(taken[at : at + 2] for at in range(0, 10, 2))])


def node_batch(node: Node) -> str:
    """Run in the container's network namespace: addresses, links up, routes in that order."""
    lines = []
    for port in node.ports:
        if port.segment is None:
            # A bridge without ports stands in for a dummy device, which not every kernel has.
            lines.append(f"link add {port.interface} type bridge")
        lines += [f"address add {address} dev {port.interface}" for address in port.addresses]
        lines.append(f"link set {port.interface} up")
    for route in node.routes:
        via = f" via {route.via}" if route.via else " scope link"
        onlink = " onlink" if route.via else ""
        lines.append(f"route replace {route.target}{via} dev {route.interface}{onlink}")
    return _batch(lines)


def firewall(node: Node) -> str | None:
    """nft(8) rules of a gateway: on the wan side nothing but IKE and ESP in UDP; forwarding only by the tunnel."""
    if not node.gateway:
        return None
    refuse = "reject with icmpx type admin-prohibited"
    return f"""table inet lab
delete table inet lab
table inet lab {{
  chain input {{
    type filter hook input priority filter; policy accept;
    iifname "wan0" udp dport {{ 500, 4500 }} accept
    iifname "wan0" drop
  }}
  chain output {{
    type filter hook output priority filter; policy accept;
    oifname "wan0" udp sport {{ 500, 4500 }} accept
    oifname "wan0" {refuse}
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
    iifname "{TUNNEL_DEVICE}" oifname != "wan0" accept
    oifname "{TUNNEL_DEVICE}" iifname != "wan0" accept
    {refuse}
  }}
}}
"""


SETTINGS = (
    # An address of the inner side must not be answered for on the wan side.
    "net.ipv4.conf.all.arp_ignore=1",
    "net.ipv4.conf.default.arp_ignore=1",
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv6.conf.default.disable_ipv6=1",
)
GATEWAY_SETTINGS = ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0")


def make_bridges(netns: str, topology: Topology) -> None:
    """Bridges and the controller's address; a namespace that has them is left as it is."""
    present = namespace.call([*namespace.enter(netns), "ip", "-o", "link", "show", "type", "bridge"])
    if " wan:" in present:
        return
    _ip(namespace.enter(netns), bridge_batch(topology.segments))
    _ip(namespace.enter(netns), controller_batch(topology))


def clear_bridges(netns: str) -> None:
    """Remove what ``make_bridges`` made; the veths of ended containers are gone by themselves."""
    if not namespace.exists(netns):
        return
    present = namespace.call([*namespace.enter(netns), "ip", "-o", "link", "show", "type", "bridge"])
    names = [line.split(":")[1].strip().split("@")[0] for line in present.splitlines()]
    _ip(namespace.enter(netns), _batch([f"link del {name}" for name in names]))


def plug(netns: str, topology: Topology, node: Node, pid: int) -> None:
    """Wire one container; does nothing when its first interface is there already (``up`` again)."""
    inside = ["nsenter", "-t", str(pid), "-n"]
    present = namespace.call([*inside, "ip", "-o", "link", "show"])
    if f" {node.ports[-1].interface}" in present:
        return
    rules = firewall(node)
    if rules:
        # The rules stand before the first interface does: there is no moment without them.
        namespace.call([*inside, "nft", "-f", "-"], stdin=rules)
    _ip(namespace.enter(netns), plug_batch(topology, node, pid))
    _ip(inside, node_batch(node))


def _ip(prefix: list[str], batch: str) -> None:
    if batch:
        namespace.call([*prefix, "ip", "-batch", "-"], stdin=batch)


def _batch(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)
