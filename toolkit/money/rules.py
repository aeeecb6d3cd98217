"""The figures of SD-1 that money is counted with, read from the catalogue: no percentage stands in code."""

from __future__ import annotations

import functools
from fractions import Fraction

import msgspec

from toolkit.catalogue import limits, service
from toolkit.money.amounts import exactly


class CommercialRules(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are fractions of 1, exact (SD-1 §1.6, §1.10, §1.12)."""

    build_at_order: Fraction
    guaranteed_share: Fraction
    growth_above: Fraction
    shortfall_days: int
    procedure_minutes: int
    shared_part: Fraction


@functools.cache
def commercial_rules() -> CommercialRules:
    """Those of the one service description that prices builds, runs and tokens."""
    sd1 = service("managed-applications")
    return CommercialRules(
        build_at_order=limits.amount(sd1, "build-at-order", "percent") / 100,
        guaranteed_share=limits.amount(sd1, "guaranteed-minimum", "percent") / 100,
        growth_above=limits.amount(sd1, "scope-growth", "percent") / 100,
        shortfall_days=limits.whole(sd1, "shortfall-invoiced", "days"),
        procedure_minutes=limits.whole(sd1, "procedure", "minutes"),
        shared_part=limits.amount(sd1, "shared-responsibility", "percent") / 100,
    )


def percent(share: Fraction) -> str:
    """``30`` of a share of 30/100."""
    return exactly(share * 100)
