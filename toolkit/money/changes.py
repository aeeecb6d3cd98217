"""Records of changes and of incident time: their tokens in order, the agreements they need, and the packs' months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from toolkit.model.service import ChangeRules
from toolkit.money.consent import Consent, ProviderChange, consent_faults
from toolkit.money.periods import Month, contract_year, month_of
from toolkit.money.table_file import Faults, Row, read_rows, suggestion
from toolkit.money.tokens import CatalogueChange, Cause, Cost, change_cost, incident_cost

OUTSIDE = "outside-catalogue"
_REQUIRED = ("id", "service", "date")
_OPTIONAL = (
    "change", "out_of_hours", "accelerated", "validation", "incident_driven", "cause", "minutes",
    "initiator", "agreed_by", "agreed_on", "agreement", "resolves_p1", "told_on", "sample",
)  # fmt: skip
_VALIDATIONS = ("accepted", "refused", "pending")
CAUSES: tuple[str, ...] = get_args(Cause)


class ChangeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record: a change (``change`` is its catalogue id or ``outside-catalogue``), or ``minutes`` on an incident.

    ``service``: the tenant that it belongs to, each being a service of its own (SD-1 §1.10). ``date``: the day made.
    """

    id: str
    service: str
    date: dt.date
    change: str = OUTSIDE
    out_of_hours: bool = False
    accelerated: bool = False
    validation: Literal["accepted", "refused", "pending"] = "pending"
    incident_driven: bool = False
    cause: Cause | Literal["none"] = "none"
    minutes: int | None = None
    provider_change: ProviderChange | None = None
    sample: bool = False


class Charged(msgspec.Struct, frozen=True, kw_only=True):
    """A record with what it costs; ``consent_faults`` is empty unless the provider started it without what it needs."""

    record: ChangeRecord
    cost: Cost
    consent_faults: tuple[str, ...] = ()


def read_changes(path: Path, catalogue: Mapping[str, CatalogueChange]) -> tuple[ChangeRecord, ...]:
    """The records by date; UsageError (2) for no such table, RecordsInvalid (3) for its rows, all at once."""
    faults = Faults(section="SD-1 §1.11")
    found: dict[str, ChangeRecord] = {}
    for row in read_rows(path, required=_REQUIRED, optional=_OPTIONAL, faults=faults):
        record = _record(row, catalogue)
        if record is not None and record.id in found:
            row.fault("id", f"{record.id} stands twice", "keep one row for each record")
        elif record is not None:
            found[record.id] = record
    faults.refuse_any(f"{path} has no change records that can be read")
    return tuple(sorted(found.values(), key=lambda record: record.date))


def charge(
    records: tuple[ChangeRecord, ...], catalogue: Mapping[str, CatalogueChange], rules: ChangeRules, *, start: dt.date
) -> tuple[Charged, ...]:
    """Each record's cost, by date; accelerated changes count from the contract's ``start``, when they were accepted."""
    consumed: dict[tuple[str, int], int] = {}
    charged = []
    for record in sorted(records, key=lambda record: record.date):
        key = (record.service, contract_year(record.date, start))
        if record.minutes is not None and record.cause != "none":
            cost = incident_cost(record.minutes, rules, cause=record.cause)
        else:
            cost = change_cost(
                catalogue.get(record.change),
                rules,
                out_of_hours=record.out_of_hours,
                accelerated=record.accelerated,
                incident_driven=record.incident_driven,
                accelerated_before=consumed.get(key, 0),
                validation=record.validation,
            )
            if record.accelerated and record.validation == "accepted" and cost.outcome == "tokens":
                consumed[key] = consumed.get(key, 0) + 1
        lacking = () if record.provider_change is None else consent_faults(record.provider_change)
        charged.append(Charged(record=record, cost=cost, consent_faults=lacking))
    return tuple(charged)


def consumed_before(charged: tuple[Charged, ...], *, service: str, on: dt.date, start: dt.date) -> int:
    """The accelerated changes that a service consumed in the contract year of ``on``, up to that day."""
    return sum(
        one.record.service == service
        and one.record.accelerated
        and one.record.validation == "accepted"
        and one.cost.outcome == "tokens"
        and one.record.date <= on
        and contract_year(one.record.date, start) == contract_year(on, start)
        for one in charged
    )


def tokens_by_month(charged: tuple[Charged, ...]) -> dict[Month, int]:
    """The tokens of each month in which something was charged."""
    found: dict[Month, int] = {}
    for one in charged:
        if one.cost.tokens:
            month = month_of(one.record.date)
            found[month] = found.get(month, 0) + one.cost.tokens
    return found


def _record(row: Row, catalogue: Mapping[str, CatalogueChange]) -> ChangeRecord | None:
    id_, service, date = row.id("id"), row.id("service"), row.date("date")
    minutes = row.whole("minutes", blank=-1)
    cause = row.choice("cause", (*CAUSES, "none"), blank="none")
    change = row.text("change")
    if minutes is not None and (minutes >= 0) != (cause in CAUSES):
        row.fault("minutes", "time and what caused it go together", "give both minutes and cause, or neither")
    elif cause == "none" and not change:
        row.fault("change", "is missing", f"a catalogue id, or {OUTSIDE}")
    elif cause != "none" and change:
        row.fault("change", "incident time is no change", "leave it empty, or make it a record of its own")
    elif change and change != OUTSIDE and change not in catalogue:
        row.fault("change", f"{change!r} is not in the catalogue", suggestion(change, (*catalogue, OUTSIDE)))
    validation = row.choice("validation", _VALIDATIONS, blank="pending")
    flags = {name: row.flag(name) for name in ("out_of_hours", "accelerated", "incident_driven", "sample")}
    started = _provider_change(row, id_, date)
    if id_ is None or service is None or date is None:
        return None
    return ChangeRecord(
        id=id_,
        service=service,
        date=date,
        change=change or OUTSIDE,
        validation=cast("Literal['accepted', 'refused', 'pending']", validation or "pending"),
        cause=cast("Cause | Literal['none']", cause or "none"),
        minutes=None if minutes is None or minutes < 0 else minutes,
        provider_change=started,
        **flags,
    )


def _provider_change(row: Row, id_: str | None, date: dt.date | None) -> ProviderChange | None:
    initiator = row.choice("initiator", ("customer", "provider"), blank="customer")
    resolves, told = row.flag("resolves_p1"), row.date("told_on", optional=True)
    agreed_on, name, reference = row.date("agreed_on", optional=True), row.text("agreed_by"), row.text("agreement")
    if agreed_on is None and (name or reference):
        row.fault("agreed_on", "an agreement has a day", "write a date as 2027-03-01")
    if initiator != "provider" or id_ is None or date is None:
        return None
    consent = None if agreed_on is None else Consent(name=name, date=agreed_on, reference=reference)
    return ProviderChange(id=id_, date=date, resolves_p1=resolves, consent=consent, told_on=told)
