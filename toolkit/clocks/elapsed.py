"""How much of a window has run between two instants, and when so much has run: integers, found by bisection."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from toolkit.clocks.business_days import known_years
from toolkit.clocks.instants import at, epoch, first_reading
from toolkit.clocks.windows import Window
from toolkit.errors import UsageError

Interval = tuple[dt.datetime, dt.datetime]
"""Start and end, both with an offset; the start belongs to it, the end does not."""

_DAY = 86_400


class Track:
    """The openings of a window as epoch seconds, and how many seconds it was open before each.

    It begins with the year that is asked for first, whose first second is its zero (of an open window: the first that is
    covered), and grows by years, forwards and backwards: what was open before counts as negative, so that figures stay
    what they are. Only their differences mean something.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._least = self._most = 0
        calendar = window.calendar
        self._years = known_years(None if window.always else calendar.country, calendar.subdivision)
        self._start = first_reading(dt.date(self._years[0], 1, 1), 0, calendar.zone)
        self._end = first_reading(dt.date(self._years[1] + 1, 1, 1), 0, calendar.zone)
        self._first_year = self._next_year = 0
        self._since, self._until = self._end, self._start  # no second yet

    def open_before(self, second: int) -> int:
        """Seconds for which the window was open from the track's zero until that epoch second."""
        if not self._since <= second <= self._until:
            self._reach(second)
        if self.window.always:
            return second - self._start
        index = bisect_right(self._opens, second) - 1
        return self._least if index < 0 else self._before[index] + min(second, self._closes[index]) - self._opens[index]

    def first_with(self, total: int) -> int:
        """The first epoch second before which the window was open for ``total`` seconds, counted from the track's zero.

        ``total`` is more than at some second that was asked for before.
        """
        if self.window.always and self._start + total <= self._end:
            return self._start + total
        while total > self._most:
            if self.window.always or self._next_year > self._years[1]:
                raise UsageError(f"so much time has not run by the end of {self._years[1]}", fix=self._cover())
            self._add_later()
        index = bisect_left(self._before, total) - 1
        return self._opens[index] + total - self._before[index]

    def _reach(self, second: int) -> None:
        if second < self._start:
            raise UsageError(f"a time before {self._years[0]} is not covered", fix=self._cover())
        if second > self._end:
            raise UsageError(f"a time after {self._years[1]} is not covered", fix=self._cover())
        if self.window.always:
            self._since, self._until = self._start, self._end
            return
        zone = self.window.calendar.zone
        if not self._next_year:
            self._first_year = self._next_year = min(at(second, zone).year, self._years[1])
            self._since = self._until = first_reading(dt.date(self._first_year, 1, 1), 0, zone)
        while second > self._until:
            self._add_later()
        while second < self._since:
            self._add_earlier()

    def _add_later(self) -> None:
        opens, closes, self._until = self._openings(self._next_year)
        before, self._most = _running(opens, closes, self._most)
        self._opens += opens
        self._closes += closes
        self._before += before
        self._next_year += 1

    def _add_earlier(self) -> None:
        opens, closes, _ = self._openings(self._first_year - 1)
        lasted = sum(closes) - sum(opens)
        before, _ = _running(opens, closes, self._least - lasted)
        self._opens[:0], self._closes[:0], self._before[:0] = opens, closes, before
        self._least -= lasted
        self._first_year -= 1
        self._since = first_reading(dt.date(self._first_year, 1, 1), 0, self.window.calendar.zone)

    def _openings(self, year: int) -> tuple[list[int], list[int], int]:
        """When it opens and closes in a year, and the year's end.

        Days on which clocks do not change, nearly all, are counted from their first second.
        """
        calendar = self.window.calendar
        opens_at, closes_at = self.window.opens_at, self.window.closes_at
        all_opens, all_closes = [], []
        day, midnight = dt.date(year, 1, 1), first_reading(dt.date(year, 1, 1), 0, calendar.zone)
        while day.year == year:
            following = day + dt.timedelta(days=1)
            next_midnight = first_reading(following, 0, calendar.zone)
            if calendar.is_business_day(day):
                if next_midnight - midnight == _DAY:
                    opens, closes = midnight + opens_at, midnight + closes_at
                else:
                    opens, closes = (first_reading(day, seconds, calendar.zone) for seconds in (opens_at, closes_at))
                if opens < closes:
                    all_opens.append(opens)
                    all_closes.append(closes)
            day, midnight = following, next_midnight
        return all_opens, all_closes, midnight

    def _cover(self) -> str:
        return f"the clock of window {self.window.id} covers {self._years[0]} to {self._years[1]}"


