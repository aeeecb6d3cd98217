"""The plainest clock there is: it looks at every minute. What the fast one is held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from toolkit.clocks import Interval, Window
from toolkit.clocks.business_days import WEEKDAYS


@lru_cache(maxsize=4096)
def open_minutes(window: Window, day: dt.date) -> frozenset[int]:
    """Minutes since 1970 of that local day in which the window is open."""
    zone = ZoneInfo(window.calendar.zone)
    noon = int(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC).timestamp()) // 60
    country, found, opened, closed = window.calendar.country, set(), False, False
    kept = {} if country is None else holidays.country_holidays(country, subdiv=window.calendar.subdivision)
    if not window.always and (WEEKDAYS[day.weekday()] not in window.calendar.weekdays or day in kept):
        return frozenset()
    for minute in range(noon - 60 * 40, noon + 60 * 40):
        local = dt.datetime.fromtimestamp(minute * 60, zone)
        if local.date() != day:
            continue
        face = f"{local:%H:%M}"
        opened, closed = opened or face >= window.opens, closed or face >= window.closes
        if window.always or (opened and not closed):
            found.add(minute)
    return frozenset(found)


def minutes(window: Window, start: dt.datetime, end: dt.datetime, excluded: Iterable[Interval] = ()) -> int:
    """How many minutes count from ``start`` to ``end``, all of them given in whole minutes."""
    zone = ZoneInfo(window.calendar.zone)
    lost = [(minute_of(low), minute_of(high)) for low, high in excluded]
    return sum(
        minute in open_minutes(window, dt.datetime.fromtimestamp(minute * 60, zone).date())
        and not any(low <= minute < high for low, high in lost)
        for minute in range(minute_of(start), minute_of(end))
    )


def minute_of(instant: dt.datetime) -> int:
    return round(instant.timestamp()) // 60
