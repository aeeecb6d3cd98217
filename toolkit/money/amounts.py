"""Exact figures of money: how they are read, rounded and written. Nothing here is a binary fraction."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from toolkit.figures import half_up

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def number(text: str) -> Decimal | None:
    """A number from 0 on as it is written in the provider's files (``1234.56``); None for anything else."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def cents(amount: Fraction | Decimal | int) -> Decimal:
    """Euros as they stand on a line of a document: two places, half a cent away from zero."""
    return _decimal(half_up(Fraction(amount), 2), places=2)


def euros(amount: Decimal) -> str:
    """A line's amount, always with its cents."""
    return f"{amount:.2f}"


def exactly(value: Fraction | Decimal | int) -> str:
    """A figure in full: a decimal where it ends, else the fraction itself (``125/3``)."""
    fraction = Fraction(value)
    denominator = fraction.denominator
    places = 0
    while (10**places) % denominator:
        places += 1
        if places > 18:
            return f"{fraction.numerator}/{denominator}"
    return f"{_decimal(fraction.numerator * (10**places // denominator), places=places):f}"


def _decimal(count: int, *, places: int) -> Decimal:
    """So many of the last place; made from digits, since arithmetic of Decimal ends after 28 of them."""
    return Decimal((int(count < 0), tuple(map(int, str(abs(count)))), -places))
