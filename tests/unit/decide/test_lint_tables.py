"""What lint proves, against walking the whole space; the planted tables; the shipped ones."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide.random_tables import AFTER, BEFORE, DAYS, PATTERNS, naive_winners, tables, walk
from toolkit import resources
from toolkit.decide.cells import Domain, Range, Tests
from toolkit.decide.evaluate import evaluate
from toolkit.decide.lint import lint
from toolkit.decide.pattern_space import combinations
from toolkit.decide.present import lint_json, lint_lines
from toolkit.decide.table import TABLES, Table, read_table
from toolkit.errors import OnboardError, UsageError

EXAMPLES = sorted((Path(__file__).parents[2] / "examples/tables").glob("*.yaml"))


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(tables(most=4))
def test_what_lint_proves_is_what_a_walk_finds(table: Table) -> None:
    first = min(rule.effective.from_ for rule in table.rules)
    days = sorted({day for one in DAYS for day in (one, one + BEFORE, one + AFTER) if day >= first})
    overlaps, gaps, answering = set(), False, set()
    for facts in walk(table):
        for day in days:
            winners = naive_winners(table, facts, day)
            overlaps |= {(a, b) for a in winners for b in winners if a < b}
            gaps = gaps or not winners
            answering |= set(winners[:1] if table.hit_policy == "FIRST" else winners)
    found = lint(table).findings
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in ("overlap", "gap", "unreachable")}
    if table.hit_policy == "UNIQUE":
        assert {one.rules for one in by_kind["overlap"]} == overlaps
    assert bool(by_kind["gap"]) == gaps
    assert {one.rules[0] for one in by_kind["unreachable"]} == {rule.id for rule in table.rules} - answering
    for one in (*by_kind["overlap"], *by_kind["gap"]):
        assert one.proven
        assert one.day is not None
        assert set(one.rules) <= set(naive_winners(table, one.facts, one.day))
        assert one.rules or naive_winners(table, one.facts, one.day) == []


def test_the_shipped_tables_have_no_fault() -> None:
    for path in sorted(TABLES.glob("*.yaml")):
        assert lint(read_table(path)).findings == (), path.stem


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_table_follows_its_schema(path: Path) -> None:
    schema = json.loads((resources.folder("schemas") / "decision-table.schema.json").read_text())
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(path.read_text()))) == []


PLANTED = {
    "sound": [],
    "sound_first": [],
    "planted_overlap": [("overlap", ("PO-001", "PO-002"), "2027-01-01", {"tenant.environment": "production", "size": 10})],
    "planted_gap": [("gap", (), "2020-01-01", {"tenant.environment": "development", "price": 50})],
    "planted_days": [("gap", (), "2027-01-01", {"tenant.environment": "production"})],
    "planted_unreachable": [("unreachable", ("PU-003",), "2020-01-01", {"tenant.environment": "production", "size": 5})],
    "planted_patterns": [("overlap", ("PP-001", "PP-002"), "2020-01-01", {"name": "web-0"}), ("gap", (), "2020-01-01", {"name": "a"})],
}  # fmt: skip


def test_every_example_table_is_expected() -> None:
    assert {path.stem for path in EXAMPLES} == {*PLANTED, "undecided_patterns"}


@pytest.mark.parametrize("name", PLANTED)
def test_lint_finds_what_was_planted_and_nothing_else(name: str) -> None:
    table = read_table(next(path for path in EXAMPLES if path.stem == name))
    found = [(one.kind, one.rules, str(one.day), one.facts) for one in lint(table).findings]
    assert found == PLANTED[name]
    for kind, _, day, facts in found:
        if kind == "gap":
            assert evaluate(table, facts, day=dt.date.fromisoformat(day)).state == "no_match"
        elif kind == "overlap":
            with pytest.raises(OnboardError, match="match the same facts"):
                evaluate(table, facts, day=dt.date.fromisoformat(day))


def test_a_pattern_that_is_not_decided_is_told_as_not_proven() -> None:
    table = read_table(next(path for path in EXAMPLES if path.stem == "undecided_patterns"))
    linted = lint(table)
    assert [(one.kind, one.proven) for one in linted.findings] == [("overlap", False), ("gap", False)]
    text = "\n".join(lint_lines([("t.yaml", linted)]))
    assert "not proven: no text was found for these patterns, and none was excluded" in text


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*PATTERNS, "x?y*", "(ab|a)(c|bcd)", "[^a]", r"\d{2,3}", "a{0,2}"]),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_which_patterns_meet_is_decided_exactly(patterns: list[str]) -> None:
    found = combinations(sorted(patterns))
    assert found is not None
    for matched, text in found.items():
        assert tuple(p for p in sorted(patterns) if re.fullmatch(p, text)) == matched
    texts = ["".join(parts) for size in range(4) for parts in itertools.product("abcdxy10-", repeat=size)]
    tried = {tuple(p for p in sorted(patterns) if re.fullmatch(p, text)) for text in texts}
    assert tried <= set(found)


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(?i)a", "a^b", "[à-ü]", "(a?){5000}"])
def test_what_is_no_plain_pattern_is_not_decided(pattern: str) -> None:
    assert combinations([pattern]) is None


def test_a_bespoke_table_may_leave_facts_out_but_no_day() -> None:
    text = (TABLES / "build_model.yaml").read_text()
    broken = yaml.safe_load(text.replace("until: null", 'until: "2026-12-31"'))
    for rule in broken["rules"]:
        rule["effective"]["from"] = "2020-01-01"
    broken["effective"] = {"from": "2020-01-01", "until": "2027-06-30"}
    found = lint(msgspec.convert(broken, Table)).findings
    assert [(one.kind, one.region) for one in found] == [("gap", "day from 2027-01-01 until 2027-06-30")]
    del broken["gaps"]
    assert len(lint(msgspec.convert(broken, Table)).findings) > 1


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = next(path for path in EXAMPLES if path.stem == "planted_gap").read_text()
    (tmp_path / "t.yaml").write_text(text.replace("version: 1\n", "version: 1\nversion: 2\n", 1))
    with pytest.raises(UsageError, match="'version' stands twice"):
        read_table(tmp_path / "t.yaml")


@pytest.mark.parametrize(("part", "value"), [("rules", []), ("facts", {})])
def test_a_table_without_rules_or_facts_is_refused(tmp_path: Path, part: str, value: Any) -> None:
    said = yaml.safe_load(next(path for path in EXAMPLES if path.stem == "planted_gap").read_text())
    (tmp_path / "t.yaml").write_text(yaml.safe_dump({**said, part: value}))
    with pytest.raises(UsageError, match=f"has no {part}"):
        read_table(tmp_path / "t.yaml")


def test_a_decimal_witness_is_a_number_in_json() -> None:
    table = read_table(next(path for path in EXAMPLES if path.stem == "planted_gap"))
    rules = tuple(rule for rule in table.rules if rule.id != "PG-002")
    found = lint(msgspec.structs.replace(table, rules=rules)).findings
    assert json.loads(json.dumps(found[0].facts))["price"] in (0, 25, 50)
    half = msgspec.structs.replace(table.rules[1], when={"price": Tests(range=Range(below=0.5))})
    (other,) = lint(
        msgspec.structs.replace(
            table, facts={"price": Domain(type="decimal", range=Range(min=0, max=0.75))}, rules=(half,)
        )
    ).findings
    assert other.facts == {"price": 0.5}


def test_the_json_form_names_file_table_and_finding() -> None:
    table = read_table(next(path for path in EXAMPLES if path.stem == "planted_gap"))
    shown = lint_json([("t.yaml", lint(table))])
    assert shown["schema"] == "onboarding/tables-lint/v1"
    (finding,) = shown["tables"][0]["findings"]
    assert (shown["tables"][0]["file"], finding["kind"], finding["day"]) == ("t.yaml", "gap", "2020-01-01")
