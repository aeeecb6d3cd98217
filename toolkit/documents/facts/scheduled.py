"""What happens when: the dates of the calendar, and the plan of an event with the cues of each of its days (SD-5 §5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import length, spaced, written_instant


def schedule_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``calendar``: an entry for each day; ``event``: the plan of the event with the cues of each day."""
    no_event = Missing(what="event", at="event")
    return {
        "calendar": tuple(_entries(sources, language)),
        "event": no_event if sources.event is None else _event(sources, sources.event, language),
    }


def _said(text: Row, language: str) -> str:
    return spaced(text["fr" if language == "fr" else "en"], language)


def _entries(sources: Sources, language: str) -> Iterator[Row]:
    parties = sources.service.parties
    for one in sources.calendar or ():
        owner = one["owner"]
        yield {
            "kind": one["kind"],
            "day": one["day"],
            "title": _said(one["title"], language),
            "owner": owner,
            "owner_title": spaced(parties[owner].of(language), language) if owner in parties else owner,
            "source": one["source"],
            "reference": one.get("reference") or NONE,
            "note": _said(one["note"], language) if one.get("note") else NONE,
            "recurs": one.get("recurs") or "once",
        }


def _event(sources: Sources, plan: Row, language: str) -> Row:
    event = sources.inventory.event
    assert event is not None, "a plan is of an event"
    days = tuple(_day(one, language) for one in plan["days"])
    speaks: dict[str, list[str]] = {}
    for session in event.sessions:
        for speaker in session.speakers:
            speaks.setdefault(speaker, []).append(session.title)
    return {
        "name": plan["name"],
        "zone": plan["zone"],
        "streaming": event.streaming,
        "fits": not plan["broken"],
        "first": days[0]["date"],
        "last": days[-1]["date"],
        "agenda_final": event.agenda_final or Missing(what="agenda-final", at="event/agenda_final"),
        "days": days,
        "supported": tuple(day for day in days if day["supported"]),
        "rehearsal": tuple(_rehearsal(one, language) for one in (plan["rehearsal"],) if one),
        "speaker_links": plan["speaker_links"] or NONE,
        "speakers": tuple(
            {"name": one.name, "email": one.email, "sessions": tuple(speaks.get(one.id, ()))} for one in event.speakers
        ),
        "recordings": tuple(
            {
                "title": one["title"],
                "length": length(one["seconds"]),
                "due": written_instant(one["due"], language) if one["due"] else NONE,
                "taken": one["due"] is not None,
            }
            for one in plan["recordings"]
        ),
        "tasks": tuple(_task(one, language) for one in plan["tasks"]),
        "broken": tuple(
            {
                "limit": one["limit"],
                "source": one["source"],
                "told": _said(one["told"], language),
                "nearest": _said(one["nearest"], language),
            }
            for one in plan["broken"]
        ),
        "notes": tuple({"text": _said(one, language)} for one in plan["notes"]),
        "team": tuple(_member(event.team, role) for role in ("project_manager", "solutions_analyst")),
    }


def _member(team: Any, role: str) -> Row:
    person = getattr(team, role) if team is not None else None
    gap = Missing(what=role, at=f"event/team/{role}")
    phone = Missing(what="phone", of=person.name if person else "", at=f"event/team/{role}/phone")
    return {
        "role": role,
        "name": person.name if person else gap,
        "email": person.email if person else gap,
        "phone": (person.phone or phone) if person else gap,
    }


def _rehearsal(one: Row, language: str) -> Row:
    return {
        "option": one["option"],
        "agreed": one["agreed"],
        "told": _said(one["told"], language),
        **_span(one["time"]),
    }


def _span(span: Row) -> Row:
    starts, ends = span["starts"], span["ends"]
    return {
        "date": starts.date(),
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "length": length(int((ends - starts).total_seconds())),
    }


def _task(one: Row, language: str) -> Row:
    timed = _span(one["time"]) if one["time"] else None
    gap = Missing(what=one["role"], at=f"event/team/{one['role']}")
    return {
        "title": _said(one["title"], language),
        "role": one["role"],
        "who": one["who"] or gap,
        "day": timed["date"] if timed else one["day"] or NONE,
        "from": timed["from"] if timed else NONE,
        "to": timed["to"] if timed else NONE,
        "deadline": timed is None and one["day"] is not None,
    }


def _day(day: Row, language: str) -> Row:
    event, support = _span(day["time"]), _span(day["support"]) if day["support"] else None
    uncovered = _span(day["uncovered"]) if day["uncovered"] else None
    return {
        "number": day["number"],
        **event,
        "supported": support is not None,
        "support_from": support["from"] if support else NONE,
        "support_to": support["to"] if support else NONE,
        "support_length": support["length"] if support else NONE,
        "rule": _said(day["rule"], language),
        "uncovered": f"{uncovered['from']}–{uncovered['to']}" if uncovered else NONE,
        "cues": tuple(_cues(day, event, support)),
    }


def _cues(day: Row, event: Row, support: Row | None) -> list[Row]:
    """What happens on a day, in the order of the clock: support, the event's opening and close, and the sessions."""
    cues = [
        _cue("event-opens", day["time"]["starts"], event["from"]),
        _cue("event-closes", day["time"]["ends"], event["to"]),
    ]
    if support:
        cues.append(_cue("support-opens", day["support"]["starts"], support["from"]))
        cues.append(_cue("support-closes", day["support"]["ends"], support["to"]))
    for session in day["sessions"]:
        span = _span(session["time"])
        cue = _cue("session", session["time"]["starts"], span["from"])
        left = session["seconds"] - session["covered"]
        cue |= {
            "to": span["to"],
            "title": session["title"],
            "speakers": tuple(session["speakers"]) or (NONE,),
            "recorded": session["recorded"],
            "not_covered": length(left) if left else NONE,
        }
        cues.append(cue)
    order = ("support-opens", "event-opens", "session", "event-closes", "support-closes")
    return sorted(cues, key=lambda cue: (cue["at"], order.index(cue["kind"])))


def _cue(kind: str, at: dt.datetime, shown: str) -> Row:
    return {
        "kind": kind,
        "at": at,
        "from": shown,
        "to": NONE,
        "title": "",
        "speakers": (NONE,),
        "recorded": NONE,
        "not_covered": NONE,
    }
