"""Processes of this machine: named so that a reused number is not mistaken, found by their tag, ended with their parent.

Ground floor: whoever starts, finds, ends or waits for a process uses it. It reads Linux's /proc (proc(5)).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from toolkit.errors import Locked

_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")


def start_time(pid: int) -> int | None:
    """Field 22 of /proc/<pid>/stat, in clock ticks after boot; None for a process that is gone or only not yet reaped."""
    fields = _stat(pid)
    return None if not fields or fields[0] in {"Z", "X"} else int(fields[19])


def lives(pid: int, started: int) -> bool:
    """Whether that very process runs, not another one with its number."""
    return start_time(pid) == started


def name(pid: int) -> str:
    """The program's short name, or an empty text when it is gone."""
    try:
        return (_PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def tagged(variable: str, value: str) -> list[int]:
    """Processes whose environment carries ``variable=value``, sorted; this one and its ancestors are never among them."""
    needle, own = f"{variable}={value}".encode(), _ancestors()
    found = []
    for entry in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(entry.name) not in own and needle in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return sorted(found)


def kill(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each; one that is gone already is fine."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_tagged(variable: str, value: str, *, timeout: float = 10.0) -> int:
    """Kill what an earlier attempt left behind, and wait until it is gone; returns how many there were.

    Raises Locked for a process that does not end within ``timeout`` seconds: it may still have an effect.
    """
    count = 0
    deadline = time.monotonic() + timeout
    while alive := tagged(variable, value):
        count = max(count, len(alive))
        kill(alive, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise Locked(
                f"process {alive[0]} of an earlier attempt does not end",
                fix=f"see what it waits for: ps -fl {alive[0]}",
            )
        time.sleep(0.05)
    return count


def reap(pid: int) -> None:
    """Take the exit status of a child that ended, so that its number is free; anything else is left alone."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent's thread ends (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def dying_with_parent(argv: Sequence[str]) -> list[str]:
    """``argv`` wrapped so that the kernel kills it when the thread that started it ends (setpriv(1)).

    Without setpriv the command is returned as it is.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else list(argv)


def own_processes(*, own_mounts: bool = False) -> list[str]:
    """The words before a command that take everything it starts along when it ends, however it does (unshare(1)).

    ``own_mounts``: also what it mounts. No words without root.
    """
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        return []
    return [unshare, *(["--mount-proc"] if own_mounts else []), "--pid", "--fork", "--kill-child=KILL", "--"]


@contextlib.contextmanager
def locked(path: Path, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a file's lock (flock(2)); ``on_wait`` is called once where another process holds it, before the wait.

    A killed holder's lock is free by itself. The file stays.
    """
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the third (the state) on; none when it is gone."""
    try:
        # The name in parentheses may hold anything: fields are counted after the last one.
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ancestors() -> set[int]:
    found: set[int] = set()
    pid = os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        fields = _stat(pid)
        pid = int(fields[1]) if fields else 0
    return found
