"""``onboard price build`` and ``onboard price bill``: what an inventory costs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from toolkit.cli.days import DAY, day
from toolkit.cli.options import PATH, Shown, common

PRICES = click.option("--prices", type=PATH, metavar="FILE", required=True, help="The provider's price list (CSV).")
TERMS = click.option(
    "--terms", type=PATH, metavar="FILE", help="The contract's terms.  [default: PATH/commercial.yaml]"
)
EXPLAIN = click.option("--explain", is_flag=True, help="The rule, its section and the arithmetic of each figure.")


@click.command()
@click.argument("path", type=PATH)
@PRICES
@click.option("--effort", type=PATH, metavar="FILE", required=True, help="The provider's efforts (YAML).")
@TERMS
@click.option("--on", type=day, metavar=DAY, help="Prices of that day.  [default: the order's]")
@EXPLAIN
@common()
def build(
    *,
    path: Path,
    prices: Path,
    effort: Path,
    terms: Path | None,
    on: dt.date | None,
    explain: bool,
    shown: Shown,
) -> None:
    r"""What the build of PATH's components costs, and when it is invoiced (SD-1 §1.1, §1.12).

    The effort of each component by its build model, the first of a type and the further ones, at the price of its
    region; 30 % at order and 70 % at the end, or by the lots of the terms. An effort or a price that is missing is
    named, never assumed (exit 3).

    \b
    onboard price build examples/acme --effort effort.yaml --prices prices.csv --explain
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.money.present_bill import build_json, build_lines
    from toolkit.pipeline import pricing, workspace

    price = pricing.price_build(workspace.find(path), prices=prices, effort=effort, terms=terms, on=on)
    if shown.as_json:
        print_json(build_json(price))
        return
    for line in build_lines(price, explain=explain):
        print_text(line)


@click.command()
@click.argument("path", type=PATH)
@click.option("--month", required=True, metavar="YYYY-MM", help="The calendar month.")
@PRICES
@TERMS
@click.option("--usage", type=PATH, metavar="FILE", help="What was used: tickets, SRE hours, tokens, restores (CSV).")
@click.option("--indices", type=PATH, metavar="FILE", help="Published indices (CSV): unit prices are revised by them.")
@EXPLAIN
@common()
def bill(
    *,
    path: Path,
    month: str,
    prices: Path,
    terms: Path | None,
    usage: Path | None,
    indices: Path | None,
    explain: bool,
    shown: Shown,
) -> None:
    r"""The bill of a month, excluding tax (SD-1 §1.12): access fee, units, support, tickets, tokens, charges, minimum.

    The run is billed from the delivery that the terms say (of all, or of a lot), a tenant's IaaS from its
    commissioning; a month that is not billed whole, by its days. Each line is rounded half up to cents, nothing before.
    A price that is missing is named, never assumed (exit 3).

    \b
    onboard price bill examples/acme --month 2027-03 --prices prices.csv --usage usage.csv --explain
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.money.periods import parse_month
    from toolkit.money.present_bill import bill_json, bill_lines
    from toolkit.pipeline import pricing, workspace

    files = pricing.BillFiles(prices=prices, terms=terms, usage=usage, indices=indices)
    found = pricing.monthly_bill(workspace.find(path), parse_month(month), files)
    if shown.as_json:
        print_json(bill_json(found))
        return
    for line in bill_lines(found, explain=explain):
        print_text(line)
