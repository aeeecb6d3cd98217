"""Random decision tables over a small space that can be walked whole, and an engine so plain that it must be right."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from toolkit.decide.table import Table

DAYS = [dt.date(2026, 1, 1), dt.date(2026, 7, 1), dt.date(2027, 1, 1)]
BEFORE, AFTER = dt.timedelta(days=-1), dt.timedelta(days=1)
FACTS: dict[str, Any] = {
    "env": ["prod", "dev", "test"],
    "flag": [True, False],
    "size": {"type": "integer", "range": {"min": 0, "max": 6}},
    "price": {"type": "decimal", "range": {"min": 0, "below": 2}},
    "name": {"type": "text"},
    "level": {"type": "values", "values": ["low", "high"], "optional": True},
}
# one value for each region that the cells below can tell apart, and some more
GRID: dict[str, list[Any]] = {
    "env": ["prod", "dev", "test"],
    "flag": [True, False],
    "size": list(range(7)),
    "price": [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75],
    "name": ["", "a", "b", "ab", "a1", "b1", "1", "core", "zz9", "-"],
    "level": ["low", "high", None],
}
PATTERNS = ["a.*", "[a-z]+", "[a-z]*[0-9]", "(a|b)1?", ".{2,}", r"\w"]


def some(values: list[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(st.sampled_from(values), min_size=1, unique=True)
    return lists | lists.map(lambda chosen: {"in": chosen})


def ranges(bounds: list[float]) -> st.SearchStrategy[Any]:
    low = st.sampled_from(["min", "above"]).flatmap(lambda key: st.fixed_dictionaries({key: st.sampled_from(bounds)}))
    high = st.sampled_from(["max", "below"]).flatmap(lambda key: st.fixed_dictionaries({key: st.sampled_from(bounds)}))
    both = st.tuples(low, high).map(lambda pair: pair[0] | pair[1])
    return st.one_of(low, high, both).map(lambda said: {"range": said})


CELLS = {
    "env": some(["prod", "dev", "test"]) | st.sampled_from([{"pattern": p} for p in ("prod|dev", "t.*")]),
    "flag": some([True, False]),
    "size": ranges([0, 2, 2.5, 4, 6]) | some([0, 2, 3, 6]),
    "price": ranges([0, 0.5, 1, 1.5]) | some([0, 0.5, 1]),
    "name": some(["a", "core", "zz9"]) | st.sampled_from([{"pattern": p} for p in PATTERNS]),
    "level": some(["low", "high"]) | st.sampled_from([{"exists": True}, {"exists": False}]),
}


@st.composite
def tables(draw: st.DrawFn, *, policies: tuple[str, ...] = ("FIRST", "UNIQUE"), most: int = 5) -> Table:
    names = draw(st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=3, unique=True))
    rules = []
    for number in range(draw(st.integers(1, most))):
        when = {name: draw(CELLS[name] | st.just("-")) for name in draw(st.lists(st.sampled_from(names), unique=True))}
        begin = draw(st.sampled_from(DAYS))
        end = draw(st.none() | st.sampled_from([day + BEFORE for day in DAYS if day > begin] or [None]))
        rules.append(
            {
                "id": f"RR-{number:03}",
                "version": 1,
                "owner": "us",
                "effective": {"from": begin, "until": end},
                "rationale": "r",
                "source": "test",
                "when": when or {names[0]: "-"},
                "then": draw(st.sampled_from(["x", "y", "z"])),
                "reason": "r",
            }
        )
    return msgspec.convert(
        {
            "schema": "onboarding/decision-table/v1",
            "id": "random",
            "title": "t",
            "version": 1,
            "hit_policy": draw(st.sampled_from(policies)),
            "source": "test",
            "facts": {name: FACTS[name] for name in names},
            "outcome": "o",
            "rules": rules,
        },
        Table,
    )


def walk(table: Table) -> Iterator[dict[str, Any]]:
    """Every combination of the grid's values for the facts of a table."""
    for values in itertools.product(*(GRID[name] for name in table.facts)):
        yield dict(zip(table.facts, values, strict=True))


def plain_rules(table: Table) -> list[dict[str, Any]]:
    """The rules as they would stand in a file."""
    return [msgspec.to_builtins(rule, builtin_types=(dt.date,)) for rule in table.rules]


def naive_matches(rule: dict[str, Any], facts: dict[str, Any], day: dt.date) -> bool:
    """Whether a rule as a file has it matches: no compiling, no keeping, no atoms."""
    until = rule["effective"]["until"]
    if day < rule["effective"]["from"] or (until is not None and day > until):
        return False
    return all(naive_holds(cell, facts[name]) for name, cell in rule["when"].items())


def naive_holds(cell: Any, value: Any) -> bool:
    if cell == "-":
        return True
    if isinstance(cell, dict) and "exists" in cell:
        return (value is not None) == cell["exists"]
    if value is None:
        return False
    if isinstance(cell, dict) and "pattern" in cell:
        return re.fullmatch(cell["pattern"], value) is not None
    if isinstance(cell, dict) and "range" in cell:
        number, said = Decimal(str(value)), {name: Decimal(str(bound)) for name, bound in cell["range"].items()}
        return (
            ("min" not in said or number >= said["min"])
            and ("above" not in said or number > said["above"])
            and ("max" not in said or number <= said["max"])
            and ("below" not in said or number < said["below"])
        )
    return value in (cell["in"] if isinstance(cell, dict) else cell)


def naive_winners(table: Table, facts: dict[str, Any], day: dt.date) -> list[str]:
    """Ids of the rules that match, in the table's order."""
    return [rule["id"] for rule in plain_rules(table) if naive_matches(rule, facts, day)]
