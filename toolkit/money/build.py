"""The price of a build from its efforts (SD-1 §1.1, §1.12), and when it is invoiced: at order and at the end, or by lots."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import msgspec

from toolkit.errors import RecordsInvalid
from toolkit.money.amounts import cents, euros, exactly
from toolkit.money.because import Because
from toolkit.money.bill_lines import rounded
from toolkit.money.prices import PriceList, Unpriced, refuse_unpriced
from toolkit.money.rules import commercial_rules, percent
from toolkit.money.terms import Terms

SECTION = "SD-1 §1.12"


class BuildPart(msgspec.Struct, frozen=True, kw_only=True):
    """The effort of one component, in ``person-day`` or ``person-hour``; None where the provider has no figure for it.

    ``first``: it is the first of its type under its build model, the further ones reuse its IaC.
    """

    component: str
    build_model: str
    type: str
    first: bool
    effort: Decimal | None
    unit: str
    region: str


class BuildLine(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` in euros, excluding tax, rounded half up to cents."""

    component: str
    effort: str
    unit: str
    region: str
    price: str
    amount: Decimal
    because: tuple[Because, ...]


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """``on`` is None while its day is not known."""

    id: str
    due: str
    on: dt.date | None
    amount: Decimal
    because: Because


class BuildPrice(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[BuildLine, ...]
    effort: str
    unit: str
    total: Decimal
    invoices: tuple[Invoice, ...]
    sample: bool


def build_price(
    parts: tuple[BuildPart, ...], prices: PriceList, terms: Terms, *, unit: str, day: dt.date, sample: bool = False
) -> BuildPrice:
    """The price of every part at the prices of ``day``, the order's; ``sample``: the efforts are of a sample.

    Raises RecordsInvalid (3) for parts without effort, and for prices that the list lacks.
    """
    without = [part for part in parts if part.effort is None]
    if without:
        problems = [
            {
                "rule": "SD-1 §1.1",
                "file": "efforts",
                "line": None,
                "column": None,
                "field": "figures",
                "message": f"no effort for {part.type} under {part.build_model} (component {part.component})",
                "fix": f"add a figure for {part.build_model}, {part.type}",
            }
            for part in without
        ]
        raise RecordsInvalid(
            f"{len(without)} of {len(parts)} components have no effort; none is assumed",
            fix="ask the provider for the figures",
            details={"problems": problems},
        )
    item = f"build/{unit}"
    missing: set[Unpriced] = set()
    lines: list[BuildLine] = []
    for part in parts:
        price = prices.at(item, region=part.region, day=day)
        if price is None or part.effort is None:
            missing.add(Unpriced(item=item, region=part.region, day=day))
            continue
        sample = sample or price.sample
        exact = Fraction(part.effort) * Fraction(price.eur)
        amount = cents(exact)
        lines.append(
            BuildLine(
                component=part.component,
                effort=exactly(part.effort),
                unit=unit,
                region=part.region,
                price=exactly(price.eur),
                amount=amount,
                because=(
                    Because(
                        rule="the first of its type" if part.first else "a further one of its type: IaC is reused",
                        section="SD-1 §1.1",
                        inputs={"build model": part.build_model, "type": part.type},
                        arithmetic=f"{exactly(part.effort)} {unit}",
                    ),
                    Because(
                        rule="effort x price",
                        section=SECTION,
                        inputs={"row": price.place},
                        arithmetic=f"{exactly(part.effort)} x {exactly(price.eur)} = {rounded(exact, amount)}",
                    ),
                ),
            )
        )
    refuse_unpriced(prices, missing)
    total = sum((line.amount for line in lines), Decimal(0))
    return BuildPrice(
        lines=tuple(lines),
        effort=exactly(sum((Fraction(part.effort or 0) for part in parts), Fraction(0))),
        unit=unit,
        total=total,
        invoices=_by_lots(lines, terms) if terms.build_invoices == "lots" else _at_order_and_end(total, terms),
        sample=sample or terms.sample,
    )


def _at_order_and_end(total: Decimal, terms: Terms) -> tuple[Invoice, ...]:
    """The second is what is left, so that both together are the total to the cent."""
    share = commercial_rules().build_at_order
    first = cents(Fraction(total) * share)
    rule = f"a build is billed {percent(share)} % at order and {percent(1 - share)} % at the end"
    days = [lot.delivered for lot in terms.lots]
    days += [terms.delivered] if terms.delivered is not None or not days else []
    end = None if None in days else max(day for day in days if day is not None)
    return (
        Invoice(
            id="order",
            due="at order",
            on=terms.ordered,
            amount=first,
            because=Because(
                rule=rule, section=SECTION, arithmetic=f"{euros(total)} x {percent(share)}/100 = {euros(first)} EUR"
            ),
        ),
        Invoice(
            id="end",
            due="at the end",
            on=end,
            amount=total - first,
            because=Because(
                rule=rule, section=SECTION, arithmetic=f"{euros(total)} - {euros(first)} = {euros(total - first)} EUR"
            ),
        ),
    )


def _by_lots(lines: list[BuildLine], terms: Terms) -> tuple[Invoice, ...]:
    amount_of = {line.component: line.amount for line in lines}
    found = []
    for lot in terms.lots:
        amounts = [amount_of[component] for component in lot.components]
        amount = sum(amounts, Decimal(0))
        found.append(
            Invoice(
                id=lot.id,
                due=f"at the delivery of {lot.id}",
                on=lot.delivered,
                amount=amount,
                because=Because(
                    rule="a build over several months is billed by lots",
                    section=SECTION,
                    arithmetic=f"{' + '.join(euros(one) for one in amounts) or '0'} = {euros(amount)} EUR",
                ),
            )
        )
    return tuple(found)
