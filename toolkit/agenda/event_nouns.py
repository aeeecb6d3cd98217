"""What an event's plan consists of. Instants have the offset that the event's zone has then; lengths are seconds."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from toolkit.model.event import Event
from toolkit.model.service import Text

Role = Literal["project_manager", "solutions_analyst"]


class BrokenLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that the event does not keep, with its figures, and the nearest plan that does."""

    limit: str
    source: str
    figures: dict[str, str]
    told: Text
    nearest: Text


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """From ``starts`` to ``ends``."""

    starts: dt.datetime
    ends: dt.datetime

    @property
    def seconds(self) -> int:
        """Elapsed time: both instants have a fixed offset."""
        return int((self.ends - self.starts) // dt.timedelta(seconds=1))


class PlannedSession(msgspec.Struct, frozen=True, kw_only=True):
    """``covered`` of its ``seconds`` lie within the day's support."""

    id: str
    title: str
    time: Span
    seconds: int
    covered: int
    recorded: bool
    speakers: tuple[str, ...]
    """Names, in the order of the inventory."""


class PlannedDay(msgspec.Struct, frozen=True, kw_only=True):
    """An event day; ``support`` is None for one that is not supported, ``uncovered`` the part of it without support."""

    number: int
    date: dt.date
    time: Span
    seconds: int
    support: Span | None
    rule: Text
    uncovered: Span | None
    sessions: tuple[PlannedSession, ...]

    @property
    def covered_sessions(self) -> int:
        return sum(session.covered for session in self.sessions)


class PlannedRehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """``agreed``: day and time are the inventory's; else proposed."""

    option: Literal["tasks-review", "technical-run"]
    time: Span
    agreed: bool
    told: Text


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded session; ``due`` is None for one whose recording is not handled."""

    session: str
    title: str
    seconds: int
    due: dt.datetime | None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """``who`` is None until the team is named. ``day`` is the last day for it; ``time`` when it is done."""

    id: str
    title: Text
    role: Role
    who: str | None
    day: dt.date | None = None
    time: Span | None = None


class EventPlan(msgspec.Struct, frozen=True, kw_only=True):
    """``nearest`` is the event as it would keep every limit; None where it keeps them as it is."""

    name: str
    zone: str
    days: tuple[PlannedDay, ...]
    rehearsal: PlannedRehearsal | None
    speaker_links: dt.date | None
    recordings: tuple[Recording, ...]
    tasks: tuple[Task, ...]
    broken: tuple[BrokenLimit, ...]
    gaps: tuple[Text, ...]
    notes: tuple[Text, ...]
    nearest: Event | None

    @property
    def supported(self) -> tuple[PlannedDay, ...]:
        return tuple(day for day in self.days if day.support is not None)
