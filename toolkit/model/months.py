"""Months of a contract, by the calendar (SD-1 §1.6, §1.12, §1.13, SD-2 §2, SD-5 §5): the one rule for all who count them.

A period ends on the day before the same day of a later month. Where that month has no such day, the next period begins
on the first of the month after it: a year from 29 February 2028 ends on 28 February 2029 (this project's choice).
"""

from __future__ import annotations

import calendar
import datetime as dt

from toolkit.errors import InventoryInvalid

_DAY = dt.timedelta(days=1)


def following_period(start: dt.date, months: int) -> dt.date | None:
    """The day on which the period after ``months`` months begins; None beyond the year 9998."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    if year >= dt.MAXYEAR:
        return None
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, start.day) if start.day <= last else dt.date(year, month, last) + _DAY


def months_later(start: dt.date, months: int) -> dt.date:
    """The same; InventoryInvalid beyond the year 9998."""
    found = following_period(start, months)
    if found is None:
        raise InventoryInvalid(
            f"customer/commitment: {months} months from {start} end after the year {dt.MAXYEAR - 1}",
            fix="write fewer months, or an earlier start",
        )
    return found


def last_day(start: dt.date, months: int) -> dt.date:
    """The last of so many months; InventoryInvalid beyond the year 9998."""
    return months_later(start, months) - _DAY
