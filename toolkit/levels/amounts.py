"""Exact figures as people read them; only ``payable`` amounts are rounded in fact."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import lru_cache

from toolkit.clocks import at, duration_words
from toolkit.figures import half_up


def rounded(value: Fraction, places: int) -> str:
    """Half up (away from zero) to so many places: ``99.506505``."""
    whole = half_up(value, places)
    digits = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def cents(value: Fraction) -> str:
    """Euros, half up to the cent."""
    return rounded(value, 2)


def euros(value: Fraction) -> str:
    """``902.6914 €``: as many decimals as it has, at least two; six where it has no end."""
    for places in range(2, 7):
        if (value * 10**places).denominator == 1:
            return f"{rounded(value, places)} €"
    return f"≈ {rounded(value, 6)} €"


def percent(value: Fraction, places: int = 6) -> str:
    """A percentage: short where it is exact, else to ``places``."""
    for fewer in range(places + 1):
        if (value * 10**fewer).denominator == 1:
            return f"{rounded(value, fewer)} %"
    return f"{rounded(value, places)} %"


def points(value: Fraction) -> str:
    """A gap in points."""
    return percent(value).removesuffix(" %")


def moment(seconds: int) -> str:
    """The local time of an epoch second with its offset: ``2027-03-28T03:10:00+02:00``."""
    return dt.datetime.fromtimestamp(seconds, _offset(seconds // 900)).isoformat()


@lru_cache(maxsize=8192)
def _offset(quarter: int) -> dt.tzinfo | None:
    """The fixed offset in force; clocks change on a quarter of an hour."""
    return at(quarter * 900).tzinfo


def length(seconds: int) -> str:
    """``4 h 30 min``; a long time in hours."""
    return duration_words(seconds)
