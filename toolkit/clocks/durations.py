"""Durations as people write and read them: ``8h``, ``2h30m``, ``1d``; exact whole seconds inside."""

from __future__ import annotations

import re

from toolkit.clocks.windows import Window
from toolkit.errors import UsageError

_SHAPE = re.compile(r"(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)(?:min|m))?(?:(\d+)s)?", re.ASCII)
_LONGEST = 100 * 366 * 86_400


def duration(text: str, window: Window) -> int:
    """Seconds of ``8h``, ``90m``, ``2h30m``, ``45s``, ``1d``; whole numbers only.

    A day is a business day of ``window``: 9 h from 09:00 to 18:00 (SD-1 §1.16). Raises UsageError for other text, and for
    days of a window that is always open: it has no business days.
    """
    shape = _SHAPE.fullmatch(text.replace(" ", "").lower())
    if shape is None:
        raise UsageError(f"{text!r} is no duration", fix="write it as 8h, 90m, 2h30m or 1d (one business day)")
    days, hours, minutes, seconds = (int(part or 0) for part in shape.groups())
    if shape[1] and window.always:
        raise UsageError(
            f"{text!r}: a window that is always open has no business days", fix="write hours: 24h for a calendar day"
        )
    total = days * window.business_day_seconds + hours * 3600 + minutes * 60 + seconds
    if total > _LONGEST:
        raise UsageError(f"{text!r} is longer than 100 years", fix="write a shorter duration")
    return total


def duration_words(seconds: int) -> str:
    """``9000`` as "2 h 30 min"; seconds are named only where there are some."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if count]
    return " ".join(parts) or "0 h"
