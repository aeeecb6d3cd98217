"""The day from which a managed component counts as activated, and that from which it is billed (SD-2 §2)."""

from __future__ import annotations

import datetime as dt

LATEST = dt.timedelta(days=90)
"""After the order's effective date, where the transition plan names no day: the catalogue's limit, held to it by a test."""


def activation_date(effective: dt.date, *, planned: dt.date | None, actual: dt.date | None) -> dt.date:
    """The transition plan's day; else the actual activation or 90 days after ``effective``, whichever is first."""
    if planned is not None:
        return planned
    # the calendar ends with the year 9999
    latest = effective + LATEST if effective <= dt.date.max - LATEST else dt.date.max
    return latest if actual is None else min(actual, latest)


def billing_start(activated: dt.date, *, estimated: dt.date | None, initially_planned: dt.date | None) -> dt.date:
    """The earlier of the estimated activation and that of the first transition plan; ``activated`` where none is told."""
    told = [day for day in (estimated, initially_planned) if day is not None]
    return min(told, default=activated)
