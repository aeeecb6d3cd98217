"""The engine against a plain one, and what it says when a fact is missing or unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide.random_tables import DAYS, FACTS, GRID, naive_winners, tables
from toolkit.decide.evaluate import KEPT, Evaluator, evaluate
from toolkit.decide.table import Table, table_faults
from toolkit.errors import OnboardError

DAY = dt.date(2027, 1, 1)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.data(), tables(), st.sampled_from([*DAYS, dt.date(2025, 1, 1), dt.date(2026, 12, 31)]))
def test_the_engine_agrees_with_a_naive_one(data: st.DataObject, table: Table, day: dt.date) -> None:
    assert table_faults(table) == []
    made = Evaluator(table, day)
    for _ in range(20):
        facts = {name: data.draw(st.sampled_from(GRID[name])) for name in table.facts}
        naive = naive_winners(table, facts, day)
        if table.hit_policy == "UNIQUE" and len(naive) > 1:
            with pytest.raises(OnboardError, match="match the same facts"):
                made.ask(facts)
            continue
        for _again in range(2):
            answer = made.ask(facts)
            assert answer.state == ("matched" if naive else "no_match")
            assert (answer.rule and answer.rule.id) == (naive[0] if naive else None)
            assert answer == evaluate(table, facts, day=day)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.data(), tables(policies=("FIRST",)))
def test_a_missing_fact_never_decides(data: st.DataObject, table: Table) -> None:
    """Not evaluated unless the same rule answers whatever the missing fact is; then the answer may say so."""
    facts = {name: data.draw(st.sampled_from(GRID[name])) for name in table.facts}
    gone = data.draw(st.sampled_from(sorted(table.facts)))
    if FACTS[gone] == FACTS["level"]:
        return
    answer = evaluate(table, {**facts, gone: None}, day=DAY)
    possible = {tuple(naive_winners(table, {**facts, gone: value}, DAY)[:1]) for value in GRID[gone]}
    if answer.state == "not_evaluated":
        assert answer.missing == (gone,)
        assert answer.rule is None
        assert f"{gone} is missing" in answer.not_known
    else:
        assert possible == {() if answer.rule is None else (answer.rule.id,)}


def table(text: str, *, policy: str = "UNIQUE") -> Table:
    said = yaml.safe_load(text)
    head = {
        "schema": "onboarding/decision-table/v1",
        "id": "t",
        "title": "t",
        "version": 1,
        "source": "s",
        "outcome": "o",
    }
    rest = {
        "version": 1,
        "owner": "o",
        "effective": {"from": "2020-01-01", "until": None},
        "rationale": "r",
        "source": "s",
    }
    rules = [{"id": f"RR-{n:03}", **rest, "reason": "r", **rule} for n, rule in enumerate(said["rules"], 1)]
    return msgspec.convert({**head, "hit_policy": policy, "facts": said["facts"], "rules": rules}, Table)


SIZES = table("""
facts: {size: {type: integer, range: {min: 0}}, env: [prod, dev]}
rules:
  - {when: {env: [prod], size: {range: {min: 5}}}, then: big}
  - {when: {env: [prod], size: {range: {below: 5}}}, then: small}
  - {when: {env: [dev]}, then: none}
""")


def test_a_missing_fact_is_named_and_never_a_silent_non_match() -> None:
    answer = evaluate(SIZES, {"env": "prod"}, day=DAY)
    assert (answer.state, answer.missing, answer.rule) == ("not_evaluated", ("size",), None)
    # in dev no rule asks for the size
    assert evaluate(SIZES, {"env": "dev"}, day=DAY).state == "matched"
    assert evaluate(SIZES, {}, day=DAY).missing == ("env", "size")


@pytest.mark.parametrize("size", [-1, 2.5, "5", True, float("nan"), float("inf"), Decimal("NaN")])
def test_a_value_outside_its_domain_is_not_evaluated(size: Any) -> None:
    answer = evaluate(SIZES, {"env": "prod", "size": size}, day=DAY)
    assert (answer.state, answer.rule) == ("not_evaluated", None)
    assert answer.outside[0].startswith("size is ")
    assert "does not know" in answer.not_known


def test_numbers_count_by_what_they_are_worth() -> None:
    prices = table("""
facts: {price: {type: decimal}}
rules:
  - {when: {price: {range: {max: 0.3}}}, then: low}
  - {when: {price: {range: {above: 0.3}}}, then: high}
""")
    for value in (0.3, Decimal("0.3"), Decimal("0.30"), 0):
        assert evaluate(prices, {"price": value}, day=DAY).rule == prices.rules[0]
    assert evaluate(prices, {"price": Decimal("0.30000000000000000001")}, day=DAY).rule == prices.rules[1]
    assert evaluate(SIZES, {"env": "prod", "size": 5.0}, day=DAY).rule == SIZES.rules[0]


def test_truth_is_no_number_whatever_was_asked_before() -> None:
    flags = table(
        "facts: {flag: [true, false]}\nrules: [{when: {flag: [true]}, then: 'on'}, {when: {flag: [false]}, then: 'off'}]"
    )
    made = Evaluator(flags, DAY)
    assert made.ask({"flag": True}).state == "matched"
    assert made.ask({"flag": 1}).state == "not_evaluated"


@pytest.mark.slow
def test_the_same_facts_give_the_same_object_and_the_kept_ones_are_bounded() -> None:
    names = table("facts: {name: {type: text}}\nrules: [{when: {name: '-'}, then: x}]")
    made = Evaluator(names, DAY)
    assert made.ask({"name": "a"}) is made[("a",)]
    for number in range(KEPT + 10):
        made.ask({"name": str(number)})
    assert len(made) <= KEPT


@pytest.mark.parametrize(
    ("facts", "when", "message"),
    [
        ("{a: {type: integer}}", "{a: {range: {min: 1, above: 1}}}", "two bounds on one side"),
        ("{a: {type: integer}}", "{a: {pattern: x}}", "needs text"),
        ("{a: {type: text}}", "{a: {range: {min: 1}}}", "needs one"),
        ("{a: {type: text}}", "{a: {exists: true}}", "only an optional fact"),
        ("{a: {type: text}}", "{a: {pattern: '['}}", "which is none"),
        ("{a: {type: text}}", "{a: {}}", "needs one of"),
        ("{a: {type: text}}", "{a: {pattern: x, in: [y]}}", "needs one of"),
        ("{a: {type: text}}", "{a: {in: []}}", "empty list"),
        ("{a: {type: integer, range: {max: 3}}}", "{a: [4]}", "is never 4"),
        ("{a: {type: values}}", "{a: '-'}", "no values are declared"),
        ("{a: {type: text, values: [x]}}", "{a: '-'}", "type values only"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused(facts: str, when: str, message: str) -> None:
    faults = table_faults(table(f"facts: {facts}\nrules: [{{when: {when}, then: x}}]"))
    assert message in " ".join(faults)
