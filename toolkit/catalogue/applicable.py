"""Which prerequisites and deliverables of a service concern one inventory, by the tier and options that it has."""

from __future__ import annotations

from typing import Any

import msgspec

from toolkit.model.contacts import Contact
from toolkit.model.inventory import Inventory
from toolkit.model.noun import Noun
from toolkit.model.service import Deliverable, Prerequisite, Service


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
    return tiers_within(service, inventory.subscription.tier if inventory.subscription else None)


def tiers_within(service: Service, tier: str | None) -> frozenset[str]:
    """A tier and those that it includes; a word that is no tier is alone."""
    includes = {one.id: one.includes for one in service.tiers}
    reached = [tier] if tier else []
    for name in reached:
        reached.extend(below for below in includes.get(name, ()) if below not in reached)
    return frozenset(reached)


def answer(prerequisite: Prerequisite, inventory: Inventory) -> Any:
    """What the inventory says to a prerequisite: a part of its own, or a document; None while it is missing.

    Of contacts it is those who have the role (``customer/contacts/main``); one who lacks what each of them has is no
    answer.
    """
    found: Any = inventory.prerequisites.get(prerequisite.id)
    if found is not None or prerequisite.section is None:
        return found
    found = inventory
    for part in prerequisite.section.split("/"):
        found = _in_role(found, part) if isinstance(found, tuple) else getattr(found, part, None)
    if isinstance(found, Noun) and all(value is None for value in msgspec.structs.asdict(found).values()):
        return None
    if isinstance(found, tuple) and any(getattr(one, name) is None for one in found for name in prerequisite.each_has):
        return None
    return found or None


def _in_role(listed: tuple[Any, ...], role: str) -> tuple[Contact, ...]:
    return tuple(one for one in listed if isinstance(one, Contact) and one.role.lower() == role)
