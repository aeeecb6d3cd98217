"""Prices for people and as JSON: figures are texts, each with its unit; what a sample made says so."""

from __future__ import annotations

from typing import Any

from toolkit.canonical import plain
from toolkit.money.amounts import euros
from toolkit.money.because import lines
from toolkit.money.changes import Charged
from toolkit.money.pack_prices import PricedMonth
from toolkit.money.packs import PackMonth
from toolkit.money.tokens import Cost

SAMPLE = "SAMPLE: made with sample data, no real figures"


def cost_words(cost: Cost) -> str:
    """What a change costs, in a word or two."""
    if cost.outcome == "quoted":
        return "by quote"
    if cost.outcome == "refused":
        return "refused"
    if cost.outcome == "operation":
        return "no tokens (operation)"
    return f"{cost.tokens} token{'' if cost.tokens == 1 else 's'}"


def cost_lines(name: str, cost: Cost, *, explain: bool, price: str | None = None) -> list[str]:
    """One change; ``price`` is its euros at the pay-per-use rate."""
    told = [f"{name}: {cost_words(cost)}" + (f", {price} EUR at the pay-per-use rate" if price else "")]
    if explain or cost.outcome == "refused":
        told += lines(cost.because)
    return told + [f"    warning: {warning}" for warning in cost.warnings]


def charged_lines(charged: tuple[Charged, ...], *, explain: bool) -> list[str]:
    told: list[str] = []
    for one in charged:
        record = one.record
        what = f"{record.minutes} minutes, {record.cause}" if record.minutes is not None else record.change
        told += cost_lines(f"{record.date} {record.id} ({record.service}, {what})", one.cost, explain=explain)
        told += [f"    CONSENT MISSING: {fault}" for fault in one.consent_faults]
    return told


def pack_lines(months: tuple[PackMonth, ...], *, explain: bool) -> list[str]:
    told: list[str] = []
    for month in months:
        told.append(
            f"{month.month}: {month.used} used, {month.from_pack} from the pack of {month.size}, "
            f"{month.pay_per_use} pay-per-use, {month.expired} expired"
        )
        if explain:
            told += lines(month.because)
    return told


def priced_lines(months: tuple[PricedMonth, ...], *, explain: bool) -> list[str]:
    told: list[str] = []
    for month in months:
        if month.lines:
            told.append(f"{month.month}: {euros(month.total)} EUR{' SAMPLE' if month.sample else ''}")
        for line in month.lines if explain else ():
            told += lines(line.because)
    return told


def priced_json(months: tuple[PricedMonth, ...]) -> list[dict[str, Any]]:
    return [
        {
            "month": month.month,
            "sample": month.sample,
            "lines": [{**plain(line), "amount": euros(line.amount)} for line in month.lines],
            "total": euros(month.total),
        }
        for month in months
    ]


def cost_json(cost: Cost) -> dict[str, Any]:
    found: dict[str, Any] = plain(cost)
    return found


def charged_json(charged: tuple[Charged, ...]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.record.id,
            "service": one.record.service,
            "date": one.record.date.isoformat(),
            "change": None if one.record.minutes is not None else one.record.change,
            "minutes": one.record.minutes,
            "cost": cost_json(one.cost),
            "consent_faults": list(one.consent_faults),
        }
        for one in charged
    ]
