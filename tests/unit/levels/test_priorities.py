"""Priorities by urgency and impact, at each bound (SD-2 §2)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from toolkit.catalogue import service
from toolkit.levels.priority import impact_of, priority_of

MATRIX = service("ucaas-partners").priority_matrix


@pytest.mark.parametrize(
    ("shares", "impact"),
    [
        (["1"], "widespread"),
        (["7501/10000"], "widespread"),
        (["3/4"], "large"),
        (["1/2"], "large"),
        (["4999/10000"], "localised"),
        (["1/4"], "localised"),
        (["2499/10000"], "individual"),
        (["0"], "individual"),
        ([], "individual"),
        (["1/10", "3/5", "1/5"], "large"),
    ],
)
def test_the_largest_share_counts_and_exactly_three_quarters_is_large(shares: list[str], impact: str) -> None:
    assert MATRIX is not None
    assert impact_of(MATRIX, [Fraction(one) for one in shares]) == impact


@pytest.mark.parametrize(
    ("urgency", "row"),
    [
        ("critical", ["P1", "P1", "P2", "P2"]),
        ("major", ["P1", "P2", "P2", "P3"]),
        ("minor", ["P2", "P3", "P3", "P3"]),
        ("low", ["P4", "P4", "P4", "P4"]),
    ],
)
def test_the_matrix(urgency: str, row: list[str]) -> None:
    assert MATRIX is not None
    shares = [Fraction(9, 10), Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    assert [priority_of(MATRIX, urgency, [one]) for one in shares] == row
