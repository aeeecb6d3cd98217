"""Removing a lab, whole, half-made or killed, and saying what is left of one."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from toolkit import processes
from toolkit.errors import OnboardError
from toolkit.rehearsal import namespace
from toolkit.rehearsal.lab import background
from toolkit.rehearsal.lab.image_store import clear_unfinished
from toolkit.rehearsal.lab.machines import cgroup
from toolkit.rehearsal.lab.mounts import mount_points, unmount_below
from toolkit.rehearsal.lab.podman import REHEARSAL, TAG, Podman
from toolkit.rehearsal.lab.state import FILE, podman_paths, remembered_folder, run_folder
from toolkit.rehearsal.lab.wiring import clear_bridges

_CGROUPS = Path("/sys/fs/cgroup")
_CONTAINER = ("conmon", "systemd", "init")


def down(rehearsal_id: str, *, folder: Path | None = None) -> list[str]:
    """Remove the lab, the namespace and /run/onboard-<id>, and return what is left (nothing, when all went well).

    ``folder`` is needed only when /run was lost (a reboot). Images and package caches stay. What others started
    with the rehearsal's tag is theirs to end first.
    """
    netns = namespace.namespace(rehearsal_id)  # refuses an id that could name anything else
    known = remembered_folder(rehearsal_id) or folder
    remove(rehearsal_id, known)
    namespace.remove(netns)
    unmount_below(run_folder(rehearsal_id))
    shutil.rmtree(run_folder(rehearsal_id), ignore_errors=True)
    clear_unfinished()
    return leftovers(rehearsal_id, folder=known)


def remove(rehearsal_id: str, folder: Path | None) -> None:
    """Remove the lab alone, complete or half-made; the namespace stays for what else lives in it."""
    if folder is not None:
        (folder / FILE).unlink(missing_ok=True)  # from here on this is no complete lab
    # In-flight podman calls of a killed `up` would make new containers behind our back: they go first.
    _kill(lambda: [pid for pid in background.tagged(rehearsal_id) if processes.name(pid) not in _CONTAINER])
    if folder is not None and Path(podman_paths(rehearsal_id, folder, None).configuration, "storage.conf").exists():
        podman = Podman(
            podman_paths(rehearsal_id, folder, None),
            tags={TAG: rehearsal_id, REHEARSAL: rehearsal_id},
            netns=namespace.namespace(rehearsal_id),
        )
        # What podman cannot remove (its own files may be torn) is removed below, by hand.
        with contextlib.suppress(OnboardError):
            podman.run("rm", "--force", "--time", "0", "--all", "--volumes", timeout=60, check=False)
    _kill(lambda: [*background.tagged(rehearsal_id), *_members(rehearsal_id)])
    clear_bridges(namespace.namespace(rehearsal_id))
    own = run_folder(rehearsal_id) / "lab"
    for place in (own, *([folder.resolve() / "containers"] if folder else [])):
        unmount_below(place)
    _remove_cgroups(rehearsal_id)
    if folder is not None:
        for name in ("containers", "bin", "ssh", "logs"):
            shutil.rmtree(folder / name, ignore_errors=True)
        (folder / "alerts.ndjson").unlink(missing_ok=True)
    shutil.rmtree(own, ignore_errors=True)


def leftovers(rehearsal_id: str, *, folder: Path | None = None) -> list[str]:
    """What of a rehearsal's lab is still on the machine: ``<kind>: <which>``, sorted.

    Links, routes and firewall rules of the lab exist in its namespace and its containers only, so they are gone with
    those; the machine's own interfaces are looked at all the same.
    """
    netns = namespace.namespace(rehearsal_id)
    pids = {*background.tagged(rehearsal_id), *background.tagged(rehearsal_id, tag=REHEARSAL)}
    found = [f"process: {pid} {processes.name(pid)}" for pid in pids]
    found += [f"process in namespace: {pid} {processes.name(pid)}" for pid in namespace.inhabitants(netns)]
    if namespace.path(netns).exists():
        found.append(f"network namespace: {netns}")
    found += [f"control group: {path}" for path in _cgroup_folders(rehearsal_id)]
    mounts = mount_points()
    for place in _places(rehearsal_id, folder):
        found += [f"mount: {point}" for point in mounts if point.startswith(f"{place}/")]
        if place.exists():
            found.append(f"folder: {place}")
    links = subprocess.run(["ip", "-o", "link", "show"], capture_output=True, text=True, check=False).stdout
    found += [f"link: {line.split(':')[1].strip()}" for line in links.splitlines() if f"ob-{rehearsal_id}" in line]
    return sorted(found)


def _places(rehearsal_id: str, folder: Path | None) -> list[Path]:
    return [run_folder(rehearsal_id), *([folder.resolve() / "containers"] if folder else [])]


def _kill(listed: Callable[[], list[int]]) -> None:
    """SIGKILL what ``listed()`` names until it names nothing, five seconds at most.

    A process that is just being replaced by exec(2) shows no environment for a moment: two looks must find nothing.
    """
    deadline = time.monotonic() + 5
    clear = 0
    while clear < 2 and time.monotonic() < deadline:
        pids = listed()
        processes.kill(pids, signal.SIGKILL)
        clear = 0 if pids else clear + 1
        time.sleep(0.03)


def _members(rehearsal_id: str) -> list[int]:
    """Processes in the rehearsal's control groups: a container's services carry no tag."""
    pids: set[int] = set()
    for folder in _cgroup_folders(rehearsal_id):
        try:
            pids |= {int(line) for line in (folder / "cgroup.procs").read_text().split()}
        except OSError:
            continue
    return sorted(pids)


def _cgroup_folders(rehearsal_id: str) -> list[Path]:
    """Deepest first, of every hierarchy (version 1, version 2, hybrid)."""
    name = cgroup(rehearsal_id).lstrip("/")
    roots = [_CGROUPS / name, *_CGROUPS.glob(f"*/{name}")]
    found = [path for root in roots if root.is_dir() for path in [root, *root.rglob("*")] if path.is_dir()]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def _remove_cgroups(rehearsal_id: str) -> None:
    for _ in range(20):
        for folder in _cgroup_folders(rehearsal_id):
            try:
                folder.rmdir()
            except OSError:
                continue
        if not _cgroup_folders(rehearsal_id):
            return
        time.sleep(0.05)  # a killed process leaves its group a moment later
