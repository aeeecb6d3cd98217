"""What an auditor does with the evidence of a whole rehearsal: the copied bundle, an empty folder, no trust file."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import Desk

from toolkit.cli.outcome import WORDS

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]


@pytest.fixture
def auditor(rehearsed, tmp_path):
    """Another machine: nothing of the customer's but the bundle."""
    (tmp_path / "home").mkdir()
    (tmp_path / "empty").mkdir()
    desk = Desk(workspace=tmp_path / "empty", environment={"HOME": str(tmp_path / "home")})
    shutil.copytree(rehearsed.evidence, desk.workspace / "bundle")
    return desk


def test_every_word_of_the_outcome_counts_something(rehearsed):
    assert {word: rehearsed.outcome["counts"].get(word, 0) > 0 for word in WORDS} == dict.fromkeys(WORDS, True)
    assert rehearsed.outcome["not_proven"] == []
    assert (rehearsed.desk.workspace / rehearsed.outcome["report"]).stat().st_size > 10_000


def test_a_copied_bundle_on_its_own_is_consistent(auditor):
    done = auditor.onboard("evidence", "verify", "bundle")
    assert done.returncode == 0, done.stderr
    assert "internally consistent" in done.stdout
    shown = auditor.onboard("evidence", "show", "bundle")
    assert shown.returncode == 0, shown.stderr
    for line in ("PROVEN: monitoring", "PROVEN: backups", "ONLY THE REAL CLOUD CAN PROVE"):
        assert line in shown.stdout


def test_one_altered_byte_is_found_in_every_file(auditor):
    bundle = auditor.workspace / "bundle"
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file()]
    assert len(files) > 8
    for path in files:
        content = path.read_bytes()
        assert content
        altered = bytearray(content)
        altered[len(content) // 2] ^= 1
        path.write_bytes(altered)
        done = auditor.onboard("evidence", "verify", "bundle", "--format", "json")
        path.write_bytes(content)
        assert done.returncode == 11, (path, done.stdout)
        assert str(path.relative_to(bundle)) in json.loads(done.stdout)["message"]
    assert auditor.onboard("evidence", "verify", "bundle").returncode == 0


def test_the_altered_record_is_named(auditor):
    records = auditor.workspace / "bundle/records.ndjson"
    lines = records.read_bytes().splitlines(keepends=True)
    assert len(lines) > 20
    for number in (1, len(lines) // 2, len(lines)):
        altered = list(lines)
        altered[number - 1] = _one_letter(altered[number - 1])
        records.write_bytes(b"".join(altered))
        done = auditor.onboard("evidence", "verify", "bundle")
        assert done.returncode == 11
        assert f"record {number}" in done.stderr, done.stderr
    for name, kept in (("removed", lines[:-1]), ("swapped", [lines[1], lines[0], *lines[2:]])):
        records.write_bytes(b"".join(kept))
        assert auditor.onboard("evidence", "verify", "bundle").returncode == 11, name


def test_a_contact_is_in_no_record(rehearsed):
    for path in rehearsed.evidence.rglob("*"):
        if path.is_file():
            assert b"ops@acme.example" not in path.read_bytes(), path


def _one_letter(line: bytes) -> bytes:
    """Another letter inside a JSON string, so that the line is still JSON."""
    place = line.index(b'"kind":"') + 8 if b'"kind":"' in line else line.index(b'":"') + 3
    return line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
