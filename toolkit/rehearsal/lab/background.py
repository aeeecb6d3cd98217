"""Processes that the lab starts beside its containers, and how they are found again: pid, start time, tag."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec

from toolkit import processes
from toolkit.errors import OnboardError
from toolkit.rehearsal.lab.podman import TAG


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """``started`` is field 22 of /proc/<pid>/stat, in clock ticks after boot: a reused pid has another one."""

    name: str
    pid: int
    started: int


def start(name: str, command: list[str], *, log: Path, env: dict[str, str]) -> Background:
    """Start ``command`` in a session of its own, output to ``log``; it outlives its starter."""
    log.parent.mkdir(parents=True, exist_ok=True)
    # Not subprocess: nobody waits for this child, and its object would complain when it is forgotten.
    pid = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", 'cd / && exec "$0" "$@"', *command],
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    started = processes.start_time(pid)
    if started is None:
        raise OnboardError(f"{name} ended at once", details={"log": str(log)})
    return Background(name=name, pid=pid, started=started)


def alive(background: Background) -> bool:
    """Whether that very process runs, not another one with its number."""
    return processes.lives(background.pid, background.started)


def stop(background: Background) -> None:
    """End it and wait until it is gone."""
    if alive(background):
        processes.kill([background.pid], signal.SIGTERM)
        deadline = time.monotonic() + 2
        while alive(background) and time.monotonic() < deadline:
            processes.reap(background.pid)
            time.sleep(0.02)
        if alive(background):
            processes.kill([background.pid], signal.SIGKILL)
    processes.reap(background.pid)


def tagged(rehearsal_id: str, *, tag: str = TAG) -> tuple[int, ...]:
    """Processes whose environment carries the rehearsal's tag; this process and its ancestors are never among them."""
    return tuple(processes.tagged(tag, rehearsal_id))
