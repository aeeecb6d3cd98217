"""The yearly revision of unit prices, chained at each contract anniversary, and that of hosting (SD-1 §1.12)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Literal

import msgspec

from toolkit.money.amounts import exactly
from toolkit.money.because import Because
from toolkit.money.indices import Index, Indices
from toolkit.money.periods import Month, anniversary, contract_year, month_of

SECTION = "SD-1 §1.12"
Formula = Literal["syntec", "hosting"]


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """The price from an anniversary on: ``price`` = the one before x ``factor``, both exact."""

    on: dt.date
    factor: Fraction
    price: Fraction
    because: Because
    sample: bool = False


def revisions(
    price: Fraction,
    indices: Indices,
    *,
    start: dt.date,
    first_bill: Month,
    until: dt.date,
    formula: Formula = "syntec",
) -> tuple[Revision, ...]:
    """The revisions of a price at the anniversaries of ``start`` that come after the first bill, up to ``until``.

    The index that counts at an anniversary is that of its month (this project's choice); the base is the first bill's.
    Raises RecordsInvalid (3) that names every index which the file lacks.
    """
    days = [anniversary(start, year) for year in range(1, contract_year(until, start))]
    days = [day for day in days if month_of(day) > first_bill]
    indices.require(_wanted(days, first_bill, formula))
    found: list[Revision] = []
    month = first_bill
    for on in days:
        factor, because, sample = (
            _syntec(indices, before=month, now=month_of(on))
            if formula == "syntec"
            else _hosting(indices, now=month_of(on))
        )
        revised = price * factor
        told = msgspec.structs.replace(
            because, arithmetic=f"{exactly(price)} x {because.arithmetic} = {exactly(revised)}"
        )
        found.append(Revision(on=on, factor=factor, price=revised, because=told, sample=sample))
        price, month = revised, month_of(on)
    return tuple(found)


def _wanted(days: list[dt.date], first_bill: Month, formula: Formula) -> set[tuple[str, Month]]:
    """Every index that the revisions on these days look at."""
    months = [month_of(day) for day in days]
    if formula == "syntec":
        return {("SYNTEC", month) for month in (first_bill, *months)} if months else set()
    return {(name, one) for month in months for name in ("ICC", "ELEC") for one in (month, month.later(-12))}


def _syntec(indices: Indices, *, before: Month, now: Month) -> tuple[Fraction, Because, bool]:
    base, new = indices.at("SYNTEC", before), indices.at("SYNTEC", now)
    because = Because(
        rule="yearly revision of unit prices at the anniversary: P1 = P0 x SYNTEC1/SYNTEC0, chained",
        section=SECTION,
        inputs=_told(base, new),
        arithmetic=f"{exactly(new.value)}/{exactly(base.value)}",
    )
    return Fraction(new.value) / Fraction(base.value), because, base.sample or new.sample


def _hosting(indices: Indices, *, now: Month) -> tuple[Fraction, Because, bool]:
    year_ago = now.later(-12)
    icc, icc_before = indices.at("ICC", now), indices.at("ICC", year_ago)
    elec, elec_before = indices.at("ELEC", now), indices.at("ELEC", year_ago)
    because = Because(
        rule="hosting of the administration equipment: 2/3 construction cost, 1/3 electricity, against 12 months before",
        section=SECTION,
        inputs=_told(icc_before, icc, elec_before, elec),
        arithmetic=(
            f"(2/3 x {exactly(icc.value)}/{exactly(icc_before.value)}"
            f" + 1/3 x {exactly(elec.value)}/{exactly(elec_before.value)})"
        ),
    )
    factor = (
        Fraction(2, 3) * Fraction(icc.value) / Fraction(icc_before.value)
        + Fraction(1, 3) * Fraction(elec.value) / Fraction(elec_before.value)
    )  # fmt: skip
    return factor, because, any(one.sample for one in (icc, icc_before, elec, elec_before))


def _told(*indices: Index) -> dict[str, str]:
    return {f"{one.name} {one.month.text}": exactly(one.value) for one in indices}
