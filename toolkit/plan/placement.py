"""Where each component lies, and which hosts the provider configures. Pure."""

from __future__ import annotations

import msgspec

from toolkit.model.decision import Decision
from toolkit.model.inventory import Component, Inventory

PROVIDER_OPERATES = frozenset({"operations-build", "full-build"})
"""Build models in which the provider sets up the operations layer: agents, logs, backup (SD-1 §1.1)."""


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """``scopes`` gives each component's document; ``hosts`` the VMs to configure by site, sorted.

    ``covered`` are the components that a step reaches: those hosts and what runs on them. ``uncovered`` are the
    managed ones that none does.
    """

    components: tuple[Component, ...]
    decisions: dict[str, Decision]
    scopes: dict[str, str]
    hosts: dict[str, tuple[str, ...]]
    covered: tuple[Component, ...]
    uncovered: tuple[str, ...]


def place(inventory: Inventory, decisions: tuple[Decision, ...]) -> Placement:
    """Place every component: at its site, at the site of the host that it runs on, or on its tenant."""
    by_id = {component.id: component for component in inventory.components}
    decided = {decision.component: decision for decision in decisions}
    sites = {id_: _site(component, by_id) for id_, component in by_id.items()}
    operated = {id_ for id_, decision in decided.items() if decision.build_model in PROVIDER_OPERATES}
    hosts = {
        site.id: tuple(
            id_ for id_ in sorted(by_id) if by_id[id_].kind == "vm" and by_id[id_].site == site.id and id_ in operated
        )
        for site in inventory.sites
    }
    configured = {id_ for some in hosts.values() for id_ in some}
    covered = {id_ for id_ in operated if id_ in configured or by_id[id_].hosted_on in configured}
    return Placement(
        components=tuple(by_id[id_] for id_ in sorted(by_id)),
        decisions=decided,
        scopes={id_: f"tenant/{by_id[id_].tenant}" if site is None else f"site/{site}" for id_, site in sites.items()},
        hosts=hosts,
        covered=tuple(by_id[id_] for id_ in sorted(covered)),
        uncovered=tuple(sorted(id_ for id_ in by_id if _managed(decided.get(id_)) and id_ not in covered)),
    )


def _managed(decision: Decision | None) -> bool:
    """A component that nothing was to be decided for is the provider's by its service description (SD-2 §2)."""
    return decision is None or decision.managed


def _site(component: Component, by_id: dict[str, Component]) -> str | None:
    if component.site is not None or component.hosted_on is None:
        return component.site
    return by_id[component.hosted_on].site
