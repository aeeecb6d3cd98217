"""Wherever the cursor stands and whatever stands around it, something sensible or nothing is said."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from toolkit.editor.completion import choices
from toolkit.editor.cursor import hole_at, steps_at
from toolkit.editor.hover import hover
from toolkit.editor.positions import Positions
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.readers.yaml_reader import read_yaml

SOUND = (Path(__file__).resolve().parents[3] / "tests/golden/problems/clean/inventory.yaml").read_text()
JSON = json.dumps(read_yaml(SOUND).value, indent=1)


@given(
    st.integers(0, len(SOUND)),
    st.integers(0, 60),
    st.sampled_from(["", "x", "[", "{", '"', "'", ": ", "- ", "\n  ", "&a ", "é"]),
)
def test_any_cut_and_any_typing_in_yaml(at: int, less: int, typed: str) -> None:
    text = SOUND[:at] + typed + SOUND[at + less :]
    hole = hole_at("inventory.yaml", text, at + len(typed))
    if hole:
        found = choices("inventory.yaml", hole)
        assert len({choice.label for choice in found}) == len(found)
    hover("inventory.yaml", Positions(text), at, rules=())


@given(st.integers(0, len(JSON)), st.integers(0, 60), st.sampled_from(["", "x", "[", "{", '"', ", ", ": ", "}"]))
def test_any_cut_and_any_typing_in_json(at: int, less: int, typed: str) -> None:
    text = JSON[:at] + typed + JSON[at + less :]
    hole = hole_at("inventory.json", text, at + len(typed))
    if hole:
        choices("inventory.json", hole)
    hover("inventory.json", Positions(text), at, rules=())


def test_a_place_leads_back_to_its_pointer() -> None:
    document = read_yaml(SOUND)
    for steps in (("customer", "language"), ("components", 2, "depends_on", 0), ("tenants", 0, "platform", "account")):
        for key in (False, True):
            if not (key and isinstance(steps[-1], int)):
                assert steps_at(document, document.locate(pointer(*steps), key=key)) == (steps, key)


def test_a_text_without_bounds_is_left_alone() -> None:
    assert hole_at("inventory.yaml", "a" * 2_000_000, 5) is None
    assert hole_at("table.csv", "a,b", 1) is None
