"""Which side shared incidents go to: the optimum, held against trying every assignment (SD-1 §1.16)."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.catalogue import service
from toolkit.levels.assignment import Case, assign
from toolkit.levels.availability import FunctionMeasure, UnitMeasure
from toolkit.levels.spans import union
from toolkit.levels.units import Function, Unit

LEVELS = service("managed-applications").levels
assert LEVELS.availability is not None
assert LEVELS.restore is not None
MONTH = 10_000
SPAN = st.tuples(st.integers(0, 9_000), st.integers(1, 400))


@st.composite
def cases(draw: st.DrawFn, *, most: int = 7, alone: bool = False) -> Case:
    """Functions of one or two units whose incidents may overlap and spread; ``alone``: they do neither."""
    keys = [f"I-{number}" for number in range(draw(st.integers(1, most)))]
    functions = []
    homes = {key: draw(st.integers(0, 2)) for key in keys}
    for number in range(3):
        units = []
        for part in range(draw(st.integers(1, 2))):
            counted = {}
            for at, key in enumerate([*keys, "fixed"]):
                here = homes.get(key) == number and part == 0 if alone and key != "fixed" else draw(st.booleans())
                if not here:
                    continue
                start, length = draw(SPAN)
                if alone:
                    start, length = at * 500, min(length, 399)
                counted[key] = union([(start, start + length)])
            unit = Unit(id=f"u-{number}-{part}")
            units.append(UnitMeasure(unit=unit, subscribed=MONTH, interrupted=0, counted=counted, records=()))
        functions.append(
            FunctionMeasure(
                function=Function(id=f"f-{number}", function="os", units=()),
                units=tuple(units),
                guaranteed=Fraction(draw(st.sampled_from(["98.5", "99.5", "99.9"]))),
                scale=LEVELS.availability.scale,
                charge=Fraction(draw(st.integers(0, 2000))),
            )
        )
    return Case(
        functions=tuple(functions),
        candidates=tuple(keys),
        fixed_late=draw(st.integers(0, 3)),
        resolved=draw(st.integers(len(keys), 40)),
        promise=LEVELS.restore,
        base=Fraction(draw(st.integers(0, 6000))),
    )


def best_by_force(case: Case) -> Fraction:
    every = (some for n in range(len(case.candidates) + 1) for some in itertools.combinations(case.candidates, n))
    return max(case.assignment(frozenset(some)).total for some in every)


@given(cases())
def test_no_assignment_gives_more(case: Case) -> None:
    found = assign(case)
    assert found.chosen is not None
    assert found.proven
    assert found.chosen.total == best_by_force(case)


@given(st.booleans().flatmap(lambda alone: cases(alone=alone)))
def test_nor_where_not_every_choice_is_tried(case: Case) -> None:
    """The knapsack of exchangeable incidents finds the same."""
    found = assign(case, few=0)
    assert found.chosen is not None
    assert found.proven
    assert found.chosen.total == best_by_force(case)


@given(cases(most=4))
def test_a_tie_goes_to_availability_and_the_earliest_stay(case: Case) -> None:
    found = assign(case).chosen
    assert found is not None
    equal = [one for one in assign(case).compared if one.total == found.total]
    assert len(found.availability) == max(len(one.availability) for one in equal)
    order = {key: number for number, key in enumerate(case.candidates)}
    same = [one for one in equal if len(one.availability) == len(found.availability)]
    assert found.availability == min((one.availability for one in same), key=lambda some: [order[key] for key in some])


@pytest.mark.timeout(60)
def test_hundreds_of_shared_incidents_are_still_proven() -> None:
    units = [
        UnitMeasure(
            unit=Unit(id=f"u-{part}"),
            subscribed=1_000_000,
            interrupted=0,
            counted={f"I-{part}-{n}": ((n * 2000, n * 2000 + 37 * (n % 7 + 1)),) for n in range(100)},
            records=(),
        )
        for part in range(5)
    ]
    case = Case(
        functions=tuple(
            FunctionMeasure(
                function=Function(id=one.unit.id, function="os", units=()),
                units=(one,),
                guaranteed=Fraction("99.5"),
                scale=LEVELS.availability.scale if LEVELS.availability else (),
                charge=Fraction(1000 + number),
            )
            for number, one in enumerate(units)
        ),
        candidates=tuple(key for one in units for key in one.counted),
        fixed_late=10,
        resolved=2000,
        promise=LEVELS.restore,  # type: ignore[arg-type]
        base=Fraction(5010),
    )
    found = assign(case)
    assert found.proven
    assert found.chosen is not None
    assert found.chosen.total >= case.assignment(frozenset()).total
    assert found.chosen.total >= case.assignment(frozenset(case.candidates)).total
