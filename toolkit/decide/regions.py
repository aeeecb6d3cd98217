"""Exact algebra over a table's space of facts and days: every cell is a set of atoms, every rule a box of such sets.

An atom of a fact is a largest part of its domain in which no cell of the table tells two values apart; a set of atoms
is an integer's bits. So two rules overlap exactly when their boxes meet, and what no rule covers is the whole box
less every rule's. Texts are exact too while their patterns are regular expressions proper; where they hold more, every
combination of them is kept as ``tried``: it may exist, and no text of it is known.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from toolkit.decide.cells import Cell, Domain, Number, Tests, accepts_absence, said, test_of
from toolkit.decide.pattern_space import combinations
from toolkit.decide.table import Rule, Table
from toolkit.errors import OnboardError

Box = tuple[int, ...]
Span = tuple[Any, bool, Any, bool]
"""Lower bound (None: none), whether it belongs to the span, upper bound, whether that does."""
DAY = "day"
MOST_BOXES = 100_000


class Atom(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a domain: a value in it (None for absence) and its name.

    ``tried``: no text of it is known. ``span``: for numbers and days, the bounds and whether each belongs to it.
    """

    value: Any
    text: str = ""
    tried: bool = False
    span: Span | None = None


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, or the day, as its atoms in order."""

    name: str
    atoms: tuple[Atom, ...]

    @property
    def all(self) -> int:
        return (1 << len(self.atoms)) - 1

    def chosen(self, mask: int) -> list[Atom]:
        return [atom for index, atom in enumerate(self.atoms) if mask >> index & 1]

    def text(self, mask: int) -> str:
        """The chosen atoms in words, neighbouring stretches as one."""
        words: list[str] = []
        open_span: Span | None = None
        for index, atom in enumerate([*self.atoms, Atom(value=None)]):
            taken = bool(mask >> index & 1)
            if open_span is not None and not (taken and atom.span is not None):
                words.append(_span_text(open_span))
                open_span = None
            if taken and atom.span is not None:
                open_span = atom.span if open_span is None else (*open_span[:2], *atom.span[2:])
            elif taken:
                words.append(atom.text)
        return " or ".join(words)


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a table in its order, then the day; ``boxes`` holds one box for each rule."""

    dimensions: tuple[Dimension, ...]
    boxes: tuple[Box, ...]

    @property
    def whole(self) -> Box:
        return tuple(dimension.all for dimension in self.dimensions)

    def witness(self, box: Box) -> dict[str, Any]:
        """Concrete facts and the first day inside a box; a text that is only ``tried`` is told in words."""
        found = {}
        for dimension, mask in zip(self.dimensions, box, strict=True):
            atom = min(dimension.chosen(mask), key=lambda one: one.tried)
            found[dimension.name] = f"(a text {atom.text})" if atom.tried else written(atom.value)
        return found

    def proven(self, box: Box) -> bool:
        """Whether a witness of the box is known to exist."""
        return all(any(not a.tried for a in d.chosen(mask)) for d, mask in zip(self.dimensions, box, strict=True))

    def text(self, box: Box) -> str:
        """The box in words; what is free in it is not named."""
        words = [
            f"{dimension.name} {dimension.text(mask)}"
            for dimension, mask in zip(self.dimensions, box, strict=True)
            if mask != dimension.all
        ]
        return ", ".join(words) or "any facts on any day"


