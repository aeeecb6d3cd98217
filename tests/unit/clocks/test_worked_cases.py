"""Cases that a person computed, both ways, and step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.clocks import Interval, due, duration, elapsed, explain_due, explain_elapsed, instant, window_from

CASES = yaml.safe_load((Path(__file__).parent / "worked-cases.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_worked_case(case: dict[str, Any]) -> None:
    window = window_from({"id": "business-hours"} | case.get("window", {}))
    start, expected = instant(case["start"]), instant(case["due"])
    excluded: list[Interval] = [(instant(low), instant(high)) for low, high in case.get("excluded", [])]
    seconds = duration(case["duration"], window)
    assert due(window, start, seconds, excluded).isoformat() == expected.isoformat()
    assert elapsed(window, start, expected, excluded) == seconds
    for told in (explain_due(window, start, seconds, excluded), explain_elapsed(window, start, expected, excluded)):
        assert (told.end, told.seconds) == (expected, seconds)
        assert told.steps[-1].total == seconds == sum(step.seconds for step in told.steps)
        assert told.steps[-1].end == expected


def test_the_steps_of_easter_can_be_followed() -> None:
    window = window_from({"id": "business-hours"})
    told = explain_due(window, instant("2027-03-26T17:30+01:00"), 8 * 3600)
    assert [(str(step.day), step.seconds, step.total, step.why) for step in told.steps] == [
        ("2027-03-26", 1800, 1800, ""),
        ("2027-03-27", 0, 1800, "Saturday"),
        ("2027-03-28", 0, 1800, "Sunday"),
        ("2027-03-29", 0, 1800, "public holiday: Easter Monday"),
        ("2027-03-30", 27000, 28800, ""),
    ]
    french = explain_due(window, instant("2027-03-26T17:30+01:00"), 8 * 3600, language="fr")
    assert (french.steps[3].kind, french.steps[3].holiday) == ("holiday", "Lundi de Pâques")
    assert [step.kind for step in told.steps] == ["counted", "weekday", "weekday", "holiday", "counted"]


def test_steps_name_exclusions_closing_and_opening() -> None:
    window = window_from({"id": "business-hours"})
    lost = (instant("2027-06-08T10:00+02:00"), instant("2027-06-08T20:00+02:00"))
    told = explain_elapsed(window, instant("2027-06-07T19:00+02:00"), instant("2027-06-09T08:00+02:00"), [lost])
    assert [step.kind for step in told.steps] == ["after-closing", "counted", "excluded", "before-opening"]
    assert [(str(step.day), step.seconds, step.why) for step in told.steps] == [
        ("2027-06-07", 0, "closed since 18:00"),
        ("2027-06-08", 3600, ""),
        ("2027-06-08", 0, "excluded"),
        ("2027-06-09", 0, "not yet open: opens at 09:00"),
    ]


def test_steps_name_the_night_of_a_clock_change() -> None:
    told = explain_elapsed(
        window_from({"id": "24x7", "days": "always"}),
        instant("2027-10-30T00:00+02:00"),
        instant("2027-11-01T00:00+01:00"),
    )
    assert [(step.seconds, step.why) for step in told.steps] == [
        (24 * 3600, ""),
        (25 * 3600, "clocks are changed: the day has 25 h"),
    ]
