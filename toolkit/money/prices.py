"""The provider's price list (SD-1 §1.12: prices are its data, per region). Read whole, or refused with every fault."""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import Decimal
from pathlib import Path

import msgspec

from toolkit.errors import RecordsInvalid
from toolkit.money.price_items import FAMILIES, UNITS, family_of, unit_of
from toolkit.money.table_file import Faults, Row, read_rows, suggestion

SECTION = "SD-1 §1.12"
EVERYWHERE = "*"
LEVELS_OF_UNITS = ("os", "database", "middleware", "application", "containers", "kubernetes")
_COLUMNS = ("item", "region", "unit", "price_eur", "valid_from", "valid_until")
_REGION = re.compile(r"\*|[a-z0-9][a-z0-9-]{0,62}")


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Euros, excluding tax, for one ``unit`` of ``item`` in ``region`` (``*``: every one that has no row of its own).

    ``valid_from`` and ``valid_until`` are its first and last day; None: no such bound. ``place`` is ``file:line``.
    """

    item: str
    region: str
    unit: str
    eur: Decimal
    valid_from: dt.date | None
    valid_until: dt.date | None
    sample: bool
    place: str

    def holds(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """Every price of a file by item and region; at most one for a day."""

    file: str
    prices: dict[tuple[str, str], tuple[Price, ...]]

    def at(self, item: str, *, region: str, day: dt.date) -> Price | None:
        """The price on a day: the region's own before that of every region; None when the list has neither."""
        for name in (region, EVERYWHERE):
            for price in self.prices.get((item, name), ()):
                if price.holds(day):
                    return price
        return None


class Unpriced(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a list would need a row for."""

    item: str
    region: str
    day: dt.date


def read_prices(path: Path) -> PriceList:
    """The list of a CSV file; UsageError (2) for no such table, RecordsInvalid (3) for its rows, all at once."""
    faults = Faults(section=SECTION)
    prices: dict[tuple[str, str], tuple[Price, ...]] = {}
    for row in read_rows(path, required=_COLUMNS, optional=("currency", "sample"), faults=faults):
        price = _price(row)
        if price is None:
            continue
        others = prices.get((price.item, price.region), ())
        same = next((other for other in others if _overlap(price, other)), None)
        if same is not None:
            row.fault("item", f"{price.item} in {price.region} has a price on the same days in {same.place}", "end one")
        prices[price.item, price.region] = (*others, price)
    faults.refuse_any(f"{path} is no price list")
    return PriceList(file=str(path), prices=prices)


@functools.cache
def unit_names() -> tuple[str, ...]:
    """What a unit can be: a management level, or a kind of component that has none (SD-1 §1.6)."""
    from toolkit.catalogue import service

    return tuple(dict.fromkeys([*LEVELS_OF_UNITS, *service("managed-applications").inventory.kinds]))


def refuse_unpriced(prices: PriceList, missing: set[Unpriced]) -> None:
    """Raises RecordsInvalid (3) that names each price which the list lacks; nothing when it lacks none."""
    if not missing:
        return
    problems = [
        {
            "rule": SECTION,
            "file": prices.file,
            "line": None,
            "column": None,
            "field": "item",
            "message": f"no price for {one.item} in {one.region} on {one.day}",
            "fix": f"add a row for {one.item}, unit {unit_of(one.item)}, region "
            + (EVERYWHERE if one.region == EVERYWHERE else f"{one.region} or {EVERYWHERE}"),
        }
        for one in sorted(missing)
    ]
    raise RecordsInvalid(
        f"{prices.file} lacks {len(problems)} price{'s' if len(problems) > 1 else ''}; none is assumed",
        fix="ask the provider for them",
        details={"problems": problems},
    )


def _price(row: Row) -> Price | None:
    item, amount = row.text("item"), row.amount("price_eur")
    region, unit = row.text("region"), row.text("unit")
    first, last = row.date("valid_from", optional=True), row.date("valid_until", optional=True)
    if not _REGION.fullmatch(region):
        row.fault("region", f"{region!r} is no region" if region else "is missing", "name a region, or * for every one")
    if first is not None and last is not None and last < first:
        row.fault("valid_until", f"{last} is before {first}", "the last day is not before the first")
    if row.text("currency") not in {"", "EUR"}:
        row.fault("currency", f"{row.text('currency')!r} is not EUR", "give the price in euros")
    sample = row.flag("sample")
    family = family_of(item)
    name, _, part = item.partition("/")
    if family is not None and name == "unit" and part not in unit_names():
        row.fault("item", f"{part!r} is no management level and no kind", suggestion(part, unit_names()))
        return None
    if family is None:
        row.fault("item", f"{item!r} is nothing that is priced" if item else "is missing", _item_fix(item))
        return None
    if unit != unit_of(item):
        known = "" if unit in UNITS else ", which is no unit"
        row.fault("unit", f"{unit!r}{known}; {item} is priced per {unit_of(item)}", f"write {unit_of(item)}")
    if amount is None:
        return None
    return Price(
        item=item,
        region=region,
        unit=unit,
        eur=amount,
        valid_from=first,
        valid_until=last,
        sample=sample,
        place=row.place,
    )


def _item_fix(item: str) -> str:
    name = item.partition("/")[0]
    if name not in FAMILIES:
        return suggestion(name, FAMILIES)
    shape = {
        0: name,
        1: f"{name}/<{FAMILIES[name].title.rpartition(', by ')[2]}>",
        3: "support/<level>/<chain>/<tickets>",
    }
    return f"write it as {shape[FAMILIES[name].parts]}"


def _overlap(one: Price, other: Price) -> bool:
    first, last = dt.date.min, dt.date.max
    return (one.valid_from or first) <= (other.valid_until or last) and (other.valid_from or first) <= (
        one.valid_until or last
    )
