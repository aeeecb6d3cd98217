"""Search for inputs that break a reader, as long as it is told: python -m tests.fuzz [SECONDS] [SUFFIX …]

First every seed, then made inputs for the time, of which each format has its share, each round in a process of its own. What
breaks a reader is kept in tests/fuzz/found and tried again by the next search. Exit 1 when something was found.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.inputs import FORMATS, FOUND, ROOT
from tests.fuzz.worker import PATIENCE

ROUND = 20.0
"""Seconds of one round at most: then other inputs are begun from scratch."""


def main() -> int:
    """Print a line for each format: inputs, how many a second, and how many broke it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    formats = tuple(sys.argv[2:]) or FORMATS
    broken = 0
    print(f"{'format':10}{'inputs':>12}{'a second':>10}{'broke it':>10}")
    for suffix in formats:
        fed, taken, kept = _search(suffix, seconds / len(formats))
        broken += kept
        print(f"{suffix:10}{fed:12,}{fed / max(taken, 0.001):10.0f}{kept:10}", flush=True)
    if broken:
        print(f"what broke a reader is in {FOUND.relative_to(ROOT)}")
    return 1 if broken else 0


def _search(suffix: str, seconds: float) -> tuple[int, float, int]:
    """How many inputs were made, in how many seconds, and how many broke the reader."""
    first = run_worker(suffix)
    until = time.monotonic() + seconds
    fed, taken, kept, number = 0, 0.0, int(first is None), time.time_ns() % 2**32
    while (left := until - time.monotonic()) > 0.5:
        done = run_worker(suffix, seconds=min(left, ROUND), number=number)
        number += 1
        if done is None:
            kept += 1
        else:
            fed, taken = fed + done["inputs"], taken + done["seconds"]
    return fed, taken, kept


def run_worker(suffix: str, *, seconds: float = 0, number: int = 0) -> dict[str, float] | None:
    """What one process did; None where it failed or died, and then its input is kept, and what it said is printed."""
    with tempfile.TemporaryDirectory(prefix="ob-fuzz-") as folder:
        # shrinking what broke a reader takes longer than finding it
        patience = seconds + 300 + PATIENCE
        command = [sys.executable, "-m", "tests.fuzz.worker", suffix, folder]
        command += ["--seconds", str(seconds), "--round", str(number)] if seconds else []
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with tempfile.TemporaryFile() as said:
            try:
                status = subprocess.run(
                    command, cwd=ROOT, env=environment, stdout=said, stderr=said, timeout=patience, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                status = -1
            said.seek(0)
            told = said.read().decode(errors="replace")
        if status == 0:
            done: dict[str, float] = json.loads(told.splitlines()[-1])
            return done
        for path in Path(folder).iterdir():
            content = path.read_bytes()
            FOUND.mkdir(exist_ok=True)
            kept = FOUND / f"{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
            kept.write_bytes(content)
            print(f"{kept.relative_to(ROOT)} ({path.name}, {len(content):,} bytes) broke the reader (exit {status}):")
        print(told[-3000:])
        return None


if __name__ == "__main__":
    sys.exit(main())
