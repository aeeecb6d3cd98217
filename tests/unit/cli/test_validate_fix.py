"""``validate --fix``: the diff first, a yes, whole files, and a check of what is left."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOUND = (ROOT / "tests/golden/problems/clean/inventory.yaml").read_text()
SPOILT = SOUND.replace("language: en", "Langauge: EN  # of the documents", 1)
COMMAND = [sys.executable, "-m", "toolkit.cli.main", "validate", "--fix"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*words: object, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)], text=True, capture_output=True, check=False, env=ENVIRONMENT, stdin=stdin
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(SPOILT)
    path.chmod(0o640)
    return path


def test_without_a_terminal_nothing_is_written(file: Path) -> None:
    done = run(file)
    assert done.returncode == 3
    assert "-  Langauge: EN  # of the documents\n+  language: EN  # of the documents\n" in done.stdout
    assert "not written; --yes" in done.stderr
    assert file.read_text() == SPOILT


def test_yes_writes_and_what_comes_to_light_is_corrected_too(file: Path) -> None:
    done = run(file, "--yes")
    assert done.returncode == 0
    assert file.read_text() == SOUND.replace("language: en", "language: en  # of the documents", 1)
    assert file.stat().st_mode & 0o777 == 0o640
    assert "+  language: en  # of the documents\n" in done.stdout
    assert done.stdout.endswith("1 file, 3 components, 0 problems\n")
    assert run(file, "--yes").stderr == "no problem has a correction that is beyond doubt\n"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"n\n", False)])
def test_on_a_terminal_it_asks(file: Path, answer: bytes, written: bool) -> None:
    master, slave = pty.openpty()
    os.write(master, answer * 5)
    done = run(file, stdin=slave)
    os.close(slave)
    os.close(master)
    assert "write 1 correction in 1 file?" in done.stderr
    assert (file.read_text() != SPOILT) is written


def test_a_link_stays_a_link_and_a_byte_order_mark_stays(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + SPOILT.replace("\n", "\r\n").encode())
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "inventory.yaml").symlink_to(file)
    assert run(folder, "--yes").returncode == 0
    assert (folder / "inventory.yaml").is_symlink()
    assert file.read_bytes().startswith(b"\xef\xbb\xbf# yaml")
    assert b"\r\n  language: en  # of" in file.read_bytes()


def test_pieces_are_corrected_each_in_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    folder.mkdir()
    head, _, tail = SOUND.partition("components:\n")
    first, _, second = tail.partition("  - id: shop-vm-2\n")
    (folder / "a.yaml").write_text(head)
    (folder / "b.yaml").write_text("components:\n" + first)
    (folder / "c.yaml").write_text("components:\n  - id: shop-vm-2\n" + second.replace("hosted_on: ", "hostedOn: "))
    (folder / "d.json").write_text('{"components": []}')
    assert run(tmp_path, "--yes").returncode == 0
    assert "hosted_on: shop-vm-1" in (folder / "c.yaml").read_text()
    assert (folder / "b.yaml").read_text() == "components:\n" + first


def test_other_formats_are_refused_and_json_stays_json(tmp_path: Path, file: Path) -> None:
    table = tmp_path / "components.ndjson"
    table.write_text('{"id": 1}\n')
    done = run(table, file, "--format", "json", "--yes")
    assert "--fix corrects .yaml .yml .json only" in done.stderr
    assert json.loads(done.stdout)["schema"] == "onboarding/problems/v1"
    assert done.returncode == 3
    assert run(file, "--watch").returncode == 2
