"""What is billed by the month for an inventory's managed components (SD-1 §1.12, §1.6)."""

from __future__ import annotations

import datetime as dt

import msgspec

from toolkit.model.inventory import Component, Inventory
from toolkit.money.because import Because
from toolkit.money.terms import Terms

SECTION = "SD-1 §1.12"
SERVERS_PART = frozenset({"database", "middleware"})
BY_CRITICALITY = {"application-function": "function", "external-interface": "interface"}


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` of a price item, of one component, run from its delivery on."""

    component: str
    item: str
    quantity: int
    region: str
    since: dt.date
    because: Because


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """``undelivered``: managed components that have no delivery yet, so that nothing of theirs is billed."""

    units: tuple[Unit, ...]
    undelivered: tuple[str, ...]


def billed_units(inventory: Inventory, terms: Terms, *, managed: frozenset[str]) -> Units:
    """The units of every delivered component of ``managed`` (ids: those that the provider runs), in their order."""
    kinds = {component.id: component.kind for component in inventory.components}
    regions = {tenant.id: tenant.platform.region for tenant in inventory.tenants}
    deliveries = terms.deliveries
    units: list[Unit] = []
    undelivered: list[str] = []
    for component in inventory.components:
        if component.id not in managed:
            continue
        since = deliveries.get(component.id, terms.delivered)
        if since is None:
            undelivered.append(component.id)
            continue
        on_a_server = component.hosted_on is not None and kinds.get(component.hosted_on) == "vm"
        units += [
            Unit(
                component=component.id,
                item=item,
                quantity=quantity,
                region=regions[component.tenant],
                since=since,
                because=because,
            )
            for item, quantity, because in _items(component, terms, on_a_server=on_a_server)
        ]
    return Units(units=tuple(units), undelivered=tuple(undelivered))


def _items(component: Component, terms: Terms, *, on_a_server: bool) -> list[tuple[str, int, Because]]:
    found = _level(component, terms, on_a_server=on_a_server)
    if component.backup is not None:
        said = Because(rule="backup by policy, for each component that has it", section="SD-1 §1.7")
        found += [(f"backup/{policy}", 1, said) for policy in component.backup.policies]
    return found


def _level(component: Component, terms: Terms, *, on_a_server: bool) -> list[tuple[str, int, Because]]:
    if component.kind in BY_CRITICALITY:
        item = f"{BY_CRITICALITY[component.kind]}/{component.attributes['criticality']}"
        said = Because(rule="functions and interfaces per supervision source and criticality", section=SECTION)
        return [(item, 1, said)]
    if on_a_server and component.kind in SERVERS_PART:
        # the server's one level holds for the whole of it
        return []
    level = component.management_level or component.kind
    if level == "application":
        count = terms.application_units.get(component.id, 1)
        said = Because(rule="an application is one unit or more, as agreed", section=SECTION)
        found = [(f"unit/{level}", count, said)]
    else:
        said = Because(rule="one unit for the server, cluster or service, at the level that it has", section=SECTION)
        found = [(f"unit/{level}", 1, said)]
    if component.kind == "vm" and component.management_level not in (None, "os"):
        derived = Because(rule=f"the OS level that {level} needs is an order line derived from it", section="SD-1 §1.6")
        found.insert(0, ("unit/os", 1, derived))
    return found
