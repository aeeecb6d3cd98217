"""Incidents that could earn availability or restore credit: the assignment that gives the most (SD-1 §1.16), exactly.

Availability credit never grows when incidents leave it, restore credit is a step function of how many come: so only
the fewest that reach each step need be looked at. For that number the best ones to move are found by trying all choices
where they are few. Else incidents that stand alone (one function, no overlap with another) are exchangeable but for what
they weigh: of each function the lightest leave first, and functions are joined like the items of a knapsack of which only
undominated fillings are kept. Entangled incidents are tried in every combination around that.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from toolkit.levels.availability import NOBODY, FunctionMeasure, UnitMeasure
from toolkit.levels.restore import gap_and_percent
from toolkit.levels.scale import NONE, credit_percent
from toolkit.levels.spans import Spans, difference, intersection, measure, union
from toolkit.model.levels import Assignment, Shared
from toolkit.model.service import Restore

_FEW = 2000
"""So many choices are tried one by one."""
_ENTANGLED = 12
"""So many entangled incidents are tried in every combination; beyond, only the lightest leave and it is said."""
_LISTED = 4
"""Of so many candidates every assignment is listed."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is shared out: ``candidates`` in the order of their opening; ``fixed_late`` are late whatever is chosen."""

    functions: tuple[FunctionMeasure, ...]
    candidates: tuple[str, ...]
    fixed_late: int
    resolved: int
    promise: Restore
    base: Fraction

    def availability(self, moved: frozenset[str]) -> Fraction:
        """The availability credit when ``moved`` earn restore credit."""
        return sum((one.credit(moved) for one in self.functions), NONE)

    def restore(self, count: int) -> tuple[Fraction, Fraction]:
        """Gap and credit when ``count`` candidates earn restore credit."""
        gap, percent = gap_and_percent(self.promise, self.fixed_late + count, self.resolved)
        return gap, percent * self.base / 100

    def assignment(self, moved: frozenset[str]) -> Assignment:
        """All figures of one way."""
        gap, credit = self.restore(len(moved))
        available = self.availability(moved)
        return Assignment(
            restore=tuple(one for one in self.candidates if one in moved),
            availability=tuple(one for one in self.candidates if one not in moved),
            availability_credit=available,
            restore_gap=gap,
            restore_credit=credit,
            total=available + credit,
        )


def assign(case: Case, *, few: int = _FEW) -> Shared:
    """The best assignment; of equal ones that with the most incidents on availability, then the earliest there.

    ``few``: so many choices are tried one by one, before the knapsack is taken.
    """
    if not case.candidates:
        return Shared()
    best = case.assignment(NOBODY)
    proven, totals, most = True, [best.total], best.availability_credit
    for count in _worthwhile(case):
        if most + case.restore(count)[1] < best.total:
            continue  # no choice of so many could give as much
        moved, exact = _lightest(case, count, few)
        found = case.assignment(moved)
        # what loses no availability credit at all cannot be bettered
        proven = proven and (exact or found.availability_credit == most)
        totals.append(found.total)
        if found.total > best.total:
            best = found
    compared = tuple(case.assignment(moved) for moved in _every(case)) if len(case.candidates) <= _LISTED else ()
    seen = [one.total for one in compared] or totals
    return Shared(
        candidates=case.candidates,
        chosen=best,
        compared=compared,
        tie=seen.count(best.total) > 1,
        proven=proven,
    )


def _every(case: Case) -> Iterator[frozenset[str]]:
    for count in range(len(case.candidates) + 1):
        for moved in itertools.combinations(case.candidates, count):
            yield frozenset(moved)


def _worthwhile(case: Case) -> Iterator[int]:
    """The fewest incidents that reach each higher credit of restore."""
    denominator = max(case.resolved, case.promise.at_least)
    reached = case.restore(0)[1]
    for step in case.promise.scale:
        # the gap must lie above the step's lower bound, in percent of the denominator
        count = math.floor(Fraction(step.above) * denominator / 100) + 1 - case.fixed_late
        if 0 < count <= len(case.candidates) and case.restore(count)[1] > reached:
            reached = case.restore(count)[1]
            yield count


def _lightest(case: Case, count: int, few: int) -> tuple[frozenset[str], bool]:
    """``count`` incidents without which most availability credit is left; whether that is proven."""
    all_ = case.candidates
    if math.comb(len(all_), count) <= few:
        # keeping the earliest first: of equal choices the first found stays
        stay = itertools.combinations(all_, len(all_) - count)
        choices = (frozenset(all_) - frozenset(some) for some in stay)
        return max(choices, key=case.availability), True
    entangled, alone = _apart(case)
    exact = len(entangled) <= _ENTANGLED
    groups: Iterator[tuple[str, ...]]
    if exact:
        groups = (
            some
            for size in range(max(0, count - len(alone)), min(count, len(entangled)) + 1)
            for some in itertools.combinations(entangled, size)
        )
    else:
        weights, order = _weights(case.functions), {key: number for number, key in enumerate(all_)}
        ordered = sorted(all_, key=lambda key: (weights[key], -order[key]))
        return frozenset(ordered[:count]), False
    best: tuple[Fraction, frozenset[str]] | None = None
    for group in groups:
        moved = frozenset(group) | _alone(case, alone, frozenset(group), count - len(group))
        credit = case.availability(moved)
        if best is None or credit > best[0]:
            best = credit, moved
    assert best is not None
    return best[1], True