def space_of(table: Table) -> Space:
    """The table's rules as boxes over its declared facts and the days of its own span (by default from its first rule)."""
    domains = table.domains
    dimensions, masks = [], []
    for name, domain in domains.items():
        cells = [rule.when.get(name, "-") for rule in table.rules]
        atoms = _atoms(domain, cells)
        dimensions.append(Dimension(name=name, atoms=atoms))
        masks.append([_mask(cell, atoms) for cell in cells])
    days, spans = _days(table)
    dimensions.append(Dimension(name=DAY, atoms=days))
    masks.append(spans)
    return Space(dimensions=tuple(dimensions), boxes=tuple(zip(*masks, strict=True)))


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes share; None when nothing."""
    shared = tuple(a & b for a, b in zip(one, other, strict=True))
    return shared if all(shared) else None


def less(box: Box, other: Box) -> Iterator[Box]:
    """``box`` without ``other``, as boxes that do not overlap."""
    if meet(box, other) is None:
        yield box
        return
    for index, (mine, theirs) in enumerate(zip(box, other, strict=True)):
        if mine & ~theirs:
            yield (*box[:index], mine & ~theirs, *box[index + 1 :])
        box = (*box[:index], mine & theirs, *box[index + 1 :])


def remainder(box: Box, others: Sequence[Box]) -> list[Box]:
    """``box`` without all the others; OnboardError when that falls into more parts than can be listed."""
    left = [box]
    for other in others:
        left = list(itertools.chain.from_iterable(less(one, other) for one in left))
        if len(left) > MOST_BOXES:
            raise OnboardError("the table's regions are too many to list", fix="split the table into several")
    return left


def written(value: Any) -> Any:
    """A value as JSON and YAML write it: a decimal as the number that is written alike, where there is one."""
    if not isinstance(value, Decimal):
        return value
    if value == int(value):
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else value


def _mask(cell: Cell, atoms: tuple[Atom, ...]) -> int:
    return sum(1 << index for index, atom in enumerate(atoms) if holds(cell, atom))


def holds(cell: Cell, atom: Atom) -> bool:
    """Whether a cell holds in an atom: for all values of it, or none."""
    if atom.tried:  # its value: the patterns
        return not isinstance(cell, tuple) and (
            cell == "-" or (isinstance(cell, Tests) and (cell.exists is True or cell.pattern in atom.value))
        )
    if atom.value is None:
        return accepts_absence(cell)
    test = test_of(cell)
    return test is None or test(atom.value)


def _atoms(domain: Domain, cells: Sequence[Cell]) -> tuple[Atom, ...]:
    if domain.type == "values":
        atoms = [Atom(value=value, text=said(value)) for value in domain.values]
    elif domain.type == "text":
        atoms = _texts(cells)
    else:
        atoms = list(_numbers(domain, cells))
    if domain.optional:
        atoms.append(Atom(value=None, text="absent"))
    return tuple(atoms)


def _numbers(domain: Domain, cells: Sequence[Cell]) -> Iterator[Atom]:
    """Every bound and listed value by itself, and the open stretches between them that hold a number."""
    ranges = [domain.range, *(cell.range for cell in cells if isinstance(cell, Tests) and cell.range is not None)]
    listed = [cell if isinstance(cell, tuple) else cell.in_ for cell in cells if isinstance(cell, tuple | Tests)]
    points = {bound[0] for one in ranges for bound in (one.low, one.high) if bound is not None}
    points |= {
        Decimal(repr(v)) if isinstance(v, float) else v for some in listed for v in some or () if not isinstance(v, str)
    }
    cuts: list[Number | None] = [None, *sorted(points), None]
    for index, (low, high) in enumerate(itertools.pairwise(cuts)):
        if index and low is not None and _inside(domain, low):
            yield Atom(value=low, span=(low, True, low, True))
        between = _between(low, high, whole=domain.type == "integer")
        if between is not None and domain.range.holds(between):
            yield Atom(value=between, span=(low, False, high, False))


def _inside(domain: Domain, value: Number) -> bool:
    return domain.range.holds(value) and (domain.type == "decimal" or value == int(value))


def _between(low: Number | None, high: Number | None, *, whole: bool) -> Number | None:
    """A number strictly between two; None when there is none."""
    if low is None or high is None:
        return 0 if low is high is None else (math.floor(low) + 1 if low is not None else math.ceil(high or 0) - 1)
    if not whole:
        return (Decimal(low) + Decimal(high)) / 2
    first = math.floor(low) + 1
    return first if first < high else None


def _span_text(span: Span) -> str:
    low, low_in, high, high_in = span
    if isinstance(low, dt.date):
        return f"from {low} on" if high == dt.date.max else f"from {low} until {high}"
    if low is not None and low == high:
        return str(low)
    words = ([] if low is None else [f"{'at least' if low_in else 'above'} {low}"]) + (
        [] if high is None else [f"{'at most' if high_in else 'below'} {high}"]
    )
    return " and ".join(words) or "any number"


def _texts(cells: Sequence[Cell]) -> list[Atom]:
    """Each listed text, and one atom for each combination of patterns that another text can or might match."""
    listed = {v for cell in cells for v in (cell if isinstance(cell, tuple) else _in(cell)) if isinstance(v, str)}
    patterns = sorted({cell.pattern for cell in cells if isinstance(cell, Tests) and cell.pattern is not None})
    if len(patterns) > 12:
        raise OnboardError("one fact has more than 12 patterns", fix="split the table into several")
    found = combinations(patterns, apart_from=sorted(listed))
    atoms = [Atom(value=text, text=text) for text in sorted(listed)]
    if found is not None:
        return atoms + [Atom(value=text, text=_like(some, listed)) for some, text in sorted(found.items())]
    subsets = (some for size in range(len(patterns) + 1) for some in itertools.combinations(patterns, size))
    return atoms + [Atom(value=some, text=_like(some, listed), tried=True) for some in subsets]


def _like(patterns: tuple[str, ...], listed: set[str]) -> str:
    apart = f"other than {', '.join(sorted(listed))}" if listed else ""
    like = f"like {' and like '.join(patterns)}" if patterns else "" if listed else "like no pattern of the table"
    return f"{like} ({apart})" if like and apart else like or apart


def _in(cell: Cell) -> tuple[Any, ...]:
    return (cell.in_ or ()) if isinstance(cell, Tests) else ()


def _days(table: Table) -> tuple[tuple[Atom, ...], list[int]]:
    """The stretches of days between all beginnings and ends of rules, and which of them each rule covers."""
    spans = [rule.effective for rule in table.rules]
    first = table.effective.from_ if table.effective else min(span.from_ for span in spans)
    last = (table.effective.until if table.effective else None) or dt.date.max
    starts = {first, *(span.from_ for span in spans)}
    starts |= {span.until + dt.timedelta(days=1) for span in spans if span.until not in (None, dt.date.max)}
    begins = sorted(day for day in starts if first <= day <= last)
    ends = [day - dt.timedelta(days=1) for day in begins[1:]] + [last]
    atoms = tuple(Atom(value=begin, span=(begin, True, end, True)) for begin, end in zip(begins, ends, strict=True))
    return atoms, [
        sum(1 << i for i, atom in enumerate(atoms) if rule.effective.covers(atom.value)) for rule in table.rules
    ]


def rules_on(space: Space, rules: Sequence[Rule], day: dt.date) -> list[tuple[Rule, Box]]:
    """The rules in force on a day with their boxes, the day fixed."""
    days = space.dimensions[-1].atoms
    held = max((index for index, atom in enumerate(days) if atom.value <= day), default=None)
    if held is None:
        return []
    pairs = zip(rules, space.boxes, strict=True)
    return [(rule, (*box[:-1], 1 << held)) for rule, box in pairs if box[-1] >> held & 1]
