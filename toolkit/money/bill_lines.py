"""Lines of a bill: what recurs, by the days of its month, and what is counted. Cents are made here and nowhere before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import msgspec

from toolkit.money.amounts import cents, euros, exactly
from toolkit.money.because import Because
from toolkit.money.periods import Month
from toolkit.money.price_items import FAMILIES, unit_of
from toolkit.money.rates import Rate

SECTION = "SD-1 §1.12"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` is in euros, excluding tax, rounded half up to cents: the one place where anything is rounded.

    ``days`` is ``billed/days of the month`` where the line recurs; ``price`` is exact.
    """

    item: str
    title: str
    of: tuple[str, ...]
    region: str
    quantity: str
    unit: str
    price: str
    days: str
    amount: Decimal
    because: tuple[Because, ...]
    sample: bool = False


class Recurring(msgspec.Struct, frozen=True, kw_only=True):
    """What recurs each month: ``quantity`` of an item from ``since`` to ``until`` (None: without end), both billed."""

    item: str
    quantity: int
    region: str
    since: dt.date
    until: dt.date | None = None
    of: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()


RateOf = Callable[[dt.date], Rate | None]


def recurring_lines(entry: Recurring, month: Month, rate_of: RateOf) -> list[Line]:
    """One line for each price that the billed days have; none for a month without such days.

    A month that is not billed whole is billed by its days (this project's choice: the source says from when, not how).
    """
    spans: list[tuple[Rate, int]] = []
    for number in range(month.days):
        day = month.first + dt.timedelta(days=number)
        if day < entry.since or (entry.until is not None and day > entry.until):
            continue
        rate = rate_of(day)
        if rate is None:
            return []
        if spans and spans[-1][0].eur == rate.eur:
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        else:
            spans.append((rate, 1))
    return [_recurring(entry, month, rate=rate, days=days) for rate, days in spans]


def counted_line(item: str, quantity: Fraction, rate: Rate, *, region: str, because: tuple[Because, ...]) -> Line:
    """A line of something that is counted: tickets, hours, tokens, restores."""
    exact = quantity * rate.eur
    amount = cents(exact)
    step = Because(
        rule="quantity x price",
        section=SECTION,
        arithmetic=f"{exactly(quantity)} x {exactly(rate.eur)} = {rounded(exact, amount)}",
    )
    return Line(
        item=item,
        title=title_of(item),
        of=(),
        region=region,
        quantity=exactly(quantity),
        unit=unit_of(item),
        price=exactly(rate.eur),
        days="",
        amount=amount,
        because=(*because, *rate.because, step),
        sample=rate.sample,
    )


def rounded(exact: Fraction, amount: Decimal) -> str:
    """An exact amount, and what it is on the line."""
    return f"{exactly(exact)}, {euros(amount)} EUR on the line" if exact != Fraction(amount) else f"{euros(amount)} EUR"


def title_of(item: str) -> str:
    family = FAMILIES[item.partition("/")[0]]
    return family.title.partition(",")[0] + (f" ({item.partition('/')[2]})" if family.parts else "")


def _recurring(entry: Recurring, month: Month, *, rate: Rate, days: int) -> Line:
    exact = entry.quantity * rate.eur * Fraction(days, month.days)
    amount = cents(exact)
    whole = days == month.days
    part = "" if whole else f" x {days}/{month.days}"
    step = Because(
        rule="a whole month" if whole else "by the days of the month (choice)",
        section=SECTION,
        inputs={"since": entry.since.isoformat(), **({"until": entry.until.isoformat()} if entry.until else {})},
        arithmetic=f"{entry.quantity} x {exactly(rate.eur)}{part} = {rounded(exact, amount)}",
    )
    return Line(
        item=entry.item,
        title=title_of(entry.item),
        of=entry.of,
        region=entry.region,
        quantity=str(entry.quantity),
        unit=unit_of(entry.item),
        price=exactly(rate.eur),
        days=f"{days}/{month.days}",
        amount=amount,
        because=(*entry.because, *rate.because, step),
        sample=rate.sample,
    )
