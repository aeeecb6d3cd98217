"""``validate --watch``: one summary a save, also when the file is replaced or away for a moment."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MISSPELT = (ROOT / "tests/golden/problems/misspelt/inventory.yaml").read_text()
SOUND = (ROOT / "tests/golden/problems/clean/inventory.yaml").read_text()


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path, queue.Queue[str]]]:
    file = tmp_path / "inventory.yaml"
    file.write_text(MISSPELT)
    command = [sys.executable, "-m", "toolkit.cli.main", "validate", "--watch", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as started:
        lines: queue.Queue[str] = queue.Queue()
        assert started.stdout
        threading.Thread(target=lambda: [lines.put(line) for line in started.stdout or ()], daemon=True).start()
        yield started, file, lines
        started.kill()


def summary(lines: queue.Queue[str]) -> str:
    while True:
        line = lines.get(timeout=30)
        if line.endswith((" problems\n", " problem\n")):
            return line.strip()


@pytest.mark.slow
def test_each_save_is_checked_and_ctrl_c_ends_it(watcher) -> None:
    started, file, lines = watcher
    assert summary(lines) == "1 file, 3 components, 9 problems"
    file.write_text(SOUND)
    assert summary(lines) == "1 file, 3 components, 0 problems"
    beside = file.with_name("new")
    beside.write_text(MISSPELT)
    beside.replace(file)
    assert summary(lines) == "1 file, 3 components, 9 problems"
    file.unlink()
    shutil.copy(ROOT / "tests/golden/problems/clean/inventory.yaml", file)
    assert summary(lines) == "1 file, 3 components, 0 problems"
    started.send_signal(signal.SIGINT)
    assert started.wait(timeout=20) == 130
