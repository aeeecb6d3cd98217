"""Calendar months and contract years: which days are billed, and when a contract has its anniversaries."""

from __future__ import annotations

import calendar
import datetime as dt
import re

import msgspec

from toolkit.errors import UsageError
from toolkit.model.months import months_later

_MONTH = re.compile(r"2[01][0-9]{2}-(0[1-9]|1[0-2])")


class Month(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A calendar month; ``text`` is ``YYYY-MM``."""

    year: int
    month: int

    @property
    def text(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, self.month, self.days)

    def later(self, months: int) -> Month:
        count = self.year * 12 + self.month - 1 + months
        return Month(year=count // 12, month=count % 12 + 1)


def month_of(day: dt.date) -> Month:
    return Month(year=day.year, month=day.month)


def parse_month(text: str) -> Month:
    """``YYYY-MM`` of this century and the next; UsageError for anything else."""
    if not _MONTH.fullmatch(text):
        raise UsageError(f"{text!r} is no month", fix="write it as 2027-03")
    return Month(year=int(text[:4]), month=int(text[5:]))


def billed_days(month: Month, *, since: dt.date, until: dt.date | None = None) -> int:
    """The days of a month from ``since`` to ``until``, both of them billed; 0 when it has none of them."""
    last = month.last if until is None else min(until, month.last)
    return max(0, (last - max(since, month.first)).days + 1)


def contract_year(day: dt.date, start: dt.date) -> int:
    """The contract year (1, 2, …) that a day lies in; 0 or less before ``start``. A year begins on the anniversary."""
    return day.year - start.year + ((day.month, day.day) >= (start.month, start.day))


def anniversary(start: dt.date, years: int) -> dt.date:
    """The day on which contract year ``years + 1`` begins; that of 29 February is 1 March in other years (a choice)."""
    return months_later(start, 12 * years)


def commitment_months(start: dt.date, months: int) -> tuple[Month, Month]:
    """The first and the last calendar month that a commitment of so many months has a day in."""
    first = month_of(start)
    return first, first.later(months - (start.day == 1))
