"""Which rule holds which sentence of the service descriptions: a table that is complete both ways."""

from __future__ import annotations

from pathlib import Path

import yaml

from toolkit.inventory import RULES

SENTENCES = yaml.safe_load(Path(__file__).with_name("rule-sentences.yaml").read_text(encoding="utf-8"))["sentences"]
SECTIONS = {*(f"SD-1 §1.{number}" for number in (*range(1, 9), 14, 15)), "SD-2 §2", "SD-3 §3", "SD-4 §4", "SD-5 §5"}


def test_each_sentence_has_rules_or_a_reason() -> None:
    for sentence in SENTENCES:
        assert set(sentence) in ({"section", "says", "rules"}, {"section", "says", "why"}), sentence
        assert sentence["says"]
        assert sentence.get("rules") or sentence.get("why"), sentence


def test_every_section_is_there_and_no_sentence_twice() -> None:
    assert {sentence["section"] for sentence in SENTENCES} == SECTIONS
    said = [(sentence["section"], sentence["says"]) for sentence in SENTENCES]
    assert len(said) == len(set(said))


def test_every_rule_of_a_service_is_named_and_every_named_rule_exists() -> None:
    named = {rule for sentence in SENTENCES for rule in sentence.get("rules", ())}
    assert named <= set(RULES)
    assert {rule.id for rule in RULES.values() if rule.section.startswith("SD-")} - named == set()


def test_a_rule_is_named_where_it_cites() -> None:
    for name, rule in RULES.items():
        if rule.section.startswith("SD-"):
            source, _, cited = rule.section.partition(" ")
            sections = {sentence["section"] for sentence in SENTENCES if name in sentence.get("rules", ())}
            assert sections & {f"{source} {one.strip()}" for one in cited.split(",")}, name
