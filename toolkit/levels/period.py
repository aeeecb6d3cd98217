"""The calendar month that is looked at, and when each unit was subscribed in it."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

import msgspec

from toolkit.clocks import epoch, month
from toolkit.clocks.instants import ZONE, first_reading
from toolkit.errors import UsageError
from toolkit.levels.records.kinds import Subscription
from toolkit.levels.spans import Span, Spans, intersection, union

R = TypeVar("R")
_NAME = re.compile(r"(\d{4})-(\d\d)", re.ASCII)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar month in ``zone``; ``start`` belongs to it, ``end`` does not (epoch seconds)."""

    name: str
    start: int
    end: int
    zone: str = ZONE

    @property
    def spans(self) -> Spans:
        return ((self.start, self.end),)

    @property
    def last_day(self) -> dt.date:
        year, number = map(int, self.name.split("-"))
        return dt.date(year + number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)

    def has(self, moment: int | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    def touches(self, start: int, end: int | None) -> bool:
        """Whether something lies in the month with a second of its own, or ends at the month's first instant."""
        return start < self.end and (end is None or end >= self.start)


def touching(records: Sequence[R], period: Period, *, first: str, last: str) -> list[R]:
    """The records that touch the month (``Period.touches``); ``first`` and ``last`` are the fields of their instants."""
    start, end = period.start, period.end
    times = zip(map(attrgetter(first), records), map(attrgetter(last), records), strict=True)
    return [
        one
        for one, (began, ended) in zip(records, times, strict=True)
        if began < end and (ended is None or ended >= start)
    ]


def period(name: str, zone: str = ZONE) -> Period:
    """The month that is written ``2027-03``; UsageError for another text."""
    shape = _NAME.fullmatch(name)
    if shape is None:
        raise UsageError(f"{name!r} is no month", fix="write it as 2027-03")
    start, end = month(int(shape[1]), int(shape[2]), zone)
    return Period(name=name, start=epoch(start), end=epoch(end), zone=zone)


class Subscribed:
    """Since when, and until when, each unit was subscribed; without a record: for all of the commitment."""

    def __init__(self, subscriptions: Iterable[Subscription], period: Period, *, commitment: dt.date) -> None:
        begun = first_reading(commitment, 0, period.zone)
        self._all = intersection(period.spans, ((begun, max(begun + 1, period.end)),))
        told: dict[str, list[Span]] = defaultdict(list)
        for one in subscriptions:
            start = period.start if one.from_ is None else one.from_
            told[one.component].append((start, period.end if one.until is None else one.until))
        self._told = {id_: union(spans) for id_, spans in told.items()}

    def of(self, unit: str) -> Spans:
        """Within the month; a backup unit without a record of its own follows its component."""
        for id_ in (unit, unit.removeprefix("backup/")):
            if id_ in self._told:
                return intersection(self._all, self._told[id_])
        return self._all
