"""What recurs, and the names of the periods that it is for: ``2027-03-01``, ``2027-W09``, ``2027-03``, ``2027-Q1``, ``2027``."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import msgspec

Recurs = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]

EXAMPLES = {
    "daily": "2027-03-01",
    "weekly": "2027-W09",
    "monthly": "2027-03",
    "quarterly": "2027-Q1",
    "yearly": "2027",
}
"""How a period is written; weeks are those of ISO 8601, months, quarters and years those of the calendar."""

_FORMS = {
    "daily": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "weekly": re.compile(r"[0-9]{4}-W[0-9]{2}"),
    "monthly": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "quarterly": re.compile(r"[0-9]{4}-Q[1-4]"),
    "yearly": re.compile(r"[0-9]{4}"),
}


class PeriodDue(msgspec.Struct, frozen=True, kw_only=True):
    """A period of what recurs, and the business day on which it is due."""

    period: str
    day: dt.date


def period_of(recurs: Recurs, day: dt.date) -> str:
    """The name of the period that holds the day."""
    if recurs == "daily":
        return day.isoformat()
    if recurs == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    if recurs == "monthly":
        return f"{day.year:04}-{day.month:02}"
    if recurs == "quarterly":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}"


def is_written(recurs: Recurs, text: str) -> bool:
    """Whether it is written as such a period is; not whether there is one."""
    return _FORMS[recurs].fullmatch(text) is not None
