"""The work of a service that people do by its stages: what is given, delivered and passed, with owner and date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources


def package_facts(sources: Sources, agreed: dict[str, Any]) -> dict[str, Any]:
    """``packages``, in the order of the stages; ``action`` is give, ensure, deliver or gate.

    A date is that on which it was given or delivered, or of the event's task; else it is to be agreed.
    """
    rows = list(_rows(sources, agreed))
    return {"packages": tuple({"number": number, **row} for number, row in enumerate(rows, 1))}


def _rows(sources: Sources, agreed: dict[str, Any]) -> Iterator[Row]:
    ensured = {one.id for one in sources.service.prerequisites if one.ensured}
    days = _event_days(sources)
    for stage in agreed["stages"]:
        common = {"stage": stage["title"], "recurs": "once", "reviewer": NONE}
        for one in agreed["prerequisites"]:
            if one["stage"] == stage["id"]:
                action = "ensure" if one["id"] in ensured else "give"
                date = one["date"] if one["state"] == "given" else _gap(one["title"])
                yield {**common, "action": action, "title": one["title"], "owner": one["owner"], "date": date}
        for one in agreed["deliverables"]:
            if one["stage"] == stage["id"]:
                yield {
                    **common,
                    "action": "deliver",
                    "title": one["title"],
                    "owner": one["owner"],
                    "reviewer": one["reviewer"],
                    "recurs": one["recurs"],
                    "date": _delivered(one)
                    or days.get(one["id"])
                    or (_gap(one["title"]) if one["recurs"] == "once" else NONE),
                }
        if stage["gate"]:
            yield {**common, "action": "gate", "title": stage["title"], "owner": stage["owner"], "date": stage["date"]}


def _delivered(one: Row) -> dt.date | None:
    return None if one["delivered"] == NONE else one["delivered"]


def _gap(title: str) -> Missing:
    return Missing(what="task-date", of=title, where="people")


def _event_days(sources: Sources) -> dict[str, dt.date]:
    """The days of the event's tasks by the deliverable that each makes."""
    found: dict[str, dt.date] = {}
    for task in (sources.event or {}).get("tasks", ()):
        day = task["time"]["starts"].date() if task["time"] else task["day"]
        if day is not None:
            found[task["id"]] = found[f"event-{task['id']}"] = day
    return found
