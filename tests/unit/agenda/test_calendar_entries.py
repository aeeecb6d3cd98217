"""Entries of a calendar: contract dates, ends, recurring deliverables, in order and known by their content."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import jsonschema
import msgspec
import pytest
from agenda_cases import GOLDEN, calendar_for, cases, content_lines, inventory_of
from made_events import event

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.commitment import anniversaries, last_day
from toolkit.agenda.entries import Calendar, chosen
from toolkit.agenda.ics import ics_bytes
from toolkit.agenda.present_calendar import calendar_json, calendar_lines
from toolkit.agenda.recurring import due_periods, occurrences
from toolkit.catalogue import service
from toolkit.clocks import BusinessCalendar
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.inventory.load import load
from toolkit.model.inventory import Commitment, Inventory, Subscription, SupportPeriod
from toolkit.model.months import months_later
from toolkit.model.recurrence import is_written
from toolkit.model.service import Limit

ROOT = Path(__file__).parents[3]
CASES = {case.relative_to(GOLDEN).as_posix(): inventory_of(case) for case in cases()} | {
    name: load(ROOT / "examples" / name) for name in ("acme", "bistro")
}
FRANCE = BusinessCalendar()


def days(calendar: Calendar, kind: str) -> list[str]:
    return [entry.day.isoformat() for entry in calendar.entries if entry.kind == kind]


def changed(name: str, **fields: Any) -> Inventory:
    """A case with other fields of its customer or its own."""
    inventory = CASES[name]
    if "commitment" in fields:
        customer = msgspec.structs.replace(inventory.customer, commitment=fields.pop("commitment"))
        inventory = msgspec.structs.replace(inventory, customer=customer)
    return msgspec.structs.replace(inventory, **fields)


def begun(name: str, start: str, months: int) -> Calendar:
    return calendar_for(changed(name, commitment=Commitment(start=dt.date.fromisoformat(start), months=months)))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2027-01-01", 12, "2027-12-31"),
        ("2027-01-15", 1, "2027-02-14"),
        # no such day in the later month: the next period begins on the first of the month after it
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-28"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
    ],
)
def test_the_last_day_of_a_commitment(start: str, months: int, last: str) -> None:
    assert last_day(Commitment(start=dt.date.fromisoformat(start), months=months)) == dt.date.fromisoformat(last)


def test_a_commitment_beyond_the_calendar() -> None:
    with pytest.raises(InventoryInvalid, match="end after the year 9998"):
        months_later(dt.date(9990, 1, 1), 120)


@hypothesis.given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 60))
def test_periods_follow_each_other_without_gap(start: dt.date, months: int) -> None:
    assert months_later(start, months) > start
    commitment = Commitment(start=start, months=months)
    years = [start, *anniversaries(commitment)]
    assert all((later - earlier).days in (365, 366) for earlier, later in pairwise(years))
    for number, day in enumerate(years[1:], start=1):
        assert last_day(Commitment(start=start, months=12 * number)) == day - dt.timedelta(days=1)
    assert years[-1] <= last_day(commitment)


def test_contract_dates_of_a_leap_day() -> None:
    calendar = begun("partner", "2028-02-29", 24)
    assert days(calendar, "anniversary") == ["2029-03-01"]
    assert days(calendar, "commitment-end") == ["2030-02-28"]
    # 90 and 45 days before 1 March 2030
    assert days(calendar, "notice") == ["2029-12-01", "2030-01-15"]


def test_a_managed_contract_of_three_years() -> None:
    calendar = begun("acme", "2027-01-01", 36)
    assert days(calendar, "anniversary") == ["2028-01-01", "2029-01-01"]
    assert days(calendar, "guaranteed-minimum") == ["2028-01-01", "2029-01-01", "2030-01-01"]
    assert days(calendar, "exit-end") == ["2030-03-31"]
    assert "unit prices are revised" in next(one.title.en for one in calendar.entries if one.kind == "anniversary")


def test_claims_are_due_thirty_days_after_each_month() -> None:
    calendar = begun("acme", "2027-11-15", 4)
    claimed = [entry.day for entry in calendar.entries if entry.reference == "credit-claim"]
    assert [day.isoformat() for day in claimed] == [
        "2027-12-30",
        "2028-01-30",
        "2028-03-01",
        "2028-03-30",
        "2028-04-30",
    ]
    assert {entry.owner for entry in calendar.entries if entry.reference == "credit-claim"} == {"customer"}


def test_claims_are_answered_thirty_days_after_their_last_day() -> None:
    calendar = begun("acme", "2027-11-15", 4)
    answers = [entry for entry in calendar.entries if entry.reference == "claim-answer"]
    assert [entry.day.isoformat() for entry in answers] == [
        "2028-01-29",
        "2028-02-29",
        "2028-03-31",
        "2028-04-29",
        "2028-05-30",
    ]
    assert {entry.owner for entry in answers} == {"provider"}
    assert "2027-12-30" in answers[0].note.en  # type: ignore[union-attr]


def test_a_service_without_claims_answers_none() -> None:
    assert not [
        entry
        for name in ("partner", "support-desk")
        for entry in calendar_for(CASES[name]).entries
        if entry.reference == "claim-answer"
    ]


def test_reports_follow_the_month_that_they_are_about() -> None:
    calendar = begun("acme", "2027-01-01", 3)
    assert days(calendar, "deliverable") == ["2027-02-01", "2027-03-01", "2027-04-01"]


@pytest.mark.parametrize(
    ("history", "day"),
    [
        ([], "2027-07-01"),
        ([("premium", "2027-01-01")], "2027-07-01"),
        ([("standard", "2027-01-01"), ("premium", "2027-04-01")], "2027-10-01"),
        ([("premium", "2027-01-15")], "2027-08-01"),
        # the same level told twice is no raise
        ([("premium", "2027-01-01"), ("premium", "2027-04-01")], "2027-07-01"),
    ],
)
def test_the_minimum_of_a_support_level(history: list[tuple[str, str]], day: str) -> None:
    acme = CASES["acme"]
    periods = msgspec.convert([{"level": level, "from": start} for level, start in history], list[Any])
    tenant = msgspec.convert(
        {**msgspec.to_builtins(acme.tenants[0]), "support_history": periods}, type(acme.tenants[0])
    )
    assert days(calendar_for(changed("acme", tenants=(tenant,))), "support-level") == [day]


def test_the_activation_says_its_rule() -> None:
    partner = CASES["partner"]
    assert partner.order is not None

    def told(**fields: Any) -> tuple[str, str]:
        order = msgspec.structs.replace(partner.order, **fields)
        (entry,) = (one for one in calendar_for(changed("partner", order=order)).entries if one.kind == "activation")
        assert entry.note is not None
        return entry.day.isoformat(), entry.note.en

    assert told() == ("2028-06-08", "90 days after the order's effective date 2028-03-10")
    assert told(activation=dt.date(2028, 4, 1)) == ("2028-04-01", "the actual activation")
    planned = told(planned_activation=dt.date(2028, 9, 1), activation=dt.date(2028, 4, 1))
    assert planned == ("2028-09-01", "the day of the transition plan")


def test_ends_are_one_entry_for_each_agreement_with_an_alarm() -> None:
    ends = {one.reference: one for one in calendar_for(CASES["partner"]).entries if one.kind.endswith("-end")}
    assert {name: one.day.isoformat() for name, one in ends.items() if name} == {
        "SC-9": "2029-03-31", "LOA-3": "2029-12-31", "desktops": "2028-12-01",
    }  # fmt: skip
    assert ends["SC-9"].note is not None
    assert ends["SC-9"].note.en == "of gateway-1, gateway-2"
    assert all(one.alarm_days for one in ends.values())


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


COMMITMENTS = st.builds(
    Commitment, start=st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31)), months=st.integers(1, 26)
)
RECURS = st.sampled_from(["daily", "weekly", "monthly", "quarterly", "yearly"])


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


@pytest.mark.parametrize("name", sorted(CASES))
@hypothesis.given(commitment=COMMITMENTS)
@hypothesis.settings(max_examples=10)
def test_entries_are_sorted_unique_and_the_same_twice(name: str, commitment: Commitment) -> None:
    inventory = changed(name, commitment=commitment)
    if inventory.event is not None:
        day = commitment.start + dt.timedelta(days=12)
        inventory = msgspec.structs.replace(inventory, event=event((day.isoformat(), "09:00", "12:00")))
    first, second = calendar_for(inventory), calendar_for(inventory)
    assert first == second
    assert [one.day for one in first.entries] == sorted(one.day for one in first.entries)
    assert len({one.uid for one in first.entries}) == len(first.entries)


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_uid_is_another_customers(name: str) -> None:
    inventory = CASES[name]
    other = msgspec.structs.replace(inventory, customer=msgspec.structs.replace(inventory.customer, id="other"))
    uids = [{one.uid for one in calendar_for(found).entries} for found in (inventory, other)]
    assert not uids[0] & uids[1]


def test_an_entry_that_moves_keeps_its_uid() -> None:
    earlier, later = (begun("acme", start, 12) for start in ("2027-01-01", "2027-02-01"))
    for kind in ("commitment-start", "commitment-end", "exit-end"):
        assert len({one.uid for found in (earlier, later) for one in found.entries if one.kind == kind}) == 1


def test_a_calendar_is_cut_by_days_and_owner() -> None:
    whole = calendar_for(CASES["acme"])
    cut = chosen(whole, since=dt.date(2027, 3, 2), until=dt.date(2027, 4, 1), owner="customer")
    assert days(cut, "deadline") == ["2027-03-02", "2027-03-30"]
    assert {one.owner for one in cut.entries} == {"customer"}
    assert chosen(whole, until=dt.date(1999, 1, 1)).entries == ()
    assert chosen(whole) == whole


def test_a_party_that_is_none_and_days_the_wrong_way_round() -> None:
    whole = calendar_for(CASES["acme"])
    with pytest.raises(UsageError, match="managed-applications has no party 'partner'"):
        chosen(whole, owner="partner")
    with pytest.raises(UsageError, match="2027-01-01 is before 2027-02-01"):
        chosen(whole, since=dt.date(2027, 2, 1), until=dt.date(2027, 1, 1))


def test_the_past_has_a_calendar_too() -> None:
    assert days(begun("acme", "2005-01-01", 12), "commitment-end") == ["2005-12-31"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_json_keeps_its_schema(name: str) -> None:
    judge = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/calendar.schema.json").read_text()))
    told = json.loads(json.dumps(calendar_json(calendar_for(CASES[name]))))
    assert list(judge.iter_errors(told)) == []


def test_the_table_shows_a_run_of_days_as_one_line() -> None:
    lines = list(calendar_lines(calendar_for(CASES["support-desk"]), "en"))
    assert any(line.startswith("2027-02-15 to 2027-03-26  provider  Case watch ") for line in lines)
    assert all("\n" not in line for line in lines)


VALID = [
    path
    for path in sorted((ROOT / "tests/examples/valid").iterdir()) + sorted((ROOT / "examples").iterdir())
    if path.is_dir() or path.suffix in {".yaml", ".json"}
]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_every_valid_inventory_has_a_calendar(path: Path) -> None:
    calendar = calendar_for(load(path))
    assert {"commitment-start", "commitment-end"} <= {entry.kind for entry in calendar.entries}
    assert {entry.owner for entry in calendar.entries} <= set(calendar.parties)
    for language in ("en", "fr"):
        content_lines(ics_bytes(calendar, language))


def test_the_certificate_of_a_desktop_service_ends() -> None:
    calendar = calendar_for(load(ROOT / "tests/examples/valid/kind-remote-desktop.yaml"))
    assert len(days(calendar, "certificate-end")) == 1


ADDED = """
schema: onboarding/service/v1
id: print-rooms
description: SD-6
title: {en: Print rooms, fr: Salles d'impression}
summary: {en: Made up., fr: Inventé.}
source: SD-6 §6
parties:
  provider: {en: provider, fr: fournisseur}
  customer: {en: customer, fr: client}
inventory: {sections: [subscription]}
tiers:
  - {id: plain, title: {en: Plain, fr: Simple}, source: SD-6 §6}
deliverables:
  - {id: toner, title: {en: Toner, fr: Encre}, source: SD-6 §6, owner: provider, stage: run, recurs: monthly, tiers: [plain]}
  - {id: survey, title: {en: Survey, fr: Enquête}, source: SD-6 §6, owner: customer, stage: run, due: {after: commitment-end, days: -14, source: SD-6 §6}}
stages:
  - {id: run, title: {en: Run, fr: Exploitation}, source: SD-6 §6, owner: provider, gate: false}
limits:
  - {id: customer-notice, title: {en: Notice, fr: Préavis}, source: SD-6 §6, value: "60", unit: days}
"""


def test_an_added_service_has_a_calendar_without_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "print-rooms").mkdir()
    (tmp_path / "print-rooms/service.yaml").write_text(ADDED)
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    inventory = changed(
        "support-desk",
        service="print-rooms",
        subscription=Subscription(tier="plain"),
        commitment=Commitment(start=dt.date(2027, 1, 1), months=3),
    )
    told = [(entry.day.isoformat(), entry.kind, entry.reference) for entry in calendar_for(inventory).entries]
    assert told == [
        ("2027-01-01", "commitment-start", None),
        ("2027-01-04", "deliverable", "toner"),
        ("2027-01-31", "notice", None),
        ("2027-02-01", "deliverable", "toner"),
        ("2027-03-01", "deliverable", "toner"),
        ("2027-03-17", "deadline", "survey"),
        ("2027-03-31", "commitment-end", None),
    ]


def test_the_dates_of_the_contract_follow_the_limits_of_the_catalogue() -> None:
    """Another service with an exit of two months has it in its calendar; without the limit there is none."""
    inventory, known = changed("acme"), service("managed-applications")

    def exits(limits: tuple[Limit, ...]) -> list[str]:
        return days(calendar_of(inventory, msgspec.structs.replace(known, limits=limits)), "exit-end")

    shorter = tuple(msgspec.structs.replace(one, value="2") if one.id == "exit" else one for one in known.limits)
    assert exits(known.limits) == ["2028-03-31"]
    assert exits(shorter) == ["2028-02-29"]
    assert exits(tuple(one for one in known.limits if one.id != "exit")) == []


@pytest.mark.parametrize(
    ("told", "day", "why"),
    [
        ({}, "2028-06-08", "no date is estimated or planned"),
        ({"activation": "2028-04-01"}, "2028-04-01", "no date is estimated or planned"),
        ({"planned_activation": "2028-09-01"}, "2028-09-01", "first transition plan"),
        ({"planned_activation": "2028-09-01", "estimated_activation": "2028-08-15"}, "2028-08-15", "estimated"),
        ({"planned_activation": "2028-09-01", "estimated_activation": "2028-10-01"}, "2028-09-01", "first"),
        # a plan that was put off does not put off the billing
        ({"planned_activation": "2028-09-01", "initial_planned_activation": "2028-05-01"}, "2028-05-01", "first"),
    ],
)
def test_billing_begins_on_the_earlier_of_estimated_and_first_planned_activation(
    told: dict[str, str], day: str, why: str
) -> None:
    fields = {name: dt.date.fromisoformat(value) for name, value in told.items()}
    order = msgspec.structs.replace(CASES["partner"].order, **fields)
    found = calendar_for(changed("partner", order=order)).entries
    (entry,) = (one for one in found if one.kind == "billing-start")
    assert entry.day.isoformat() == day
    assert entry.note is not None
    assert why in entry.note.en


def test_units_bought_in_advance_expire_with_the_term() -> None:
    partner = CASES["partner"]
    assert days(calendar_for(partner), "units-expire") == []
    bought = calendar_for(changed("partner", subscription=Subscription(options=("service-requests",))))
    assert days(bought, "units-expire") == days(bought, "commitment-end")


@pytest.mark.parametrize(("start", "months"), [("1950-01-01", 12), ("2000-06-01", 12), ("2099-06-01", 12)])
def test_years_without_known_business_days_are_a_fault_of_the_inventory(start: str, months: int) -> None:
    with pytest.raises(
        InventoryInvalid, match=r"customer/commitment: .* is not in a calendar of business days"
    ) as caught:
        begun("acme", start, months)
    assert "2001 to 2099" in caught.value.fix


def test_levels_of_another_service_have_their_minimum_too() -> None:
    acme, known = CASES["acme"], service("managed-applications")
    history = [{"level": "standard", "from": "2027-01-01"}, {"level": "premium", "from": "2027-04-01"}]
    tenant = msgspec.structs.replace(
        acme.tenants[0], support_history=msgspec.convert(history, tuple[SupportPeriod, ...])
    )
    other = msgspec.structs.replace(known, tiers=())
    assert days(calendar_of(changed("acme", tenants=(tenant,)), other), "support-level") == ["2027-10-01"]


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
