"""Bringing the lab up, and what the rest of the rehearsal needs to know of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from toolkit.errors import OnboardError, PrerequisiteMissing
from toolkit.model.bindings import HostBinding
from toolkit.rehearsal import namespace
from toolkit.rehearsal.lab import background, wiring
from toolkit.rehearsal.lab.background import Background
from toolkit.rehearsal.lab.image_store import cache_folder, ensure_images
from toolkit.rehearsal.lab.machines import CONSOLE_SCRIPT, make_ready, run_arguments
from toolkit.rehearsal.lab.podman import REHEARSAL, TAG, Podman, environment
from toolkit.rehearsal.lab.prerequisites import prerequisites, room_for
from toolkit.rehearsal.lab.state import LabState, Machine, load, podman_paths, remember_folder, run_folder, save
from toolkit.rehearsal.lab.teardown import down, remove
from toolkit.rehearsal.lab.topology import Node, Topology

Say = Callable[[str], None]
PROXY_PORT = 3142


def tags(rehearsal_id: str) -> dict[str, str]:
    """Environment of everything that the lab starts."""
    return {TAG: rehearsal_id, REHEARSAL: rehearsal_id}


def open_podman(state: LabState) -> Podman:
    """The running lab's podman."""
    return Podman(state.podman, tags=tags(state.id), netns=state.netns)


def up(topology: Topology, folder: Path, *, say: Say) -> LabState:
    """Make the lab run, or find that it does; ``folder`` (absolute) keeps its containers, key, logs and state file.

    Call it from outside the namespace: images and packages come from there. A lab that is complete is kept and mended (a stopped container is started and wired again); a half-made one is
    removed first. Raises PrerequisiteMissing with the command that installs what is missing.
    """
    gaps = prerequisites()
    if gaps:
        raise PrerequisiteMissing("; ".join(gap.message for gap in gaps), fix=" && ".join(gap.fix for gap in gaps))
    state = load(folder)
    if state is not None and state.topology == topology and run_folder(topology.id).exists():
        return _mend(state, say)
    remove(topology.id, folder)
    crowded = room_for(len(topology.nodes))
    if crowded is not None:
        raise PrerequisiteMissing(crowded.message, fix=crowded.fix)
    images = ensure_images(say)
    shared = namespace.exists(namespace.namespace(topology.id))
    try:
        return _make(topology, folder, images, say)
    except BaseException:
        if shared:
            remove(topology.id, folder)
        else:
            down(topology.id, folder=folder)
        raise


def host_bindings(state: LabState) -> dict[str, HostBinding]:
    """How each machine is reached by SSH, with its host key as read through its console."""
    return {
        node.binding: HostBinding(
            address=node.address, port=node.ssh_port, user=node.user, host_key=state.machines[node.name].host_key
        )
        for node in state.topology.nodes
        if node.binding and node.address
    }


def console_commands(state: LabState) -> dict[str, tuple[str, ...]]:
    """Site → the command that stands in for a person at the endpoint's console.

    It reads a bundle (tar) on standard input, unpacks it over ``/`` and runs its ``install-endpoint.sh``.
    """
    return {
        node.name.removeprefix("endpoint-"): console(state, node.name, "sh", "-c", CONSOLE_SCRIPT)
        for node in state.topology.nodes
        if node.role == "endpoint"
    }


def console(state: LabState, machine: str, *command: str) -> tuple[str, ...]:
    """The argument list that runs ``command`` as root on a machine, whatever its network does."""
    settings = (f"{key}={value}" for key, value in environment(state.podman).items())
    return ("env", *settings, "podman", "exec", "--interactive", machine, *command)


