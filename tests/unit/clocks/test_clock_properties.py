"""Elapsed time is never negative, additive, monotone and the minute-by-minute count; due is its inverse."""

from __future__ import annotations

import datetime as dt
import itertools
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.clocks.minute_by_minute import minutes
from toolkit.clocks import ALWAYS, BusinessCalendar, Clock, Window, at, due, elapsed, epoch, explain_elapsed, instant
from toolkit.clocks.elapsed import Track
from toolkit.clocks.instants import first_reading

ALL = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# around both clock changes in each zone, Easter, 1 May, Christmas, and an ordinary week
ANCHORS = [
    epoch(instant(text)) // 60
    for text in (
        "2027-03-28T01:00Z", "2027-10-31T01:00Z", "2027-03-14T05:00Z", "2027-11-07T05:00Z", "2027-04-03T15:00Z",
        "2027-10-02T15:30Z", "2027-04-29T22:00Z", "2027-10-28T21:00Z", "2027-05-17T10:00Z", "2026-05-01T10:00Z",
        "2026-12-25T12:00Z", "2027-06-09T12:00Z", "2028-02-29T12:00Z",
    )
]  # fmt: skip
ZONES = ("Europe/Paris", "Europe/London", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu")
HOURS = (("09:00", "18:00"), ("00:00", "24:00"), ("02:30", "18:00"), ("00:00", "02:30"), ("00:30", "00:45"),
         ("02:10", "02:40"), ("23:15", "24:00"))  # fmt: skip

calendars = st.builds(
    BusinessCalendar,
    weekdays=st.sampled_from((ALL, ALL[:5], ("sun", "mon"))),
    country=st.sampled_from(("FR", None)),
    zone=st.sampled_from(ZONES),
)
windows = st.builds(
    lambda hours, calendar, always: Window(id="w", always=always, opens=hours[0], closes=hours[1], calendar=calendar),
    st.sampled_from(HOURS),
    calendars,
    st.sampled_from((False, False, False, True)),
)
whole_minutes = st.builds(
    lambda anchor, off: at((anchor + off) * 60, "UTC"), st.sampled_from(ANCHORS), st.integers(-2000, 2000)
)
stretches = st.builds(
    lambda start, length: (start, start + dt.timedelta(minutes=length)), whole_minutes, st.integers(0, 4000)
)
exclusions = st.builds(
    lambda start, cuts: [
        (start + dt.timedelta(minutes=low), start + dt.timedelta(minutes=low + length)) for low, length in cuts
    ],
    whole_minutes,
    st.lists(st.tuples(st.integers(-500, 3000), st.integers(0, 900)), max_size=5),
)
seconds_around = st.builds(
    lambda anchor, off: at(anchor * 60 + off, "UTC"), st.sampled_from(ANCHORS), st.integers(-400_000, 40_000_000)
)


@st.composite
def stretched(draw: st.DrawFn) -> tuple[dt.datetime, dt.datetime, list[tuple[dt.datetime, dt.datetime]]]:
    """A stretch and exclusions near it."""
    start, end = draw(stretches)
    cuts = draw(st.lists(st.tuples(st.integers(-500, 4500), st.integers(0, 900)), max_size=5))
    minute = dt.timedelta(minutes=1)
    return start, end, [(start + low * minute, start + (low + length) * minute) for low, length in cuts]


@given(windows, stretched())
def test_elapsed_is_the_minute_by_minute_count(window: Window, drawn: tuple) -> None:
    start, end, excluded = drawn
    assert elapsed(window, start, end, excluded) == 60 * minutes(window, start, end, excluded)


@given(windows, st.lists(seconds_around, min_size=3, max_size=3), exclusions)
def test_elapsed_is_additive_monotone_and_never_negative(window: Window, three: list, excluded: list) -> None:
    first, second, third = sorted(three)
    clock = Clock(window, excluded)
    assert clock.elapsed(first, second) + clock.elapsed(second, third) == clock.elapsed(first, third)
    assert 0 <= clock.elapsed(first, second) <= clock.elapsed(first, third)
    assert clock.elapsed(second, third) <= clock.elapsed(first, third) <= (third - first).total_seconds()
    assert clock.elapsed(first, third) <= elapsed(window, first, third)
    assert clock.elapsed(first, first) == 0


@given(windows, seconds_around, st.integers(1, 400_000), exclusions)
def test_due_is_the_earliest_instant_at_which_the_time_has_run(
    window: Window, start: dt.datetime, seconds: int, excluded: list
) -> None:
    found = due(window, start, seconds, excluded)
    assert elapsed(window, start, found, excluded) == seconds
    assert elapsed(window, start, found - dt.timedelta(seconds=1), excluded) == seconds - 1


@given(windows, stretched())
def test_elapsed_is_due_again(window: Window, drawn: tuple) -> None:
    start, end, excluded = drawn
    ran = elapsed(window, start, end, excluded)
    again = due(window, start, ran, excluded)
    assert again <= end
    assert elapsed(window, again, end, excluded) == 0


@given(windows, seconds_around, st.lists(st.integers(0, 400_000), min_size=2, max_size=5), exclusions)
def test_due_is_monotone(window: Window, start: dt.datetime, times: list, excluded: list) -> None:
    found = [due(window, start, seconds, excluded) for seconds in sorted(times)]
    assert all(one <= other for one, other in itertools.pairwise(found))
    later = start + dt.timedelta(hours=7)
    assert due(window, start, times[0], excluded) <= due(window, later, times[0], excluded)


@given(windows, stretched())
def test_the_steps_add_up(window: Window, drawn: tuple) -> None:
    start, end, excluded = drawn
    told = explain_elapsed(window, start, end, excluded)
    assert told.seconds == elapsed(window, start, end, excluded) == sum(step.seconds for step in told.steps)
    assert [step.total for step in told.steps] == list(itertools.accumulate(step.seconds for step in told.steps))
    assert all(step.why for step in told.steps if step.seconds == 0)
    pieces = [step for step in told.steps if step.start and step.end]
    assert all(step.seconds in {0, int((step.end - step.start).total_seconds())} for step in pieces)
    assert all(one.end <= other.start for one, other in itertools.pairwise(pieces))


@given(windows, stretched(), st.randoms())
def test_order_and_overlap_of_exclusions_do_not_matter(window: Window, drawn: tuple, order) -> None:
    start, end, excluded = drawn
    shuffled = [*excluded, *excluded]
    order.shuffle(shuffled)
    assert elapsed(window, start, end, shuffled) == elapsed(window, start, end, excluded)


@given(seconds_around, seconds_around)
def test_always_is_plain_time(one: dt.datetime, other: dt.datetime) -> None:
    start, end = sorted((one, other))
    assert elapsed(ALWAYS, start, end) == int((end - start).total_seconds())


@given(windows, st.lists(st.integers(1_704_067_200, 1_893_456_000), min_size=2, max_size=6), st.randoms())
def test_a_track_tells_the_same_in_whatever_order_it_is_asked(window: Window, asked: list[int], chance: Random) -> None:
    track, other = Track(window), Track(window)
    told = {second: track.open_before(second) for second in asked}
    chance.shuffle(asked)
    shift = other.open_before(asked[0]) - told[asked[0]]
    for second in asked:
        assert other.open_before(second) - told[second] == shift
        if told[second] > told[min(asked)]:
            assert track.first_with(told[second]) == other.first_with(told[second] + shift)


@given(windows, st.integers(1, 100_000))
def test_the_first_second_that_is_covered_may_be_asked_first(window: Window, seconds: int) -> None:
    start = at(first_reading(dt.date(2000, 1, 1), 0, window.calendar.zone), "UTC")
    fresh = msgspec.structs.replace(window, id=f"first-{seconds}")
    assert elapsed(fresh, start, due(fresh, start, seconds)) == seconds
    excluded = [(start, start + dt.timedelta(days=3))]
    again = msgspec.structs.replace(window, id=f"again-{seconds}")
    later = start + dt.timedelta(days=40)
    assert elapsed(again, start, later, excluded) == elapsed(fresh, start + dt.timedelta(days=3), later)
