"""``validate --format --output --limit``: what is printed, what is written, and how."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MISSPELT = ROOT / "tests/golden/problems/misspelt"


def onboard(*words: object, cwd: Path = MISSPELT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "toolkit.cli.main", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, text=True, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


@pytest.mark.parametrize(
    ("form", "golden"),
    [("json", "json"), ("ndjson", "ndjson"), ("junit", "xml"), ("github", "github"), ("text", "txt")],
)
def test_formats_go_to_stdout(form: str, golden: str) -> None:
    done = onboard("validate", "inventory.yaml", "--format", form)
    assert done.returncode == 3
    expected = (MISSPELT / f"expected.{golden}").read_text()
    if form == "junit":
        assert done.stdout.count("<failure ") == expected.count("<failure ")
    else:
        assert done.stdout == expected


def test_the_suffix_picks_the_format_of_the_file_and_text_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "found" / "problems.ndjson"
    done = onboard("validate", "inventory.yaml", "--output", file, "--limit", "2")
    assert done.returncode == 3
    assert file.read_text() == (MISSPELT / "expected.ndjson").read_text()
    assert "2 of 9 problems are shown" in done.stdout
    assert list(file.parent.iterdir()) == [file]
    quiet = onboard("validate", "inventory.yaml", "--output", tmp_path / "x.txt", "--format", "sarif", "-q")
    assert quiet.stdout == ""
    assert json.loads((tmp_path / "x.txt").read_text())["version"] == "2.1.0"


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.json").mkdir()
    done = onboard("validate", "inventory.yaml", "--output", tmp_path / "taken.json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]


@pytest.mark.parametrize("name", ["inventory.yaml", "inventory.json", "inventory/found.json"])
def test_the_inventory_itself_is_not_written_over(tmp_path: Path, name: str) -> None:
    before = (MISSPELT / "inventory.yaml").read_bytes()
    (tmp_path / "inventory.yaml").write_bytes(before)
    done = onboard("validate", tmp_path, "--output", tmp_path / name)
    assert done.returncode == 2
    assert "a part of the inventory itself" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yaml"]
    assert (tmp_path / "inventory.yaml").read_bytes() == before


def test_watch_prints_text_only() -> None:
    assert onboard("validate", "inventory.yaml", "--watch", "--format", "json").returncode == 2
