"""What the lab consists of, from inventory and provider profile only: segments, machines, addresses, routes. Pure.

    controller ─ svc ─ hub ═ wan ═ endpoint ─ site n ─ customer's hosts
                              ║
                              ╚═ cloud gateway ─ the tenant's network (one probe address)

The wan segment holds public addresses as /32 with an on-link default route, so any inventory's addresses work.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from typing import Literal

import msgspec

from toolkit.errors import OnboardError
from toolkit.model.bindings import PROVIDER_HOST, endpoint_host
from toolkit.model.inventory import Component, Inventory, Link, Site, Tenant
from toolkit.model.profile import ProviderProfile
from toolkit.rehearsal.lab.images import Image

Role = Literal["hub", "endpoint", "host", "cloud"]
_USER = re.compile(r"^[a-z_][a-z0-9_-]{0,31}$")
TUNNEL_DEVICE = "ipsec0"


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One bridge in the namespace; ``bridge`` fits IFNAMSIZ. Only ``svc`` carries an address: the controller's."""

    name: str
    bridge: str
    address: str | None = None


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """A machine's interface on a segment; no ``segment``: an interface that leads nowhere (the tenant's network)."""

    interface: str
    segment: str | None
    addresses: tuple[str, ...]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """``via`` None: the target is on the link itself."""

    target: str
    interface: str | None = None
    via: str | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One machine; ``binding`` is its key in ``Bindings.host_bindings``, None when nobody logs in to it."""

    name: str
    role: Role
    image: Image
    hostname: str
    ports: tuple[Port, ...]
    routes: tuple[Route, ...]
    binding: str | None = None
    address: str | None = None
    ssh_port: int = 22
    user: str = "onboard"
    capabilities: tuple[str, ...] = ()
    gateway: bool = False


class CloudLink(msgspec.Struct, frozen=True, kw_only=True):
    """One relation of a tenant with a site, as the cloud's side of a VPN connection sees it."""

    id: str
    tenant: str
    cidr: str
    site_address: str
    site_networks: tuple[str, ...]


