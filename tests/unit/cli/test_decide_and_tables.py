"""``onboard decide`` and ``onboard tables`` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolkit.cli.decide import decide
from toolkit.cli.tables import tables
from toolkit.errors import Undecided, UsageError

ROOT = Path(__file__).parents[3]
ACME = ROOT / "examples/acme/inventory.yaml"
PLANTED = ROOT / "tests/examples/tables"
SAMPLES = ROOT / "schemas/samples"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    before, _, inputs = ACME.read_text().partition("build_inputs:\n")
    (tmp_path / "inventory.yaml").write_text(before + inputs[inputs.index("tenants:\n") :])
    return tmp_path


def run(command: object, *arguments: str | Path) -> Result:
    """Like the program; an error of ours is in ``result.exception``."""
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)  # type: ignore[arg-type]


def test_each_fact_is_explained_with_its_place(workspace: Path) -> None:
    done = run(decide, workspace, "--explain", "erp-db-1")
    assert done.exception is None
    lines = (workspace / "inventory.yaml").read_text().splitlines()
    for fact, value in (
        ("responsibility.backend", "provider"),
        ("tenant.management", "managed"),
        ("component.kind", "database"),
    ):
        told = next(line for line in done.output.splitlines() if f"fact {fact} = {value}" in line)
        file, line, column = told.rpartition("(")[2].rstrip(")").rsplit(":", 2)
        assert Path(file).name == "inventory.yaml"
        assert lines[int(line) - 1][int(column) - 1 :].startswith(value)
    assert "would be operations-build [BM-003] with responsibility.infrastructure customer, not provider" in done.output
    assert "fact build_model = full-build (by BM-004)" in done.output
    assert "fact component.supervised = true (as by default)" in done.output


def test_a_component_of_a_folder_of_pieces_is_found(tmp_path: Path) -> None:
    head, _, components = ACME.read_text().partition("components:\n")
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory/head.yaml").write_text(head)
    (tmp_path / "inventory/parts.yaml").write_text("components:\n" + components)
    done = run(decide, tmp_path, "--explain", "erp-db-1", "--format", "json")
    tables_ = json.loads(done.output)["explanation"]["tables"]
    places = {fact["fact"]: fact["place"] for table in tables_ for fact in table["facts"]}
    assert Path(places["responsibility.backend"].split(":")[0]).name == "head.yaml"
    assert Path(places["component.kind"].split(":")[0]).name == "parts.yaml"
    assert places["build_model"] is None


def test_an_undecided_component_says_what_would_have_to_change(workspace: Path) -> None:
    inventory = workspace / "inventory.yaml"
    inventory.write_text(inventory.read_text().replace("backend: provider", "backend: none"))
    done = run(decide, workspace, "--explain", "erp-vm-1")
    assert isinstance(done.exception, Undecided)
    assert "would be full-build [BM-004] with responsibility.backend provider, not none" in done.output
    assert "erp-vm-2" not in done.exception.message
    told = run(decide, workspace, "--explain", "erp-vm-1", "--format", "json")
    assert isinstance(told.exception, Undecided)
    assert told.output == ""
    assert told.exception.details["explanation"]["tables"][0]["would_change"]


def test_a_recorded_reason_overrides_the_class(workspace: Path) -> None:
    inventory = workspace / "inventory.yaml"
    said = "  - id: erp-db-1\n"
    inventory.write_text(
        inventory.read_text().replace(
            said, said + "    transition_class: {class: 4, reason: the customer keeps the IaC}\n"
        )
    )
    done = run(decide, workspace, "--explain", "erp-db-1")
    assert done.exception is None
    assert "erp-db-1: full-build, class 4 [BM-004, TC-004]" in done.output
    assert "class overridden: 4 (" in done.output
    assert "because the customer keeps the IaC" in done.output


def test_the_whole_as_json(workspace: Path) -> None:
    shown = json.loads(run(decide, workspace, "--format", "json").output)
    assert shown["schema"] == "onboarding/decisions/v1"
    assert shown["not_given"] == ["effort", "raci"]
    assert len(shown["assumptions"]) == 7
    assert "effort" not in shown
    files = ("--effort", SAMPLES / "effort.sample.yaml", "--raci", SAMPLES / "raci.sample.yaml")
    shown = json.loads(run(decide, workspace, "--format", "json", *files).output)
    assert (shown["not_given"], shown["effort"]["sample"], shown["raci"]["sample"]) == ([], True, True)
    assert shown["decisions"][0]["effort"] == {"type": "database/postgresql", "first": True, "amount": "2"}
    one = json.loads(run(decide, workspace, "--format", "json", "--explain", "erp-vm-2", *files).output)
    assert one["decisions"][0]["effort"] == {"type": "vm", "first": False, "amount": "0.5"}


def test_the_whole_as_text(workspace: Path) -> None:
    text = run(decide, workspace).output
    assert "effort: not given; it is the provider's data (--effort FILE)" in text
    assert "RACI: not given; it is the project's or the provider's data (--raci FILE)" in text
    assert "assumed, topology is missing: " in text
    files = ("--effort", SAMPLES / "effort.sample.yaml", "--raci", SAMPLES / "raci.sample.yaml")
    text = run(decide, workspace, *files).output
    assert "effort: SAMPLE, no real figures: 3.5 person-day by sample" in text
    assert "RACI by sample (SAMPLE, no real matrix)" in text
    assert "Handling of incidents: accountable provider; responsible provider; informed customer" in text


def test_lint_finds_the_planted_and_nothing_in_ours() -> None:
    ours = run(tables, "lint")
    assert (ours.exception, ours.return_value) == (None, 0)
    assert "build_model" in ours.output
    found = run(tables, "lint", *sorted(PLANTED.glob("planted_*.yaml")))
    assert found.return_value == 3
    assert (
        "overlap: PO-001 and PO-002 both answer: tenant.environment production, size at least 10 and at most 12"
        in found.output
    )
    assert "for example on 2020-01-01: tenant.environment = development, price = 50" in found.output
    shown = json.loads(run(tables, "lint", "--format", "json", PLANTED / "planted_gap.yaml").output)
    assert shown["tables"][0]["findings"][0]["facts"] == {"tenant.environment": "development", "price": 50}


def test_diff_lists_what_changes(workspace: Path) -> None:
    new = workspace / "build_model.yaml"
    text = (ROOT / "toolkit/decide/tables/build_model.yaml").read_text()
    new.write_text(text.replace("then: full-build", "then: special-build"))
    done = run(tables, "diff", "build_model", new, workspace)
    assert done.return_value == 0
    assert "erp-db-1: full-build [BM-004] → special-build [BM-004]" in done.output
    assert "build_model: 3 of 3 components change" in done.output
    assert run(tables, "diff", "build_model", new, workspace, "--detailed-exitcode").return_value == 10
    assert run(tables, "diff", new, new, workspace, "--detailed-exitcode").return_value == 0
    shown = json.loads(run(tables, "diff", "build_model", new, workspace, "--format", "json").output)
    assert [one["component"] for one in shown["changes"]] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]


@pytest.mark.parametrize(
    "arguments",
    [("lint", "absent.yaml"), ("lint", str(ACME)), ("diff", "absent", "build_model", str(ACME))],
)
def test_what_is_no_table_is_said(arguments: tuple[str, ...]) -> None:
    assert isinstance(run(tables, *arguments).exception, UsageError)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    done = run(tables, "lint", tmp_path / "nope.yaml")
    assert isinstance(done.exception, UsageError)
    assert done.exception.message == f"no such file: {tmp_path / 'nope.yaml'}"
    assert done.exception.fix == "check the path"
    assert done.exception.exit_code == 2
