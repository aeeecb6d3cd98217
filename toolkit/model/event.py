"""An event at which staff and speakers are helped (SD-5 §5). Every time is a local one of the event's zone, ``09:00``."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from toolkit.model.contacts import ContactPoint
from toolkit.model.noun import Noun


class EventDay(Noun, frozen=True, kw_only=True):
    """``start`` and ``end`` are local times of the same day."""

    date: dt.date
    start: str
    end: str


class Session(Noun, frozen=True, kw_only=True):
    """``speakers`` are ids of the event's speakers; ``recorded``: a recording of it is handled."""

    id: str
    title: str
    date: dt.date
    start: str
    end: str
    speakers: tuple[str, ...] = ()
    recorded: bool = False


class Speaker(Noun, frozen=True, kw_only=True):
    id: str
    name: str
    email: str


ABOUT_DAYS = 2
"""How far "about a week" before the event reaches to either side: this project's choice, where SD-5 §5 is open."""


class Rehearsal(Noun, frozen=True, kw_only=True):
    """Two hours, about a week before; ``date`` and ``start`` are None until they are agreed."""

    option: Literal["tasks-review", "technical-run"]
    date: dt.date | None = None
    start: str | None = None


class EventTeam(Noun, frozen=True, kw_only=True):
    """The provider's people; None: not named yet."""

    project_manager: ContactPoint | None = None
    solutions_analyst: ContactPoint | None = None


class Event(Noun, frozen=True, kw_only=True):
    """``zone`` is an IANA name; ``streaming``: whose it is; ``agenda_final``: the day on which the agenda is final."""

    name: str
    zone: str = "Europe/Paris"
    agenda_final: dt.date | None = None
    streaming: Literal["vendor", "customer"]
    rehearsal: Rehearsal | None = None
    days: tuple[EventDay, ...]
    sessions: tuple[Session, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    team: EventTeam | None = None
