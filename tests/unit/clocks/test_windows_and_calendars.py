"""Business days, windows from plain data, durations; each fault of theirs; and how fast it must be."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.clocks import (
    ALWAYS,
    BUSINESS_HOURS,
    BusinessCalendar,
    Clock,
    due,
    duration,
    duration_words,
    elapsed,
    instant,
    window_from,
    window_of,
)
from toolkit.clocks.business_days import known_years
from toolkit.errors import UsageError
from toolkit.model.service import OpeningHours, Text

FRANCE = BusinessCalendar()
TITLE = Text(en="hours", fr="heures")


def test_business_days_of_metropolitan_france() -> None:
    assert FRANCE.is_business_day(dt.date(2027, 3, 26))
    assert FRANCE.next_business_day(dt.date(2027, 3, 26)) == dt.date(2027, 3, 30)
    assert FRANCE.next_business_day(dt.date(2027, 3, 27)) == dt.date(2027, 3, 30)
    assert FRANCE.add_business_days(dt.date(2027, 3, 30), -1) == dt.date(2027, 3, 26)
    assert FRANCE.add_business_days(dt.date(2027, 3, 27), 0) == dt.date(2027, 3, 27)
    assert FRANCE.add_business_days(dt.date(2027, 12, 31), 5) == dt.date(2028, 1, 7)
    assert FRANCE.why_closed(dt.date(2027, 11, 1), language="fr") == "public holiday: Toussaint"


def test_names_of_holidays_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    german = BusinessCalendar(country="DE", subdivision="BY")
    assert german.holiday(dt.date(2027, 1, 6)) == "Epiphany"
    assert german.holiday(dt.date(2027, 1, 6), language="fr") == "Heilige Drei Könige"
    assert BusinessCalendar(country="US").holiday(dt.date(2027, 12, 24)) == "Christmas Day (observed)"


@given(st.dates(dt.date(2001, 1, 1), dt.date(2090, 1, 1)), st.integers(-60, 60))
def test_business_days_are_counted_there_and_back(day: dt.date, count: int) -> None:
    day = FRANCE.next_business_day(day)
    there = FRANCE.add_business_days(day, count)
    assert FRANCE.is_business_day(there)
    assert FRANCE.add_business_days(there, -count) == day


def test_windows_from_plain_data() -> None:
    assert window_from({"id": "24x7", "days": "always"}) == window_from({"id": "24x7", "always": True}) == ALWAYS
    said = {"id": "business-hours", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00"}
    assert window_from(said | {"country": "FR", "zone": "Europe/Paris"}) == window_from({"id": "business-hours"})
    assert window_from(said) == BUSINESS_HOURS
    assert BUSINESS_HOURS.words == "09:00-18:00, Monday to Friday, Europe/Paris, without public holidays of FR"
    free = window_from({"id": "w", "country": "none", "days": ["sat"]})
    assert free.words == "09:00-18:00, sat, Europe/Paris, public holidays too"
    assert window_from({"id": "w", "subdivision": "57"}).words.endswith("of FR (57)")
    assert ALWAYS.words == "at any time, Europe/Paris"


def test_windows_from_the_catalogue() -> None:
    hours = OpeningHours(
        id="business-hours", title=TITLE, source="SD-1 §1.8", from_="09:00", to="18:00", country="FR",
        days=("mon", "tue", "wed", "thu", "fri"),
    )  # fmt: skip
    assert window_of(hours) == BUSINESS_HOURS
    anytime = window_of(OpeningHours(id="24x7", title=TITLE, source="SD-1 §1.8", always=True, country="FR"))
    assert anytime == ALWAYS


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to": "08:00"}, "opens at 09:00 and closes at 08:00"),
        ({"to": "09:00"}, "opens at 09:00 and closes at 09:00"),
        ({"to": 1080}, "1080 is no time of day"),
        ({"from": "9:00"}, "'9:00' is no time of day"),
        ({"to": "24:30"}, "no time of day"),
        ({"days": "weekdays"}, "no days"),
        ({"days": ["monday"]}, "'monday' is no weekday"),
        ({"days": []}, "no weekday is a business day"),
        ({"zone": "Paris"}, "no time zone"),
        ({"country": "France"}, "'France' are not known"),
        ({"country": False}, "not a text"),
        ({"subdivision": "BY"}, "no subdivision 'BY'"),
        ({"country": "none", "subdivision": "57"}, "has no country"),
        ({"opens": "09:00"}, "no 'opens'"),
    ],
)
def test_windows_that_are_none(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        window_from({"id": "w"} | wrong)
    assert caught.value.fix


def test_a_window_needs_an_id() -> None:
    with pytest.raises(UsageError, match="no id"):
        window_from({"from": "09:00"})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 28800),
        ("90m", 5400),
        ("2h30m", 9000),
        ("1d", 32400),
        ("1d 1h", 36000),
        ("45s", 45),
        ("0h", 0),
        ("30min", 1800),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text, BUSINESS_HOURS) == seconds


@pytest.mark.parametrize("text", ["", "8", "h", "-8h", "1.5h", "8h8h", "30m2h", "8 hours", "PT8H", "9999999999h", "٨h"])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(UsageError):
        duration(text, BUSINESS_HOURS)


def test_days_need_business_days() -> None:
    with pytest.raises(UsageError, match="always open"):
        duration("1d", ALWAYS)
    assert duration_words(9000) == "2 h 30 min"
    assert (duration_words(0), duration_words(61)) == ("0 h", "1 min 1 s")


NOON, ONE = instant("2027-06-08T12:00Z"), instant("2027-06-08T13:00Z")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: elapsed(BUSINESS_HOURS, ONE, NOON), "lies before the start"),
        (lambda: elapsed(BUSINESS_HOURS, NOON, ONE, [(ONE, NOON)]), "lies before the start"),
        (lambda: elapsed(BUSINESS_HOURS, NOON.replace(tzinfo=None), ONE), "no UTC offset"),
        (lambda: elapsed(BUSINESS_HOURS, NOON, ONE, [(NOON, ONE.replace(tzinfo=None))]), "no UTC offset"),
        (lambda: elapsed(BUSINESS_HOURS, instant("1999-06-08T12:00Z"), ONE), "before 2000 is not covered"),
        (lambda: elapsed(ALWAYS, NOON, instant("2101-06-08T12:00Z")), "after 2100 is not covered"),
        (lambda: elapsed(BUSINESS_HOURS, NOON, instant("2101-06-08T12:00Z")), "after 2100 is not covered"),
        (lambda: due(BUSINESS_HOURS, NOON, -1), "negative"),
        (lambda: due(ALWAYS, NOON, 10**12), "not run by the end of 2100"),
        (lambda: due(BUSINESS_HOURS, NOON, 10**12), "not run by the end of 2100"),
        (lambda: due(ALWAYS, instant("0001-01-01T00:00+01:00"), 0), "before 2000 is not covered"),
        (lambda: due(BUSINESS_HOURS, instant("9999-12-31T23:59-23:00"), 0), "after 2100 is not covered"),
        (lambda: FRANCE.add_business_days(dt.date(2100, 12, 31), 1), "2101 is not covered"),
    ],
)
def test_questions_that_have_no_answer(ask: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        ask()
    assert caught.value.fix


def test_intervals_of_years_and_many_exclusions_are_quick() -> None:
    """Generous bounds: a walk by days or by exclusions would take minutes."""
    hour = dt.timedelta(hours=1)
    start, end = instant("2020-01-01T00:00Z"), instant("2060-01-01T00:00Z")
    clock = Clock(BUSINESS_HOURS, [(start + hour * 30 * n, start + hour * (30 * n + 1)) for n in range(10_000)])
    clock.elapsed(start, end)
    began = time.perf_counter()
    for number in range(20_000):
        clock.elapsed(start + hour * number, end)
        clock.due(start, number)
    assert time.perf_counter() - began < 5


def test_countries_whose_holidays_are_known_for_fewer_years() -> None:
    fiji = window_from({"id": "w", "country": "FJ", "zone": "Pacific/Fiji"})
    assert elapsed(fiji, instant("2027-06-08T10:00+12:00"), instant("2027-06-09T10:00+12:00")) == 9 * 3600
    with pytest.raises(UsageError, match="before 2016 is not covered"):
        elapsed(fiji, instant("2015-06-08T10:00+12:00"), instant("2027-06-09T10:00+12:00"))
    with pytest.raises(UsageError, match="not known for 2015"):
        fiji.calendar.holiday(dt.date(2015, 1, 1))


def test_france_is_known_for_every_year_that_is_covered() -> None:
    assert known_years("FR") == known_years("FRA") == known_years(None)
