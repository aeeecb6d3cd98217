"""A vendor's increases of licences and equipment, passed through and capped at the notified rise (SD-1 §1.12)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from toolkit.money.amounts import exactly
from toolkit.money.because import Because
from toolkit.money.terms import Increase

SECTION = "SD-1 §1.12"


def passed_through(
    price: Fraction, increases: tuple[Increase, ...], *, day: dt.date
) -> tuple[Fraction, tuple[Because, ...]]:
    """The price on a day after every rise that has begun, in their order, and why; each is at most what was notified."""
    steps: list[Because] = []
    for increase in sorted(increases, key=lambda increase: increase.since):
        if increase.since > day:
            continue
        notified, asked = Fraction(increase.notified_percent), Fraction(increase.asked_percent)
        percent = min(notified, asked)
        raised = price * (100 + percent) / 100
        steps.append(
            Because(
                rule="a vendor's increase is passed through, capped at the notified rise",
                section=SECTION,
                inputs={
                    "since": increase.since.isoformat(),
                    "notified": f"{exactly(notified)} %",
                    "asked": f"{exactly(asked)} %",
                },
                arithmetic=f"{exactly(price)} x (1 + {exactly(percent)}/100) = {exactly(raised)}",
            )
        )
        price = raised
    return price, tuple(steps)
