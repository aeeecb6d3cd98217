"""Periods of a commitment, by the calendar (SD-1 §1.6, §1.12, SD-2 §2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from toolkit.clocks.instants import FIRST_YEAR, LAST_YEAR
from toolkit.errors import InventoryInvalid
from toolkit.model import months
from toolkit.model.inventory import Commitment
from toolkit.model.months import months_later


def last_day(commitment: Commitment) -> dt.date:
    """The last day of the commitment."""
    return months.last_day(commitment.start, commitment.months)


def first_of_month(day: dt.date) -> dt.date:
    """The first first-of-month on that day or after it."""
    return day if day.day == 1 else months_later(day.replace(day=1), 1)


def months_within(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first day of each calendar month that begins on one of these days."""
    day = first_of_month(first)
    while day <= last:
        yield day
        day = months_later(day, 1)


def month_ends(commitment: Commitment) -> Iterator[dt.date]:
    """The last day of each calendar month that the commitment has a day of."""
    day = dt.timedelta(days=1)
    for following in months_within(commitment.start + day, months_later(last_day(commitment).replace(day=1), 1)):
        yield following - day


def anniversaries(commitment: Commitment) -> Iterator[dt.date]:
    """The day on which each further contract year begins, within the commitment."""
    years = 1
    while (day := months_later(commitment.start, 12 * years)) <= last_day(commitment):
        yield day
        years += 1


def check_covered(where: str, *days: dt.date) -> None:
    """InventoryInvalid for a day of which the business days around it are not known; ``where`` names the field."""
    first, last = FIRST_YEAR + 1, LAST_YEAR - 1
    for day in days:
        if not first <= day.year <= last:
            raise InventoryInvalid(
                f"{where}: {day} is not in a calendar of business days",
                fix=f"write a day of the years {first} to {last}",
            )
