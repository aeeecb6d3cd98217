"""What the tokens of a month cost: the pack, and what it did not pay at the pay-per-use rate (SD-1 §1.11)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from toolkit.money.because import Because
from toolkit.money.bill_lines import Line, counted_line
from toolkit.money.packs import SECTION, PackMonth
from toolkit.money.periods import parse_month
from toolkit.money.prices import PriceList, refuse_unpriced
from toolkit.money.rates import Contract, Rates


class PricedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """Euros, excluding tax; each line rounded half up to cents."""

    month: str
    lines: tuple[Line, ...]
    total: Decimal
    sample: bool


def token_lines(pack: PackMonth, rates: Rates, *, region: str) -> tuple[Line, ...]:
    """The lines of a month at the prices of its last day; what the list lacks is kept in ``rates``."""
    counts: list[tuple[str, int, tuple[Because, ...]]] = []
    if pack.size:
        said = Because(rule="a monthly pack runs to the end of the commitment", section=SECTION)
        counts.append((f"token-pack/{pack.size}", 1, (said,)))
    if pack.pay_per_use:
        counts.append(("token", pack.pay_per_use, pack.because))
    day = parse_month(pack.month).last
    found = []
    for item, quantity, because in counts:
        rate = rates.at(item, region=region, day=day)
        if rate is not None:
            found.append(counted_line(item, Fraction(quantity), rate, region=region, because=because))
    return tuple(found)


def price_months(months: tuple[PackMonth, ...], prices: PriceList, *, region: str) -> tuple[PricedMonth, ...]:
    """Each month's tokens at the list's prices, unrevised; raises RecordsInvalid (3) that names every missing price."""
    if not months:
        return ()
    first = parse_month(months[0].month)
    rates = Rates(prices, Contract(start=first.first, first_bill=first))
    found = []
    for month in months:
        lines = token_lines(month, rates, region=region)
        found.append(
            PricedMonth(
                month=month.month,
                lines=lines,
                total=sum((line.amount for line in lines), Decimal(0)),
                sample=any(line.sample for line in lines),
            )
        )
    refuse_unpriced(prices, rates.missing)
    return tuple(found)
