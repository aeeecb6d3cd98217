"""Scales of credit, and what is guaranteed to whom (SD-1 §1.10)."""

from __future__ import annotations

from fractions import Fraction

from toolkit.errors import OnboardError
from toolkit.model.service import Availability, CreditStep, Target

NONE = Fraction(0)


def credit_percent(scale: tuple[CreditStep, ...], gap: Fraction | None) -> Fraction:
    """The credit in percent for a gap in the scale's unit; 0 outside of every step (above, up to]."""
    if gap is None:
        return NONE
    for step in scale:
        if gap > Fraction(step.above) and (step.up_to is None or gap <= Fraction(step.up_to)):
            return Fraction(step.percent)
    return NONE


def guaranteed_percent(promise: Availability, function: str, level: str) -> Fraction:
    """What is guaranteed to a function at a support level: its own guarantee before the one that names no function."""
    own = [one for one in promise.guarantees if function in one.functions]
    for one in own or [one for one in promise.guarantees if not one.functions]:
        if not one.levels or level in one.levels:
            return Fraction(one.percent)
    raise OnboardError(f"the catalogue guarantees no availability of {function} at level {level}", fix="complete it")


def target_of(targets: tuple[Target, ...], what: str, level: str) -> Target | None:
    """The time that is promised for a priority or kind of change at a support level; None where there is none."""
    return next((one for one in targets if one.of == what and one.level == level), None)
