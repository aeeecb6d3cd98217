"""The clocks of 100,000 incidents, beside a baseline that walks day by day: python -m tests.benchmarks.clocks [N]

N incidents (100,000 unless said) of up to 60 days in business hours, less 40 excluded intervals. The baseline knows the
openings of each day beforehand, asks nobody for public holidays, and walks one in 50 of the same incidents (its
time is that of the sample, times 50): the answers are the same, or this fails.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from zoneinfo import ZoneInfo

from tests.benchmarks.goals import judged
from toolkit.clocks import BUSINESS_HOURS, Clock, Interval, at, elapsed, epoch, instant

COUNT = 100_000
AIM = 1.0
SAMPLED = 50
ZONE = ZoneInfo("Europe/Paris")
FIRST = epoch(instant("2027-01-01T00:00+01:00"))
DAY = 86_400


def drawn(count: int) -> tuple[list[Interval], list[Interval]]:
    """Incidents of 2027, and what is excluded."""
    chance = random.Random(5)

    def interval(longest: int) -> Interval:
        start = FIRST + chance.randrange(300 * DAY)
        return at(start), at(start + chance.randrange(longest))

    return [interval(60 * DAY) for _ in range(count)], [interval(DAY) for _ in range(40)]


def openings() -> dict[dt.date, tuple[dt.datetime, dt.datetime]]:
    """From when to when each business day of 2027 and the next year is open."""
    days = (dt.date(2027, 1, 1) + dt.timedelta(days=number) for number in range(730))
    return {
        day: (
            dt.datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).astimezone(dt.UTC),
            dt.datetime(day.year, day.month, day.day, 18, tzinfo=ZONE).astimezone(dt.UTC),
        )
        for day in days
        if BUSINESS_HOURS.calendar.is_business_day(day)
    }


def walked(
    start: dt.datetime,
    end: dt.datetime,
    excluded: list[Interval],
    known: dict[dt.date, tuple[dt.datetime, dt.datetime]],
) -> int:
    """The same answer day by day; ``excluded`` in order and without overlaps."""
    day, last, found = start.astimezone(ZONE).date(), end.astimezone(ZONE).date(), dt.timedelta()
    while day <= last:
        if day in known:
            opens, closes = max(known[day][0], start), min(known[day][1], end)
            if opens < closes:
                found += closes - opens
                for low, high in excluded:
                    found -= max(dt.timedelta(), min(closes, high) - max(opens, low))
        day += dt.timedelta(days=1)
    return int(found.total_seconds())


def main() -> None:
    """Seconds for all, microseconds for one, and the ratio to the baseline."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    incidents, excluded = drawn(count)
    elapsed(BUSINESS_HOURS, *incidents[0])  # the openings of 28 years, once
    began = time.perf_counter()
    plainly = [elapsed(BUSINESS_HOURS, start, end) for start, end in incidents]
    plain = time.perf_counter() - began
    began = time.perf_counter()
    clock = Clock(BUSINESS_HOURS, excluded)
    found = [clock.elapsed(start, end) for start, end in incidents]
    ours = time.perf_counter() - began
    began = time.perf_counter()
    due = [clock.due(start, 8 * 3600) for start, _ in incidents]
    dues = time.perf_counter() - began
    ordered: list[Interval] = [(at(low), at(high)) for low, high in clock.excluded]
    known = openings()
    sample = incidents[::SAMPLED]
    began = time.perf_counter()
    naively = [walked(start, end, [], known) for start, end in sample]
    walking_plain = (time.perf_counter() - began) * count / len(sample)
    began = time.perf_counter()
    less = [walked(start, end, ordered, known) for start, end in sample]
    walking = (time.perf_counter() - began) * count / len(sample)
    assert plainly[::SAMPLED] == naively
    assert found[::SAMPLED] == less
    assert len(due) == count
    print(
        f"{count:,} incidents in business hours, 1 in {SAMPLED} walked{'':3}{'ours':>10}{'day by day':>12}{'ratio':>8}"
    )
    for what, one, other in (("elapsed", plain, walking_plain), ("elapsed, less 40 excluded intervals", ours, walking)):
        aimed = f"  {judged(one, AIM)}" if count == COUNT else ""
        print(f"  {what:42}{one:9.2f}s{other:11.2f}s{other / one:7.0f}x{aimed}")
    print(
        f"  {'due, less 40 excluded intervals':42}{dues:9.2f}s  {judged(dues, AIM) if count == COUNT else ''}".rstrip()
    )


if __name__ == "__main__":
    main()
