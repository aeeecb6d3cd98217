"""How long `onboard` takes from start to end beside what every click program pays: python -m tests.benchmarks.start

`validate` reads an inventory of 50 components in YAML, one of them invalid.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import yaml
from tests.benchmarks.goals import judged

ROUNDS = 15
VALIDATE = "onboard validate, 50 components"
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "onboard --help": ["-m", "toolkit.cli.main", "--help"],
    "onboard plan --help": ["-m", "toolkit.cli.main", "plan", "--help"],
    VALIDATE: ["-m", "toolkit.cli.main", "validate"],
}
AIMS = {"onboard --help": 200.0, VALIDATE: 350.0}
INVALID = 3
"""What the inventory's checks end with."""


def measure(arguments: list[str]) -> float:
    """Seconds from start to end of one process."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    assert done.returncode == (INVALID if "validate" in arguments else 0), done.stderr
    return time.perf_counter() - began


def main() -> None:
    """Take turns, so that a busy moment of the machine meets every program."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory(prefix="ob-") as scratch:
        inventory = Path(scratch, "inventory.yaml")
        inventory.write_text(yaml.header() + "".join(f"{line}\n" for line in yaml.blocks(50)), encoding="utf-8")
        for _ in range(ROUNDS):
            for name, arguments in PROGRAMS.items():
                taken[name].append(measure([*arguments, *([str(inventory)] if name == VALIDATE else [])]))
    base = statistics.median(taken["python -c 'import click'"])
    print(f"{'program':34}{'median':>10}{'least':>10}{'to click':>10}")
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        aim = f"  {judged(middle * 1000, AIMS[name], 'ms')}" if name in AIMS else ""
        print(f"{name:34}{middle * 1000:8.0f}ms{min(seconds) * 1000:8.0f}ms{middle / base:9.2f}x{aim}")


if __name__ == "__main__":
    main()
