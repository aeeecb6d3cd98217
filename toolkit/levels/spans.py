"""Algebra of spans of time: sorted, disjoint pairs of epoch seconds, the start within, the end not."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]
"""Sorted, disjoint, none empty: what every function here gives and, but for ``union``, takes."""


def union(spans: Iterable[Span]) -> Spans:
    """All that any of them covers; they may overlap, touch, be empty, and stand in any order."""
    some = [span for span in spans if span[0] < span[1]]
    if len(some) < 2:
        return tuple(some)  # nearly all: most units are interrupted once in a month
    joined: list[Span] = []
    for start, end in sorted(some):
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def intersection(one: Spans, other: Spans) -> Spans:
    """What both cover."""
    if len(one) == len(other) == 1:
        start, end = max(one[0][0], other[0][0]), min(one[0][1], other[0][1])
        return ((start, end),) if start < end else ()
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def difference(one: Spans, other: Spans) -> Spans:
    """What ``one`` covers and ``other`` does not."""
    if not other:
        return one
    found: list[Span] = []
    j = 0
    for start, end in one:
        at = start
        while j < len(other) and other[j][1] <= at:
            j += 1
        k = j
        while k < len(other) and other[k][0] < end:
            if at < other[k][0]:
                found.append((at, other[k][0]))
            at = max(at, other[k][1])
            k += 1
        if at < end:
            found.append((at, end))
    return tuple(found)


def measure(spans: Spans) -> int:
    """Seconds that they cover."""
    if len(spans) == 1:
        return spans[0][1] - spans[0][0]
    return sum(end - start for start, end in spans)
