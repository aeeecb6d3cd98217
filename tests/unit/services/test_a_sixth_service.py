"""A service that nobody wrote code for is onboarded: data in a folder of its own, named in the environment."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.unit.cli.shell import Done, approve, loaded, onboard, plan

EXAMPLE = Path(__file__).parents[2] / "examples/added-service"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "firm")
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path / "firm/catalogue"))
    return tmp_path / "firm/workspace"


def call(workspace: Path, *words: str) -> Done:
    return onboard(*words, cwd=workspace, home=workspace.parent)


def test_the_catalogue_has_it(workspace: Path) -> None:
    assert "print-fleet" in call(workspace, "catalogue", "list").stdout
    for name in ("SD-6", "print-fleet"):
        shown = call(workspace, "catalogue", "show", name).stdout
        assert "Price of a page" in shown
        assert "SD-6 §6.6" in shown


def test_its_inventory_is_held_to_its_data(workspace: Path) -> None:
    assert call(workspace, "validate", ".").returncode == 0
    path = workspace / "inventory.yaml"
    text = path.read_text()
    for wrong, right, said in (
        ("pages_a_minute: 400", "pages_a_minute: 40", "200"),
        ("tier: refiled", "tier: refilled", "refilled"),
        ("kind: vm", "kind: printer", "printer"),
    ):
        path.write_text(text.replace(right, wrong, 1))
        refused = call(workspace, "validate", ".")
        assert refused.returncode == 3
        assert said in refused.stdout


def test_it_is_decided_planned_and_passed_gate_by_gate(workspace: Path) -> None:
    assert call(workspace, "decide", ".").returncode == 0
    folder = plan(workspace)
    index = json.loads((folder / "index.json").read_text())
    assert set(index["documents"]) == {"service/print-fleet", "site/workshop"}
    steps = {
        step["name"]: step
        for name in ("service-print-fleet.json", "site-workshop.json")
        for step in json.loads((folder / name).read_text())["steps"]
    }
    assert steps["transition/survey"]["id"] in steps["configure/workshop/hub"]["needs"]
    assert steps["verify/workshop"]["id"] in steps["transition/connect"]["needs"]
    status = call(workspace, "status", ".").stdout
    assert "[>] Survey" in status
    assert "Floor plan (customer)" in status
    approve(folder, workspace.parent)
    begun = call(workspace, "apply", str(folder), "--workspace", ".")
    # its hosts are real ones: without their keys nothing begins
    assert (begun.returncode, "host keys" in begun.stderr) == (13, True), begun.stderr


def test_its_documents_are_written_in_both_languages(workspace: Path) -> None:
    out = workspace.parent / "out"
    done = call(workspace, "documents", ".", "--language", "fr", "--language", "en", "--as", "md", "--output", str(out))
    assert done.returncode == 0, done.stderr
    texts = {path.name: path.read_text() for path in out.rglob("*.md")}
    both = "\n".join(texts.values())
    assert "2 printers are watched." in both
    assert "2 imprimantes sont surveillées." in both
    assert len(texts) == 4  # its own template and one of the toolkit's


def test_its_calendar_has_what_recurs(workspace: Path) -> None:
    told = loaded(call(workspace, "calendar", ".", "--format", "json"))
    assert sum("Refill report" in json.dumps(entry) for entry in told["entries"]) >= 1


def test_without_its_folder_it_is_not_known(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONBOARD_CATALOGUE")
    refused = call(workspace, "validate", ".")
    assert refused.returncode == 3
    assert '"print-fleet" is not a known value' in refused.stdout
