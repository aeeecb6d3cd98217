"""What would have to change: the fewest facts, found again by trying all."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide.random_tables import DAYS, GRID, naive_winners, tables, walk
from toolkit.decide.counterfactual import counterfactuals
from toolkit.decide.evaluate import evaluate
from toolkit.decide.lint import lint
from toolkit.decide.table import Table, load_table

DAY = dt.date(2027, 1, 1)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.data(), tables(policies=("FIRST",)), st.sampled_from(DAYS))
def test_no_fewer_changes_reach_an_outcome(data: st.DataObject, table: Table, day: dt.date) -> None:
    facts = {name: data.draw(st.sampled_from(GRID[name])) for name in table.facts}
    fixed = data.draw(st.frozensets(st.sampled_from(sorted(facts)), max_size=1))
    outcome = {rule.id: rule.then for rule in table.rules}
    fewest: dict[object, int] = {}
    for other in walk(table):
        winners = naive_winners(table, other, day)
        if winners and all(other[name] == facts[name] for name in fixed):
            changed = sum(other[name] != facts[name] for name in facts)
            key = outcome[winners[0]]
            fewest[key] = min(changed, fewest.get(key, changed))
    here = evaluate(table, facts, day=day).rule
    found = {one.outcome: one for one in counterfactuals(table, facts, day=day, fixed=fixed)}
    assert set(found) == set(fewest) - {None if here is None else here.then}
    for reached, one in found.items():
        assert len(one.changes) == fewest[reached]
        changed = {**facts, **{change.fact: change.example for change in one.changes}}
        answer = evaluate(table, changed, day=day)
        assert answer.rule is not None
        assert (answer.rule.then, answer.rule.id) == (reached, one.rule)
        assert all(change.now == facts[change.fact] and change.needed for change in one.changes)


def test_a_missing_fact_is_always_one_to_change() -> None:
    table = load_table("build_model")
    facts = dict.fromkeys(table.facts, "customer") | {"responsibility.backend": None}
    found = {one.outcome: [change.fact for change in one.changes] for one in counterfactuals(table, facts, day=DAY)}
    assert found["no-build"] == found["backend-build"] == ["responsibility.backend"]
    assert len(found["full-build"]) == 3


def test_every_scope_says_how_each_model_is_reached() -> None:
    table = load_table("build_model")
    for values in itertools.product(*(domain.values for domain in table.domains.values())):
        facts = dict(zip(table.facts, values, strict=True))
        assert len(counterfactuals(table, facts, day=DAY)) == 4 - (evaluate(table, facts, day=DAY).rule is not None)
    assert lint(table).findings == ()
