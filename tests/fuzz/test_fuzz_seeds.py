"""Every seed gets a clean report from its reader, within bounds of memory and time (make fuzz searches for more)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.inventory.readers import OPENERS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("suffix", sorted(OPENERS))
def test_no_seed_breaks_its_reader(suffix: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", suffix, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    left = [path.name for path in tmp_path.iterdir()]
    assert (done.returncode, left) == (0, []), done.stderr[-3000:]
    assert json.loads(done.stdout)["inputs"] >= 0


def test_the_bounds_hold(tmp_path: Path) -> None:
    """A reader that takes more than it may is found: the bounds are not mere words."""
    code = (
        "from pathlib import Path; import sys; from tests.fuzz import worker\n"
        "worker.MEMORY = 64 * 1024 * 1024\n"
        "worker.feed(Path(sys.argv[1]), b'[' * 1000)\n"
    )
    path = tmp_path / "input.json"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert path.read_bytes() == b"[" * 1000