class Topology(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that ``lab.up`` makes. ``proposal`` and ``esp_proposal`` are the profile's suite for cloud gateways."""

    id: str
    segments: tuple[Segment, ...]
    nodes: tuple[Node, ...]
    controller: str
    controller_routes: tuple[Route, ...]
    receiver_port: int
    cloud_links: tuple[CloudLink, ...]
    proposal: str
    esp_proposal: str

    def node(self, name: str) -> Node:
        """The machine of that name; raises OnboardError when there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise OnboardError(f"the lab has no machine {name!r}")

    def bridge(self, segment: str) -> str:
        """The bridge of a segment."""
        return next(s.bridge for s in self.segments if s.name == segment)


def topology(inventory: Inventory, profile: ProviderProfile, rehearsal_id: str) -> Topology:
    """The lab for an inventory; raises OnboardError when an address lies in none of its networks."""
    for user in (profile.hub.user, *(site.access.user for site in inventory.sites)):
        if not _USER.match(user):
            raise OnboardError(f"{user!r} cannot be a login name on a Debian host")
    for network in (*profile.hub.networks, *(network for site in inventory.sites for network in site.networks)):
        _checked(network)
    for tenant in inventory.tenants:
        _checked(tenant.landing_zone.cidr)
    for address in (profile.hub.public_address, *(site.vpn_endpoint.public_address for site in inventory.sites)):
        _checked(f"{address}/32")
    svc = _interface(profile.hub.controller, profile.hub.networks, "the profile's controller")
    segments = [Segment(name="wan", bridge="wan"), Segment(name="svc", bridge="svc", address=svc)]
    nodes = [_hub(profile)]
    for number, site in enumerate(inventory.sites):
        # Ids may be longer than a Linux interface name: bridges are numbered.
        segments.append(Segment(name=f"site/{site.id}", bridge=f"site{number}"))
        nodes.append(_endpoint(site))
    sites = {site.id: site for site in inventory.sites}
    nodes += [
        _host(component, sites[component.site])
        for component in inventory.components
        if component.kind == "vm" and component.site in sites and component.address
    ]
    links = cloud_links(inventory)
    linked = {link.tenant for link in links}
    nodes += [_cloud(tenant) for tenant in inventory.tenants if tenant.id in linked]
    routes = [Route(target=net, via=profile.hub.gateway) for site in inventory.sites for net in site.networks]
    return Topology(
        id=rehearsal_id,
        segments=tuple(segments),
        nodes=tuple(nodes),
        controller=profile.hub.controller,
        controller_routes=tuple(routes),
        receiver_port=profile.hub.services.receiver,
        cloud_links=links,
        proposal=profile.ike.proposal,
        esp_proposal=profile.ike.esp_proposal,
    )


def cloud_links(inventory: Inventory) -> tuple[CloudLink, ...]:
    """Links between a tenant and a site, whichever end is written first."""
    tenants = {f"tenant/{tenant.id}": tenant for tenant in inventory.tenants}
    sites = {f"site/{site.id}": site for site in inventory.sites}
    return tuple(
        _cloud_link(link, tenants[tenant], sites[site])
        for link in inventory.links
        for tenant, site in ((link.from_, link.to), (link.to, link.from_))
        if tenant in tenants and site in sites
    )


def probe_address(cidr: str) -> str:
    """The address in a tenant's network that probes start from: the tenth of its first subnet."""
    return str(ipaddress.ip_network(cidr)[10])


def _cloud_link(link: Link, tenant: Tenant, site: Site) -> CloudLink:
    return CloudLink(
        id=link.id,
        tenant=tenant.id,
        cidr=tenant.landing_zone.cidr,
        site_address=site.vpn_endpoint.public_address,
        site_networks=site.networks,
    )


def _hub(profile: ProviderProfile) -> Node:
    hub = profile.hub
    return Node(
        name="hub",
        role="hub",
        image="hub",
        hostname="provider-hub",
        ports=(
            Port(interface="wan0", segment="wan", addresses=(f"{hub.public_address}/32",)),
            Port(
                interface="svc0",
                segment="svc",
                addresses=(_interface(hub.gateway, hub.networks, "the profile's gateway"),),
            ),
        ),
        routes=(Route(target="default", interface="wan0"),),
        binding=PROVIDER_HOST,
        address=hub.gateway,
        ssh_port=hub.port,
        user=hub.user,
        # SYS_ADMIN: the monitoring units use namespaces of their own (DynamicUser, PrivateTmp).
        capabilities=("NET_ADMIN", "NET_RAW", "SYS_ADMIN"),
        gateway=True,
    )


def _endpoint(site: Site) -> Node:
    endpoint = site.vpn_endpoint
    inner = _interface(endpoint.address, site.networks, f"site {site.id}'s endpoint")
    attached = str(ipaddress.ip_interface(inner).network)
    return Node(
        name=f"endpoint-{site.id}",
        role="endpoint",
        image="gateway",
        hostname=_hostname(f"endpoint-{site.id}"),
        ports=(
            Port(interface="wan0", segment="wan", addresses=(f"{endpoint.public_address}/32",)),
            Port(interface="lan0", segment=f"site/{site.id}", addresses=(inner,)),
        ),
        routes=(
            Route(target="default", interface="wan0"),
            *(Route(target=net, interface="lan0") for net in site.networks if net != attached),
        ),
        binding=endpoint_host(site.id),
        address=endpoint.address,
        ssh_port=site.access.port,
        user=site.access.user,
        capabilities=("NET_ADMIN", "NET_RAW", "SYS_ADMIN"),
        gateway=True,
    )


def _host(component: Component, site: Site) -> Node:
    address = component.address or ""
    return Node(
        name=f"host-{component.id}",
        role="host",
        image="host",
        hostname=_hostname(component.id),
        ports=(
            Port(
                interface="lan0",
                segment=f"site/{site.id}",
                addresses=(_interface(address, site.networks, f"component {component.id}"),),
            ),
        ),
        # By the hub's network alone the host could not answer the tenant's: its default is the endpoint.
        routes=(Route(target="default", interface="lan0", via=site.vpn_endpoint.address),),
        binding=component.id,
        address=address,
        ssh_port=site.access.port,
        user=site.access.user,
        # SYS_ADMIN: agents' units use DynamicUser and sandboxing.
        capabilities=("NET_RAW", "SYS_ADMIN"),
    )


def _cloud(tenant: Tenant) -> Node:
    """Its outside addresses are unknown here: they come from the engine's outputs (``cloud_gateway.load``)."""
    prefix = ipaddress.ip_network(tenant.landing_zone.cidr).prefixlen
    return Node(
        name=f"cloud-{tenant.id}",
        role="cloud",
        image="gateway",
        hostname=_hostname(f"cloud-{tenant.id}"),
        ports=(
            Port(interface="wan0", segment="wan", addresses=()),
            Port(interface="vpc0", segment=None, addresses=(f"{probe_address(tenant.landing_zone.cidr)}/{prefix}",)),
        ),
        routes=(),
        capabilities=("NET_ADMIN", "NET_RAW", "SYS_ADMIN"),
        gateway=True,
    )


def _checked(network: str) -> None:
    """Networks become words of ip(8)'s batches and of swanctl's files: anything but the canonical form is refused."""
    try:
        canonical = str(ipaddress.IPv4Network(network))
    except ValueError as error:
        raise OnboardError(f"{network!r} is no IPv4 network or address") from error
    if canonical != network:
        raise OnboardError(f"{network!r} is not written as {canonical}")


def _interface(address: str, networks: tuple[str, ...], what: str) -> str:
    """``address/prefix`` by the network that holds it."""
    for network in networks:
        parsed = ipaddress.ip_network(network)
        with contextlib.suppress(ValueError):
            if ipaddress.IPv4Address(address) in parsed:
                return f"{address}/{parsed.prefixlen}"
    raise OnboardError(f"{what} has address {address}, which is in none of {', '.join(networks)}")


def _hostname(name: str) -> str:
    """Linux allows 64 characters."""
    return name[:63].rstrip("-")
