"""Revisions chained at anniversaries, and the guaranteed minimum with what it carries over (SD-1 §1.12)."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import RecordsInvalid
from toolkit.money.indices import Index, Indices, read_indices
from toolkit.money.minimum import YearRecord, minimum_years, read_years
from toolkit.money.periods import Month, anniversary, month_of
from toolkit.money.price_items import FAMILIES
from toolkit.money.revision import revisions

SAMPLES = Path(__file__).parents[3] / "schemas/samples"
START = dt.date(2027, 1, 15)
BASE = Month(year=2027, month=1)


def indices(**values: list[Decimal]) -> Indices:
    """Yearly values of January, from 2027 on."""
    found = {
        (name, BASE.later(12 * year)): Index(name=name, month=BASE.later(12 * year), value=value)
        for name, several in values.items()
        for year, value in enumerate(several)
    }
    return Indices(file="indices.csv", values=found)


POSITIVE = st.decimals(Decimal("0.1"), Decimal(1000), places=2)


@given(st.lists(POSITIVE, min_size=2, max_size=8), st.integers(0, 10**6))
def test_the_chain_is_the_product(values: list[Decimal], price: int) -> None:
    years = len(values) - 1
    found = revisions(
        Fraction(price), indices(SYNTEC=values), start=START, first_bill=BASE, until=anniversary(START, years)
    )
    assert len(found) == years
    assert found[-1].price == Fraction(price) * Fraction(values[-1]) / Fraction(values[0])
    assert found[-1].price == price * math.prod((one.factor for one in found), start=Fraction(1))


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=2, max_size=6))
def test_hosting_is_two_thirds_and_one_third(pairs: list[tuple[Decimal, Decimal]]) -> None:
    icc, elec = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = revisions(
        Fraction(100),
        indices(ICC=icc, ELEC=elec),
        start=START,
        first_bill=BASE,
        until=anniversary(START, len(pairs) - 1),
        formula="hosting",
    )
    for year, one in enumerate(found, start=1):
        assert 3 * one.factor == 2 * Fraction(icc[year]) / Fraction(icc[year - 1]) + Fraction(elec[year]) / Fraction(
            elec[year - 1]
        )


@pytest.mark.parametrize(
    ("formula", "missing"),
    [
        ("syntec", ["no SYNTEC for 2028-01", "no SYNTEC for 2029-01"]),
        ("hosting", [f"no {name} for {year}-01" for name in ("ELEC", "ICC") for year in (2027, 2028, 2029)]),
    ],
)
def test_every_index_that_is_missing_is_named_at_once(formula: Any, missing: list[str]) -> None:
    known = indices(SYNTEC=[Decimal(300)])
    with pytest.raises(RecordsInvalid, match="more") as caught:
        revisions(Fraction(1), known, start=START, first_bill=BASE, until=anniversary(START, 2), formula=formula)
    assert [problem["message"] for problem in caught.value.details["problems"]] == missing


def test_equal_indices_change_nothing_and_a_day_before_there_is_none() -> None:
    same = indices(SYNTEC=[Decimal(300), Decimal(300)])
    (one,) = revisions(Fraction(7), same, start=START, first_bill=BASE, until=dt.date(2028, 1, 15))
    assert (one.on, one.price, one.because.arithmetic) == (dt.date(2028, 1, 15), 7, "7 x 300/300 = 7")
    assert revisions(Fraction(7), same, start=START, first_bill=BASE, until=dt.date(2028, 1, 14)) == ()


def test_an_anniversary_before_the_first_bill_revises_nothing() -> None:
    found = revisions(
        Fraction(7), indices(SYNTEC=[Decimal(1)] * 3), start=START, first_bill=BASE.later(12), until=dt.date(2029, 2, 1)
    )
    assert [one.on.year for one in found] == [2029]


def test_an_index_that_is_missing_is_named() -> None:
    with pytest.raises(RecordsInvalid, match="no SYNTEC for 2028-01") as caught:
        revisions(Fraction(7), indices(SYNTEC=[Decimal(1)]), start=START, first_bill=BASE, until=dt.date(2028, 2, 1))
    assert caught.value.details["problems"][0]["fix"]


def test_what_is_excepted_from_the_revision() -> None:
    """Backup and restore, support, on-demand tokens (SD-1 §1.12)."""
    for name in ("backup", "restore", "support", "ticket", "token"):
        assert not FAMILIES[name].revised
    for name in ("unit", "function", "interface", "dependency", "sre"):
        assert FAMILIES[name].revised


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("SYNTEK,2027-02,1", "index"),
        ("SYNTEC,2027-2,1", "month"),
        ("SYNTEC,2027-02,0", "value"),
        ("SYNTEC,2027-02,-1", "value"),
        ("SYNTEC,2027-02,=1", "value"),
        ("SYNTEC,2027-02,", "value"),
        ("SYNTEC,2027-01,2", "month"),
    ],
)
def test_indices_that_cannot_be_meant(tmp_path: Path, row: str, field: str) -> None:
    path = tmp_path / "indices.csv"
    path.write_text(f"index,month,value\nSYNTEC,2027-01,1\n{row}\n")
    with pytest.raises(RecordsInvalid) as caught:
        read_indices(path)
    assert [(one["line"], one["field"]) for one in caught.value.details["problems"]] == [(3, field)]


def test_the_sample_indices_say_that_they_are_one() -> None:
    assert all(one.sample for one in read_indices(SAMPLES / "indices.sample.csv").values.values())


CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


@given(CENTS, st.integers(1, 10), st.data())
def test_what_is_carried_over_conserves_the_totals(revenue: Decimal, years: int, data: st.DataObject) -> None:
    runs = data.draw(st.lists(CENTS, min_size=1, max_size=years))
    growths = data.draw(st.lists(st.integers(0, 60).map(Decimal), min_size=len(runs), max_size=len(runs)))
    records = tuple(
        YearRecord(year=number, run_eur=run, scope_growth_percent=growth)
        for number, (run, growth) in enumerate(zip(runs, growths, strict=True), start=1)
    )
    found = minimum_years(revenue, years=years, records=records)
    for one in found:
        assert one.run + one.carried_in + one.shortfall == one.guaranteed + one.carried_out
        assert not (one.shortfall and one.carried_out)
    assert all(before.carried_out == after.carried_in for before, after in itertools.pairwise(found))
    paid = sum((one.run + one.shortfall for one in found), Decimal(0))
    assert paid == sum((one.guaranteed for one in found), Decimal(0)) + found[-1].carried_out


@pytest.mark.parametrize(("growth", "guaranteed"), [("0", "800"), ("15", "800"), ("15.01", "920.08"), ("50", "1200")])
def test_growth_above_fifteen_percent_raises_it(growth: str, guaranteed: str) -> None:
    record = YearRecord(year=1, run_eur=Decimal(0), scope_growth_percent=Decimal(growth))
    (one,) = minimum_years(Decimal(1000), years=1, records=(record,))
    assert one.guaranteed == Decimal(guaranteed)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("0,1,,", "year"),
        ("x,1,,", "year"),
        ("1,1,,", "year"),
        ("3,1,,", "year"),
        ("4,1,,", "year"),
        ("2,-1,,", "run_eur"),
        ("2,1.005,,", "run_eur"),
        ("2,1,-5,", "scope_growth_percent"),
        ("2,1,,soon", "notified_on"),
    ],
)
def test_years_that_cannot_be_meant(tmp_path: Path, row: str, field: str) -> None:
    path = tmp_path / "years.csv"
    path.write_text(f"year,run_eur,scope_growth_percent,notified_on\n1,5,,\n{row}\n")
    with pytest.raises(RecordsInvalid) as caught:
        read_years(path, years=3)
    assert [(one["line"], one["field"]) for one in caught.value.details["problems"]] == [(3, field)]


def test_months_of_anniversaries() -> None:
    assert month_of(anniversary(dt.date(2028, 2, 29), 1)) == Month(year=2029, month=3)
