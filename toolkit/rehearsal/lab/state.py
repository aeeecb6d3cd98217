"""What a running lab consists of, as one JSON file that a killed run's successor can read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from toolkit import places
from toolkit.canonical import write_atomic
from toolkit.errors import OnboardError
from toolkit.rehearsal.lab.background import Background
from toolkit.rehearsal.lab.podman import PodmanPaths
from toolkit.rehearsal.lab.topology import Topology

FILE = "lab.json"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One running node: its first process on this machine and its public host key (``ssh-ed25519 AAAA…``)."""

    pid: int
    host_key: str


class LabState(msgspec.Struct, frozen=True, kw_only=True):
    """Paths are absolute. ``proxy`` is the package proxy's URL for the hosts, ``receiver_log`` the alerts' NDJSON."""

    schema: Literal["onboarding/lab/v1"] = "onboarding/lab/v1"
    topology: Topology
    netns: str
    folder: str
    podman: PodmanPaths
    machines: dict[str, Machine]
    background: tuple[Background, ...]
    ssh_key: str
    proxy: str
    receiver_log: str

    @property
    def id(self) -> str:
        """The rehearsal's id."""
        return self.topology.id


def run_folder(rehearsal_id: str) -> Path:
    """``/run/onboard-<id>``: short, because sockets live there (a socket's path has 107 bytes at most)."""
    return places.fleeting(rehearsal_id)


def podman_paths(rehearsal_id: str, folder: Path, images: str | None) -> PodmanPaths:
    """Where this rehearsal's podman keeps what."""
    run = run_folder(rehearsal_id) / "lab"
    return PodmanPaths(
        configuration=str(run / "etc"),
        runtime=str(folder / "bin" / "runc"),
        graphroot=str(folder / "containers"),
        runroot=str(run / "run"),
        tmp=str(run / "tmp"),
        images=images,
    )


def save(state: LabState) -> None:
    """Write ``lab.json`` in the lab's folder, whole or not at all."""
    write_atomic(Path(state.folder, FILE), msgspec.json.format(msgspec.json.encode(state), indent=1))


def load(folder: Path) -> LabState | None:
    """The lab of a folder, or None when none was completed there."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=LabState)
    except msgspec.DecodeError as error:
        raise OnboardError(f"{path} is not a lab's state: {error}", fix="onboard rehearse down") from error


def remember_folder(rehearsal_id: str, folder: Path) -> None:
    """First thing of all: whoever finds the id can find what to remove."""
    write_atomic(run_folder(rehearsal_id) / "lab" / "folder", str(folder).encode())


def remembered_folder(rehearsal_id: str) -> Path | None:
    """The folder of a lab, complete or not; None when there is no trace of it."""
    path = run_folder(rehearsal_id) / "lab" / "folder"
    return Path(path.read_text()) if path.exists() else None
