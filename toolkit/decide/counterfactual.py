"""What would have to change for another outcome: the fewest facts, and what they may be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from toolkit.decide.cells import Domain, knows, test_of
from toolkit.decide.evaluate import Evaluator, Facts
from toolkit.decide.regions import Box, Dimension, Space, holds, remainder, rules_on, space_of, written
from toolkit.decide.table import Outcome, Rule, Table, outcomes


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: what it is, what it would have to be (in words), and one such value."""

    fact: str
    now: Any
    needed: str
    example: Any


class Counterfactual(msgspec.Struct, frozen=True, kw_only=True):
    """Another outcome and the smallest set of changes that reaches it; ``rule`` would then answer."""

    outcome: Outcome
    rule: str
    changes: tuple[Change, ...]


def counterfactuals(
    table: Table, facts: Facts, *, day: dt.date, fixed: frozenset[str] = frozenset()
) -> tuple[Counterfactual, ...]:
    """For each other outcome of the table, in its order, the fewest facts that would have to be others on that day.

    ``fixed`` facts stay what they are. An outcome that no facts reach on that day is left out.
    """
    answer = Evaluator(table, day).ask(facts)
    present = None if answer.rule is None else answer.rule.then
    space = space_of(table)
    point = [_atom_of(d, facts.get(d.name), table) for d in space.dimensions[:-1]]
    found: dict[tuple[Any, Outcome], tuple[int, Rule, Box]] = {}
    for rule, box in _answering(space, table, day):
        others = [d.name for d, mask, atom in zip(space.dimensions, box, point, strict=False) if not mask & atom]
        if not fixed.isdisjoint(others):
            continue
        distance = len(others)
        key = (type(rule.then), rule.then)
        if key not in found or distance < found[key][0]:
            found[key] = (distance, rule, box)
    return tuple(
        Counterfactual(outcome=outcome, rule=found[key][1].id, changes=_changes(space, found[key][2], point, facts))
        for outcome in outcomes(table)
        if (key := (type(outcome), outcome)) in found and (answer.rule is None or key != (type(present), present))
    )


def _answering(space: Space, table: Table, day: dt.date) -> list[tuple[Rule, Box]]:
    """The parts of the space in which each rule has the last word on that day."""
    parts: list[tuple[Rule, Box]] = []
    before: list[Box] = []
    for rule, box in rules_on(space, table.rules, day):
        if all(box):
            parts += [(rule, part) for part in remainder(box, before) if space.proven(part)]
            before.append(box)
    return parts


def _atom_of(dimension: Dimension, value: Any, table: Table) -> int:
    """The bit of the atom of which every cell says what it says of this value; 0 for one that is missing or unknown."""
    domain: Domain = table.domains[dimension.name]
    if value is None or not knows(domain, value):
        absent = (1 << i for i, atom in enumerate(dimension.atoms) if atom.value is None)
        return next(absent, 0) if value is None else 0
    cells = [rule.when.get(dimension.name, "-") for rule in table.rules]
    said = [test is None or test(value) for test in map(test_of, cells)]
    alike = (
        1 << index
        for index, atom in enumerate(dimension.atoms)
        if atom.value is not None and [holds(cell, atom) for cell in cells] == said
    )
    return next(alike, 0)


def _changes(space: Space, box: Box, point: list[int], facts: Facts) -> tuple[Change, ...]:
    changes = []
    for dimension, mask, atom in zip(space.dimensions, box, point, strict=False):
        if not mask & atom:
            allowed = dimension.chosen(mask)
            example = next(written(one.value) for one in allowed if not one.tried)
            needed = dimension.text(mask)
            changes.append(Change(fact=dimension.name, now=facts.get(dimension.name), needed=needed, example=example))
    return tuple(changes)
