"""Deliverables that recur, and those that are due after a day of the contract.

This project's choices: a daily deliverable is on every business day of metropolitan France, a weekly one on Monday, a
monthly one on the first day of each calendar month, a quarterly or yearly one on that of every third or twelfth month;
one that would be on no business day moves to the next one, or back where the commitment ends before. What is written
from a period's records (it has a document) follows its period, the last one the end of the commitment.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import msgspec

from toolkit.agenda.commitment import check_covered, last_day, month_ends, months_within
from toolkit.agenda.entries import Entry, uid_of
from toolkit.catalogue.applicable import deliverables_of
from toolkit.clocks import BusinessCalendar
from toolkit.model.inventory import Inventory
from toolkit.model.months import months_later
from toolkit.model.recurrence import PeriodDue, Recurs, period_of
from toolkit.model.service import Deliverable, Due, Service, Text

_DAY = dt.timedelta(days=1)
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_WEEKDAYS_FR = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """``usual`` is the day by the rule, ``day`` the business day that it is on."""

    usual: dt.date
    day: dt.date


def deliverable_entries(inventory: Inventory, service: Service) -> Iterator[Entry]:
    """What recurs or is due of the deliverables that concern the inventory; those of an event are its plan's."""
    calendar = BusinessCalendar()
    for deliverable in deliverables_of(service, inventory):
        if deliverable.recurs is not None:
            yield from _recurring(inventory, deliverable, deliverable.recurs, calendar)
        elif deliverable.due is not None and deliverable.due.days is not None:
            yield from _due(inventory, deliverable, deliverable.due)


def _recurring(
    inventory: Inventory, deliverable: Deliverable, recurs: Recurs, calendar: BusinessCalendar
) -> Iterator[Entry]:
    days = _within(inventory, deliverable, recurs, calendar)
    entries = tuple(
        Entry(
            uid=uid_of(inventory, "deliverable", deliverable.id, one.usual.isoformat()),
            kind="deliverable",
            day=one.day,
            title=deliverable.title,
            owner=deliverable.owner,
            source=deliverable.source,
            reference=deliverable.id,
            note=None if one.day == one.usual else _moved(one.usual, calendar),
            recurs=recurs,
            moved=one.day != one.usual,
        )
        for one in days
    )
    for run in runs(entries):
        yield from (msgspec.structs.replace(entry, run=run[0].uid) for entry in run)


def due_periods(inventory: Inventory, service: Service) -> dict[str, tuple[PeriodDue, ...]]:
    """By recurring deliverable, the periods of the commitment that it is for, each with its day in the calendar.

    The period is that of the usual day; of what is written from a period's records, the one that ended before it.
    """
    calendar = BusinessCalendar()
    return {
        one.id: tuple(
            PeriodDue(period=period_of(one.recurs, each.usual - _DAY if _looks_back(one) else each.usual), day=each.day)
            for each in _within(inventory, one, one.recurs, calendar)
        )
        for one in deliverables_of(service, inventory)
        if one.recurs is not None
    }


def _looks_back(deliverable: Deliverable) -> bool:
    return deliverable.document is not None


def _within(
    inventory: Inventory, deliverable: Deliverable, recurs: Recurs, calendar: BusinessCalendar
) -> tuple[Occurrence, ...]:
    commitment = inventory.customer.commitment
    check_covered("customer/commitment", commitment.start, last_day(commitment))
    return occurrences(
        recurs, commitment.start, last_day(commitment), calendar=calendar, looks_back=_looks_back(deliverable)
    )


def runs(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, ...]]:
    """Every entry once: alone, or with those of its series that follow it by its rule; by the first of each."""
    found: list[list[Entry]] = []
    open_: dict[str, list[Entry]] = {}
    for entry in entries:
        series = entry.reference or ""
        run = open_.get(series) if entry.recurs else None
        if run is not None and not entry.moved and entry.day == _next(run[-1]):
            run.append(entry)
            continue
        found.append([entry])
        if entry.recurs:
            open_[series] = found[-1]
    return (tuple(run) for run in found)


