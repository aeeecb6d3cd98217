"""``onboard price revision`` and ``onboard price minimum``: what is looked at once a year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import click

from toolkit.cli.days import DAY, day
from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError

EXPLAIN = click.option("--explain", is_flag=True, help="The rule, its section and the arithmetic of each figure.")


@click.command()
@click.option("--indices", type=PATH, metavar="FILE", required=True, help="Published indices by month (CSV).")
@click.option(
    "--start", type=day, metavar=DAY, required=True, help="The contract's first day: its anniversaries revise."
)
@click.option("--until", type=day, metavar=DAY, required=True, help="The last day that is looked at.")
@click.option("--first-bill", metavar="YYYY-MM", help="The base month.  [default: the month of --start]")
@click.option("--price", "amount", metavar="EUR", help="One price.")
@click.option("--prices", type=PATH, metavar="FILE", help="Every unit price of the price list (CSV) at --start.")
@click.option("--region", default="*", show_default=True, help="The region whose prices count.")
@click.option(
    "--formula",
    type=click.Choice(["syntec", "hosting"]),
    default="syntec",
    show_default=True,
    help="Of unit prices, or of the hosting of administration equipment.",
)
@EXPLAIN
@common()
def revision(*, amount: str | None, prices: Path | None, explain: bool, shown: Shown, **options: Any) -> None:
    r"""Unit prices after each anniversary: P1 = P0 x SYNTEC1/SYNTEC0, chained (SD-1 §1.12).

    Backup and restore, support and on-demand tokens are not revised, nor what is no unit price. The formula "hosting"
    (2/3 ICC + 1/3 ELEC, against 12 months before) is for the hosting of the provider's administration equipment.

    \b
    onboard price revision --price 120 --indices indices.csv --start 2027-01-15 --until 2029-06-30 --explain
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.money.indices import read_indices
    from toolkit.money.periods import month_of, parse_month
    from toolkit.money.present import SAMPLE
    from toolkit.money.present_years import revision_json, revision_lines
    from toolkit.money.revision import revisions

    start, until = options["start"], options["until"]
    first = options["first_bill"]
    base = month_of(start) if first is None else parse_month(first)
    formula: Literal["syntec", "hosting"] = options["formula"]
    indices = read_indices(options["indices"])
    named, sample = _prices(amount, prices, region=options["region"], day=start)
    found = {
        name: revisions(price, indices, start=start, first_bill=base, until=until, formula=formula)
        for name, price in named.items()
    }
    sample = sample or any(one.sample for chain in found.values() for one in chain)
    if shown.as_json:
        told = [revision_json(name, chain) for name, chain in found.items()]
        print_json({"schema": "onboarding/price-revision/v1", "sample": sample, "currency": "EUR", "prices": told})
        return
    for line in [
        *([SAMPLE] if sample else []),
        *(line for name, chain in found.items() for line in revision_lines(name, chain, explain=explain)),
    ]:
        print_text(line)


def _prices(amount: str | None, path: Path | None, *, region: str, day: dt.date) -> tuple[dict[str, Any], bool]:
    """The exact prices that are revised, by name, and whether one of them is a sample's."""
    from fractions import Fraction

    if (amount is None) == (path is None):
        raise UsageError("one of --price and --prices is needed", fix="give a price, or the price list")
    if amount is not None:
        return {"price": Fraction(_euros(amount, "--price"))}, False
    from toolkit.money.price_items import revised
    from toolkit.money.prices import read_prices

    if path is None:
        raise UsageError("no price list", fix="--prices FILE")
    listed = read_prices(path)
    items = dict.fromkeys(item for item, _ in listed.prices if revised(item))
    held = {item: price for item in items if (price := listed.at(item, region=region, day=day)) is not None}
    return {item: Fraction(price.eur) for item, price in held.items()}, any(price.sample for price in held.values())


@click.command()
@click.option("--revenue", metavar="EUR", required=True, help="The run revenue of the whole contract, excluding tax.")
@click.option("--years", type=click.IntRange(1, 100), required=True, help="The contract's years.")
@click.option("--records", type=PATH, metavar="FILE", required=True, help="Each year's run revenue (CSV).")
@EXPLAIN
@common()
def minimum(*, revenue: str, years: int, records: Path, explain: bool, shown: Shown) -> None:
    r"""The guaranteed minimum, year by year: 80 % of the contract's run revenue by its years (SD-1 §1.12).

    A surplus is carried on, a shortfall is invoiced within 30 days of notice, and a growth of the scope above 15 %
    raises the guarantee in proportion. Columns of the records: year, run_eur, scope_growth_percent, notified_on, sample.

    \b
    onboard price minimum --revenue 300000 --years 3 --records years.csv --explain
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.money.minimum import minimum_years, read_years
    from toolkit.money.present_years import minimum_json, minimum_lines

    told = read_years(records, years=years)
    found = minimum_years(_euros(revenue, "--revenue"), years=years, records=told)
    sample = any(one.sample for one in told)
    if shown.as_json:
        print_json(minimum_json(found, sample=sample))
        return
    for line in minimum_lines(found, sample=sample, explain=explain):
        print_text(line)


def _euros(text: str, option: str) -> Decimal:
    from toolkit.money.amounts import number

    found = number(text)
    if found is None:
        raise UsageError(f"{option}: {text!r} is no amount from 0 on", fix="write it as 1234.56")
    return found
