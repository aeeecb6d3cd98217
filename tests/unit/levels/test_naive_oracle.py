"""Random months, computed by the engine and by ``naive_month``, which counts half-hours and tries every assignment."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.levels.naive_month import LEVEL, SLOT, UNITS, NaiveMonth, bounds, components
from toolkit.catalogue import service
from toolkit.inventory.load import load
from toolkit.levels.month import month_figures
from toolkit.levels.period import period
from toolkit.levels.records.kinds import (
    CAUSES,
    EXCLUSION_KINDS,
    Change,
    Charge,
    Exclusion,
    Incident,
    Outage,
    PriorityChange,
    Records,
)

NOVA = load(Path(__file__).parents[2] / "golden/levels/worked-month")
SD_1 = service("managed-applications")
HERE = {"file": "x", "line": 1}
MONTHS = ((2027, 2), (2027, 3), (2027, 5), (2027, 10), (2027, 12), (2028, 1), (2028, 2))
"""Short and leap Februaries, both clock changes, Easter, Ascension, the turn of the year."""
PRIORITIES = st.sampled_from(["P1", "P1", "P1", "P2", "P2", "P3", "P4"])
LASTED = st.sampled_from((0, 5, 8, 9, 14, 16, 17, 18, 19, 30, 48, 49, 96, 97, 150, 2000, 4500, None))
"""Half-hours: about each target, a few days, and more than a month or two."""


@st.composite
def spans(draw: st.DrawFn, first: int, after: int) -> tuple[int, int | None]:
    """Most are in a few days, so that they meet; some begin before the month, or span three."""
    start = draw(
        st.one_of(
            st.integers(first + 300, first + 400),
            st.integers(first + 300, first + 400),
            st.integers(first - 3000, after + 20),
            st.integers(after - 60, after + 2),
            st.integers(first - 40, first + 40),
        )
    )
    lasted = draw(LASTED)
    return SLOT * start, None if lasted is None else SLOT * (start + lasted)


@st.composite
def incidents(
    draw: st.DrawFn, number: int, first: int, after: int, some: tuple[str, ...]
) -> tuple[Incident, list[Outage]]:
    opened, resolved = draw(spans(first, after))
    given_first = draw(PRIORITIES)
    priority = draw(st.one_of(st.none(), PRIORITIES))
    where = draw(st.lists(st.sampled_from(some), min_size=1, max_size=2, unique=True))
    incident = Incident(
        id=f"I-{number}",
        priority=priority or given_first,
        first_priority=given_first,
        priority_changes=(PriorityChange(priority=priority, at=opened),) if priority else (),
        opened=opened,
        resolved=resolved,
        components=tuple(where),
        interruption=draw(st.sampled_from((True, True, False))),
        cause=draw(st.sampled_from((*["provider"] * 7, *CAUSES))),
        co_management=draw(st.sampled_from((False, False, False, True))),
        l3=draw(st.sampled_from((None, None, "provider", "customer"))),
        **HERE,
    )  # fmt: skip
    outages = []
    for part in where if draw(st.booleans()) else ():
        start, end = draw(st.one_of(st.just((opened, resolved)), spans(first, after)))
        named = draw(st.sampled_from((incident.id, incident.id, None)))
        outages.append(
            Outage(id=f"O-{number}-{len(outages)}", component=part, start=start, end=end, incident=named, **HERE)
        )
    return incident, outages


@st.composite
def exclusions(draw: st.DrawFn, number: int, first: int, after: int, tenant: str) -> Exclusion:
    start, end = draw(spans(first, after))
    some = draw(st.lists(st.sampled_from(components(tenant)), max_size=2, unique=True))
    kind = draw(st.sampled_from(EXCLUSION_KINDS))
    return Exclusion(id=f"E-{number}", kind=kind, start=start, end=end, components=tuple(some), tenant=tenant, **HERE)


@st.composite
def changes(draw: st.DrawFn, number: int, first: int, after: int, tenant: str) -> Change:
    requested, notified = draw(spans(first, after))
    return Change(
        id=f"C-{number}",
        tenant=tenant,
        component=draw(st.one_of(st.none(), st.sampled_from(components(tenant)))),
        catalogue=draw(st.sampled_from(("simple", "complex", "quote"))),
        accelerated=draw(st.booleans()),
        requested=requested,
        notified=notified,
        validated=draw(st.sampled_from((True, True, False))),
        price_eur=draw(st.one_of(st.none(), st.integers(0, 100_000).map(lambda some: Fraction(some, 100)))),
        **HERE,
    )


@st.composite
def months(draw: st.DrawFn) -> tuple[tuple[int, int], tuple[str, ...], Records]:
    year, number = draw(st.sampled_from(MONTHS))
    first, after = bounds(year, number)
    tenants = tuple(draw(st.lists(st.sampled_from(list(LEVEL)), min_size=1, max_size=2, unique=True)))
    some = tuple(part for one in tenants for part in components(one))
    some = tuple(draw(st.lists(st.sampled_from(some), min_size=1, max_size=4, unique=True)))
    told = [draw(incidents(at, first, after, some)) for at in range(draw(st.sampled_from((6, 4, 3, 7, 1, 0))))]
    charges = [
        Charge(
            month=f"{year}-{number:02d}",
            tenant=tenant,
            function=function,
            amount_eur=Fraction(draw(st.integers(5_000, 500_000)), 100),
            **HERE,
        )
        for tenant in tenants
        for function in (*UNITS[tenant], "governance")
    ]
    return (
        (year, number),
        tenants,
        Records(
            incidents=tuple(sorted((one for one, _ in told), key=lambda one: (one.opened, one.id))),
            outages=tuple(sorted((one for _, some in told for one in some), key=lambda one: (one.start, one.id))),
            exclusions=tuple(
                draw(exclusions(at, first, after, draw(st.sampled_from(tenants))))
                for at in range(draw(st.sampled_from((1, 0, 2, 3))))
            ),
            changes=tuple(
                draw(changes(at, first, after, draw(st.sampled_from(tenants))))
                for at in range(draw(st.sampled_from((1, 0, 2, 3))))
            ),
            charges=tuple(charges),
        ),
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@given(months())
def test_the_engine_says_what_counting_says(drawn: tuple[tuple[int, int], tuple[str, ...], Records]) -> None:
    (year, number), tenants, records = drawn
    naive = NaiveMonth(records, year, number)
    report = month_figures(NOVA, SD_1, records, period(naive.name), language="en")
    assert report.seconds == SLOT * len(naive.month)
    for figures in report.tenants:
        if figures.id not in tenants:
            continue
        expected = naive.tenant(figures.id)
        restore, chosen = figures.restore, figures.shared.chosen
        assert {
            "rates": {one.id: one.rate for one in figures.functions},
            "elapsed": {one.id: one.elapsed // SLOT for one in restore.incidents},
            "late": sorted(one.id for one in restore.incidents if one.late),
            "met": restore.met,
            "on_availability": list(chosen.availability if chosen else ()),
            "availability_credit": figures.availability_credit,
            "changes": {
                one.id: (one.elapsed // SLOT, one.late, one.credit) for one in figures.changes if one.elapsed is not None
            },
            "before_cap": figures.before_cap,
            "exact": figures.exact,
            "payable": figures.payable,
        } == expected  # fmt: skip
        assert figures.shared.proven
