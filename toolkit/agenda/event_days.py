"""Which days of an event are supported, from when until when (SD-5 §5). Elapsed time counts, across clock changes too.

This project's choices: the supported days follow each other without a gap, and are those that cover the most session
time (then the most event time, then the earliest). A local time that clocks skip or repeat
is refused.
"""

from __future__ import annotations

import datetime as dt
import itertools

import msgspec

from toolkit.agenda.event_limits import EventLimits
from toolkit.agenda.event_nouns import BrokenLimit, PlannedDay, PlannedSession, Span
from toolkit.clocks import at, duration_words, epoch, instant
from toolkit.errors import InventoryInvalid, OnboardError
from toolkit.model.event import Event, EventDay, Session
from toolkit.model.service import Text


class TimedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day in epoch seconds, with the sessions of its date; ``closes`` is when its support ends at the latest."""

    number: int
    day: EventDay
    starts: int
    ends: int
    opens: int
    closes: int
    sessions: tuple[tuple[Session, int, int], ...]

    @property
    def covered(self) -> tuple[int, int]:
        """Seconds of its sessions, and of the day itself, that its support would cover."""
        sessions = sum(overlap(starts, ends, self.opens, self.closes) for _, starts, ends in self.sessions)
        return sessions, overlap(self.starts, self.ends, self.opens, self.closes)


def overlap(starts: int, ends: int, opens: int, closes: int) -> int:
    """How much of the first span lies within the second one."""
    return max(0, min(ends, closes) - max(starts, opens))


def timed_days(event: Event, limits: EventLimits) -> tuple[TimedDay, ...]:
    """The event's days by date; InventoryInvalid for a repeated date, or a time that is none on that day."""
    days = sorted(event.days, key=lambda day: day.date)
    for earlier, later in itertools.pairwise(days):
        if earlier.date == later.date:
            raise InventoryInvalid(f"event/days: {later.date} stands there twice", fix="write one span for each day")
    found = []
    for number, day in enumerate(days, start=1):
        starts, ends = seconds_of(event, f"event/days/{day.date}", day.date, (day.start, day.end))
        opens = starts - limits.before_seconds
        found.append(
            TimedDay(
                number=number,
                day=day,
                starts=starts,
                ends=ends,
                opens=opens,
                closes=min(ends + limits.after_seconds, opens + limits.support_seconds),
                sessions=_sessions(event, day.date),
            )
        )
    return tuple(found)


def _sessions(event: Event, date: dt.date) -> tuple[tuple[Session, int, int], ...]:
    timed = [
        (session, *seconds_of(event, f"event/sessions/{session.id}", session.date, (session.start, session.end)))
        for session in event.sessions
        if session.date == date
    ]
    return tuple(sorted(timed, key=lambda one: (one[1], one[2], one[0].id)))


def seconds_of(event: Event, where: str, date: dt.date, times: tuple[str, str]) -> tuple[int, int]:
    """Epoch seconds of two local times of a day; ``where`` names the field. InventoryInvalid unless the first is earlier."""
    read = []
    for field, time in zip(("start", "end"), times, strict=True):
        try:
            read.append(epoch(instant(f"{date}T{time}", event.zone)))
        except OnboardError as error:
            raise InventoryInvalid(
                f"{where}/{field}: {error.message}", fix="write a time that the day has once"
            ) from error
    if read[0] >= read[1]:
        raise InventoryInvalid(
            f"{where}: it ends at {times[1]}, not after its start at {times[0]}", fix="mend one of the two times"
        )
    return read[0], read[1]


def chosen(days: tuple[TimedDay, ...], limits: EventLimits) -> tuple[TimedDay, ...]:
    """The days that are supported: the best of ``choices``; none where there is none."""
    ranked = sorted(choices(days, limits), key=_rank)
    return ranked[0] if ranked else ()


def choices(days: tuple[TimedDay, ...], limits: EventLimits) -> tuple[tuple[TimedDay, ...], ...]:
    """Every largest set of consecutive days within the limit."""
    found: list[tuple[TimedDay, ...]] = []
    for first in days:
        one = tuple(
            day
            for number, day in enumerate(days[first.number - days[0].number :][: limits.support_days])
            if day.day.date == first.day.date + dt.timedelta(days=number)
        )
        if not any(set(_numbers(one)) <= set(_numbers(other)) for other in found):
            found.append(one)
    return tuple(found)


def _rank(days: tuple[TimedDay, ...]) -> tuple[int, int, int]:
    sessions, event = covered(days)
    return -sessions, -event, days[0].starts


def covered(days: tuple[TimedDay, ...]) -> tuple[int, int]:
    """Seconds of sessions, and of event days, that support on these days covers."""
    return sum(day.covered[0] for day in days), sum(day.covered[1] for day in days)


def _numbers(days: tuple[TimedDay, ...]) -> list[int]:
    return [day.number for day in days]


