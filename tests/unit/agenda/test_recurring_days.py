"""Deliverables that recur: on business days, one of each period, what a tier includes and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import hypothesis
import hypothesis.strategies as st
import msgspec
from agenda_cases import calendar_for
from made_calendars import CASES, COMMITMENTS, FRANCE, begun, changed

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.commitment import last_day
from toolkit.agenda.recurring import due_periods, occurrences
from toolkit.catalogue import service
from toolkit.model.inventory import Commitment
from toolkit.model.recurrence import is_written

RECURS = st.sampled_from(["daily", "weekly", "monthly", "quarterly", "yearly"])


def test_a_tier_has_what_it_includes_and_nothing_else() -> None:
    def recurring(tier: str) -> set[str | None]:
        desk = changed(
            "support-desk", subscription=msgspec.structs.replace(CASES["support-desk"].subscription, tier=tier)
        )
        return {entry.reference for entry in calendar_for(desk).entries if entry.recurs}

    assert recurring("basic") == set()
    assert recurring("enhanced") == {"consumption-review"}
    assert len(recurring("premium")) == 10


def test_a_year_of_the_premium_tier() -> None:
    """2027 has 52 Mondays; Easter Monday, Whit Monday and All Saints' Day are moved; 254 business days."""
    calendar = begun("support-desk", "2027-01-01", 12)
    found = {
        name: [entry for entry in calendar.entries if entry.reference == name]
        for name in ("operations-review", "dashboard", "technical-review", "case-watch")
    }
    assert [len(entries) for entries in found.values()] == [52, 12, 4, 254]
    moved = [(one.day.isoformat(), one.note.en) for one in found["operations-review"] if one.moved and one.note]
    assert moved == [
        ("2027-03-30", "moved from 2027-03-29 (public holiday: Easter Monday)"),
        ("2027-05-18", "moved from 2027-05-17 (public holiday: Pentecost Monday)"),
        ("2027-11-02", "moved from 2027-11-01 (public holiday: All Saints' Day)"),
    ]
    quarterly = [entry.day.isoformat() for entry in found["technical-review"]]
    assert quarterly == ["2027-01-04", "2027-04-01", "2027-07-01", "2027-10-01"]


def test_what_would_move_beyond_the_end_moves_back() -> None:
    """1 April 2029 is Easter Sunday, and the Monday after it a holiday too; the commitment ends on it."""
    found = occurrences("monthly", dt.date(2029, 3, 2), dt.date(2029, 4, 2), calendar=FRANCE)
    assert [one.day for one in found] == [dt.date(2029, 3, 30)]
    assert occurrences("monthly", dt.date(2029, 4, 1), dt.date(2029, 4, 2), calendar=FRANCE) == ()


@hypothesis.given(COMMITMENTS, RECURS, st.booleans())
def test_recurring_deliverables_are_on_business_days(commitment: Commitment, recurs: Any, looks_back: bool) -> None:
    last = last_day(commitment)
    found = occurrences(recurs, commitment.start, last, calendar=FRANCE, looks_back=looks_back)
    for one in found:
        assert FRANCE.is_business_day(one.day)
        assert commitment.start <= one.day
        assert one.day <= last or looks_back
    assert len({one.usual for one in found}) == len(found)
    assert sorted(one.day for one in found) == [one.day for one in found]
    if recurs == "monthly" and not looks_back and commitment.months > 1:
        assert commitment.months - 1 <= len(found) <= commitment.months


@hypothesis.given(st.dates(dt.date(2026, 1, 1), dt.date(2035, 1, 1)), st.integers(1, 36))
@hypothesis.settings(deadline=None, max_examples=25)
def test_every_period_of_what_recurs_has_one_name_and_one_day(start: dt.date, months: int) -> None:
    """Whatever day a commitment starts on: no period twice, in their order, and as many as there are entries."""
    for name in ("acme", "support-desk"):
        inventory = changed(name, commitment=Commitment(start=start, months=months))
        sd = service(inventory.service)
        recurs = {one.id: one.recurs for one in sd.deliverables}
        entries = [entry.reference for entry in calendar_of(inventory, sd).entries if entry.kind == "deliverable"]
        for id_, periods in due_periods(inventory, sd).items():
            names = [one.period for one in periods]
            assert len(set(names)) == len(names) == entries.count(id_)
            assert [one.day for one in periods] == sorted(one.day for one in periods)
            assert all(is_written(recurs[id_], one) for one in names)  # type: ignore[arg-type]


def test_the_periods_of_a_year() -> None:
    """A commitment from 1 January 2027, a Friday and a holiday: meetings are of their own period, reports of the one before."""
    desk = changed("support-desk", commitment=Commitment(start=dt.date(2027, 1, 1), months=12))
    found = due_periods(desk, service(desk.service))
    assert [one.period for one in found["technical-review"]] == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert (found["operations-review"][0].period, found["operations-review"][0].day.isoformat()) == (
        "2027-W01",
        "2027-01-04",
    )
    assert found["case-watch"][0].period == "2027-01-04"
    acme = changed("acme", commitment=Commitment(start=dt.date(2027, 1, 1), months=12))
    reports = due_periods(acme, service(acme.service))["monthly-report"]
    assert [(one.period, one.day.isoformat()) for one in reports][:2] == [
        ("2027-01", "2027-02-01"),
        ("2027-02", "2027-03-01"),
    ]
