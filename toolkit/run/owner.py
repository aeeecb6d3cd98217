"""Who owns a run: a process, named so that its death can be proven, and its children, which must die with it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from pathlib import Path

import msgspec

from toolkit.errors import Locked

_PR_SET_PDEATHSIG = 1


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A process by machine, boot, pid and start time (clock ticks since boot), so that a reused pid is not mistaken."""

    host: str
    boot: str
    pid: int
    start: int


def _start_time(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def current() -> Owner:
    """This process."""
    return named(os.getpid())


def named(pid: int) -> Owner:
    """The process that has this number now."""
    return Owner(host=socket.gethostname(), boot=_boot(), pid=pid, start=_start_time(pid) or 0)


def is_dead(owner: Owner) -> bool:
    """True only when the death is proven: same machine, and rebooted since, or no such process any more."""
    if owner.host != socket.gethostname():
        return False
    if owner.boot != _boot():
        return True
    if not owner.start:
        return not Path(f"/proc/{owner.pid}").exists() if Path("/proc/self").exists() else False
    return _start_time(owner.pid) != owner.start


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent's thread ends (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def tagged(variable: str, value: str) -> list[int]:
    """Processes of this machine, but this one, whose environment carries ``variable=value``."""
    needle = f"{variable}={value}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(entry.name) != os.getpid() and needle in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def kill_tagged(variable: str, value: str, *, timeout: float = 10.0) -> int:
    """Kill what an earlier attempt left behind, and wait until it is gone; returns how many there were.

    Raises Locked for a process that does not end within ``timeout`` seconds: it may still have an effect.
    """
    count = 0
    deadline = time.monotonic() + timeout
    while alive := tagged(variable, value):
        count = max(count, len(alive))
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise Locked(
                f"process {alive[0]} of an earlier attempt does not end",
                fix=f"see what it waits for: ps -fl {alive[0]}",
            )
        time.sleep(0.05)
    return count