def _next(entry: Entry) -> dt.date | None:
    """The day of the next entry of a run; None where an entry ends it."""
    if entry.moved:
        return None
    if entry.recurs == "weekly":
        return entry.day + 7 * _DAY
    if entry.recurs == "daily":
        return entry.day + (3 if entry.day.weekday() == 4 else 1) * _DAY
    return None


def occurrences(
    recurs: Recurs, first: dt.date, last: dt.date, *, calendar: BusinessCalendar, looks_back: bool = False
) -> tuple[Occurrence, ...]:
    """The days of a commitment from ``first`` to ``last``, at most one for each usual day."""
    if recurs == "daily":
        days = (first + number * _DAY for number in range((last - first).days + 1))
        return tuple(Occurrence(usual=day, day=day) for day in days if calendar.is_business_day(day))
    usual = _usual(recurs, first, last, looks_back=looks_back)
    placed = ((one, _placed(one, first, None if looks_back else last, calendar)) for one in usual)
    return tuple(Occurrence(usual=one, day=day) for one, day in placed if day is not None)


def _usual(recurs: Recurs, first: dt.date, last: dt.date, *, looks_back: bool) -> Iterator[dt.date]:
    if recurs == "weekly":
        start = first + _DAY if looks_back else first
        monday = start + (-start.weekday() % 7) * _DAY
        end = last + 7 * _DAY if looks_back else last
        while monday <= end:
            yield monday
            monday += 7 * _DAY
        return
    months = _MONTHS[recurs]
    if looks_back:
        # the month after each one that the commitment touches
        following = months_within(first + _DAY, months_later(last.replace(day=1), 1))
        yield from itertools.islice(following, months - 1, None, months)
    else:
        yield from itertools.islice(months_within(first, last), 0, None, months)


def _placed(usual: dt.date, first: dt.date, last: dt.date | None, calendar: BusinessCalendar) -> dt.date | None:
    if calendar.is_business_day(usual):
        return usual
    later = calendar.next_business_day(usual)
    if last is None or later <= last:
        return later
    earlier = calendar.add_business_days(usual, -1)
    return earlier if earlier >= first else None


def _moved(usual: dt.date, calendar: BusinessCalendar) -> Text:
    holiday = calendar.holiday(usual, language="fr")
    why = f"jour férié : {holiday}" if holiday else _WEEKDAYS_FR[usual.weekday()]
    return Text(en=f"moved from {usual} ({calendar.why_closed(usual)})", fr=f"déplacé du {usual} ({why})")


def _due(inventory: Inventory, deliverable: Deliverable, due: Due) -> Iterator[Entry]:
    for anchor in _anchors(inventory, due.after):
        count, before = abs(due.days or 0), (due.days or 0) < 0
        told = Text(
            en=f"{count} days {'before' if before else 'after'} {anchor}",
            fr=f"{count} jours {'avant' if before else 'après'} le {anchor}",
        )
        if deliverable.condition is not None:
            told = Text(en=f"{told.en}; {deliverable.condition.en}", fr=f"{told.fr} ; {deliverable.condition.fr}")
        yield Entry(
            uid=uid_of(inventory, "due", deliverable.id, anchor.isoformat() if due.after == "month-end" else ""),
            kind="deadline",
            day=anchor + (due.days or 0) * _DAY,
            title=Text(
                en=f"Last day: {deliverable.title.en}" + (f", {anchor:%Y-%m}" if due.after == "month-end" else ""),
                fr=f"Dernier jour : {deliverable.title.fr}" + (f", {anchor:%Y-%m}" if due.after == "month-end" else ""),
            ),
            owner=deliverable.owner,
            source=due.source,
            reference=deliverable.id,
            note=told,
        )


def _anchors(inventory: Inventory, after: str) -> Iterator[dt.date]:
    """The days that ``after`` names in the contract; none for what happens in a run or an event."""
    commitment = inventory.customer.commitment
    if after == "commitment-start":
        yield commitment.start
    elif after == "commitment-end":
        yield last_day(commitment)
    elif after == "month-end":
        yield from month_ends(commitment)