def _running(opens: list[int], closes: list[int], total: int) -> tuple[list[int], int]:
    """How much was open before each opening, and at last, when ``total`` was before the first."""
    lasted = (last - first for first, last in zip(opens, closes, strict=True))
    *before, total = accumulate(lasted, initial=total)
    return before, total


@lru_cache(maxsize=256)
def track_of(window: Window) -> Track:
    """The one track of a window."""
    return Track(window)


class Clock:
    """A window less excluded intervals, made once for many questions: each is answered in O(log n).

    ``excluded`` may overlap, touch, be empty, and stand in any order. Raises UsageError for one that ends before it
    starts, for datetimes without an offset, and outside the years that are covered.
    Those are 2000 to 2100, fewer where the public holidays of a country are not known for all of them.
    """

    def __init__(self, window: Window, excluded: Iterable[Interval] = ()) -> None:
        self.window = window
        self._track = track_of(window)
        self.excluded = merged(excluded)
        self._starts = [start for start, _ in self.excluded]
        self._lost_before = [0]
        self._run_at: list[int] = []
        for start, end in self.excluded:
            lost, at_start = self._lost_before[-1], self._track.open_before(start)
            self._run_at.append(at_start - lost)
            self._lost_before.append(lost + self._track.open_before(end) - at_start)

    def run(self, second: int) -> int:
        """Seconds that the clock has run since its start at that epoch second; grows by at most a second each second."""
        open_before = self._track.open_before(second)
        if not self._starts:
            return open_before
        index = bisect_right(self._starts, second)
        if index == 0:
            return open_before
        start, end = self.excluded[index - 1]
        if second >= end:
            return open_before - self._lost_before[index]
        return self._track.open_before(start) - self._lost_before[index - 1]

    def elapsed(self, start: dt.datetime, end: dt.datetime) -> int:
        """Whole seconds that ran from ``start`` to ``end``; UsageError when the end lies before the start."""
        first, last = epoch(start), epoch(end)
        if last < first:
            raise _backwards(start, end)
        return self.run(last) - self.run(first)

    def due(self, start: dt.datetime, seconds: int) -> dt.datetime:
        """The earliest instant at which ``seconds`` have run since ``start``, in the zone of the window's calendar.

        8 h that are used up exactly at closing are due then (Friday 18:00), not at the next opening (Monday 09:00). For
        0 seconds it is ``start``. Raises UsageError for a negative time, and for one that has not run by the last year that is covered.
        """
        if seconds < 0:
            raise UsageError(f"a time of {seconds} seconds is negative", fix="write one of 0 seconds or more")
        first = epoch(start)
        run = self.run(first)
        return at(self._first_with(run + seconds) if seconds else first, self.window.calendar.zone)

    def excluded_between(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The excluded intervals that touch these epoch seconds, cut to them, in order."""
        first = max(0, bisect_right(self._starts, start) - 1)
        cut = ((max(start, low), min(end, high)) for low, high in self.excluded[first : bisect_left(self._starts, end)])
        return tuple((low, high) for low, high in cut if low < high)

    def _first_with(self, run: int) -> int:
        # the last interval at whose start less had run is the last one before the instant that is looked for
        index = bisect_left(self._run_at, run)
        return self._track.first_with(run + self._lost_before[index])


def elapsed(window: Window, start: dt.datetime, end: dt.datetime, excluded: Iterable[Interval] = ()) -> int:
    """Whole seconds of ``window`` from ``start`` to ``end``, less ``excluded``; see ``Clock`` for many questions."""
    return (Clock(window, excluded) if excluded else _plain_clock(window)).elapsed(start, end)


def due(window: Window, start: dt.datetime, seconds: int, excluded: Iterable[Interval] = ()) -> dt.datetime:
    """The earliest instant at which ``seconds`` of ``window``, less ``excluded``, have run since ``start``."""
    return (Clock(window, excluded) if excluded else _plain_clock(window)).due(start, seconds)


def merged(excluded: Iterable[Interval]) -> tuple[tuple[int, int], ...]:
    """The same time as epoch seconds: in order, no two of them overlap or touch, none is empty."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(_seconds(interval) for interval in excluded):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=256)
def _plain_clock(window: Window) -> Clock:
    return Clock(window)


def _seconds(interval: Interval) -> tuple[int, int]:
    start, end = map(epoch, interval)
    if end < start:
        raise _backwards(*interval)
    return start, end


def _backwards(start: dt.datetime, end: dt.datetime) -> UsageError:
    return UsageError(
        f"the end, {end.isoformat()}, lies before the start, {start.isoformat()}",
        fix="exchange them, or correct the wrong one",
    )
