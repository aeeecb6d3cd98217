"""Dates that follow from the contract: commitment, claims, reports, activation, minimum terms, ends."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import hypothesis
import hypothesis.strategies as st
import msgspec
import pytest
from agenda_cases import calendar_for
from made_calendars import CASES, ROOT, begun, changed, days

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.commitment import anniversaries, last_day
from toolkit.catalogue import service
from toolkit.errors import InventoryInvalid
from toolkit.inventory.load import load
from toolkit.model.inventory import Commitment, Subscription, SupportPeriod
from toolkit.model.months import months_later
from toolkit.model.service import Limit


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


def test_levels_of_another_service_have_their_minimum_too() -> None:
    acme, known = CASES["acme"], service("managed-applications")
    history = [{"level": "standard", "from": "2027-01-01"}, {"level": "premium", "from": "2027-04-01"}]
    tenant = msgspec.structs.replace(
        acme.tenants[0], support_history=msgspec.convert(history, tuple[SupportPeriod, ...])
    )
    other = msgspec.structs.replace(known, tiers=())
    assert days(calendar_of(changed("acme", tenants=(tenant,)), other), "support-level") == ["2027-10-01"]


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


def test_ends_are_one_entry_for_each_agreement_with_an_alarm() -> None:
    ends = {one.reference: one for one in calendar_for(CASES["partner"]).entries if one.kind.endswith("-end")}
    assert {name: one.day.isoformat() for name, one in ends.items() if name} == {
        "SC-9": "2029-03-31", "LOA-3": "2029-12-31", "desktops": "2028-12-01",
    }  # fmt: skip
    assert ends["SC-9"].note is not None
    assert ends["SC-9"].note.en == "of gateway-1, gateway-2"
    assert all(one.alarm_days for one in ends.values())


def test_the_certificate_of_a_desktop_service_ends() -> None:
    calendar = calendar_for(load(ROOT / "tests/examples/valid/kind-remote-desktop.yaml"))
    assert len(days(calendar, "certificate-end")) == 1
