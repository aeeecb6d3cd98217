"""A process is known by number and start time, found by its tag, and dies with its parent."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def soon(seen: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if seen():
            return True
        time.sleep(0.02)
    return False


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


def test_a_lock_is_waited_for_and_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    path, waited = tmp_path / "lock", []
    hold = (
        "import sys, time; from pathlib import Path; from toolkit import processes\n"
        "with processes.locked(Path(sys.argv[1]), on_wait=sys.exit): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        def waits() -> None:
            waited.append(holder.pid)
            holder.kill()

        with processes.locked(path, on_wait=waits):
            assert holder.wait() == -signal.SIGKILL
    assert waited == [holder.pid]
    with processes.locked(path, on_wait=lambda: waited.append(0)):
        assert len(waited) == 1


@pytest.mark.parametrize("together", [False, True])
def test_a_program_ends_with_its_starter(need_tool: Callable[[str], None], together: bool) -> None:
    """Alone by itself; as the first of processes of its own it takes along what tried to outlive it."""
    if together:
        need_tool("unshare")
    start = (
        "import subprocess, sys, time; from toolkit import processes\n"
        "wrapper = processes.own_processes(own_mounts=True) if sys.argv[2:] else []\n"
        "subprocess.Popen(processes.dying_with_parent([*wrapper, 'sh', '-c', sys.argv[1]]))\n"
        "time.sleep(60)"
    )
    mark = f"{os.getpid()}.{time.monotonic_ns() % 10**6}"
    script = f"trap '' TERM HUP; setsid sleep 1000{mark} & echo started; exec sleep 1000{mark}"
    command = [sys.executable, "-c", start, script, *(["together"] if together else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "started\n"
        assert soon(lambda: len(_sleeping(f"1000{mark}")) == 2)
        starter.kill()
    try:
        assert soon(lambda: len(_sleeping(f"1000{mark}")) == (0 if together else 1))
    finally:
        processes.kill(_sleeping(f"1000{mark}"), signal.SIGKILL)


def _sleeping(seconds: str) -> list[int]:
    """The sleeps of so many seconds: not what is about to become one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cmdline").read_bytes() == f"sleep\0{seconds}\0".encode():
                found.append(int(entry.name))
    return found
