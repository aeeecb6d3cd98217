"""Build prices and bills for people and as JSON. Amounts always have their cents; prices are exact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from toolkit.canonical import plain
from toolkit.money.amounts import euros
from toolkit.money.because import lines
from toolkit.money.bill import Bill
from toolkit.money.bill_lines import Line
from toolkit.money.build import BuildPrice
from toolkit.money.present import SAMPLE

NAMED = 8
"""How many components a line of text names; JSON has all of them."""


def bill_lines(bill: Bill, *, explain: bool) -> list[str]:
    told = [SAMPLE] if bill.sample else []
    told.append(f"bill of {bill.customer} for {bill.month}, EUR excluding tax")
    for line in bill.lines:
        told.append(f"  {euros(line.amount):>12}  {_words(line)}{' SAMPLE' if line.sample else ''}")
        if explain:
            told += lines(line.because, indent=" " * 16)
    told.append(f"  {euros(bill.total):>12}  total (minimum of this month {euros(bill.floor)})")
    return told + [f"note: {note}" for note in bill.notes]


def bill_json(bill: Bill) -> dict[str, Any]:
    """``onboarding/price-bill/v1``: amounts are texts with two places, prices and quantities exact texts."""
    return {
        "schema": "onboarding/price-bill/v1",
        "sample": bill.sample,
        "customer": bill.customer,
        "month": bill.month,
        "currency": "EUR",
        "lines": [{**plain(line), "amount": euros(line.amount)} for line in bill.lines],
        "subtotal": euros(bill.subtotal),
        "floor": euros(bill.floor),
        "total": euros(bill.total),
        "notes": list(bill.notes),
    }


def build_lines(price: BuildPrice, *, explain: bool) -> list[str]:
    told = [SAMPLE] if price.sample else []
    told.append(f"build: {price.effort} {price.unit}, EUR excluding tax")
    for line in price.lines:
        told.append(f"  {euros(line.amount):>12}  {line.component}: {line.effort} {line.unit} at {_price(line.price)}")
        if explain:
            told += lines(line.because, indent=" " * 16)
    told.append(f"  {euros(price.total):>12}  total")
    for invoice in price.invoices:
        told.append(f"invoice {invoice.due}{_on(invoice.on)}: {euros(invoice.amount)}")
        if explain:
            told += lines((invoice.because,))
    return told


def build_json(price: BuildPrice) -> dict[str, Any]:
    """``onboarding/price-build/v1``."""
    return {
        "schema": "onboarding/price-build/v1",
        "sample": price.sample,
        "currency": "EUR",
        "effort": price.effort,
        "unit": price.unit,
        "lines": [{**plain(line), "amount": euros(line.amount)} for line in price.lines],
        "total": euros(price.total),
        "invoices": [{**plain(invoice), "amount": euros(invoice.amount)} for invoice in price.invoices],
    }


def _words(line: Line) -> str:
    named = ", ".join(line.of[:NAMED]) + (f" and {len(line.of) - NAMED} more" if len(line.of) > NAMED else "")
    of = f": {named}" if named else ""
    part = f", {line.days} days" if line.days and len(set(line.days.split("/"))) > 1 else ""
    return f"{line.title}{of}; {line.quantity} {line.unit} at {_price(line.price)}{part}"


def _price(text: str) -> str:
    """An exact price with its cents at least; a fraction stays one."""
    whole, _, places = text.partition(".")
    return text if "/" in text else f"{whole}.{places:0<2}"


def _on(day: dt.date | None) -> str:
    return f" on {day}" if day else " (no day yet)"
