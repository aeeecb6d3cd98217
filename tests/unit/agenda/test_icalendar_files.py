"""iCalendar files: golden ones, read back by the library, and their lines by a reader of our own (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import icalendar
import msgspec
import pytest
from agenda_cases import GOLDEN, calendar_for, cases, content_lines, inventory_of, written
from click.testing import CliRunner

from toolkit.agenda.entries import Calendar, chosen
from toolkit.agenda.ics import ics_bytes
from toolkit.cli.main import cli
from toolkit.errors import UsageError
from toolkit.model.service import Text

ACME = Path(__file__).parents[3] / "examples/acme"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.relative_to(GOLDEN).as_posix())
def test_the_files_are_the_golden_ones(case: Path) -> None:
    made = written(case)
    kept = {path.name: path.read_bytes() for path in case.iterdir() if path.name != "inventory.yaml"}
    assert made == kept, "if the change is meant: python tests/golden/agenda/regenerate.py, and review the diff"


def expanded(event: Any) -> list[dt.date]:
    """The days of an event with its rule, counted by hand: weekly, on its weekday or on all five."""
    start: dt.date = event.decoded("dtstart")
    rule = event.get("rrule")
    if rule is None:
        return [start]
    assert rule["FREQ"] == ["WEEKLY"]
    (count,) = rule["COUNT"]
    days = rule.get("BYDAY", [("MO", "TU", "WE", "TH", "FR", "SA", "SU")[start.weekday()]])
    found: list[dt.date] = []
    day = start
    while len(found) < count:
        if ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()] in days:
            found.append(day)
        day += dt.timedelta(days=1)
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.relative_to(GOLDEN).as_posix())
def test_the_library_reads_every_entry_back(case: Path, language: str) -> None:
    calendar = calendar_for(inventory_of(case))
    file = ics_bytes(calendar, language)
    content_lines(file)
    read = icalendar.Calendar.from_ical(file)
    assert not read.errors
    events = list(read.walk("VEVENT"))
    assert len({str(event["uid"]) for event in events}) == len(events)
    found = []
    for event in events:
        assert not event.errors
        assert event.decoded("dtstamp") == calendar.stamp
        start = event.decoded("dtstart")
        if isinstance(start, dt.datetime):
            assert start.utcoffset() == dt.timedelta()
            end = event.decoded("dtend") if "dtend" in event else start
            found.append((start, end, str(event["summary"])))
        else:
            assert event.decoded("dtend") == start + dt.timedelta(days=1)
            found += [(day, day, str(event["summary"])) for day in expanded(event)]
    expected = [
        (
            entry.time.starts if entry.time else entry.day,
            entry.time.ends if entry.time else entry.day,
            entry.title.of(language).replace("\r\n", "\\x0d\\x0a"),
        )
        for entry in calendar.entries
    ]
    assert sorted(found, key=str) == sorted(
        ((start.astimezone(dt.UTC), end.astimezone(dt.UTC), title) if isinstance(start, dt.datetime) else (start, end, title)
         for start, end, title in expected),
        key=str,
    )  # fmt: skip
    alarms = [alarm.decoded("trigger").days for alarm in read.walk("VALARM")]
    assert sorted(alarms) == sorted(-entry.alarm_days for entry in calendar.entries if entry.alarm_days)


def titled(text: str) -> Calendar:
    calendar = chosen(calendar_for(inventory_of(GOLDEN / "partner")), until=dt.date(2028, 12, 31))
    entry = msgspec.structs.replace(calendar.entries[0], title=Text(en=text, fr=text), note=Text(en=text, fr=text))
    return msgspec.structs.replace(calendar, entries=(entry,), title=Text(en=text, fr=text))


HOSTILE = [
    "Summit\r\nBEGIN:VEVENT",
    "x\nATTACH:http://elsewhere.example",
    'a;b,c\\n\\,"d":e',
    "\u2028\u2029\x85\x00\x1b[2J",
    "é" * 80,
    "\U0001f600" * 80,
    " leading and trailing ",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    check_text(text)


@hypothesis.given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_any_text_stays_text(text: str) -> None:
    check_text(text)


def check_text(text: str) -> None:
    from toolkit.visible import visible

    file = ics_bytes(titled(text), "en")
    assert file == ics_bytes(titled(text), "en")
    lines = content_lines(file)
    assert [line.partition(b":")[0] for line in lines].count(b"BEGIN") == 2
    assert not any(line.startswith(b"ATTACH") for line in lines)
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert str(event["summary"]) == visible(text)


def test_a_run_that_is_cut_keeps_its_uid() -> None:
    whole = calendar_for(inventory_of(GOLDEN / "support-desk"))
    cut = chosen(whole, since=dt.date(2027, 3, 1))

    def uids(calendar: Calendar) -> set[str]:
        read = icalendar.Calendar.from_ical(ics_bytes(calendar, "en"))
        return {str(event["uid"]) for event in read.walk("VEVENT")}

    assert uids(cut) <= uids(whole)


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "acme.ics"
    done = CliRunner().invoke(cli, ["calendar", str(ACME), "--language", "fr", "--output", str(file)])
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    once = file.read_bytes()
    content_lines(once)
    CliRunner().invoke(cli, ["calendar", str(ACME), "--language", "fr", "--output", str(file)])
    assert file.read_bytes() == once


def test_the_command_says_that_there_is_nothing(tmp_path: Path) -> None:
    file = tmp_path / "none.ics"
    done = CliRunner().invoke(cli, ["calendar", str(ACME), "--until", "2001-12-31", "--output", str(file)])
    assert (done.exit_code, done.stdout) == (0, "no entries; no file is written\n")
    assert not file.exists()


def test_the_command_lists_what_a_party_does() -> None:
    done = CliRunner().invoke(cli, ["calendar", str(ACME), "--owner", "customer", "--from", "2028-12-01"])
    assert done.stdout == ("2028-12-31  customer  Support contract ends: SC-1001  [SD-1 §1; of erp-vm-1, erp-vm-2]\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--output", "acme.txt"], "acme.txt is no iCalendar file"),
        (["--owner", "nobody"], "managed-applications has no party 'nobody'"),
    ],
)
def test_wrong_arguments(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(cli, ["calendar", str(ACME), *arguments])
    assert isinstance(done.exception, UsageError)
    assert done.exception.message == told


@pytest.mark.parametrize("arguments", [["--from", "1.3.2027"], ["--until", "2027-02-30"], ["--language", "de"]])
def test_days_and_languages_that_are_none(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["calendar", str(ACME), *arguments]).exit_code == 2
