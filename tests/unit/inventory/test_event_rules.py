"""Events: every limit at its edge, clock changes, and nothing that breaks the rules themselves."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inventory.rules.event_times import changed, minutes_of
from toolkit.inventory.rules.judge import Judge

DAY = {"date": "2027-06-15", "start": "09:00", "end": "17:00"}
EVENT: dict[str, Any] = {
    "name": "Rencontres",
    "agenda_final": "2027-06-01",
    "streaming": "vendor",
    "rehearsal": {"option": "technical-run", "date": "2027-06-08", "start": "14:00"},
    "days": [DAY],
    "sessions": [{"id": "s1", "title": "S", **DAY, "end": "10:00", "speakers": ["lena"], "recorded": True}],
    "speakers": [{"id": "lena", "name": "Léna", "email": "lena@umbra.example"}],
}
HEADER: dict[str, Any] = {
    "service": "event-support",
    "customer": {"commitment": {"start": "2027-01-01", "months": 12}},
    "event": EVENT,
}


def told(service: str = "event-support", **event: Any) -> list[tuple[str, str]]:
    header = {**HEADER, "service": service, "event": {**EVENT, **event}}
    return [(finding.rule, finding.path.removeprefix("/event")) for finding in Judge(header).header()]


def days(*dates: str, **more: Any) -> list[dict[str, Any]]:
    return [{**DAY, "date": date, **more} for date in dates]


def test_a_sound_event_says_nothing() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"days": days("2027-06-15", "2027-06-16", "2027-06-17")}, []),
        ({"days": days("2027-06-17", "2027-06-15", "2027-06-16")}, []),
        ({"days": days("2027-06-15", "2027-06-17")}, [("INV-146", "/days/1/date")]),
        ({"days": [{**DAY, "end": "18:00"}]}, []),
        ({"days": [{**DAY, "end": "18:01"}]}, [("INV-147", "/days/0/end")]),
        ({"days": [{**DAY, "end": "09:00"}]}, [("INV-140", "/days/0/end"), ("INV-144", "/sessions/0/start")]),
        ({"rehearsal": {"option": "technical-run", "date": "2027-06-10"}}, []),
        ({"rehearsal": {"option": "technical-run", "date": "2027-06-06"}}, []),
        ({"rehearsal": {"option": "technical-run", "date": "2027-06-11"}}, [("INV-151", "/rehearsal/date")]),
        ({"rehearsal": {"option": "technical-run", "date": "2027-06-05"}}, [("INV-151", "/rehearsal/date")]),
        ({"rehearsal": {"option": "technical-run", "date": "2027-06-15"}}, [("INV-151", "/rehearsal/date")]),
        ({"rehearsal": {"option": "tasks-review"}, "streaming": "customer"}, [("INV-149", "/speakers")]),
        ({"zone": "Europe"}, [("INV-141", "/zone")]),
        ({"zone": "../etc/passwd"}, [("INV-141", "/zone")]),
        ({"speakers": []}, [("INV-020", "/sessions/0/speakers/0")]),
        ({"speakers": [*EVENT["speakers"], *EVENT["speakers"]]}, [("INV-021", "/speakers/1/id")]),
        ({"days": days("2027-06-16")}, [("INV-144", "/sessions/0/date")]),
    ],
)
def test_each_limit_at_its_edge(event: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(**event) == expected


@pytest.mark.parametrize(
    ("date", "end", "broken"),
    [
        # an hour is skipped: 00:30 to 10:30 are 9 h
        ("2027-03-28", "10:30", []),
        ("2027-03-28", "10:31", [("INV-147", "/days/0/end")]),
        # an hour is repeated: 00:30 to 08:30 are 9 h
        ("2027-10-31", "08:30", []),
        ("2027-10-31", "08:31", [("INV-147", "/days/0/end")]),
    ],
)
def test_a_day_lasts_what_elapses(date: str, end: str, broken: list[tuple[str, str]]) -> None:
    rehearsed = (dt.date.fromisoformat(date) - dt.timedelta(days=7)).isoformat()
    event = {
        "agenda_final": "2027-01-01",
        "days": [{"date": date, "start": "00:30", "end": end}],
        "sessions": [],
        "rehearsal": {"option": "tasks-review", "date": rehearsed},
    }
    assert told(**event) == broken


@pytest.mark.parametrize(("last", "broken"), [("17:00", []), ("17:01", [("INV-150", "/sessions")])])
def test_eight_hours_of_recordings(last: str, broken: list[tuple[str, str]]) -> None:
    session = {**EVENT["sessions"][0], "end": last}
    assert told(days=[{**DAY, "end": "18:00"}], sessions=[session]) == broken
    assert told(days=[{**DAY, "end": "18:00"}], sessions=[{**session, "recorded": False}]) == []


def test_only_the_event_service_has_its_limits() -> None:
    assert told("stargazing", days=[*days("2027-06-15", "2027-06-20", end="23:00")]) == []


@pytest.mark.parametrize(
    ("when", "zone", "expected"),
    [
        ("2027-03-28T02:00", "Europe/Paris", "skips"),
        ("2027-03-28T02:59", "Europe/Paris", "skips"),
        ("2027-03-28T03:00", "Europe/Paris", None),
        ("2027-10-31T02:00", "Europe/Paris", "repeats"),
        ("2027-10-31T03:00", "Europe/Paris", None),
        ("2027-03-28T02:30", "UTC", None),
        ("2027-03-28T01:30", "Europe/London", "skips"),
        ("2027-04-04T01:45", "Australia/Lord_Howe", "repeats"),
    ],
)
def test_clock_changes(when: str, zone: str, expected: str | None) -> None:
    local = dt.datetime.fromisoformat(when)
    assert changed(local.date(), local.hour * 60 + local.minute, ZoneInfo(zone)) == expected


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 1439))
def test_a_time_is_skipped_repeated_or_there_once(date: dt.date, minutes: int) -> None:
    zone = ZoneInfo("Europe/Paris")
    local = dt.datetime.combine(date, dt.time(minutes // 60, minutes % 60))
    noon = dt.datetime.combine(date, dt.time(12), dt.UTC)
    instants = (noon + dt.timedelta(minutes=step) for step in range(-15 * 60, 15 * 60))
    hits = sum(1 for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == local)
    assert {0: "skips", 1: None, 2: "repeats"}[hits] == changed(date, minutes, zone)


@pytest.mark.parametrize("written", [None, "", "9:00", "24:00", "12:60", "12:00:00", "\u0661\u0662:00"])
def test_what_is_no_time(written: str | None) -> None:
    assert minutes_of(written) is None


ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "2027-02-30", "9999-12-31", "23:59", "Europe/Rome", [], {}, [1]]
)


def ways(value: Any, *steps: Any) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(way for key, item in inner for way in ways(item, *steps, key))]


@given(st.data())
def test_whatever_stands_there_the_rules_say_something_or_nothing(data: st.DataObject) -> None:
    header = copy.deepcopy({**HEADER, "subscription": {"tier": "x", "options": ["technical-run"]}, "prerequisites": {}})
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from([way for way in ways(header) if way]))
        parent: Any = header
        for step in above:
            parent = parent[step]
        parent[last] = data.draw(ODD)
    for finding in Judge(header).header():
        assert finding.path
        assert finding.message
