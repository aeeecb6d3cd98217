"""Rounding, against Decimal's own half up."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from toolkit.figures import half_up


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=5), st.integers(0, 4))
def test_half_up_is_decimals(value: Decimal, places: int) -> None:
    assert half_up(Fraction(value), places) == int(
        value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).scaleb(places)
    )


def test_halves_go_away_from_zero() -> None:
    assert [half_up(Fraction(one), 0) for one in ("1/2", "-1/2", "3/2", "-3/2", "1/3")] == [1, -1, 2, -2, 0]
