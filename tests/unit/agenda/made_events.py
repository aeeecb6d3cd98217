"""Inventories that the tests of the agenda make."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from toolkit.agenda.event_limits import EventLimits, limits_of
from toolkit.agenda.event_nouns import EventPlan
from toolkit.agenda.event_plan import plan_event
from toolkit.catalogue import service
from toolkit.model.event import Event
from toolkit.model.inventory import Commitment

COMMITMENT = Commitment(start=dt.date(2027, 1, 1), months=12)


def limits() -> EventLimits:
    return limits_of(service("event-support"))


def event(*days: tuple[str, str, str], **more: Any) -> Event:
    """An event on these days (date, start, end); every other field by name, as in an inventory."""
    value = {
        "name": "Summit",
        "streaming": "vendor",
        "rehearsal": {"option": "tasks-review"},
        "days": [{"date": date, "start": start, "end": end} for date, start, end in days],
        **more,
    }
    return msgspec.convert(value, Event)


def session(id_: str, date: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "title": id_.title(), "date": date, "start": start, "end": end, **more}


def planned(made: Event, commitment: Commitment = COMMITMENT) -> EventPlan:
    return plan_event(made, commitment=commitment, limits=limits())
