"""What an inventory may say and this version cannot yet do: refused before a plan is made, not in the middle of a run."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.errors import PlanRefused
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory, OperatingSystem
from toolkit.plan.placement import place
from toolkit.plan.stack_config import PLATFORMS

DEBIAN = 12
"""The oldest release of Debian that the roles of ``onboard.host`` accept (their preflight)."""


def check_supported(inventory: Inventory, decisions: tuple[Decision, ...]) -> None:
    """PlanRefused (5), naming every landing zone, link, site and host that this version cannot set up, each with its fix."""
    found = [*_zones(inventory), *_links(inventory), *_sites(inventory), *_hosts(inventory, decisions)]
    if found:
        raise PlanRefused(
            "; ".join(f"{what} not set up by this version: {', '.join(sorted(names))}" for what, names, _ in found),
            fix="; ".join(fix for _, _, fix in found),
        )


def _zones(inventory: Inventory) -> Iterator[tuple[str, list[str], str]]:
    """Landing zones on a cloud that there is no program for."""
    built = [tenant for tenant in inventory.tenants if tenant.landing_zone.state == "managed"]
    for platform in sorted({tenant.platform.kind for tenant in built} - PLATFORMS):
        names = [tenant.id for tenant in built if tenant.platform.kind == platform]
        fix = "let the landing zone be made elsewhere (landing_zone.state: referenced)"
        yield f"landing zones on {platform} are", names, fix


def _links(inventory: Inventory) -> Iterator[tuple[str, list[str], str]]:
    loose = [link.id for link in inventory.links if not any(end.startswith("site/") for end in link.ends)]
    if loose:
        yield "links without a site at one end are", loose, "join a site to the provider or to a tenant"
    dynamic = [link.id for link in inventory.links if link.routing != "static"]
    if dynamic:
        yield "links with dynamic routing are", dynamic, "use routing: static"


def _sites(inventory: Inventory) -> Iterator[tuple[str, list[str], str]]:
    linked = {end for link in inventory.links for end in link.ends}
    sites = [site for site in inventory.sites if f"site/{site.id}" in linked]
    # a gateway with userspace ESP needs an address of its own in each network that it joins; ours has one
    wide = [site.id for site in sites if len(site.networks) > 1]
    if wide:
        fix = "name one network that holds the others, if their addresses allow it"
        yield "sites with links and several networks are", wide, fix
    # the bundle that a person installs is made for a Linux host, and the endpoint is configured over SSH after it
    devices = [site.id for site in sites if site.vpn_endpoint.kind != "software"]
    if devices:
        fix = "use an endpoint of kind: software, or remove the site's links"
        yield "sites with links and a hardware endpoint are", devices, fix


def _hosts(inventory: Inventory, decisions: tuple[Decision, ...]) -> Iterator[tuple[str, list[str], str]]:
    configured = {id_ for some in place(inventory, decisions).hosts.values() for id_ in some}
    foreign = [one.id for one in inventory.hosts(configured) if one.os is None or not _accepted(one.os)]
    if foreign:
        fix = "let the customer operate them (responsibility.operations), or leave them out of the inventory"
        yield f"hosts that run another system than Debian {DEBIAN} or newer are", foreign, fix


def _accepted(system: OperatingSystem) -> bool:
    release = system.version.partition(".")[0]
    return system.family == "debian" and release.isascii() and release.isdigit() and int(release) >= DEBIAN
