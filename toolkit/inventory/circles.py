"""Circles in what depends on what, of any length and number, without recursion."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

_SHOWN = 8


def circles(
    edges: Iterable[tuple[int, int, int]],
    size: int,
    counts: Callable[[int], bool],
    names: Sequence[str | None],
) -> Iterator[tuple[int, int, str]]:
    """Each edge that closes a circle: its source, its label and the names of the circle.

    ``edges`` are source, target and label, sorted by source, of nodes from 0 to ``size``; those of a source that does
    not count are left out.
    """
    begins, targets, labels = array("q", bytes(8 * (size + 1))), array("q"), array("q")
    forward = backward = False
    last = 0
    for source, target, label in edges:
        if counts(source):
            while last < source:
                last += 1
                begins[last] = len(targets)
            targets.append(target)
            labels.append(label)
            forward |= target >= source
            backward |= target <= source
    while last < size:
        last += 1
        begins[last] = len(targets)
    if forward and backward:
        yield from _closing(begins, targets, labels, names)


def _closing(
    begins: array[int], targets: array[int], labels: array[int], names: Sequence[str | None]
) -> Iterator[tuple[int, int, str]]:
    """Depth first; ``done`` keeps it linear."""
    size = len(begins) - 1
    done = bytearray(size)
    following = array("q", begins)
    for start in range(size):
        if done[start] or begins[start] == begins[start + 1]:
            continue
        trail, depth = [start], {start: 0}
        while trail:
            node = trail[-1]
            at = following[node]
            if at == begins[node + 1]:
                trail.pop()
                del depth[node]
                done[node] = 1
                continue
            following[node] = at + 1
            target = targets[at]
            if target in depth:
                yield node, labels[at], _said(trail, depth[target], names)
            elif not done[target]:
                depth[target] = len(trail)
                trail.append(target)


def _said(trail: list[int], begin: int, names: Sequence[str | None]) -> str:
    """The circle from the trail's node at ``begin`` round to it again, at most so many names of it."""
    circle = [names[node] or "" for node in (*trail[begin : begin + _SHOWN], trail[begin])]
    more = len(trail) - begin + 1 > _SHOWN
    return " → ".join(circle[:_SHOWN]) + (" → …" if more else "")
