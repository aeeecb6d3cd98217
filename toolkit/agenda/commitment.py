"""Periods of a commitment, by the calendar (SD-1 §1.6, §1.12, SD-2 §2).

A period ends on the day before the same day of a later month. Where that month has no such day, the next period begins
on the first of the month after it: a year from 29 February 2028 ends on 28 February 2029 (this project's choice).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

from toolkit.errors import InventoryInvalid
from toolkit.model.inventory import Commitment

_DAY = dt.timedelta(days=1)


def months_later(start: dt.date, months: int) -> dt.date:
    """The day on which the period after ``months`` months begins; InventoryInvalid beyond the year 9998."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    if year >= dt.MAXYEAR:
        raise InventoryInvalid(
            f"customer/commitment: {months} months from {start} end after the year {dt.MAXYEAR - 1}",
            fix="write fewer months, or an earlier start",
        )
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, start.day) if start.day <= last else dt.date(year, month, last) + _DAY


def last_day(commitment: Commitment) -> dt.date:
    """The last day of the commitment."""
    return months_later(commitment.start, commitment.months) - _DAY


def first_of_month(day: dt.date) -> dt.date:
    """The first first-of-month on that day or after it."""
    return day if day.day == 1 else months_later(day.replace(day=1), 1)


def months_within(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first day of each calendar month that begins on one of these days."""
    day = first_of_month(first)
    while day <= last:
        yield day
        day = months_later(day, 1)


def anniversaries(commitment: Commitment) -> Iterator[dt.date]:
    """The day on which each further contract year begins, within the commitment."""
    years = 1
    while (day := months_later(commitment.start, 12 * years)) <= last_day(commitment):
        yield day
        years += 1
