"""``onboard price change``: one change, or the records of many."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from toolkit.cli.days import DAY, day
from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.model.service import ChangeRules
    from toolkit.money.tokens import CatalogueChange, Cause


@click.command()
@click.argument("id_", metavar="[CHANGE]", required=False)
@click.option("--catalogue", type=PATH, metavar="FILE", help="The provider's change catalogue (CSV).")
@click.option("--out-of-hours", is_flag=True, help="Outside business hours: twice the tokens.")
@click.option("--accelerated", is_flag=True, help="Twice the tokens; standard changes only, six per service and year.")
@click.option(
    "--validation",
    type=click.Choice(["accepted", "refused", "pending"]),
    default="pending",
    show_default=True,
    help="The provider's word on an accelerated change.",
)
@click.option("--incident-driven", is_flag=True, help="An incident makes it necessary: operation, no tokens.")
@click.option("--minutes", type=click.IntRange(0, 10**6), help="In place of a change: time spent.")
@click.option(
    "--cause",
    type=click.Choice(["customer", "shared", "procedure"]),
    help="An incident that the customer caused, alone or not; or its procedure of more than 15 minutes.",
)
@click.option("--records", type=PATH, metavar="FILE", help="Records of changes (CSV), of which accelerated ones count.")
@click.option("--service", metavar="ID", help="The tenant that CHANGE belongs to.")
@click.option("--start", type=day, metavar=DAY, help="The contract's first day: its years count from it.")
@click.option("--on", type=day, metavar=DAY, help="The day of CHANGE.")
@click.option(
    "--pack", type=click.IntRange(1, 10**6), metavar="TOKENS", help="The monthly pack: what it pays, month by month."
)
@click.option("--months", type=click.IntRange(1, 1200), default=12, show_default=True, help="The commitment's months.")
@click.option("--prices", type=PATH, metavar="FILE", help="The provider's price list (CSV), for euros.")
@click.option("--region", default="*", show_default=True, help="The region whose prices count.")
@click.option("--explain", is_flag=True, help="The rule, its section and the arithmetic of each figure.")
@common()
def change(*, id_: str | None, minutes: int | None, cause: str | None, shown: Shown, **options: Any) -> int:
    r"""What CHANGE of the catalogue costs in tokens (SD-1 §1.11); outside-catalogue is one that is quoted.

    \b
    onboard price change disk-grow --catalogue changes.csv --accelerated --explain
    onboard price change --minutes 95 --cause shared
    onboard price change --records changes-2027.csv --catalogue changes.csv --start 2027-01-01 --pack 20

    Records without the customer's agreement to what the provider started are told, and exit with 3.
    """
    if minutes is not None or cause is not None:
        if minutes is None or cause is None or id_ is not None:
            raise UsageError("time that was spent needs --minutes and --cause, and no CHANGE", fix="give both")
        ignored = (*_OF_CHANGES, "records", "pack", "catalogue", "service", "start")
        _refuse(options, *ignored, why="has no meaning for time that was spent")
        from toolkit.money.tokens import incident_cost

        cost = incident_cost(minutes, _rules(), cause=cast("Cause", cause))
        return _one(f"{minutes} minutes ({cause})", cost, options, shown)
    catalogue = _catalogue(options["catalogue"])
    if id_ is None:
        _refuse(options, *_OF_CHANGES, why="stands in the records, for each change")
        return _records(catalogue, options, shown)
    _refuse(options, "pack", why="is for the months of --records")
    from toolkit.money.changes import OUTSIDE
    from toolkit.money.table_file import suggestion
    from toolkit.money.tokens import change_cost

    if id_ != OUTSIDE and id_ not in catalogue:
        raise UsageError(f"the catalogue has no change {id_!r}", fix=suggestion(id_, (*catalogue, OUTSIDE)))
    cost = change_cost(
        catalogue.get(id_),
        _rules(),
        out_of_hours=options["out_of_hours"],
        accelerated=options["accelerated"],
        incident_driven=options["incident_driven"],
        accelerated_before=_accelerated_before(catalogue, options) if options["accelerated"] else 0,
        validation=options["validation"],
    )
    return _one(id_, cost, options, shown)


_OF_CHANGES = ("out_of_hours", "accelerated", "incident_driven")


def _refuse(options: dict[str, Any], *names: str, why: str) -> None:
    """An option that would be ignored is refused."""
    for name in names:
        if options[name]:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} {why}", fix=f"leave out {option}")


def _one(name: str, cost: Any, options: dict[str, Any], shown: Shown) -> int:
    from fractions import Fraction

    from toolkit.cli.present import print_json, print_text
    from toolkit.money.amounts import cents, euros
    from toolkit.money.present import SAMPLE, cost_json, cost_lines

    rate = None
    if options["prices"] is not None:
        rate = _rate(options["prices"], region=options["region"], on=options["on"])
    price = None if rate is None or not cost.tokens else euros(cents(Fraction(rate.eur) * cost.tokens))
    sample = cost.sample or (rate is not None and rate.sample)
    if shown.as_json:
        told = {"schema": "onboarding/price-change/v1", "sample": sample, "change": name, **cost_json(cost)}
        print_json({**told, "sample": sample, "price_eur": price})
        return 0
    if sample:
        print_text(SAMPLE)
    for line in cost_lines(name, cost, explain=options["explain"], price=price):
        print_text(line)
    return 0


def _records(catalogue: dict[str, CatalogueChange], options: dict[str, Any], shown: Shown) -> int:
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.errors import RecordsInvalid
    from toolkit.money.changes import charge, read_changes, tokens_by_month
    from toolkit.money.pack_prices import PricedMonth, price_months
    from toolkit.money.packs import pack_months
    from toolkit.money.periods import commitment_months
    from toolkit.money.present import SAMPLE, charged_json, charged_lines, pack_lines, priced_json, priced_lines
    from toolkit.money.prices import read_prices

    if options["records"] is None:
        raise UsageError("neither CHANGE nor --records", fix="name a change of the catalogue, or a file of records")
    start = _day(options["start"], "--start")
    charged = charge(read_changes(options["records"], catalogue), catalogue, _rules(), start=start)
    first, last = commitment_months(start, options["months"])
    months = pack_months(
        tokens_by_month(charged),
        size=options["pack"] or 0,
        first=first,
        last=last,
    )
    sample = any(one.record.sample or one.cost.sample for one in charged)
    priced: tuple[PricedMonth, ...] = ()
    if options["prices"] is not None:
        priced = price_months(months, read_prices(options["prices"]), region=options["region"])
        sample = sample or any(one.sample for one in priced)
    if shown.as_json:
        told = {"schema": "onboarding/price-changes/v1", "sample": sample, "changes": charged_json(charged)}
        print_json({**told, "months": plain(months), "priced": priced_json(priced)})
    else:
        used = tuple(month for month in months if options["pack"] or month.used)
        for line in [
            *([SAMPLE] if sample else []),
            *charged_lines(charged, explain=options["explain"]),
            *pack_lines(used, explain=options["explain"]),
            *priced_lines(priced, explain=options["explain"]),
        ]:
            print_text(line)
    return RecordsInvalid.exit_code if any(one.consent_faults for one in charged) else 0


def _accelerated_before(catalogue: dict[str, CatalogueChange], options: dict[str, Any]) -> int | None:
    if options["records"] is None:
        return None
    from toolkit.money.changes import charge, consumed_before, read_changes

    if options["service"] is None:
        raise UsageError("the six accelerated changes are per service", fix="name it: --service ID")
    start, on = _day(options["start"], "--start"), _day(options["on"], "--on")
    charged = charge(read_changes(options["records"], catalogue), catalogue, _rules(), start=start)
    return consumed_before(charged, service=options["service"], on=on, start=start)


def _rules() -> ChangeRules:
    """The rules of the one service description that counts changes in tokens."""
    from toolkit.catalogue import service
    from toolkit.errors import OnboardError

    rules = service("managed-applications").changes
    if rules is None:
        raise OnboardError("the catalogue has no rules for changes", fix="reinstall the toolkit")
    return rules


def _catalogue(path: Path | None) -> dict[str, CatalogueChange]:
    if path is None:
        raise UsageError("the change catalogue is the provider's data", fix="name its file: --catalogue FILE")
    from toolkit.money.tokens import read_catalogue

    return read_catalogue(path)


def _rate(path: Path, *, region: str, on: dt.date | None) -> Any:
    from toolkit.money.prices import Unpriced, read_prices, refuse_unpriced

    prices, day = read_prices(path), _day(on, "--on")
    price = prices.at("token", region=region, day=day)
    refuse_unpriced(prices, set() if price else {Unpriced(item="token", region=region, day=day)})
    return price


def _day(said: dt.date | None, option: str) -> dt.date:
    if said is None:
        raise UsageError(f"{option} is missing", fix=f"give the day: {option} 2027-01-01")
    return said
