"""The algebra of spans, held against sets of seconds."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from toolkit.levels.spans import Spans, difference, intersection, measure, union

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def seconds(spans: Spans) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


@given(SPANS, SPANS)
def test_they_are_sets_of_seconds(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = union(one), union(other)
    assert seconds(a) == {second for start, end in one for second in range(start, end)}
    assert seconds(intersection(a, b)) == seconds(a) & seconds(b)
    assert seconds(difference(a, b)) == seconds(a) - seconds(b)
    assert measure(a) == len(seconds(a))


@given(SPANS, SPANS)
def test_they_stay_sorted_apart_and_not_empty(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = union(one), union(other)
    for found in (a, intersection(a, b), difference(a, b)):
        assert all(start < end for start, end in found)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(found))
