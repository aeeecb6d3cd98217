"""The guaranteed minimum revenue of the run, year by year (SD-1 §1.12), with what is carried over and owed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec

from toolkit.money.amounts import cents, euros, exactly
from toolkit.money.because import Because
from toolkit.money.rules import commercial_rules, percent
from toolkit.money.table_file import Faults, read_rows

SECTION = "SD-1 §1.12"


class YearRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A contract year's run revenue in euros excluding tax, and how much the scope has grown since the order, in percent.

    ``notified_on``: the day on which the customer was told of a shortfall.
    """

    year: int
    run_eur: Decimal
    scope_growth_percent: Decimal = Decimal(0)
    notified_on: dt.date | None = None
    sample: bool = False


class MinimumYear(msgspec.Struct, frozen=True, kw_only=True):
    """Euros: ``run`` + ``carried_in`` + ``shortfall`` = ``guaranteed`` + ``carried_out``, to the cent.

    ``invoice_by`` is the last day for a shortfall's invoice; None without shortfall, or before its notice.
    """

    year: int
    guaranteed: Decimal
    run: Decimal
    carried_in: Decimal
    shortfall: Decimal
    carried_out: Decimal
    invoice_by: dt.date | None
    because: tuple[Because, ...]


def read_years(path: Path, *, years: int) -> tuple[YearRecord, ...]:
    """The records of years 1, 2 … without a gap; UsageError (2) for no such table, RecordsInvalid (3) for its rows."""
    faults = Faults(section=SECTION)
    optional = ("scope_growth_percent", "notified_on", "sample")
    found: dict[int, YearRecord] = {}
    for row in read_rows(path, required=("year", "run_eur"), optional=optional, faults=faults):
        year, run = row.whole("year", least=1), row.amount("run_eur")
        growth = row.amount("scope_growth_percent") if row.text("scope_growth_percent") else Decimal(0)
        notified, sample = row.date("notified_on", optional=True), row.flag("sample")
        if year is None or run is None or growth is None:
            continue
        if year > years:
            row.fault("year", f"{year} is after the contract's {years}", "name a year of the contract")
        elif year in found:
            row.fault("year", f"{year} stands twice", "keep one row for each year")
        elif year > 1 and year - 1 not in found:
            row.fault("year", f"{year} comes without {year - 1} before it", "give every year, in order")
        if run != cents(run):
            row.fault("run_eur", f"{run} is not in cents", "write what was invoiced")
        found[year] = YearRecord(
            year=year, run_eur=run, scope_growth_percent=growth, notified_on=notified, sample=sample
        )
    faults.refuse_any(f"{path} has no years that can be read")
    return tuple(found.values())


def minimum_years(revenue: Decimal, *, years: int, records: tuple[YearRecord, ...]) -> tuple[MinimumYear, ...]:
    """Each recorded year against the guarantee: its share of the run ``revenue`` of the contract, divided by its ``years``.

    A surplus is carried on until it is used up, and a growth of the scope above the limit raises the guarantee by the whole
    growth, not by what is above (this project's readings).
    """
    rules = commercial_rules()
    share = percent(rules.guaranteed_share)
    base = Fraction(revenue) * rules.guaranteed_share / years
    carried = Decimal(0)
    found = []
    for record in records:
        steps = [
            Because(
                rule=f"{share} % of the run revenue of the contract, divided by its years",
                section=SECTION,
                arithmetic=f"{exactly(revenue)} x {share}/100 / {years} = {exactly(base)}",
            )
        ]
        growth = Fraction(record.scope_growth_percent)
        exact = base
        if growth > rules.growth_above * 100:
            exact = base * (100 + growth) / 100
            steps.append(
                Because(
                    rule=f"scope growth above {percent(rules.growth_above)} % raises it in proportion, by the whole growth (choice)",
                    section=SECTION,
                    arithmetic=f"{exactly(base)} x (1 + {exactly(growth)}/100) = {exactly(exact)}",
                )
            )
        guaranteed = cents(exact)
        balance = record.run_eur + carried - guaranteed
        shortfall, surplus = max(Decimal(0), -balance), max(Decimal(0), balance)
        steps.append(
            Because(
                rule="checked each year; a surplus is carried to the next",
                section=SECTION,
                arithmetic=(
                    f"{euros(record.run_eur)} + {euros(carried)} carried - {euros(guaranteed)} = {euros(balance)} EUR"
                ),
            )
        )
        invoice_by = None
        if shortfall and record.notified_on is not None:
            invoice_by = record.notified_on + dt.timedelta(days=rules.shortfall_days)
            steps.append(
                Because(
                    rule=f"a shortfall is invoiced within {rules.shortfall_days} days of notice",
                    section=SECTION,
                    arithmetic=f"{record.notified_on} + {rules.shortfall_days} days = {invoice_by}",
                )
            )
        found.append(
            MinimumYear(
                year=record.year,
                guaranteed=guaranteed,
                run=record.run_eur,
                carried_in=carried,
                shortfall=shortfall,
                carried_out=surplus,
                invoice_by=invoice_by,
                because=tuple(steps),
            )
        )
        carried = surplus
    return tuple(found)
