"""Start, find and stop the world's process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from toolkit import processes
from toolkit.errors import OnboardError
from toolkit.rehearsal.world.control import WorldControl

_KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "TMPDIR")


@dataclass(frozen=True, kw_only=True)
class World:
    """A running world: AWS's loopback ``endpoint``, its ``control`` socket, account, region and process.

    ``started`` is the process's start time: another one may have its ``pid`` some day.
    """

    endpoint: str
    control: Path
    pid: int
    started: int
    account: str
    region: str

    def client(self) -> WorldControl:
        """A client of the control socket."""
        return WorldControl(self.control)

    def stop(self, *, seconds: float = 10.0) -> None:
        """End the process and wait until it is gone; a world that is gone already is fine."""
        try:
            self.client().stop()
        except OnboardError:
            return
        deadline = time.monotonic() + seconds
        while processes.lives(self.pid, self.started):
            processes.reap(self.pid)
            if time.monotonic() > deadline:
                raise OnboardError(f"the rehearsal's world (pid {self.pid}) does not end", fix=f"kill {self.pid}")
            time.sleep(0.05)
        processes.reap(self.pid)


def start_world(
    folder: Path,
    *,
    account: str,
    region: str,
    orders: Path | None = None,
    env: dict[str, str] | None = None,
    seconds: float = 60.0,
) -> World:
    """Start a world that outlives its starter (own session) and return once it answers.

    ``folder`` (short: a socket lives in it) gets ready.json, control.sock and log; ``orders`` keeps every ordered fault
    (None: a file in ``folder``); ``env`` is added to an environment in which nothing is the user's, the home included.
    Raises OnboardError on failure.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "ready.json").unlink(missing_ok=True)
    scrubbed = {name: os.environ[name] for name in _KEPT if name in os.environ}
    scrubbed["HOME"] = str(folder)
    package_root = str(Path(__file__).resolve().parents[3])
    scrubbed["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, scrubbed.get("PYTHONPATH"))))
    command = [
        sys.executable, "-m", "toolkit.rehearsal.world",
        "--dir", str(folder), "--account", account, "--region", region,
        *(("--orders", str(orders)) if orders else ()),
    ]  # fmt: skip
    with (folder / "log").open("ab") as log:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=scrubbed | {"AWS_EC2_METADATA_DISABLED": "true"} | (env or {}),
        )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        world = find_world(folder)
        if world is not None:
            started.returncode = 0  # it outlives us: no warning about an unreaped child
            return world
        if started.poll() is not None:
            break
        time.sleep(0.05)
    tail = (folder / "log").read_text(errors="replace")[-2000:]
    started.kill()
    started.wait()
    raise OnboardError("the rehearsal's world did not start", fix=f"see {folder / 'log'}", details={"log": tail})


def find_world(folder: Path) -> World | None:
    """The world that runs in ``folder`` (it survives the run that started it), or None."""
    try:
        ready = json.loads((folder / "ready.json").read_bytes())
        world = World(**{**ready, "control": Path(ready["control"])})
        world.client().ping()
    except (OSError, ValueError, OnboardError):
        return None
    return world
