"""What was used in a month beside what recurs: tickets, SRE hours, tokens, restores. Records of the provider (CSV)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec

from toolkit.money.periods import Month, parse_month
from toolkit.money.table_file import Faults, read_rows

WHOLE = ("tickets", "tokens", "restores")
COUNTED = (*WHOLE, "sre-hours")


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One month's counts; hours are exact. ``tickets``: incidents that the customer reported."""

    tickets: int = 0
    tokens: int = 0
    restores: int = 0
    sre_hours: Fraction = Fraction(0)
    sample: bool = False


def read_usage(path: Path, month: Month) -> Usage:
    """A month of the file, its rows summed; UsageError (2) for no such table, RecordsInvalid (3) for any row of it."""
    faults = Faults(section="SD-1 §1.12")
    counts = dict.fromkeys(COUNTED, Decimal(0))
    seen: dict[tuple[str, ...], str] = {}
    sample = False
    rows = read_rows(path, required=("month", "what", "quantity"), optional=("reference", "sample"), faults=faults)
    for row in rows:
        said, what, quantity, is_sample = (
            row.month("month"),
            row.choice("what", COUNTED),
            row.amount("quantity"),
            row.flag("sample"),
        )
        if said is None or what is None or quantity is None:
            continue
        if what in WHOLE and quantity != int(quantity):
            row.fault("quantity", f"{quantity} {what}", "write a whole number")
        key = (said, what, row.text("reference"))
        if key in seen:
            row.fault("what", f"{what} of {said} stands in {seen[key]} too, with the same reference", "keep one row")
        seen[key] = row.place
        if parse_month(said) == month:
            counts[what] += quantity
            sample = sample or is_sample
    faults.refuse_any(f"{path} has no usage that can be read")
    return Usage(
        tickets=int(counts["tickets"]),
        tokens=int(counts["tokens"]),
        restores=int(counts["restores"]),
        sre_hours=Fraction(counts["sre-hours"]),
        sample=sample,
    )
