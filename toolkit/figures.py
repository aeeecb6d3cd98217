"""Exact figures rounded half up, away from zero: the one rule for money, levels and documents."""

from __future__ import annotations

from fractions import Fraction


def half_up(value: Fraction, places: int) -> int:
    """``value`` in units of its last place: ``half_up(Fraction("-2.345"), 2)`` is -235."""
    scaled: int = (2 * abs(value) * 10**places + 1) // 2
    return -scaled if value < 0 else scaled
