"""What a contract says about money beside the price list: lots, deliveries, minimum, tickets, pack, charges (SD-1 §1.12).

A YAML file of the project, ``commercial.yaml`` in the workspace (schemas/commercial.schema.json). Nothing of it is
assumed: without a delivery nothing of the run is billed.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import msgspec

from toolkit.errors import UsageError
from toolkit.money.amounts import number
from toolkit.money.price_items import family_of
from toolkit.money.table_file import Fault, Faults
from toolkit.strict_yaml import YamlFault, line_of, read_typed

SECTION = "SD-1 §1.12"
CHARGED = ("iaas", "licence", "equipment", "dependency")


class Increase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vendor's rise: what it notified, and what is asked of the customer, in percent (``"4.5"``)."""

    since: dt.date
    notified_percent: str
    asked_percent: str


class Charge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is charged by the month beside the units: a tenant's IaaS since its commissioning, a dependency, a licence.

    ``tenant`` gives the region of the price; ``until`` is the last day.
    """

    item: str
    since: dt.date
    quantity: int = 1
    tenant: str | None = None
    until: dt.date | None = None
    increases: tuple[Increase, ...] = ()


class Lot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lot of the build; ``delivered`` is None until it is."""

    id: str
    components: tuple[str, ...]
    delivered: dt.date | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``delivered``: the day of all that is in no lot. ``tickets``: those included a month, by tenant.

    ``minimum``: the minimum monthly bill is a floor, or added. ``ends``: the last day of the service.
    ``application_units``: by component; 1 where nothing is said. ``region`` is that of what belongs to no tenant.
    """

    schema: Literal["onboarding/commercial/v1"]
    source: str
    sample: bool = False
    ordered: dt.date | None = None
    delivered: dt.date | None = None
    ends: dt.date | None = None
    build_invoices: Literal["order-and-end", "lots"] = "order-and-end"
    lots: tuple[Lot, ...] = ()
    minimum: Literal["floor", "added"] = "floor"
    tickets: dict[str, int] = {}
    token_pack: int | None = None
    application_units: dict[str, int] = {}
    charges: tuple[Charge, ...] = ()
    region: str = "*"

    @property
    def deliveries(self) -> dict[str, dt.date | None]:
        """The delivery of each component that is in a lot; None while it is not delivered."""
        return {component: lot.delivered for lot in self.lots for component in lot.components}


def read_terms(
    path: Path, *, components: frozenset[str], tenants: frozenset[str], applications: frozenset[str] = frozenset()
) -> Terms:
    """The file, held against the inventory's managed components and tenants; ``applications``: components of that level.

    UsageError (2) for what does not fit the shape, RecordsInvalid (3) for what it says wrongly, all at once.
    """
    try:
        terms = read_typed(path, Terms)
    except YamlFault as fault:
        raise UsageError(fault.at(str(path)), fix="see schemas/samples/commercial.sample.yaml") from fault
    faults = Faults(section=SECTION)
    for way, reason, fix in _wrong(terms, components, tenants, applications):
        field = ".".join(str(part) for part in way)
        faults.found.append(Fault(file=str(path), line=line_of(path, way), field=field, reason=reason, fix=fix))
    faults.refuse_any(f"{path} does not hold")
    return terms


Wrong = tuple[tuple[str | int, ...], str, str]


def _wrong(
    terms: Terms, components: frozenset[str], tenants: frozenset[str], applications: frozenset[str]
) -> list[Wrong]:
    found = _wrong_lots(terms, components)
    named = "name one of the inventory"
    for tenant, count in terms.tickets.items():
        if tenant not in tenants:
            found.append((("tickets", tenant), f"no tenant {tenant!r}", named))
        if count < 0:
            found.append((("tickets", tenant), f"{count} is negative", "write a number from 0 on"))
    found += _wrong_units(terms, components, applications)
    if terms.token_pack is not None and terms.token_pack < 1:
        found.append((("token_pack",), f"{terms.token_pack} tokens", "a pack has one or more; leave it out for none"))
    if terms.ends is not None and terms.delivered is not None and terms.ends < terms.delivered:
        found.append((("ends",), f"{terms.ends} is before the delivery", "the last day is not before the first"))
    for index, charge in enumerate(terms.charges):
        found += [(("charges", index, *way), reason, fix) for way, reason, fix in _wrong_charge(charge, tenants)]
    return found


def _wrong_units(terms: Terms, components: frozenset[str], applications: frozenset[str]) -> list[Wrong]:
    found: list[Wrong] = []
    for component, count in terms.application_units.items():
        if component not in components:
            found.append(
                (("application_units", component), f"no managed component {component!r}", "name one of the inventory")
            )
        elif component not in applications:
            reason = f"{component} is not managed at the application level: it is one unit"
            found.append((("application_units", component), reason, "leave it out"))
        if count < 1:
            found.append((("application_units", component), f"{count} units", "an application is one unit or more"))
    return found


def _wrong_lots(terms: Terms, components: frozenset[str]) -> list[Wrong]:
    found: list[Wrong] = []
    seen: dict[str, str] = {}
    for index, lot in enumerate(terms.lots):
        if lot.id in {other.id for other in terms.lots[:index]}:
            found.append((("lots", index, "id"), f"{lot.id} stands twice", "give each lot an id"))
        if lot.delivered is not None and terms.ends is not None and lot.delivered > terms.ends:
            reason = f"{lot.delivered} is after the last day of the service, {terms.ends}"
            found.append((("lots", index, "delivered"), reason, "the last day is not before the first"))
        for place, component in enumerate(lot.components):
            way = ("lots", index, "components", place)
            if component not in components:
                found.append((way, f"no managed component {component!r}", "name one of the inventory"))
            elif component in seen:
                found.append((way, f"{component} is in lot {seen[component]} too", "keep it in one"))
            seen[component] = lot.id
    left = sorted(components - set(seen))
    if terms.build_invoices == "lots" and left:
        found.append((("lots",), f"in no lot: {', '.join(left)}", "a build by lots has every component in one"))
    return found


def _wrong_charge(charge: Charge, tenants: frozenset[str]) -> list[Wrong]:
    found: list[Wrong] = []
    if family_of(charge.item) is None or charge.item.partition("/")[0] not in CHARGED:
        found.append(
            (("item",), f"{charge.item!r} is no charge", f"one of: {', '.join(f'{n}/<name>' for n in CHARGED)}")
        )
    if charge.quantity < 1:
        found.append((("quantity",), f"{charge.quantity}", "write a whole number from 1 on"))
    if charge.tenant is not None and charge.tenant not in tenants:
        found.append((("tenant",), f"no tenant {charge.tenant!r}", "name one of the inventory"))
    if charge.item.startswith("iaas/") and charge.tenant is None:
        found.append((("tenant",), "IaaS belongs to a tenant", "name it"))
    if charge.until is not None and charge.until < charge.since:
        found.append((("until",), f"{charge.until} is before {charge.since}", "the last day is not before the first"))
    if charge.increases and charge.item.partition("/")[0] not in {"licence", "equipment"}:
        found.append((("increases",), "only licences and equipment have a vendor's increases", "leave them out"))
    for index, increase in enumerate(charge.increases):
        found += [
            (("increases", index, field), f"{text!r} is no percentage", 'write it as "4.5"')
            for field, text in (
                ("notified_percent", increase.notified_percent),
                ("asked_percent", increase.asked_percent),
            )
            if number(text) is None
        ]
    return found
