"""What a price list may price (SD-1 §1.12): the families of items, the unit of each, and which prices are revised.

An item is the family's name, with a slash and its own name where the family has several: ``unit/os``, ``access-fee``.
"""

from __future__ import annotations

import msgspec


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """``parts``: how many names follow the family's own; ``revised``: whether the yearly revision applies to its prices.

    The revision is of unit prices only: fees, minimum, build, and what is passed through are none (this project's
    reading); backup and restore, support, and on-demand tokens are excepted by the source.
    """

    name: str
    unit: str
    parts: int
    revised: bool
    title: str


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(name="access-fee", unit="month", parts=0, revised=False, title="access fee"),
        Family(name="minimum", unit="month", parts=0, revised=False, title="minimum monthly bill"),
        Family(
            name="unit", unit="unit-month", parts=1, revised=True, title="service unit, by management level or kind"
        ),
        Family(name="function", unit="unit-month", parts=1, revised=True, title="application function, by criticality"),
        Family(name="interface", unit="unit-month", parts=1, revised=True, title="external interface, by criticality"),
        Family(name="dependency", unit="unit-month", parts=1, revised=True, title="dependency, by catalogue unit"),
        Family(name="sre", unit="hour", parts=0, revised=True, title="SRE, by time"),
        Family(name="backup", unit="unit-month", parts=1, revised=False, title="backup, by policy"),
        Family(name="restore", unit="restore", parts=0, revised=False, title="restore"),
        Family(name="support", unit="month", parts=3, revised=False, title="support, by level, chain and tickets"),
        Family(name="ticket", unit="ticket", parts=1, revised=False, title="ticket, by tariff"),
        Family(name="token", unit="token", parts=0, revised=False, title="token at the pay-per-use rate"),
        Family(name="token-pack", unit="month", parts=1, revised=True, title="monthly pack, by tokens"),
        Family(name="build", unit="", parts=1, revised=False, title="build, by unit of effort"),
        Family(name="iaas", unit="month", parts=1, revised=False, title="IaaS of a tenant, by name"),
        Family(name="licence", unit="month", parts=1, revised=False, title="licence of a vendor, by name"),
        Family(name="equipment", unit="month", parts=1, revised=False, title="equipment of a vendor, by name"),
    )
}
"""``build`` has the unit that its second part names: ``build/person-day`` is priced per person-day."""

EFFORT_UNITS = ("person-day", "person-hour")
LEVELS = ("initial", "standard", "premium")
CHAINS = ("offshore", "full_france", "full_france_reinforced")
CRITICALITIES = ("low", "standard", "critical")
TARIFFS = ("premium", "standard", "initial", "without-commitment")
UNITS = tuple(dict.fromkeys([*(family.unit for family in FAMILIES.values() if family.unit), *EFFORT_UNITS]))


def family_of(item: str) -> Family | None:
    """The family of an item; None when it is none, or has too many or too few parts, or a part that cannot be."""
    name, *parts = item.split("/")
    family = FAMILIES.get(name)
    if family is None or len(parts) != family.parts or not all(parts):
        return None
    closed = {"function": CRITICALITIES, "interface": CRITICALITIES, "ticket": TARIFFS, "build": EFFORT_UNITS}
    if name in closed and parts[0] not in closed[name]:
        return None
    if name == "support" and (parts[0] not in LEVELS or parts[1] not in CHAINS):
        return None
    counted = parts[-1] if name in {"support", "token-pack"} else "0"
    return family if counted.isascii() and counted.isdigit() else None


def unit_of(item: str) -> str:
    """The unit that an item of a family is priced in."""
    return item.partition("/")[2] if item.startswith("build/") else FAMILIES[item.partition("/")[0]].unit


def revised(item: str) -> bool:
    """Whether the yearly revision changes the item's price (SD-1 §1.12)."""
    return FAMILIES[item.partition("/")[0]].revised
