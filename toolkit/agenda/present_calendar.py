"""A calendar as ``onboarding/calendar/v1`` and as a table in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from toolkit.agenda.entries import Calendar, Entry
from toolkit.agenda.recurring import runs
from toolkit.canonical import plain
from toolkit.model.service import Text
from toolkit.visible import visible

SCHEMA = "onboarding/calendar/v1"


def calendar_json(calendar: Calendar) -> dict[str, Any]:
    """The calendar as plain JSON values."""
    return {"schema": SCHEMA, **plain(calendar)}


def calendar_lines(calendar: Calendar, language: str) -> Iterator[str]:
    """A line for each entry, or unbroken run of daily ones: when, who, what, where it is from, why it is on that day."""
    rows = [
        _row(entry, calendar.owner_name(entry, language), language)
        for run in sorted(_shown_together(calendar.entries), key=lambda run: run[0].day)
        for entry in [_spanning(run)]
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[3]])


def _shown_together(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, ...]]:
    for run in runs(entries):
        if run[0].recurs == "daily":
            yield run
        else:
            yield from ((entry,) for entry in run)


def _spanning(run: tuple[Entry, ...]) -> Entry:
    if len(run) == 1:
        return run[0]
    count = len(run)
    note = Text(en=f"on {count} business days", fr=f"{count} jours ouvrés")
    return msgspec.structs.replace(run[0], last=run[-1].day, note=note)


def _row(entry: Entry, owner: str, language: str) -> tuple[str, str, str, str]:
    note = "" if entry.note is None else f"; {entry.note.of(language)}"
    cells = _when(entry), owner, entry.title.of(language), f"[{entry.source}{note}]"
    when, who, title, why = (visible(cell) for cell in cells)
    return when, who, title, why


def _when(entry: Entry) -> str:
    if entry.time is None:
        return str(entry.day) if entry.until == entry.day else f"{entry.day} to {entry.until}"
    if entry.time.seconds == 0:
        return f"{entry.day} {entry.time.starts:%H:%M}"
    return f"{entry.day} {entry.time.starts:%H:%M}-{entry.time.ends:%H:%M}"
