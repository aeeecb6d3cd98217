"""Revisions and the guaranteed minimum for people and as JSON."""

from __future__ import annotations

from typing import Any

from toolkit.canonical import plain
from toolkit.money.amounts import cents, euros, exactly
from toolkit.money.because import lines
from toolkit.money.minimum import MinimumYear
from toolkit.money.present import SAMPLE
from toolkit.money.revision import Revision

_AMOUNTS = ("guaranteed", "run", "carried_in", "shortfall", "carried_out")


def revision_lines(name: str, revisions: tuple[Revision, ...], *, explain: bool) -> list[str]:
    """The price after each anniversary, in cents; ``--explain`` has it in full."""
    told: list[str] = []
    for one in revisions:
        told.append(f"{name} from {one.on}: {euros(cents(one.price))} EUR")
        if explain:
            told += lines((one.because,))
    return told or [f"{name}: no revision yet"]


def revision_json(name: str, revisions: tuple[Revision, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "revisions": [
            {
                "on": one.on.isoformat(),
                "factor": exactly(one.factor),
                "price": exactly(one.price),
                "price_eur": euros(cents(one.price)),
                "because": plain(one.because),
            }
            for one in revisions
        ],
    }


def minimum_lines(years: tuple[MinimumYear, ...], *, sample: bool, explain: bool) -> list[str]:
    told = [SAMPLE] if sample else []
    for one in years:
        owed = f"shortfall {euros(one.shortfall)}" if one.shortfall else f"carried on {euros(one.carried_out)}"
        by = f", to be invoiced by {one.invoice_by}" if one.invoice_by else ""
        notice = ", no notice yet" if one.shortfall and one.invoice_by is None else ""
        told.append(
            f"year {one.year}: guaranteed {euros(one.guaranteed)}, run {euros(one.run)}, "
            f"carried in {euros(one.carried_in)}: {owed}{by}{notice}"
        )
        if explain:
            told += lines(one.because)
    return told


def minimum_json(years: tuple[MinimumYear, ...], *, sample: bool) -> dict[str, Any]:
    """``onboarding/price-minimum/v1``."""
    return {
        "schema": "onboarding/price-minimum/v1",
        "sample": sample,
        "currency": "EUR",
        "years": [{**plain(one), **{name: euros(getattr(one, name)) for name in _AMOUNTS}} for one in years],
    }
