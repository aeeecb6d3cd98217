"""The days, sessions and rehearsal of an event as times of its zone, tolerant of unsound parts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from toolkit.inventory.finding import Mapping, listed, strings, text
from toolkit.inventory.rules.header import Header, day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ZONE = "Europe/Paris"
"""Where an event names none."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")

Change = Literal["skips", "repeats"]


class Span(NamedTuple):
    """A day or a session: its pointer, day and local times in minutes since midnight; None where it is unsound."""

    path: str
    item: Mapping
    date: dt.date | None
    start: int | None
    end: int | None


class Timetable:
    """The event of a header; empty without one."""

    def __init__(self, header: Header) -> None:
        found = header.value.get("event") if isinstance(header.value, dict) else None
        self.event: Mapping = found if isinstance(found, dict) else {}
        self.days = tuple(_spans(self.event, "days"))
        self.sessions = tuple(_spans(self.event, "sessions"))
        self.written_zone = text(self.event, "zone") or ZONE

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """None for a zone that there is not."""
        # only inventories with an event need it
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(self.written_zone)
        except (OSError, ValueError, LookupError):
            # unknown, malformed, or a folder of zones
            return None

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The different days, sorted."""
        return tuple(sorted({one.date for one in self.days if one.date is not None}))

    @cached_property
    def sound(self) -> bool:
        """Whether every day of the event says when it is."""
        items = self.event.get("days")
        return isinstance(items, list) and len(items) == len([one for one in self.days if one.date is not None])

    @property
    def rehearsal(self) -> Mapping:
        found = self.event.get("rehearsal")
        return found if isinstance(found, dict) else {}

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Ids of those who speak."""
        return frozenset(name for _, item in listed(self.event, "speakers") if (name := text(item, "id")) is not None)

    def speaking(self) -> Iterator[tuple[str, str]]:
        """Pointer and id of each speaker of a session."""
        for session in self.sessions:
            for index, name in strings(session.item, "speakers"):
                yield f"{session.path}/speakers/{index}", name

    def minutes(self, span: Span) -> int:
        """Elapsed minutes of a span, across a clock change too; 0 for one that is unsound or ends before it starts."""
        if span.date is None or span.start is None or span.end is None or self.zone is None:
            return 0
        # by offsets, not by instants: those of the year 9999 may lie beyond the calendar
        before, after = (
            dt.datetime.combine(span.date, dt.time(minutes // 60, minutes % 60), self.zone).utcoffset()
            or dt.timedelta()
            for minutes in (span.start, span.end)
        )
        return max(0, span.end - span.start - (after - before) // dt.timedelta(minutes=1))

    def times(self) -> Iterator[tuple[str, dt.date, int]]:
        """Pointer, day and minutes of every local time that is sound."""
        for span in (*self.days, *self.sessions):
            for field, minutes in (("start", span.start), ("end", span.end)):
                if span.date is not None and minutes is not None:
                    yield f"{span.path}/{field}", span.date, minutes
        date, start = day(text(self.rehearsal, "date")), minutes_of(text(self.rehearsal, "start"))
        if date is not None and start is not None:
            yield "/event/rehearsal/start", date, start


def changed(date: dt.date, minutes: int, zone: ZoneInfo) -> Change | None:
    """Whether a clock change leaves that local time out or has it twice."""
    local = dt.datetime.combine(date, dt.time(minutes // 60, minutes % 60), zone)
    earlier, later = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    if earlier is None or later is None or earlier == later:
        return None
    return "repeats" if earlier > later else "skips"


def minutes_of(written: str | None) -> int | None:
    """Minutes since midnight of ``09:30``; None for what is no time."""
    found = _TIME.fullmatch(written or "")
    return None if found is None else int(found[1]) * 60 + int(found[2])


def _spans(event: Mapping, section: str) -> Iterator[Span]:
    for path, item in listed(event, section):
        start, end = minutes_of(text(item, "start")), minutes_of(text(item, "end"))
        yield Span(f"/event{path}", item, day(text(item, "date")), start, end)
