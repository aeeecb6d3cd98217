"""What the catalogue offers for the subscription and the prerequisites of an inventory: ids with their titles."""

from __future__ import annotations

from typing import Literal

from toolkit import catalogue
from toolkit.model.service import Entry, Service

Offer = Literal["tier", "options", "products", "prerequisites"]
OFFERS: tuple[Offer, ...] = ("tier", "options", "products", "prerequisites")


def service_called(name: str | None) -> Service | None:
    """The service of the catalogue; None for an unknown one."""
    return catalogue.service(name) if name is not None and name in catalogue.service_ids() else None


def offered(service: str | None, what: Offer) -> dict[str, str]:
    """Ids that the inventory may name there, with English titles; none for an unknown service.

    A prerequisite that another section of the inventory answers is not among them.
    """
    found = service_called(service)
    if found is None:
        return {}
    entries: dict[Offer, tuple[Entry, ...]] = {
        "tier": found.tiers,
        "options": found.options,
        "products": found.products,
        "prerequisites": tuple(one for one in found.prerequisites if one.section is None),
    }
    return {one.id: one.title.en for one in entries[what]}
