"""Which prerequisites and deliverables of a service concern one inventory, by the tier and options that it has."""

from __future__ import annotations

from typing import Any

import msgspec

from toolkit.model.contacts import Contact
from toolkit.model.inventory import Inventory
from toolkit.model.noun import Noun
from toolkit.model.service import Deliverable, Prerequisite, Service, Tier


def prerequisites_of(service: Service, inventory: Inventory) -> tuple[Prerequisite, ...]:
    """What is to be given for what this inventory has bought, in the catalogue's order."""
    tiers = tiers_of(service, inventory)
    return tuple(one for one in service.prerequisites if not one.tiers or tiers.intersection(one.tiers))


def deliverables_of(service: Service, inventory: Inventory) -> tuple[Deliverable, ...]:
    """What is to be delivered for what this inventory has bought, in the catalogue's order."""
    tiers = tiers_of(service, inventory)
    options = set(inventory.subscription.options) if inventory.subscription else set()
    return tuple(
        one
        for one in service.deliverables
        if not (one.tiers or one.options) or tiers.intersection(one.tiers) or options.intersection(one.options)
    )


def tiers_of(service: Service, inventory: Inventory) -> frozenset[str]:
    """The tier that is bought, and every tier whose contents it has too."""
    by_id = {tier.id: tier for tier in service.tiers}
    found: set[str] = set()
    waiting = [inventory.subscription.tier] if inventory.subscription and inventory.subscription.tier else []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting.extend(_included(by_id.get(name)))
    return frozenset(found)


def _included(tier: Tier | None) -> tuple[str, ...]:
    return tier.includes if tier else ()


def answer(prerequisite: Prerequisite, inventory: Inventory) -> Any:
    """What the inventory says to a prerequisite: a part of its own, or a document; None while it is missing.

    Of contacts it is those who have the role (``customer/contacts/main``).
    """
    found: Any = inventory.prerequisites.get(prerequisite.id)
    if found is not None or prerequisite.section is None:
        return found
    found = inventory
    for part in prerequisite.section.split("/"):
        found = _in_role(found, part) if isinstance(found, tuple) else getattr(found, part, None)
    if isinstance(found, Noun) and all(value is None for value in msgspec.structs.asdict(found).values()):
        return None
    return found or None


def _in_role(listed: tuple[Any, ...], role: str) -> tuple[Contact, ...]:
    return tuple(one for one in listed if isinstance(one, Contact) and one.role.lower() == role)
