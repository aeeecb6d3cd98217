"""One process that feeds one reader, within bounds of memory and time: python -m tests.fuzz.worker SUFFIX FOLDER …

The input lies in FOLDER while it is read, so that whoever started this finds it there when the process fails or dies.
Prints one JSON object: how many inputs, in how many seconds.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import resource
import sys
import time
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.inputs import inputs, large, seeds
from tests.fuzz.large_seeds import LARGE
from toolkit.errors import UsageError
from toolkit.inventory.load import check, load

MEMORY = 1536 * 1024 * 1024
"""Bytes of address space; more is a failure."""
PATIENCE = 30
"""Seconds for one input; a reader that takes longer is a failure, and its stack is printed."""


def main() -> None:
    """Feed the seeds, or make inputs for some seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("suffix")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=0, help="0: the seeds alone")
    parser.add_argument("--round", type=int, default=0, help="another number gives other inputs")
    wanted = parser.parse_args()
    began = time.monotonic()
    if wanted.seconds:
        count = search(wanted.suffix, wanted.folder, until=began + wanted.seconds, number=wanted.round)
    else:
        count = feed_seeds(wanted.suffix, wanted.folder)
    print(json.dumps({"inputs": count, "seconds": time.monotonic() - began}))


def feed_seeds(suffix: str, folder: Path) -> int:
    """Every seed of a format once; the number of them."""
    small, names = seeds(suffix), large(suffix)
    for name, content in small:
        feed(folder / name, content)
    for name in names:
        path = folder / name
        # what makes a bomb may take the memory that its reader may not
        path.write_bytes(LARGE[name]())
        feed(path)
    return len(small) + len(names)


def search(suffix: str, folder: Path, *, until: float, number: int) -> int:
    """Made inputs until a time; the number of them. Raises what a reader raised, its smallest input left behind."""
    path = folder / f"input{suffix}"
    fed, failed = 0, False

    @seed(number)
    @settings(
        database=None,
        deadline=None,
        max_examples=1_000_000,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(suffix))
    def run(content: bytes) -> None:
        nonlocal fed, failed
        if time.monotonic() > until and not failed:
            raise Enough
        fed += 1
        try:
            feed(path, content)
        except BaseException:
            failed = True
            raise

    try:
        run()
    except Enough:
        path.unlink(missing_ok=True)
    return fed


class Enough(BaseException):
    """The time is over; no failure of an input, so that nothing is shrunk."""


def feed(path: Path, content: bytes | None = None) -> None:
    """Check one input: a report whose every problem can be told, or a wrong path; whatever else happens is raised."""
    if content is not None:
        path.write_bytes(content)
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    bound(MEMORY)
    try:
        report = check([path])
        for problem in report.problems:
            assert problem.message, problem
            assert problem.line is None or (problem.line > 0 and (problem.column or 1) > 0), problem
            msgspec.json.encode(problem).decode()
        if not report.errors:
            load(path)
        json.dumps([*report.snippets.values()]).encode()
    except UsageError:
        pass
    finally:
        bound(resource.RLIM_INFINITY)
        faulthandler.cancel_dump_traceback_later()
    path.unlink()


def bound(memory: int) -> None:
    """Allow so many bytes of address space from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())
