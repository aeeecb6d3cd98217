"""What holds of every month: bounds, monotony, the cap; and what a naive minute-by-minute count says too."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.catalogue import service
from toolkit.inventory.load import load
from toolkit.levels.month import month_figures
from toolkit.levels.period import period
from toolkit.levels.records.kinds import EXCLUSION_KINDS, Charge, Exclusion, Incident, Outage, Records
from toolkit.model.levels import FunctionFigure, LevelsReport

ACME = load(Path(__file__).parents[3] / "examples/acme")
SD_1 = service("managed-applications")
MARCH = period("2027-03")
COMPONENTS = ("erp-vm-1", "erp-vm-2", "erp-db-1")
MINUTES = (MARCH.end - MARCH.start) // 60
HERE = {"file": "x", "line": 1}
START = st.integers(-3000, MINUTES + 100).map(lambda minute: MARCH.start + 60 * minute)
LONG = st.integers(0, 6000).map(lambda minutes: 60 * minutes)


@st.composite
def incidents(draw: st.DrawFn, number: int) -> tuple[Incident, Outage]:
    start, priority, component = (
        draw(START),
        draw(st.sampled_from(["P1", "P2", "P3", "P4"])),
        draw(st.sampled_from(COMPONENTS)),
    )
    end = draw(st.one_of(st.none(), LONG.map(lambda seconds: start + seconds)))
    incident = Incident(
        id=f"I-{number}", priority=priority, first_priority=priority, opened=start, resolved=end,
        components=(component,), interruption=True, cause=draw(st.sampled_from(["provider", "customer", "shared"])), **HERE,
    )  # fmt: skip
    return incident, Outage(id=f"O-{number}", component=component, start=start, end=end, incident=incident.id, **HERE)


@st.composite
def exclusions(draw: st.DrawFn, number: int) -> Exclusion:
    start = draw(START)
    some = draw(st.lists(st.sampled_from(COMPONENTS), max_size=2, unique=True))
    return Exclusion(
        id=f"E-{number}", kind=draw(st.sampled_from(EXCLUSION_KINDS)), start=start, end=start + draw(LONG),
        components=tuple(some), tenant="acme-prod", **HERE,
    )  # fmt: skip


@st.composite
def months(draw: st.DrawFn) -> Records:
    pairs = [draw(incidents(number)) for number in range(draw(st.integers(0, 6)))]
    charges = [
        Charge(
            month="2027-03",
            tenant="acme-prod",
            function=one,
            amount_eur=Fraction(draw(st.integers(0, 500_000)), 100),
            **HERE,
        )
        for one in ("os", "database", "backup", "governance")
    ]
    return Records(
        incidents=tuple(sorted((one for one, _ in pairs), key=lambda one: (one.opened, one.id))),
        outages=tuple(sorted((one for _, one in pairs), key=lambda one: (one.start, one.id))),
        exclusions=tuple(draw(exclusions(number)) for number in range(draw(st.integers(0, 3)))),
        charges=tuple(charges),
    )


def figures(records: Records) -> LevelsReport:
    return month_figures(ACME, SD_1, records, MARCH, language="en")


def rates(records: Records) -> dict[str, Fraction]:
    return {unit.id: unit.rate or Fraction(0) for one in functions(figures(records)) for unit in one.units}


def functions(report: LevelsReport) -> tuple[FunctionFigure, ...]:
    return report.tenants[0].functions


@given(months())
def test_shares_are_shares_and_credits_are_capped(records: Records) -> None:
    report = figures(records)
    for one in functions(report):
        assert one.rate is not None
        assert 0 <= one.rate <= 1
        for unit in one.units:
            assert 0 <= unit.excluded <= unit.interrupted <= unit.subscribed == report.seconds
        assert one.counted_gap is not None
        assert one.gap is not None
        assert one.counted_gap <= one.gap
    tenant = report.tenants[0]
    assert tenant.cap == tenant.service_charge * 15 / 100
    assert 0 <= tenant.exact <= tenant.cap
    assert tenant.exact <= tenant.before_cap == sum((one.amount for one in tenant.credits), Fraction(0))
    assert 0 <= tenant.restore.counted_late <= tenant.restore.late <= tenant.restore.resolved
    assert abs(Fraction(tenant.payable) - tenant.exact) <= Fraction(1, 200)


@given(months(), incidents(99))
def test_more_interruption_never_raises_the_rate(records: Records, more: tuple[Incident, Outage]) -> None:
    incident, outage = more
    fuller = msgspec.structs.replace(
        records, incidents=(*records.incidents, incident), outages=(*records.outages, outage)
    )
    before, after = rates(records), rates(fuller)
    assert all(after[unit] <= before[unit] for unit in before)


@given(months(), exclusions(99))
def test_an_exclusion_never_lowers_availability_nor_makes_an_incident_late(records: Records, more: Exclusion) -> None:
    fuller = msgspec.structs.replace(records, exclusions=(*records.exclusions, more))
    before, after = rates(records), rates(fuller)
    assert all(after[unit] >= before[unit] for unit in before)
    was = {one.id: one.elapsed for one in figures(records).tenants[0].restore.incidents}
    assert all(one.elapsed <= was[one.id] for one in figures(fuller).tenants[0].restore.incidents)


@pytest.mark.slow
@given(months())
def test_a_minute_by_minute_count_says_the_same(records: Records) -> None:
    kinds = {"planned-work", "customer-iaas", "other"}
    counted = {one.id: one for one in records.incidents if one.cause != "customer"}
    for one in functions(figures(records)):
        for unit in one.units:
            lost = 0
            mine = [o for o in records.outages if o.component == unit.id and o.incident in counted]
            out = [e for e in records.exclusions if e.kind in kinds and (not e.components or unit.id in e.components)]
            for minute in range(MINUTES) if mine else ():
                at = MARCH.start + 60 * minute
                down = any(o.start <= at and (o.end is None or at < o.end) for o in mine)
                lost += down and not any(e.start <= at < (e.end or MARCH.end) for e in out)
            assert unit.rate == 1 - Fraction(lost, MINUTES)


@given(months())
def test_the_order_of_records_says_nothing(records: Records) -> None:
    turned = msgspec.structs.replace(
        records, exclusions=records.exclusions[::-1], charges=records.charges[::-1], outages=records.outages[::-1]
    )
    assert figures(turned).exact == figures(records).exact


def test_a_unit_that_was_not_subscribed_has_no_figure() -> None:
    assert {one.id for one in functions(figures(Records()))} == {"os", "database", "backup"}
    earlier = month_figures(ACME, SD_1, Records(), period("2026-11"), language="en")
    assert all(one.rate is None for one in functions(earlier))
    assert earlier.exact == 0
