"""Processes that the lab starts beside its containers, and how they are found again: pid, start time, tag."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec

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
    started = _started(pid)
    if started is None:
        raise OnboardError(f"{name} ended at once", details={"log": str(log)})
    return Background(name=name, pid=pid, started=started)


def alive(background: Background) -> bool:
    """Whether that very process runs, not another one with its number."""
    return _started(background.pid) == background.started


def stop(background: Background) -> None:
    """End it and wait until it is gone."""
    if alive(background):
        kill([background.pid], signal.SIGTERM)
        deadline = time.monotonic() + 2
        while alive(background) and time.monotonic() < deadline:
            _reap(background.pid)
            time.sleep(0.02)
        if alive(background):
            kill([background.pid], signal.SIGKILL)
    _reap(background.pid)


def tagged(rehearsal_id: str, *, tag: str = TAG) -> tuple[int, ...]:
    """Processes whose environment carries the rehearsal's tag; this process and its ancestors are never among them."""
    wanted = f"{tag}={rehearsal_id}".encode()
    own = _ancestors()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in own:
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in environment:
                found.append(int(entry.name))
    return tuple(sorted(found))


def kill(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to each; one that is gone already is fine."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def name_of(pid: int) -> str:
    """The program's short name, or an empty text when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold anything: fields are counted after the last one. Z: dead, not yet reaped.
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else int(fields[19])


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _ancestors() -> set[int]:
    found = set()
    pid = os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            break
    return found
