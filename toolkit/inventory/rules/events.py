"""The event of an inventory: times that are there, sessions within its days, and the limits of the support (SD-5 §5)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from toolkit import catalogue
from toolkit.catalogue import limits
from toolkit.inventory.crossrefs import taken, unresolved
from toolkit.inventory.finding import Finding, did_you_mean, listed, shown, text
from toolkit.inventory.rules.event_times import Span, Timetable, changed
from toolkit.inventory.rules.header import EVENTS, Header, day
from toolkit.inventory.rules.rule_kinds import broken
from toolkit.model.event import ABOUT_DAYS
from toolkit.model.months import following_period


def _limit(name: str, unit: str) -> int:
    """A figure of SD-5 §5."""
    return limits.whole(catalogue.service(EVENTS), name, unit)


def _references(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    for section in ("sessions", "speakers"):
        seen: set[str] = set()
        for path, item in listed(table.event, section):
            name = text(item, "id")
            if name in seen:
                yield taken(f"/event{path}/id", name, section.removesuffix("s"))
            seen |= {name} if name is not None else set()
    for path, name in table.speaking():
        if name not in table.speakers:
            yield unresolved(path, "speaker", name, table.speakers)


def _times(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    for span in (*table.days, *table.sessions):
        if span.start is not None and span.end is not None and span.end <= span.start:
            message = f"it ends at {text(span.item, 'end')}, not after its start at {text(span.item, 'start')}"
            yield broken("INV-140", f"{span.path}/end", message)
    if not table.event:
        return
    if table.zone is None:
        yield _unknown_zone(table.written_zone)
        return
    for path, date, minutes in table.times():
        change = changed(date, minutes, table.zone)
        if change is not None:
            written = f"{minutes // 60:02}:{minutes % 60:02}"
            message = f"the clock change of {date} in {table.written_zone} {change} {written}"
            yield broken("INV-142", path, message)


def _unknown_zone(written: str) -> Finding:
    from zoneinfo import available_timezones

    fix = did_you_mean(written, sorted(available_timezones()), otherwise="name a zone such as Europe/Paris")
    return broken("INV-141", "/event/zone", f"no time zone {shown(written)}", fix=fix)


def _days(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    seen: set[dt.date] = set()
    for span in table.days:
        if span.date in seen:
            yield broken("INV-143", f"{span.path}/date", f"the day {span.date} stands here already")
        seen |= {span.date} if span.date is not None else set()
    for span in table.sessions if table.sound else ():
        on = [one for one in table.days if one.date == span.date]
        if span.date is not None and not on:
            yield broken("INV-144", f"{span.path}/date", f"a session on {span.date}, which is no day of the event")
        elif on and span.date is not None:
            yield from _within(span, on[0])


def _within(session: Span, on: Span) -> Iterator[Finding]:
    """What of a session lies before or after its day."""
    if session.start is None or session.end is None or on.start is None or on.end is None:
        return
    begins = on.start <= session.start < on.end
    if not begins or session.end > on.end:
        message = f"the session is outside the event's day, {text(on.item, 'start')} to {text(on.item, 'end')}"
        yield broken("INV-144", f"{session.path}/{'end' if begins else 'start'}", message)


def _support(header: Header) -> Iterator[Finding]:
    """The days and hours that the support covers."""
    table = Timetable(header)
    if header.service != EVENTS or not table.event:
        return
    most, hours = _limit("support-days", "days"), _limit("support-hours", "hours")
    if table.sound:
        if len(table.dates) > most:
            message = f"the support covers at most {most} days, the event has {len(table.dates)}"
            yield broken("INV-145", "/event/days", message, key=True)
        for before, after in itertools.pairwise(table.dates):
            if (after - before).days > 1:
                path = next(one.path for one in table.days if one.date == after)
                message = f"the support covers consecutive days; {after} does not follow {before}"
                yield broken("INV-146", f"{path}/date", message)
    for span in table.days:
        if table.minutes(span) > hours * 60:
            message = (
                f"the day is longer than {hours} hours; the support is {hours} consecutive ones from"
                f" {_limit('support-before', 'minutes')} minutes before"
            )
            yield broken("INV-147", f"{span.path}/end", message)


def _term(header: Header) -> Iterator[Finding]:
    table, starts, months = Timetable(header), header.starts, _months(header)
    if header.service != EVENTS or starts is None or months is None:
        return
    ends = following_period(starts, min(months, _limit("term", "months"))) or dt.date.max
    for span in table.days:
        if span.date is not None and not starts <= span.date < ends:
            message = f"{span.date} is outside the term, {starts} to {ends - dt.timedelta(days=1)}"
            yield broken("INV-152", f"{span.path}/date", message)


def _months(header: Header) -> int | None:
    customer = header.value.get("customer") if isinstance(header.value, dict) else None
    commitment = customer.get("commitment") if isinstance(customer, dict) else None
    months = commitment.get("months") if isinstance(commitment, dict) else None
    return months if type(months) is int and 0 < months < 1200 else None


def _streaming(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    if header.service != EVENTS or text(table.event, "streaming") != "customer":
        return
    if text(table.rehearsal, "option") == "technical-run":
        message = "a technical run needs the vendor's own streaming; this event's is the customer's"
        yield broken("INV-148", "/event/rehearsal/option", message)
    if table.speakers:
        message = "speaker links need the vendor's own streaming; these speakers get none"
        yield broken("INV-149", "/event/speakers", message, key=True)


def _recordings(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    if header.service != EVENTS:
        return
    recorded = [one for one in table.sessions if one.item.get("recorded") is True]
    minutes = sum(table.minutes(one) for one in recorded)
    most = _limit("recordings-length", "hours") if recorded else 0
    if minutes > most * 60:
        message = (
            f"up to {most} hours of recordings are handled; these sessions are {minutes // 60} h {minutes % 60:02} min"
        )
        yield broken("INV-150", "/event/sessions", message, key=True)


def _rehearsal(header: Header) -> Iterator[Finding]:
    table = Timetable(header)
    date, first = day(text(table.rehearsal, "date")), table.dates[0] if table.dates else None
    if header.service != EVENTS or first is None:
        return
    aimed = _limit("rehearsal-lead", "weeks") * 7
    least, most = aimed - ABOUT_DAYS, aimed + ABOUT_DAYS
    if date is not None and not least <= (first - date).days <= most:
        early, late = (first - dt.timedelta(days=days) for days in (most, least))
        when = "not before the event" if date >= first else f"{(first - date).days} days before the event"
        message = f"the rehearsal is about a week before the event; {date} is {when}"
        fix = f"choose a day from {early} to {late}: {least} to {most} days before is this project's reading"
        yield broken("INV-151", "/event/rehearsal/date", message, fix=fix)
    final = day(text(table.event, "agenda_final"))
    if final is not None and final >= first:
        days = _limit("speaker-links", "days")
        message = f"the agenda is final on {final}, not before the event; speaker links follow within {days} days"
        yield broken("INV-153", "/event/agenda_final", message)


HEADER = (_references, _times, _days, _support, _term, _streaming, _recordings, _rehearsal)
