"""An explanation as lines for people and as a JSON object (``onboarding/clock/v1``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

from toolkit.canonical import plain
from toolkit.clocks.business_days import FULL_WEEKDAYS
from toolkit.clocks.durations import duration_words
from toolkit.clocks.explain import ClockExplanation, ClockStep
from toolkit.clocks.windows import Window

Question = Literal["due", "elapsed"]


def explanation_json(told: ClockExplanation, *, question: Question) -> dict[str, Any]:
    """``window``, ``start``, ``end`` (the due instant), ``seconds``, ``duration`` in words, and ``steps``."""
    return {
        "schema": "onboarding/clock/v1",
        "question": question,
        "window": window_json(told.window),
        "start": told.start.isoformat(),
        "end": told.end.isoformat(),
        "seconds": told.seconds,
        "duration": duration_words(told.seconds),
        "steps": [plain(step) for step in told.steps],
    }


def window_json(window: Window) -> dict[str, Any]:
    """A window in the shape that ``window_from`` reads."""
    calendar = window.calendar
    if window.always:
        return {"id": window.id, "days": "always", "zone": calendar.zone}
    return {
        "id": window.id,
        "days": list(calendar.weekdays),
        "from": window.opens,
        "to": window.closes,
        "country": calendar.country or "none",
        "subdivision": calendar.subdivision,
        "zone": calendar.zone,
    }


def explanation_lines(told: ClockExplanation, *, question: Question) -> Iterator[str]:
    """The answer, what was asked, and a line for each step: day, from and to, what it counted, the running total."""
    words = duration_words(told.seconds)
    if question == "due":
        yield f"due: {_instant_words(told.end)}"
        yield f"  {words} from {_instant_words(told.start)}"
    else:
        yield f"elapsed: {words} ({told.seconds:,} seconds)"
        yield f"  from {_instant_words(told.start)} to {_instant_words(told.end)}"
    yield f"  window {told.window.id}: {told.window.words}"
    rows = [_row(step) for step in told.steps]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for day, hours, counted, total, why in rows:
        line = f"  {day}  {hours:{widths[1]}}  {counted:>{widths[2]}}  total {total:>{widths[3]}}  {why}"
        yield line.rstrip()


def _row(step: ClockStep) -> tuple[str, str, str, str, str]:
    hours = f"{_face(step.day, step.start)}-{_face(step.day, step.end)}" if step.start and step.end else ""
    weekday = FULL_WEEKDAYS[step.day.weekday()][:3]
    return f"{weekday} {step.day}", hours, duration_words(step.seconds), duration_words(step.total), step.why


def _face(day: dt.date, instant: dt.datetime) -> str:
    """The clock's face; the end of the day is 24:00."""
    if instant.date() > day:
        return "24:00"
    return f"{instant:%H:%M:%S}" if instant.second else f"{instant:%H:%M}"


def _instant_words(instant: dt.datetime) -> str:
    """As in "Friday 2027-03-26 17:30 +01:00"."""
    return f"{FULL_WEEKDAYS[instant.weekday()]} {instant.date()} {_face(instant.date(), instant)} {instant.isoformat()[-6:]}"
