"""An elapsed time or a due date day by day, so that a person can follow it with a calendar and a pencil."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from toolkit.clocks.durations import duration_words
from toolkit.clocks.elapsed import Clock, Interval
from toolkit.clocks.instants import at, epoch, first_reading
from toolkit.clocks.windows import Window

_DAY = 86_400


class ClockStep(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a local ``day``: what it counted, in seconds, and the running ``total``.

    ``kind`` says what counted, or why nothing did: another weekday than business days, a public ``holiday``, a start
    ``after-closing`` or an end ``before-opening``, an ``excluded`` interval. ``start`` and ``end`` are of the piece,
    None for a day on which nothing could count. ``why`` says it in English, and what is unusual about a day that counts.
    """

    day: dt.date
    kind: Literal["counted", "weekday", "holiday", "after-closing", "before-opening", "excluded"]
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    seconds: int
    total: int
    why: str = ""
    holiday: str | None = None


class ClockExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """``seconds`` of ``window`` from ``start`` to ``end``, and the steps that make them: their sum, their last total."""

    window: Window
    start: dt.datetime
    end: dt.datetime
    seconds: int
    steps: tuple[ClockStep, ...]


def explain_elapsed(
    window: Window, start: dt.datetime, end: dt.datetime, excluded: Iterable[Interval] = (), *, language: str = "en"
) -> ClockExplanation:
    """The steps of ``elapsed``; ``language`` is that of the public holidays' names. Raises as ``elapsed`` does."""
    clock = Clock(window, excluded)
    seconds, zone = clock.elapsed(start, end), window.calendar.zone
    first, last = epoch(start), epoch(end)
    steps: list[ClockStep] = []
    total = 0
    day = at(first, zone).date()
    while first < last and first_reading(day, 0, zone) < last:
        for step in _day_steps(clock, day, first, last, language):
            total += step.seconds
            steps.append(msgspec.structs.replace(step, total=total))
        day += dt.timedelta(days=1)
    return ClockExplanation(
        window=window, start=at(first, zone), end=at(last, zone), seconds=seconds, steps=tuple(steps)
    )


def explain_due(
    window: Window, start: dt.datetime, seconds: int, excluded: Iterable[Interval] = (), *, language: str = "en"
) -> ClockExplanation:
    """The steps of ``due``, whose instant is the explanation's ``end``. Raises as ``due`` does."""
    intervals = tuple(excluded)
    found = Clock(window, intervals).due(start, seconds)
    return explain_elapsed(window, start, found, intervals, language=language)


def _day_steps(clock: Clock, day: dt.date, first: int, last: int, language: str) -> Iterator[ClockStep]:
    """The pieces of one day between ``first`` and ``last``; their totals are 0."""
    window, zone = clock.window, clock.window.calendar.zone
    begins, ends = (first_reading(day, seconds, zone) for seconds in (0, _DAY))
    if begins == ends:
        return  # a day that the zone left out
    if window.always:
        opens, closes = begins, ends
    else:
        closed = window.calendar.why_closed(day, language=language)
        if closed is not None:
            weekday_off = window.calendar.is_weekday_off(day)
            holiday = None if weekday_off else window.calendar.holiday(day, language=language)
            kind: Literal["weekday", "holiday"] = "weekday" if weekday_off else "holiday"
            yield ClockStep(day=day, kind=kind, seconds=0, total=0, why=closed, holiday=holiday)
            return
        opens, closes = (first_reading(day, seconds, zone) for seconds in (window.opens_at, window.closes_at))
        if first >= closes:
            yield ClockStep(day=day, kind="after-closing", seconds=0, total=0, why=f"closed since {window.closes}")
            return
        if last <= opens:
            why = f"not yet open: opens at {window.opens}"
            yield ClockStep(day=day, kind="before-opening", seconds=0, total=0, why=why)
            return
    unusual = "" if ends - begins == _DAY else f"clocks are changed: the day has {duration_words(ends - begins)}"
    start, end = max(first, opens), min(last, closes)
    for lost_start, lost_end in clock.excluded_between(start, end):
        if start < lost_start:
            yield _counted(day, at(start, zone), at(lost_start, zone), unusual)
        yield ClockStep(
            day=day,
            kind="excluded",
            start=at(lost_start, zone),
            end=at(lost_end, zone),
            seconds=0,
            total=0,
            why="excluded",
        )
        start = lost_end
    if start < end:
        yield _counted(day, at(start, zone), at(end, zone), unusual)


def _counted(day: dt.date, start: dt.datetime, end: dt.datetime, why: str) -> ClockStep:
    seconds = epoch(end) - epoch(start)
    return ClockStep(day=day, kind="counted", start=start, end=end, seconds=seconds, total=0, why=why)
