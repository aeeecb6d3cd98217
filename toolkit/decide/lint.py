"""Proves a table free of overlaps, gaps and unreachable rules, or says where they are, with facts and a day as witness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from toolkit.decide.regions import DAY, Box, Space, meet, remainder, space_of
from toolkit.decide.table import Table

LISTED = 50
"""How many findings of one sort a table lists; ``more`` says how many there are besides."""


class TableFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a table: in which region, and facts and a day that show it.

    ``proven`` is False where patterns stand in the way: no text was found for the region, but none was excluded.
    """

    kind: Literal["overlap", "gap", "unreachable"]
    rules: tuple[str, ...]
    region: str
    facts: dict[str, Any]
    day: dt.date | None
    proven: bool
    message: str


class Linted(msgspec.Struct, frozen=True, kw_only=True):
    """What lint says of one table; ``more`` counts findings beyond the listed ones, by kind."""

    table: str
    rules: int
    regions: int
    findings: tuple[TableFinding, ...]
    more: dict[str, int] = {}


def lint(table: Table) -> Linted:
    """Hold a table against its hit policy and its declared facts, over all days of its span.

    UNIQUE: no two rules share a region. Both policies: no region without a rule (``gaps: bespoke`` allows regions of
    facts, but no day without rules), and no rule that never answers.
    """
    space = space_of(table)
    by_kind = {
        "overlap": list(_overlaps(table, space)) if table.hit_policy == "UNIQUE" else [],
        "unreachable": list(_unreachable(table, space)),
        "gap": list(_gaps(table, space)),
    }
    regions = 1
    for dimension in space.dimensions:
        regions *= len(dimension.atoms)
    return Linted(
        table=table.id,
        rules=len(table.rules),
        regions=regions,
        findings=tuple(finding for some in by_kind.values() for finding in some[:LISTED]),
        more={kind: len(some) - LISTED for kind, some in by_kind.items() if len(some) > LISTED},
    )


def _overlaps(table: Table, space: Space) -> Iterator[TableFinding]:
    for index, (rule, box) in enumerate(zip(table.rules, space.boxes, strict=True)):
        for other, another in zip(table.rules[:index], space.boxes[:index], strict=True):
            shared = meet(box, another)
            if shared is not None:
                yield _finding(space, shared, kind="overlap", rules=(other.id, rule.id))


def _unreachable(table: Table, space: Space) -> Iterator[TableFinding]:
    for index, (rule, box) in enumerate(zip(table.rules, space.boxes, strict=True)):
        if not all(box):
            nothing = [d.name for d, mask in zip(space.dimensions, box, strict=True) if not mask]
            why = f"its cell of {', '.join(nothing)} holds nowhere in the declared domain"
        elif table.hit_policy == "FIRST" and not remainder(box, [one for one in space.boxes[:index] if all(one)]):
            before = [r.id for r, one in zip(table.rules[:index], space.boxes[:index], strict=True) if meet(one, box)]
            why = f"{', '.join(before)} before it take every case of it"
        else:
            continue
        witness = space.witness(box) if all(box) else {}
        yield TableFinding(
            kind="unreachable",
            rules=(rule.id,),
            region=space.text(box) if all(box) else "",
            facts={name: value for name, value in witness.items() if name != DAY},
            day=witness.get(DAY),
            proven=True,
            message=f"{rule.id} never answers: {why}",
        )


def _gaps(table: Table, space: Space) -> Iterator[TableFinding]:
    boxes = [box for box in space.boxes if all(box)]
    if table.gaps == "bespoke":
        # what no rule covers is meant; a day on which no rule is in force is not
        boxes = [(*space.whole[:-1], box[-1]) for box in boxes]
    for box in remainder(space.whole, boxes):
        yield _finding(space, box, kind="gap", rules=())


def _finding(space: Space, box: Box, *, kind: Literal["overlap", "gap"], rules: tuple[str, ...]) -> TableFinding:
    witness, proven = space.witness(box), space.proven(box)
    what = f"{' and '.join(rules)} both answer" if rules else "no rule answers"
    doubt = "" if proven else " (not proven: no text was found for these patterns, and none was excluded)"
    return TableFinding(
        kind=kind,
        rules=rules,
        region=space.text(box),
        facts={name: value for name, value in witness.items() if name != DAY},
        day=witness[DAY],
        proven=proven,
        message=f"{what}: {space.text(box)}{doubt}",
    )
