"""How long `onboard --help` takes beside what every click program pays: python -m tests.benchmarks.start"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "onboard --help": ["-m", "toolkit.cli.main", "--help"],
    "onboard plan --help": ["-m", "toolkit.cli.main", "plan", "--help"],
}


def measure(arguments: list[str]) -> float:
    """Seconds from start to end of one process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Take turns, so that a busy moment of the machine meets every program."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, arguments in PROGRAMS.items():
            taken[name].append(measure(arguments))
    base = statistics.median(taken["python -c 'import click'"])
    print(f"{'program':28}{'median':>10}{'least':>10}{'to click':>10}")
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"{name:28}{middle * 1000:8.0f}ms{min(seconds) * 1000:8.0f}ms{middle / base:9.2f}x")


if __name__ == "__main__":
    main()
