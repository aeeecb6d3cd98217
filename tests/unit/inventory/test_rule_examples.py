"""Each rule has an example that breaks it and one that keeps it, found by directory: a new folder is a new test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit.errors import UsageError
from toolkit.inventory import RULES, check
from toolkit.inventory.rules.shown_by import FOLDER, chosen, example, rule, written

FOUND = sorted(path.name for path in FOLDER.iterdir())


def test_every_rule_has_its_examples_and_no_other_has() -> None:
    assert sorted(RULES) == FOUND
    for name in FOUND:
        assert {path.name.partition(".")[0] for path in (FOLDER / name).iterdir()} == {"breaks", "passes"}


@pytest.mark.parametrize("name", FOUND)
def test_breaks(name: str) -> None:
    problems = check([example(name, "breaks")]).problems
    mine = [problem for problem in problems if problem.rule == name]
    assert mine
    assert {problem.rule for problem in problems if problem.severity == "error"} <= {name}
    for problem in mine:
        assert problem.severity == RULES[name].severity
        assert problem.fix
        if RULES[name].section.startswith("SD-"):
            cited = re.findall(r"§[0-9.]*[0-9]", RULES[name].section)
            assert any(section in problem.message for section in cited), problem.message


@pytest.mark.parametrize("name", FOUND)
def test_passes(name: str) -> None:
    problems = check([example(name, "passes")]).problems
    assert [problem for problem in problems if problem.rule == name or problem.severity == "error"] == []


def test_an_example_is_text_whatever_it_is() -> None:
    assert "Soci\\xe9t\\xe9" in written(example("INV-003", "breaks"))
    pieces = written(example("INV-009", "breaks"))
    assert "# inventory/1-customer.yaml\n" in pieces
    assert "# inventory/2-tenants.yaml\n" in pieces


@pytest.mark.parametrize(
    ("section", "inside", "outside"),
    [
        ("1.1", set(), {"INV-095"}),
        ("1.6", {"INV-060", "INV-071"}, {"INV-095", "INV-117"}),
        ("§1.14", {"INV-071", "INV-095"}, {"INV-060"}),
        ("SD-1 §1.6", {"INV-060", "INV-071"}, {"INV-117"}),
        ("SD-2", {"INV-117"}, {"INV-060"}),
        ("sd-2 §2", {"INV-117"}, {"INV-060"}),
        ("SD-1", {"INV-060", "INV-103"}, {"INV-117"}),
        ("cross-references", {"INV-020"}, {"INV-060"}),
    ],
)
def test_sections(section: str, inside: set[str], outside: set[str]) -> None:
    if not inside:
        with pytest.raises(UsageError, match="no rule of the section"):
            chosen(section)
        return
    found = {one.id for one in chosen(section)}
    assert inside <= found
    assert not outside & found


def test_a_rule_by_its_id() -> None:
    assert rule("inv-117").section == "SD-2 §2"
    with pytest.raises(UsageError, match="no rule 'INV-999'"):
        rule("INV-999")


def test_the_examples_are_files_of_the_package() -> None:
    assert FOLDER.is_relative_to(Path(check.__code__.co_filename).parent)
