"""The columns of each kind of record: their names, what their cells may say, which must not be empty."""

from __future__ import annotations

import msgspec

from toolkit.levels.records import cells
from toolkit.levels.records.cells import Known, Read
from toolkit.levels.records.kinds import (
    CATALOGUE,
    CAUSES,
    EXCLUSION_KINDS,
    PRIORITIES,
    Case,
    Change,
    Charge,
    Exclusion,
    Incident,
    Outage,
    Record,
    Subscription,
)


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """``needed``: the column must be there; ``filled``: and each line has something in it."""

    name: str
    read: Read
    needed: bool = False
    filled: bool = False
    into: str = ""
    """The record's field where it is called otherwise: ``from`` is a word of Python's."""

    @property
    def field(self) -> str:
        return self.into or self.name


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of record; ``order``: which instant may not lie before which; ``key``: what stands only once."""

    record: type[Record]
    columns: tuple[Column, ...]
    order: tuple[tuple[str, str], ...] = ()
    key: tuple[str, ...] = ("id",)
    begins: str = ""

    def column(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)


def shapes(known: Known) -> dict[str, Shape]:
    """Every kind of record by the name of its file."""
    component, tenant = cells.id_of("component", known.components), cells.id_of("tenant", known.tenants)
    components = cells.ids_of("component", known.components)
    id_ = _filled("id", cells.text)
    return {
        "incidents": Shape(
            record=Incident,
            columns=(
                id_,
                Column(name="priority", read=cells.one_of(PRIORITIES), needed=True),
                _filled("opened", cells.moment),
                Column(name="resolved", read=cells.moment, needed=True),
                _filled("components", components),
                Column(name="interruption", read=cells.flag),
                Column(name="cause", read=cells.one_of(CAUSES)),
                Column(name="co_management", read=cells.flag),
                Column(name="l3", read=cells.one_of(("provider", "customer"))),
                Column(name="priority_changes", read=cells.priority_changes),
                Column(name="urgency", read=cells.one_of(known.urgencies)),
                Column(name="people_share", read=cells.share),
                Column(name="sites_share", read=cells.share),
                Column(name="components_share", read=cells.share),
            ),
            order=(("opened", "resolved"),),
            begins="opened",
        ),
        "outages": Shape(
            record=Outage,
            columns=(
                id_,
                _filled("component", component),
                _filled("start", cells.moment),
                Column(name="end", read=cells.moment, needed=True),
                Column(name="incident", read=cells.text),
            ),
            order=(("start", "end"),),
            begins="start",
        ),
        "exclusions": Shape(
            record=Exclusion,
            columns=(
                id_,
                _filled("kind", cells.one_of(EXCLUSION_KINDS)),
                _filled("start", cells.moment),
                Column(name="end", read=cells.moment, needed=True),
                Column(name="components", read=components),
                Column(name="tenant", read=tenant),
                Column(name="reason", read=cells.text),
            ),
            order=(("start", "end"),),
            begins="start",
        ),
        "changes": Shape(
            record=Change,
            columns=(
                id_,
                _filled("tenant", tenant),
                Column(name="component", read=component),
                _filled("catalogue", cells.one_of(CATALOGUE)),
                Column(name="accelerated", read=cells.flag),
                _filled("requested", cells.moment),
                Column(name="notified", read=cells.moment, needed=True),
                Column(name="validated", read=cells.flag),
                Column(name="price_eur", read=cells.money),
                Column(name="started_by", read=cells.one_of(("customer", "provider"))),
                Column(name="out_of_hours", read=cells.flag),
            ),
            order=(("requested", "notified"),),
            begins="requested",
        ),
        "charges": Shape(
            record=Charge,
            columns=(
                _filled("month", cells.month),
                Column(name="tenant", read=tenant, needed=True),
                _filled("function", cells.one_of(known.functions)),
                Column(name="amount_eur", read=cells.money, needed=True),
                Column(name="sample", read=cells.flag),
            ),
            key=("month", "tenant", "function"),
        ),
        "subscriptions": Shape(
            record=Subscription,
            columns=(
                _filled("component", component),
                Column(name="from", into="from_", read=cells.moment, needed=True),
                Column(name="until", read=cells.moment, needed=True),
            ),
            order=(("from_", "until"),),
            key=(),
        ),
        "cases": Shape(
            record=Case,
            columns=(
                id_,
                _filled("severity", cells.one_of(known.severities)),
                _filled("recorded", cells.moment),
                Column(name="contacted", read=cells.moment, needed=True),
            ),
            order=(("recorded", "contacted"),),
            begins="recorded",
        ),
    }


def _filled(name: str, read: Read) -> Column:
    return Column(name=name, read=read, needed=True, filled=True)
