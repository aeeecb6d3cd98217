"""Examples are found by directory: a new file is a new test.

After a deliberate change of the rules, write the expected problems anew and review the difference:

    ONBOARD_REGENERATE=1 python -m pytest tests/unit/inventory/test_inventory_examples.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from toolkit.errors import InventoryInvalid
from toolkit.inventory import RULES, check, load
from toolkit.model.inventory import Inventory
from toolkit.report.problems import Listing, write

ROOT = Path(__file__).resolve().parents[3]
VALID = sorted((ROOT / "tests/examples/valid").iterdir())
INVALID = sorted((ROOT / "tests/examples/invalid").iterdir())
WORKSPACES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
EXPECTED = ROOT / "tests/golden/invalid"


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", [*VALID, *WORKSPACES], ids=name)
def test_valid_example_loads(path: Path) -> None:
    assert isinstance(load(path), Inventory)


@pytest.mark.parametrize("path", WORKSPACES, ids=name)
def test_workspace_has_no_warning(path: Path) -> None:
    assert check([path]).problems == ()


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_invalid_example_has_exactly_these_problems(path: Path) -> None:
    report = check([path])
    found = [
        {"rule": p.rule, "file": Path(p.file).name, "line": p.line, "column": p.column, "path": p.path}
        for p in report.problems
    ]
    golden = EXPECTED / f"{path.name}.expected.json"
    if os.environ.get("ONBOARD_REGENERATE"):
        golden.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(golden.read_text())
    assert report.errors
    with pytest.raises(InventoryInvalid) as refused:
        load(path)
    assert len(refused.value.details["problems"]) == len(found)


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_every_problem_is_complete(path: Path) -> None:
    for problem in check([path]).problems:
        assert problem.rule in RULES
        assert problem.message
        assert problem.fix
        assert Path(problem.file).exists()


def test_all_invalid_examples_at_once() -> None:
    report = check(INVALID)
    assert {Path(p.file).relative_to(ROOT / "tests/examples/invalid").parts[0] for p in report.errors} == {
        path.name for path in INVALID
    }
    listing = Listing(
        problems=report.problems, files=report.files, components=report.components, snippets=report.snippets
    )
    written = "".join(write("text", listing))
    assert "\x1b" not in written
    assert "Tr0ub4dor" not in written
    assert "bm90IGEga2V5" not in written
    assert "0123456789" not in written


def test_no_expectation_without_its_example() -> None:
    assert {path.name.removesuffix(".expected.json") for path in EXPECTED.iterdir()} == {path.name for path in INVALID}


def test_every_rule_of_the_format_is_shown_by_an_example() -> None:
    shown = {problem.rule for problem in check([*INVALID, *VALID]).problems}
    assert {rule for rule in RULES if rule < "INV-073"} - shown == set()