def _apart(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Candidates that touch several functions or overlap another one on a unit, and those that stand alone."""
    some = frozenset(case.candidates)
    functions: dict[str, int] = defaultdict(int)
    entangled: set[str] = set()
    for function in case.functions:
        for key in function.incidents() & some:
            functions[key] += 1
        for unit in function.guaranteed_units:
            latest: tuple[int, str] | None = None
            spans = sorted((*span, key) for key, spans in unit.counted.items() if key in some for span in spans)
            for start, end, key in spans:
                if latest is not None and start < latest[0] and key != latest[1]:
                    entangled |= {key, latest[1]}
                if latest is None or end > latest[0]:
                    latest = end, key
    entangled |= {key for key, count in functions.items() if count > 1}
    return (
        tuple(one for one in case.candidates if one in entangled),
        tuple(one for one in case.candidates if one not in entangled),
    )


def _alone(case: Case, alone: tuple[str, ...], gone: frozenset[str], count: int) -> frozenset[str]:
    """The best ``count`` of those that stand alone, when ``gone`` have left already."""
    order = {key: number for number, key in enumerate(alone)}
    touched = frozenset().union(*(one.incidents() for one in case.functions))
    free = tuple(key for key in alone if key not in touched)[:count]
    fillings: dict[int, tuple[Fraction, tuple[tuple[str, ...], ...]]] = {len(free): (NONE, (free,))}
    for function in case.functions:
        own = _by_weight(function, frozenset(alone), gone, order)
        if not own:
            continue
        joined: dict[int, tuple[Fraction, tuple[tuple[str, ...], ...]]] = {}
        for size, credit in _steps(function, own, gone):
            for filled, (total, chosen) in fillings.items():
                at = min(count, filled + size)
                if at not in joined or total + credit > joined[at][0]:
                    leaving = tuple(key for _, key in own[: at - filled])
                    joined[at] = total + credit, (*chosen, leaving)
        fillings = _undominated(joined)
    return frozenset(key for some in fillings[count][1] for key in some)


def _by_weight(
    function: FunctionMeasure, some: frozenset[str], gone: frozenset[str], order: dict[str, int]
) -> list[tuple[Fraction, str]]:
    """The function's own incidents, lightest first, of equal ones the latest: what the rate gains without each."""
    units = function.guaranteed_units
    found: dict[str, Fraction] = defaultdict(Fraction)
    for unit in units:
        fixed = union(
            span for key, spans in unit.counted.items() if key not in some and key not in gone for span in spans
        )
        for key, spans in unit.counted.items():
            if key in some:
                found[key] += Fraction(measure(_left(spans, fixed)), unit.subscribed * len(units))
    return sorted(((weight, key) for key, weight in found.items()), key=lambda pair: (pair[0], -order[pair[1]]))


def _left(spans: Spans, fixed: Spans) -> Spans:
    return difference(spans, intersection(spans, fixed)) if fixed else spans


def _steps(
    function: FunctionMeasure, own: list[tuple[Fraction, str]], gone: frozenset[str]
) -> Iterator[tuple[int, Fraction]]:
    """How many of the lightest may leave at most before each credit is lost, most credit first."""
    gap = function.gap(gone)
    assert gap is not None
    charge = function.charge or NONE
    before = credit_percent(function.scale, gap)
    for size, (weight, _) in enumerate(own, 1):
        gap -= 100 * weight
        percent = credit_percent(function.scale, gap)
        if percent != before:
            yield size - 1, before * charge / 100
            before = percent
    yield len(own), before * charge / 100


def _undominated(
    fillings: dict[int, tuple[Fraction, tuple[tuple[str, ...], ...]]],
) -> dict[int, tuple[Fraction, tuple[tuple[str, ...], ...]]]:
    """Without those that another one equals with more incidents and no less credit."""
    kept: dict[int, tuple[Fraction, tuple[tuple[str, ...], ...]]] = {}
    most: Fraction | None = None
    for size in sorted(fillings, reverse=True):
        if most is None or fillings[size][0] > most:
            most = fillings[size][0]
            kept[size] = fillings[size]
    return kept


def _weights(functions: tuple[FunctionMeasure, ...]) -> dict[str, int]:
    """What each incident weighs by itself, in proportion: its share of the month, by the charge of what it interrupts."""
    each: list[tuple[UnitMeasure, Fraction]] = []
    for one in functions:
        units = one.guaranteed_units
        each += [(unit, (one.charge or NONE) / (unit.subscribed * len(units))) for unit in units]
    common = math.lcm(*(weight.denominator for _, weight in each))
    found: dict[str, int] = defaultdict(int)
    for unit, weight in each:
        whole = int(weight * common)
        for key, spans in unit.counted.items():
            found[key] += measure(spans) * whole
    return found