def planned_day(timed: TimedDay, event: Event, limits: EventLimits, *, supported: bool, why_not: Text) -> PlannedDay:
    """The day as it is planned; ``why_not`` is said of one that is not supported."""
    opens, closes = (timed.opens, timed.closes) if supported else (timed.starts, timed.starts)
    names = {speaker.id: speaker.name for speaker in event.speakers}
    uncovered = None
    if closes < timed.ends:
        uncovered = _span(max(closes, timed.starts), timed.ends, event.zone)
    return PlannedDay(
        number=timed.number,
        date=timed.day.date,
        time=_span(timed.starts, timed.ends, event.zone),
        seconds=timed.ends - timed.starts,
        support=_span(opens, closes, event.zone) if supported else None,
        rule=_rule(timed, limits) if supported else why_not,
        uncovered=uncovered,
        sessions=tuple(
            PlannedSession(
                id=session.id,
                title=session.title,
                time=_span(starts, ends, event.zone),
                seconds=ends - starts,
                covered=overlap(starts, ends, opens, closes),
                recorded=session.recorded,
                speakers=tuple(names.get(speaker, speaker) for speaker in session.speakers),
            )
            for session, starts, ends in timed.sessions
        ),
    )


def _rule(timed: TimedDay, limits: EventLimits) -> Text:
    before, after, most = (
        duration_words(seconds) for seconds in (limits.before_seconds, limits.after_seconds, limits.support_seconds)
    )
    length = timed.ends - timed.starts
    if length > limits.support_seconds:
        return Text(
            en=f"longer than {most}: from {before} before the start for {most} on end",
            fr=f"plus de {most} : de {before} avant le début, pendant {most} consécutives",
        )
    if length + limits.before_seconds + limits.after_seconds > limits.support_seconds:
        return Text(
            en=f"ends at the earlier of end + {after} and start - {before} + {most}",
            fr=f"prend fin au premier des deux : fin + {after}, ou début - {before} + {most}",
        )
    return Text(
        en=f"from {before} before the start to {after} after the end",
        fr=f"de {before} avant le début à {after} après la fin",
    )


def too_long(timed: TimedDay, event: Event, limits: EventLimits) -> BrokenLimit | None:
    """What is said of a supported day whose end is not covered; None where the whole of it is."""
    left = timed.ends - timed.closes
    if left <= 0:
        return None
    wanted = timed.ends + limits.after_seconds - timed.opens
    until, margin = (clock(second, event.zone) for second in (timed.closes, timed.closes - limits.after_seconds))
    length, most, rest = (duration_words(one) for one in (timed.ends - timed.starts, limits.support_seconds, left))
    return BrokenLimit(
        limit="support-hours",
        source=limits.source,
        figures={
            "day": timed.day.date.isoformat(),
            "event": length,
            "wanted": duration_words(wanted),
            "allowed": most,
            "uncovered": rest,
        },
        told=Text(
            en=f"{timed.day.date}: an event of {length} asks for {duration_words(wanted)} of support, {most} are allowed",
            fr=f"{timed.day.date} : un événement de {length} demande {duration_words(wanted)} d'assistance, {most} sont permises",
        ),
        nearest=Text(
            en=f"support ends at {until}, the last {rest} are not covered; an end at {until} would be covered, "
            f"one at {margin} with the time after it",
            fr=f"l'assistance prend fin à {until}, les dernières {rest} ne sont pas couvertes ; une fin à {until} serait "
            f"couverte, une fin à {margin} le serait avec le temps qui suit",
        ),
    )


def too_many(days: tuple[TimedDay, ...], taken: tuple[TimedDay, ...], limits: EventLimits) -> BrokenLimit | None:
    """What is said where not every day can be supported."""
    if len(taken) == len(days):
        return None
    left = [day for day in days if day.number not in _numbers(taken)]
    others = [one for one in choices(days, limits) if _numbers(one) != _numbers(taken)]
    dropped = listed([day.day.date.isoformat() for day in left])
    options_en = "".join(f"; {_choice(one, 'en')}" for one in others)
    options_fr = "".join(f" ; {_choice(one, 'fr')}" for one in others)
    span = (days[-1].day.date - days[0].day.date).days + 1
    return BrokenLimit(
        limit="support-days",
        source=limits.source,
        figures={"days": str(len(days)), "from_first_to_last": str(span), "allowed": str(limits.support_days)},
        told=Text(
            en=f"{len(days)} event days over {span} calendar days; support is given on at most {limits.support_days} consecutive days",
            fr=f"{len(days)} jours d'événement sur {span} jours calendaires ; l'assistance est donnée pendant {limits.support_days} jours consécutifs au plus",
        ),
        nearest=Text(
            en=f"{_choice(taken, 'en')}, {dropped} without support; or leave out {dropped}{options_en}",
            fr=f"{_choice(taken, 'fr')}, {dropped} sans assistance ; ou renoncer à {dropped}{options_fr}",
        ),
    )


def _choice(days: tuple[TimedDay, ...], language: str) -> str:
    sessions, event = covered(days)
    numbers = listed([str(number) for number in _numbers(days)])
    if language == "fr":
        plural = "s" if len(days) > 1 else ""
        return f"jour{plural} {numbers} : {duration_words(event)} d'événement et {duration_words(sessions)} de sessions couvertes"
    return f"day{'s' if len(days) > 1 else ''} {numbers}: {duration_words(event)} of event and {duration_words(sessions)} of sessions covered"


def listed(words: list[str]) -> str:
    """``a, b, c``: the same in both languages."""
    return ", ".join(words)


def clock(second: int, zone: str) -> str:
    """The local time of day, ``17:30``."""
    return at(second, zone).strftime("%H:%M")


def _span(starts: int, ends: int, zone: str) -> Span:
    return Span(starts=at(starts, zone), ends=at(ends, zone))
