"""``onboard clock`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from toolkit.cli.clock import clock
from toolkit.clocks import window_from
from toolkit.errors import UsageError

EASTER = """due: Tuesday 2027-03-30 16:30 +02:00
  8 h from Friday 2027-03-26 17:30 +01:00
  window business-hours: 09:00-18:00, Monday to Friday, Europe/Paris, without public holidays of FR
  Fri 2027-03-26  17:30-18:00      30 min  total 30 min
  Sat 2027-03-27                      0 h  total 30 min  Saturday
  Sun 2027-03-28                      0 h  total 30 min  Sunday
  Mon 2027-03-29                      0 h  total 30 min  public holiday: Easter Monday
  Tue 2027-03-30  09:00-16:30  7 h 30 min  total    8 h
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(clock, arguments)


def test_due_can_be_followed() -> None:
    assert run("due", "2027-03-26T17:30", "8h").output == EASTER
    assert run("due", "2027-03-26T16:30Z", "8h").output == EASTER


def test_elapsed_over_a_clock_change_with_an_exclusion() -> None:
    out = run(
        "elapsed", "2027-10-30T12:00", "2027-11-01T10:00:30", "--window", "24x7",
        "--exclude", "2027-10-30T13:00/2027-10-30T14:00",
    ).output  # fmt: skip
    assert out.splitlines() == [
        "elapsed: 46 h 30 s (165,630 seconds)",
        "  from Saturday 2027-10-30 12:00 +02:00 to Monday 2027-11-01 10:00:30 +01:00",
        "  window 24x7: at any time, Europe/Paris",
        "  Sat 2027-10-30  12:00-13:00           1 h  total       1 h",
        "  Sat 2027-10-30  13:00-14:00           0 h  total       1 h  excluded",
        "  Sat 2027-10-30  14:00-24:00          10 h  total      11 h",
        "  Sun 2027-10-31  00:00-24:00          25 h  total      36 h  clocks are changed: the day has 25 h",
        "  Mon 2027-11-01  00:00-10:00:30  10 h 30 s  total 46 h 30 s",
    ]


def test_as_json_with_a_window_of_its_own() -> None:
    told = json.loads(
        run(
            "due", "2027-03-25T09:00", "1d", "--from", "08:00", "--to", "12:00", "--days", "Wed, thu,fri", "--country",
            "DE", "--subdivision", "BY", "--zone", "Europe/Berlin", "--format", "json",
        ).output
    )  # fmt: skip
    assert {key: told[key] for key in told if key not in {"steps", "window"}} == {
        "schema": "onboarding/clock/v1",
        "question": "due",
        "start": "2027-03-25T09:00:00+01:00",
        "end": "2027-03-31T09:00:00+02:00",
        "seconds": 14400,
        "duration": "4 h",
    }
    assert window_from(told["window"]).calendar.country == "DE"
    assert [step["kind"] for step in told["steps"]] == [
        "counted", "holiday", "weekday", "weekday", "weekday", "weekday", "counted",
    ]  # fmt: skip
    assert told["steps"][1]["holiday"] == "Good Friday"
    assert told["steps"][-1]["total"] == told["seconds"]
    always = json.loads(run("due", "2027-03-26T17:30", "0h", "--window", "24x7", "--format", "json").output)
    assert (always["start"], always["steps"]) == (always["end"], [])
    assert window_from(always["window"]).always


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("due", "2027-03-28T02:30", "8h"), "does not exist"),
        (("due", "2027-10-31T02:30", "8h"), "comes twice"),
        (("due", "yesterday", "8h"), "no date and time"),
        (("due", "2027-03-26T17:30", "8 hours"), "no duration"),
        (("due", "2027-03-26T17:30", "1d", "--window", "24x7"), "no business days"),
        (("due", "2027-03-26T17:30", "8h", "--window", "24x7", "--from", "10:00"), "--from means nothing"),
        (("due", "2027-03-26T17:30", "8h", "--zone", "Mars"), "no time zone"),
        (("due", "2027-03-26T17:30", "8h", "--country", "France"), "not known"),
        (("due", "2027-03-26T17:30", "8h", "--days", "mon,xx"), "no weekday"),
        (("due", "2027-03-26T17:30", "8h", "--from", "19:00"), "closes at 18:00"),
        (("due", "2027-03-26T17:30", "8h", "--exclude", "2027-03-26T17:30"), "no end"),
        (("elapsed", "2027-03-26T17:30", "2027-03-25T17:30"), "before the start"),
        (("elapsed", "1999-03-26T17:30", "2027-03-25T17:30"), "before 2000"),
    ],
)
def test_what_cannot_be_answered_is_said(arguments: tuple[str, ...], says: str) -> None:
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert says in error.message
    assert error.fix


def test_errors_exit_2() -> None:
    program = [sys.executable, "-m", "toolkit.cli.main", "clock", "due", "2027-03-28T02:30", "8h", "--format", "json"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["fix"] == "write 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00"


def test_the_fix_for_a_window_that_is_always_open_is_the_other_one() -> None:
    error = run("due", "2027-03-26T17:30", "8h", "--window", "24x7", "--days", "mon").exception
    assert isinstance(error, UsageError)
    assert "--window business-hours" in error.fix
