"""The table engine and the shipped tables."""

import datetime as dt
import itertools
import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import resources
from toolkit.decide.evaluate import evaluate
from toolkit.decide.table import (
    TABLES,
    Effective,
    Rule,
    Table,
    load_table,
    table_faults,
    tables_digest,
)
from toolkit.errors import OnboardError

DAY = dt.date(2027, 1, 1)
FILES = sorted(TABLES.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_table_follows_its_schema(path: Path):
    schema = json.loads((resources.folder("schemas") / "decision-table.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    table = yaml.safe_load(path.read_text())
    assert list(validator.iter_errors(table)) == []
    assert table["id"] == path.stem


def rule(id_: str, when: dict[str, tuple[str, ...]], **more) -> Rule:
    return Rule(
        **{
            "id": id_,
            "version": 1,
            "owner": "us",
            "effective": Effective(from_=dt.date(2020, 1, 1), until=None),
            "rationale": "r",
            "source": "SD-1",
            "when": when,
            "then": id_,
            "reason": "r",
            **more,
        }
    )


def table(policy: str, *rules: Rule) -> Table:
    return Table(
        schema="onboarding/decision-table/v1",
        id="t",
        title="t",
        version=1,
        hit_policy=policy,
        source="SD-1",
        facts={"a": ("x", "y", "z"), "b": ("x", "y")},
        outcome="o",
        rules=rules,
    )


conditions = st.fixed_dictionaries(
    {},
    optional={
        "a": st.lists(st.sampled_from("xyz"), min_size=1, unique=True).map(tuple),
        "b": st.lists(st.sampled_from("xy"), min_size=1, unique=True).map(tuple),
    },
)


@settings(deadline=None)
@given(st.lists(conditions, min_size=1, max_size=5), st.sampled_from(["FIRST", "UNIQUE"]))
def test_the_engine_agrees_with_a_naive_one(whens: list[dict], policy: str):
    made = table(policy, *(rule(f"RR-{number:03}", when) for number, when in enumerate(whens)))
    for a, b in itertools.product("xyz", "xy"):
        naive = [number for number, when in enumerate(whens) if a in when.get("a", "xyz") and b in when.get("b", "xy")]
        if policy == "UNIQUE" and len(naive) > 1:
            with pytest.raises(OnboardError, match="match the same facts"):
                evaluate(made, {"a": a, "b": b}, day=DAY)
            continue
        answer = evaluate(made, {"a": a, "b": b}, day=DAY)
        assert (answer.rule and answer.rule.id) == (f"RR-{naive[0]:03}" if naive else None)
        assert (answer.nearest is None) == (len(naive) == len(whens))


def test_only_rules_in_force_count():
    old = rule("RR-001", {"a": ("x",)}, effective=Effective(from_=dt.date(2020, 1, 1), until=dt.date(2026, 12, 31)))
    new = rule("RR-002", {"a": ("x",)}, effective=Effective(from_=DAY, until=None))
    made = table("UNIQUE", old, new)
    assert evaluate(made, {"a": "x", "b": "x"}, day=dt.date(2026, 12, 31)).rule == old
    assert evaluate(made, {"a": "x", "b": "x"}, day=DAY).rule == new
    assert evaluate(made, {"a": "x", "b": "x"}, day=dt.date(2019, 1, 1)).rule is None


def test_the_nearest_rule_fails_on_the_fewest_facts_and_says_which():
    made = table("FIRST", rule("RR-001", {"a": ("x",), "b": ("x",)}), rule("RR-002", {"a": ("x", "z"), "b": ("y",)}))
    answer = evaluate(made, {"a": "y", "b": "y"}, day=DAY)
    assert answer.rule is None
    assert answer.nearest is not None
    assert (answer.nearest.id, answer.failed_on) == ("RR-002", "a is y, not x or z")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ((rule("RR-001", {"c": ("x",)}),), "unknown fact c"),
        ((rule("RR-001", {"b": ("z",)}),), "b is never z"),
        ((rule("RR-001", {"a": ("x",)}), rule("RR-001", {"a": ("y",)})), "occurs twice"),
    ],
)
def test_a_table_that_names_the_unknown_is_refused(rules, message):
    assert re.search(message, "; ".join(table_faults(table("FIRST", *rules))))


def test_the_digest_is_that_of_the_meaning():
    assert tables_digest() == tables_digest()
    assert tables_digest().startswith("sha256:")
    assert msgspec.convert(yaml.safe_load(FILES[0].read_text()), Table) == load_table(FILES[0].stem)
