"""The lock files of the engine's file backend: released only when their owner is proven dead."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from toolkit import processes
from toolkit.errors import Locked


def lock_folder(state: Path, *, project: str, stack: str) -> Path:
    """Where the file backend keeps the locks of one stack."""
    return state / ".pulumi" / "locks" / "organization" / project / stack


def release_dead(state: Path, *, project: str, stack: str) -> int:
    """Remove the locks of engines that are dead; how many there were.

    A lock names its owner's process and machine. Raises Locked for one that lives, or whose machine is another.
    """
    released = 0
    for file in sorted(lock_folder(state, project=project, stack=stack).glob("*.json")):
        try:
            owner = json.loads(file.read_bytes())
            pid, host = int(owner["pid"]), str(owner["hostname"])
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError) as error:
            raise Locked(
                f"stack {stack} is locked by {file.name}, which names no owner",
                fix=f"make sure no engine runs, remove {file}",
            ) from error
        if host != socket.gethostname() or engine_lives(pid):
            raise Locked(
                f"stack {stack} is locked by process {pid} on {host}",
                fix="wait until it ends; on another machine, make sure that it ended and run `pulumi cancel`",
                details={"pid": pid, "host": host, "stack": stack},
            )
        file.unlink(missing_ok=True)
        released += 1
    return released


def drop_torn_sidecars(state: Path, *, project: str) -> int:
    """Remove the metadata files that a killed engine left empty or cut off; how many there were.

    The file backend writes a checkpoint whole or not at all, but not the ``.attrs`` file beside it, and then cannot
    read the checkpoint ("failed to load checkpoint: EOF"). Without one it can. Call it when no engine lives.
    """
    own = state / ".pulumi"
    dropped = 0
    for file in (*own.glob("*.attrs"), *(own / "stacks" / project).glob("*.attrs")):
        try:
            json.loads(file.read_bytes())
        except ValueError:
            file.unlink(missing_ok=True)
            dropped += 1
    return dropped


def engine_lives(pid: int) -> bool:
    """Whether that process is an engine and not dead: a number may have been given to another program since."""
    return processes.name(pid).startswith("pulumi") and processes.start_time(pid) is not None
