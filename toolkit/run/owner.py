"""Who owns a run: a process, named so that its death can be proven, on this machine or another one."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import msgspec

from toolkit.processes import start_time


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A process by machine, boot, pid and start time (clock ticks since boot), so that a reused pid is not mistaken."""

    host: str
    boot: str
    pid: int
    start: int


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
    return Owner(host=socket.gethostname(), boot=_boot(), pid=pid, start=start_time(pid) or 0)


def is_dead(owner: Owner) -> bool:
    """True only when the death is proven: same machine, and rebooted since, or no such process any more."""
    if owner.host != socket.gethostname():
        return False
    if owner.boot != _boot():
        return True
    if not owner.start:
        return not Path(f"/proc/{owner.pid}").exists() if Path("/proc/self").exists() else False
    return start_time(owner.pid) != owner.start
