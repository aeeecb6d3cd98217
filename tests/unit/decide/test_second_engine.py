"""Our engine against zen-engine (MIT), which evaluates the same random tables in another language by another way."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zen import ZenEngine  # the second opinion; a dependency of the tests only

from tests.unit.decide.random_tables import DAYS, GRID, plain_rules, tables
from toolkit.decide.evaluate import evaluate
from toolkit.decide.table import Table, load_table, table_names
from toolkit.errors import OnboardError


def oracle(table: Table, day: dt.date) -> Any:
    """The table as a decision of the other engine that collects every rule in force that matches.

    A fact is given as ``<name>`` and, because the other engine has no test for absence in a cell, as ``has_<name>``.
    """
    names = list(table.facts)
    fields = [field for name in names for field in (name, f"has_{name}")]
    rules = []
    for rule in plain_rules(table):
        until = rule["effective"]["until"]
        if day < rule["effective"]["from"] or (until is not None and day > until):
            continue
        row = {"_id": rule["id"], "rule": json.dumps(rule["id"])}
        for name in names:
            row |= cells(name.replace(".", "_"), rule["when"].get(name, "-"))
        rules.append(row)
    return ZenEngine().create_decision(
        json.dumps(
            {
                "nodes": [
                    {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
                    {
                        "id": "table",
                        "name": "table",
                        "type": "decisionTableNode",
                        "position": {"x": 0, "y": 0},
                        "content": {
                            "hitPolicy": "collect",
                            "inputs": [
                                {"id": f.replace(".", "_"), "name": f, "field": f.replace(".", "_")} for f in fields
                            ],
                            "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
                            "rules": rules,
                        },
                    },
                    {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}},
                ],
                "edges": [
                    {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
                    {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
                ],
            }
        )
    )


def cells(name: str, cell: Any) -> dict[str, str]:
    """One of our cells as the other engine's two: what the value must be, and whether there must be one."""
    if cell == "-":
        return {name: "", f"has_{name}": ""}
    if isinstance(cell, dict) and "exists" in cell:
        return {name: "", f"has_{name}": json.dumps(cell["exists"])}
    if isinstance(cell, dict) and "pattern" in cell:
        # the other engine's texts know no escapes, and no pattern here has a quote
        wanted = 'matches($, "^(?:' + cell["pattern"] + ')$")'
    elif isinstance(cell, dict) and "range" in cell:
        signs = {"min": ">=", "above": ">", "max": "<=", "below": "<"}
        wanted = " and ".join(f"$ {signs[side]} {bound}" for side, bound in cell["range"].items())
    else:
        listed = cell["in"] if isinstance(cell, dict) else cell
        wanted = f"$ in {json.dumps(listed)}"
    return {name: wanted, f"has_{name}": "true"}


def asked(decision: Any, facts: dict[str, Any]) -> list[str]:
    ours = {name.replace(".", "_"): value for name, value in facts.items()}
    said = {**ours, **{f"has_{name}": value is not None for name, value in ours.items()}}
    return [row["rule"] for row in decision.evaluate(said)["result"]]


def agree(table: Table, facts: dict[str, Any], day: dt.date, matching: list[str]) -> None:
    if table.hit_policy == "UNIQUE" and len(matching) > 1:
        with pytest.raises(OnboardError, match=f"rules {', '.join(matching)} match"):
            evaluate(table, facts, day=day)
        return
    answer = evaluate(table, facts, day=day)
    assert (answer.rule and answer.rule.id) == (matching[0] if matching else None)


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(st.data(), tables(), st.sampled_from(DAYS))
def test_both_engines_find_the_same_rule(data: st.DataObject, table: Table, day: dt.date) -> None:
    decision = oracle(table, day)
    for _ in range(10):
        facts = {name: data.draw(st.sampled_from(GRID[name])) for name in table.facts}
        agree(table, facts, day, asked(decision, facts))


@settings(deadline=None, max_examples=300)
@given(st.data(), st.sampled_from(table_names()))
def test_both_engines_read_the_shipped_tables_alike(data: st.DataObject, name: str) -> None:
    table, day = load_table(name), dt.date(2027, 1, 1)
    texts = {"component.kind": ["vm", "database", "external-interface", "call-manager"]}
    facts = {
        fact: data.draw(st.sampled_from(texts.get(fact) or list(domain.values)))
        for fact, domain in table.domains.items()
    }
    agree(table, facts, day, asked(oracle(table, day), facts))
