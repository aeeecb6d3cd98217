"""A calendar as an iCalendar file (RFC 5545): UTC instants, whole days, stable bytes.

What recurs without a gap is one event with a rule; an occurrence that moved stands alone and ends the run before it.
"""

from __future__ import annotations

import datetime as dt

import icalendar

from toolkit.agenda.entries import Calendar, Entry
from toolkit.agenda.recurring import runs
from toolkit.model.service import Text
from toolkit.visible import visible

_DAY = dt.timedelta(days=1)
_WORDS = {
    "owner": Text(en="owner", fr="responsable"),
    "source": Text(en="source", fr="source"),
    "reference": Text(en="reference", fr="référence"),
}


def ics_bytes(calendar: Calendar, language: str) -> bytes:
    """The file, with lines folded at 75 octets and ended by CRLF; the same calendar gives the same bytes."""
    written = icalendar.Calendar()
    written.add("prodid", "-//onboarding-toolkit//onboard//EN")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("x-wr-calname", visible(calendar.title.of(language)))
    for run in runs(calendar.entries):
        written.add_component(_event(run, calendar, language))
    return bytes(written.to_ical(sorted=True))


def _event(run: tuple[Entry, ...], calendar: Calendar, language: str) -> icalendar.Event:
    first = run[0]
    event = icalendar.Event()
    event.add("uid", first.run or first.uid)
    event.add("dtstamp", calendar.stamp)
    title = visible(first.title.of(language))
    event.add("summary", title)
    event.add("description", _description(first, calendar, language))
    event.add("categories", [first.kind])
    if first.time is not None:
        event.add("dtstart", first.time.starts.astimezone(dt.UTC))
        if first.time.ends > first.time.starts:
            event.add("dtend", first.time.ends.astimezone(dt.UTC))
    else:
        event.add("dtstart", first.day)
        event.add("dtend", first.until + _DAY)
        event.add("transp", "TRANSPARENT")
    if len(run) > 1:
        # weekdays alone: no run goes over a public holiday
        rule: dict[str, object] = {"FREQ": "WEEKLY", "COUNT": len(run)}
        if first.recurs == "daily":
            rule["BYDAY"] = ["MO", "TU", "WE", "TH", "FR"]
        event.add("rrule", rule)
    if first.alarm_days is not None:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -first.alarm_days * _DAY)
        event.add_component(alarm)
    return event


def _description(entry: Entry, calendar: Calendar, language: str) -> str:
    lines = [] if entry.note is None else [entry.note.of(language)]
    facts = {
        "owner": calendar.owner_name(entry, language),
        "source": entry.source,
        "reference": entry.reference,
    }
    lines += [f"{_WORDS[name].of(language)}: {value}" for name, value in facts.items() if value]
    return "\n".join(visible(line) for line in lines)
