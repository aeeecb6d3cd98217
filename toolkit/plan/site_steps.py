"""The steps of a site: hub, bundle, console, endpoint, hosts, monitoring, acceptance. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from toolkit.canonical import digest
from toolkit.errors import PlanRefused
from toolkit.model.inventory import Inventory, Link, Site
from toolkit.model.profile import ProviderProfile
from toolkit.plan.placement import Placement
from toolkit.plan.steps import Draft
from toolkit.plan.tenant_steps import provision_name

INSTRUCTION = "install the bundle of this site at the console of its VPN endpoint, then say that it is done"


def site_steps(
    inventory: Inventory,
    site: Site,
    *,
    placement: Placement,
    profile: ProviderProfile,
    provisioned: Collection[str],
) -> list[Draft]:
    """The site's steps, each needing the one before; only those that apply to its links and hosts.

    ``provisioned`` are the names of the tenants' provision steps: the bundle needs the vpn step of each linked tenant.
    Raises PlanRefused for links and hosts that this version cannot serve.
    """
    scope = f"site/{site.id}"
    links = inventory.links_at(scope)
    managed = any("provider" in link.ends for link in links)
    hosts = placement.hosts[site.id]
    tunnels = tuple(_vpn_step(link, provisioned) for link in links if "provider" not in link.ends)
    if hosts and not managed:
        raise PlanRefused(
            f"site {site.id} has hosts to configure ({', '.join(hosts)}) but no management link",
            fix=f"add a link from {scope} to provider: everything done to the hosts goes through it",
        )
    reads = digest(_reads(inventory, site, links=links, placement=placement, profile=profile))
    chain: list[Draft] = []

    configured = {"hosts": list(hosts)}

    def add(name: str, action: str, *, more: dict[str, Any] | None = None, needs: tuple[str, ...] = ()) -> None:
        stage, _, part = action.partition(".")
        chain.append(
            Draft(
                name=name,
                stage=stage,  # type: ignore[arg-type]  # the actions below start with a stage's name
                action=action,
                kind="gate" if part == "console" else "effect",
                scope=scope,
                inputs={"site": site.id, **(more or {}), "reads": reads},
                needs=(*(draft.name for draft in chain[-1:]), *needs),
            )
        )

    if managed:
        add(f"configure/{site.id}/hub", "configure.hub", more=configured)
    if links:
        add(f"configure/{site.id}/bundle", "configure.bundle", needs=tunnels)
        add(f"configure/{site.id}/console", "configure.console", more={"instruction": INSTRUCTION})
    if managed:
        add(f"configure/{site.id}/endpoint", "configure.endpoint")
    if hosts:
        add(f"configure/{site.id}/hosts", "configure.hosts", more=configured)
    if managed:
        add(f"register/{site.id}", "register.site", more=configured)
        add(f"verify/{site.id}", "verify.site", more=configured)
    return chain


def _vpn_step(link: Link, provisioned: Collection[str]) -> str:
    tenants = [end.removeprefix("tenant/") for end in link.ends if end.startswith("tenant/")]
    name = provision_name(tenants[0], "vpn") if tenants else ""
    if name not in provisioned:
        raise PlanRefused(
            f"link {link.id} ({link.from_} to {link.to}) has no other end that this version sets up",
            fix="join a site to the provider, or to a tenant whose landing zone is managed",
        )
    return name


def _reads(
    inventory: Inventory, site: Site, *, links: tuple[Link, ...], placement: Placement, profile: ProviderProfile
) -> dict[str, Any]:
    """What the site's steps read of inventory and profile: a change of any of it changes the steps' ids."""
    tenants = {end for link in links for end in link.ends if end.startswith("tenant/")}
    here = [component for component in placement.components if placement.scopes[component.id] == f"site/{site.id}"]
    applications = {component.application for component in here}
    return {
        "customer": inventory.customer.id,
        "site": site,
        "links": links,
        "tenants": [tenant for tenant in inventory.tenants if f"tenant/{tenant.id}" in tenants],
        "applications": [one for one in inventory.applications if one.id in applications],
        "components": here,
        "decisions": [placement.decisions[one.id] for one in here if one.id in placement.decisions],
        "profile": profile,
    }
