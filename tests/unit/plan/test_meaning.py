"""What only a kind has counts in the digest of an inventory; the order of its lists does not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.decide.decisions import decide
from toolkit.inventory import load
from toolkit.inventory.readers import read_file
from toolkit.plan.meaning import component_digest, inventory_digest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/valid"
KINDS = sorted(EXAMPLES.glob("kind-*.yaml"))


def digest_of(value: Any, folder: Path) -> str:
    path = folder / "inventory.json"
    path.write_text(json.dumps(value))
    return inventory_digest(load(path))


def turned(value: Any) -> Any:
    """The same with every list of a component the other way round."""
    if isinstance(value, dict):
        return {name: turned(inner) for name, inner in value.items()}
    return [turned(inner) for inner in reversed(value)] if isinstance(value, list) else value


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_lists_of_a_component_have_no_order(path: Path, tmp_path: Path) -> None:
    value = read_file(path).value
    other = {**value, "components": [turned(item) for item in reversed(value["components"])]}
    assert digest_of(value, tmp_path) == digest_of(other, tmp_path)


def test_every_attribute_counts(tmp_path: Path) -> None:
    value = read_file(EXAMPLES / "kind-application-function.yaml").value
    before = digest_of(value, tmp_path)
    for change in ({"metrics": ["another"]}, {"procedure": {"reference": "PROC-21", "minutes": 14}}):
        other = copy.deepcopy(value)
        other["components"][-1].update(change)
        assert digest_of(other, tmp_path) != before
    ordered = copy.deepcopy(read_file(EXAMPLES / "kind-session-border-controller.yaml").value)
    before = digest_of(ordered, tmp_path)
    ordered["order"]["activation"] = "2027-02-13"
    assert digest_of(ordered, tmp_path) != before


def test_attributes_are_the_kinds_own_words() -> None:
    inventory = load(EXAMPLES / "kind-remote-desktop.yaml")
    desktop = inventory.components[-1]
    assert desktop.attributes == {
        "hosts": ["rds-vm"],
        "directory": "globex-ad",
        "certificate": {"issuer": "authority", "ends": "2028-03-31"},
    }
    assert all(one.attributes == {} for one in inventory.components if one.kind == "vm")
    decided = {decision.component: decision for decision in decide(inventory)}
    assert component_digest(desktop, decided[desktop.id]) != component_digest(desktop, None)
