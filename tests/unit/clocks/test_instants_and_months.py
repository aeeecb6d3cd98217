"""What text means which instant, months with both clock changes, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.clocks import ALWAYS, at, elapsed, epoch, instant, month
from toolkit.errors import UsageError

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "zone", "means"),
    [
        ("2027-03-26T17:30:00+01:00", None, "2027-03-26T16:30:00+00:00"),
        ("2027-03-26T17:30Z", None, "2027-03-26T17:30:00+00:00"),
        ("2027-03-26 17:30z", None, "2027-03-26T17:30:00+00:00"),
        ("2027-03-26T17:30:15.250-0500", PARIS, "2027-03-26T22:30:15.250000+00:00"),
        ("2027-03-26T17:30:15,5+01", None, "2027-03-26T16:30:15.500000+00:00"),
        ("2027-03-26T17:30", PARIS, "2027-03-26T16:30:00+00:00"),
        ("2027-03-28T03:00", PARIS, "2027-03-28T01:00:00+00:00"),
        ("2027-10-31T02:30+02:00", PARIS, "2027-10-31T00:30:00+00:00"),
        ("2027-10-31T02:30+01:00", PARIS, "2027-10-31T01:30:00+00:00"),
        ("2027-10-31T03:00", PARIS, "2027-10-31T02:00:00+00:00"),
    ],
)
def test_text_means_one_instant(text: str, zone: str | None, means: str) -> None:
    found = instant(text, zone)
    assert found.astimezone(dt.UTC).isoformat() == means
    assert isinstance(found.tzinfo, dt.timezone)


@pytest.mark.parametrize(
    ("text", "zone", "says", "fix"),
    [
        ("2027-03-26T17:30", None, "no UTC offset", "write the offset"),
        ("2027-03-28T02:30", PARIS, "does not exist", "write 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00"),
        ("2027-10-31T02:30", PARIS, "twice", "write 2027-10-31T02:30:00+02:00 or 2027-10-31T02:30:00+01:00"),
        ("2027-03-26T17:30", "Europe/Pariss", "no time zone", "IANA"),
        ("2027-03-26T17:30", "Europe", "no time zone", "IANA"),
        ("2027-03-26T17:30", "../../etc/passwd", "no time zone", "IANA"),
        ("2027-03-26", PARIS, "no date and time", "write the offset"),
        ("26/03/2027 17:30", PARIS, "no date and time", "write the offset"),
        ("2027-02-29T10:00Z", None, "no date and time", "write the offset"),
        ("2027-03-26T24:00Z", None, "no date and time", "write the offset"),
        ("2027-03-26T23:59:60Z", None, "no date and time", "write the offset"),
        ("2027-03-26T17:30+25:00", None, "no date and time", "write the offset"),
        ("٢٠٢٧-03-26T17:30Z", None, "no date and time", "write the offset"),
        ("", None, "no date and time", "write the offset"),
    ],
)
def test_what_means_no_instant_is_refused(text: str, zone: str | None, says: str, fix: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        instant(text, zone)
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("year", "number", "hours"), [(2027, 3, 743), (2027, 10, 745), (2027, 2, 672), (2028, 2, 696), (2027, 12, 744)]
)
def test_a_month_has_its_hours(year: int, number: int, hours: int) -> None:
    start, end = month(year, number)
    assert end - start == dt.timedelta(hours=hours)
    assert elapsed(ALWAYS, start, end) == hours * 3600
    assert (start.day, start.hour, end.day, end.hour) == (1, 0, 1, 0)


@given(st.integers(2000, 2099), st.sampled_from((PARIS, "America/Havana", "Africa/Cairo", "Australia/Lord_Howe")))
def test_the_months_of_a_year_are_the_year(year: int, zone: str) -> None:
    bounds = [month(year, number, zone) for number in range(1, 13)]
    assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]
    assert bounds[-1][1] == month(year + 1, 1, zone)[0]


@pytest.mark.parametrize(("year", "number"), [(2027, 0), (2027, 13), (1999, 12), (2101, 1), (2100, 12)])
def test_months_that_are_none(year: int, number: int) -> None:
    with pytest.raises(UsageError):
        month(year, number)


@given(st.integers(epoch(month(2000, 1)[0]), epoch(month(2099, 1)[0])), st.sampled_from((PARIS, "America/Havana")))
def test_an_instant_survives_its_text(second: int, zone: str) -> None:
    assert epoch(at(second, zone)) == epoch(instant(at(second, zone).isoformat())) == second


def test_fractions_are_cut_off_and_naive_datetimes_refused() -> None:
    assert epoch(instant("1970-01-01T00:00:01.999Z")) == 1
    assert epoch(instant("1969-12-31T23:59:59.001Z")) == -1
    with pytest.raises(UsageError, match="no UTC offset"):
        epoch(dt.datetime(2027, 3, 26, 17, 30))  # noqa: DTZ001 - that is the fault
