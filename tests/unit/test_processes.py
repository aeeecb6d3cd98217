"""A process is known by number and start time, found by its tag, and dies with its parent."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from toolkit import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def soon(seen: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not seen() and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen()


def test_a_number_alone_is_no_process() -> None:
    own = processes.start_time(os.getpid())
    assert own is not None
    assert processes.lives(os.getpid(), own)
    assert not processes.lives(os.getpid(), own + 1)
    assert processes.name(os.getpid())


def test_a_dead_child_does_not_live_before_it_is_reaped_nor_after() -> None:
    child = subprocess.Popen(SLEEP)
    started = processes.start_time(child.pid)
    assert started is not None
    processes.kill([child.pid], signal.SIGKILL)
    assert soon(lambda: not processes.lives(child.pid, started))
    child.wait()
    assert processes.start_time(child.pid) is None
    assert processes.name(child.pid) == ""
    processes.kill([child.pid], signal.SIGKILL)
    processes.reap(child.pid)


def test_what_carries_the_tag_is_found_and_killed_but_no_ancestor() -> None:
    tag = secrets.token_hex(8)
    inner = f"from toolkit import processes; print(processes.kill_tagged('ONBOARD_TEST', '{tag}'))"
    with subprocess.Popen(SLEEP, env={**os.environ, "ONBOARD_TEST": tag}) as sleeper:
        assert soon(lambda: processes.tagged("ONBOARD_TEST", tag) == [sleeper.pid])
        # a tagged parent and its tagged child: the child kills the sleeper only
        said = subprocess.run(
            ["sh", "-c", '"$0" -c "$1"; echo parent lives', sys.executable, inner],
            env={**os.environ, "ONBOARD_TEST": tag}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert said.stdout.split() == ["1", "parent", "lives"]
        assert sleeper.wait() == -signal.SIGKILL
    assert processes.tagged("ONBOARD_TEST", tag) == []