def _make(topology: Topology, folder: Path, images: Path, say: Say) -> LabState:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remember_folder(topology.id, folder)
    netns = namespace.namespace(topology.id)
    namespace.make(netns)
    wiring.make_bridges(netns, topology)
    key = _make_key(folder / "ssh" / "id_ed25519")
    podman = Podman(podman_paths(topology.id, folder, str(images)), tags=tags(topology.id), netns=netns)
    podman.prepare()
    public = key.with_suffix(".pub").read_text()
    say(f"starting {len(topology.nodes)} machines")

    def bring(node: Node) -> tuple[str, Machine]:
        podman.run(*run_arguments(node, topology.id))
        pid = _pid(podman, node)
        wiring.plug(netns, topology, node, pid)
        return node.name, Machine(pid=pid, host_key=make_ready(podman, node, public))

    with ThreadPoolExecutor(max_workers=4) as pool:
        services = pool.submit(_start_background, topology, netns, folder)
        machines = dict(pool.map(bring, topology.nodes))
    state = LabState(
        topology=topology,
        netns=netns,
        folder=str(folder),
        podman=podman.paths,
        machines=machines,
        background=services.result(),
        ssh_key=str(key),
        proxy=f"http://{topology.controller}:{PROXY_PORT}",
        receiver_log=str(folder / "alerts.ndjson"),
    )
    save(state)
    return state


def _mend(state: LabState, say: Say) -> LabState:
    podman = open_podman(state)
    machines = dict(state.machines)
    public = Path(state.ssh_key).with_suffix(".pub").read_text()
    for node in state.topology.nodes:
        if _pid(podman, node) == machines[node.name].pid:
            continue
        say(f"starting {node.name} again")
        podman.run("start", node.name)
        pid = _pid(podman, node)
        wiring.plug(state.netns, state.topology, node, pid)
        machines[node.name] = Machine(pid=pid, host_key=make_ready(podman, node, public))
    services = state.background
    if not all(background.alive(each) for each in services):
        for each in services:
            background.stop(each)
        services = _start_background(state.topology, state.netns, Path(state.folder))
    mended = LabState(
        topology=state.topology,
        netns=state.netns,
        folder=state.folder,
        podman=state.podman,
        machines=machines,
        background=services,
        ssh_key=state.ssh_key,
        proxy=state.proxy,
        receiver_log=state.receiver_log,
    )
    save(mended)
    return mended


def _pid(podman: Podman, node: Node) -> int:
    """The container's first process; 0 when it does not run."""
    return int(podman.run("inspect", "--format", "{{.State.Pid}}", node.name).strip() or 0)


def _make_key(path: Path) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        namespace.call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "onboard-rehearsal", "-f", str(path)])
    return path


def _start_background(topology: Topology, netns: str, folder: Path) -> tuple[Background, ...]:
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
        **tags(topology.id),
    }
    python = [sys.executable, "-P", "-m"]
    controller, logs = topology.controller, folder / "logs"
    proxy = background.start(
        "package-proxy",
        [
            *(*python, "toolkit.rehearsal.package_proxy", "--netns", netns),
            *("--listen", f"{controller}:{PROXY_PORT}", "--cache", str(cache_folder() / "packages" / "http")),
        ],
        log=logs / "package-proxy.log",
        env=env,
    )
    receiver = background.start(
        "receiver",
        [
            *(*namespace.enter(netns), *python, "toolkit.rehearsal.receiver"),
            *("--listen", f"{controller}:{topology.receiver_port}", "--log", str(folder / "alerts.ndjson")),
        ],
        log=logs / "receiver.log",
        env=env,
    )
    _await_port(netns, controller, (PROXY_PORT, topology.receiver_port), (proxy, receiver), logs)
    return (proxy, receiver)


def _await_port(netns: str, address: str, ports: tuple[int, ...], services: tuple[Background, ...], logs: Path) -> None:
    deadline = time.monotonic() + 15
    wanted = {f"{address}:{port}" for port in ports}
    while time.monotonic() < deadline:
        listening = namespace.call([*namespace.enter(netns), "ss", "-Hltn"])
        if all(f" {each} " in listening for each in wanted):
            return
        for each in services:
            if not background.alive(each):
                said = (logs / f"{each.name}.log").read_text(errors="replace").strip().splitlines()
                raise OnboardError(f"the lab's {each.name} ended: {' / '.join(said[-2:])}")
        time.sleep(0.05)
    raise OnboardError("package proxy and receiver do not listen after 15 s")
