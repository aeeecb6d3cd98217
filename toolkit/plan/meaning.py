"""Digests of what an inventory means."""

from __future__ import annotations

from toolkit.canonical import digest
from toolkit.model.decision import Decision
from toolkit.model.inventory import Component, Inventory, Link
from toolkit.model.ordered import ordered


def inventory_digest(inventory: Inventory) -> str:
    """Digest of the typed inventory."""
    return digest(ordered(inventory))


def decisions_digest(decisions: tuple[Decision, ...]) -> str:
    """Digest of all decisions, in the order of their components."""
    return digest(sorted(decisions, key=lambda decision: decision.component))


def component_digest(component: Component, decision: Decision | None) -> str:
    """Digest of a component together with what was decided for it, if anything was to decide."""
    return digest({"component": component, "decision": decision})


def link_digest(link: Link) -> str:
    """Digest of a link."""
    return digest(link)
