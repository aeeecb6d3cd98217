"""Nothing of the user's is opened, and no process of a rehearsal but the package proxy has a way out."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import METADATA

from toolkit.rehearsal import lab, namespace

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
CONNECT = "import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1.5).close()"


@pytest.fixture(scope="module")
def state(rehearsed):
    found = lab.load(rehearsed.desk.rehearsal / "lab")
    assert found is not None
    return found


@pytest.mark.parametrize("which", ["rehearsed", "cloud_only"])
def test_credential_files_were_never_opened(request, which):
    found = request.getfixturevalue(which)
    assert found.opened == ()
    # The kernel would have told us.
    found.planted.opened.read()
    for file in found.planted.files:
        file.read_text()
    assert found.planted.opened.read() == found.planted.files


@pytest.mark.parametrize("which", ["rehearsed", "cloud_only"])
def test_the_agent_was_never_asked(request, which):
    found = request.getfixturevalue(which)
    assert found.asked == 0
    before = found.planted.agent.connections
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(found.planted.environment["SSH_AUTH_SOCK"])
    assert seen(found.planted.agent) == before + 1


def test_ssh_reads_no_settings_of_the_user(rehearsed):
    """The home that ssh(1) reads is the account's, not ``HOME``: no file of ours could lie in wait there."""
    calls = [one.command for one in tagged(rehearsed) if one.command and Path(one.command[0]).name == "ssh"]
    assert len(calls) > 10
    for call in calls:
        assert call[call.index("-F") + 1] == "none", call
        for option in ("IdentityAgent=none", "IdentitiesOnly=yes", "GlobalKnownHostsFile=/dev/null"):
            assert option in call, call


def test_the_metadata_service_was_never_asked(cloud_only, metadata):
    assert metadata.connections == 0
    for count, address in enumerate(METADATA, start=1):
        assert inside(metadata.netns, address, 80)
        deadline = time.monotonic() + 5
        while metadata.connections < count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert metadata.connections == count


@pytest.mark.parametrize("which", ["rehearsed", "cloud_only"])
def test_during_the_run_only_the_package_proxy_was_outside(request, which):
    found = request.getfixturevalue(which)
    outside = {Path("/proc/self/ns/net").stat().st_ino, *([] if which == "rehearsed" else [user_network(request)])}
    everything = tagged(found)
    assert len(everything) > 20
    # A process that is just entering the namespace (nsenter) shows the command that it will be.
    left = [
        one.command for one in everything if one.network in outside and not any("nsenter" in w for w in one.command)
    ]
    if which == "rehearsed":
        assert any("toolkit.rehearsal.package_proxy" in command for command in left)
        assert any("toolkit.run.worker" in one.command for one in everything)
        assert any("conmon" in one.command[0] for one in everything if one.command)
    assert [command for command in left if "toolkit.rehearsal.package_proxy" not in command] == []


def test_the_supervisor_ended_inside(rehearsed):
    """It makes the world from outside (images, packages), and is in it before the run begins."""
    # The first of that command line; those that it starts show its words until they begin their own.
    supervisor = next(
        one.pid for one in rehearsed.processes.seen.values()
        if "rehearse" in one.command and str(rehearsed.desk.workspace) in one.command
    )  # fmt: skip
    inode = namespace.path(rehearsed.desk.bindings.netns).stat().st_ino
    assert rehearsed.processes.networks[supervisor] == inode


def test_no_process_of_the_standing_world_has_a_way_out(rehearsed, state):
    networks = living(rehearsed, state)
    own = Path("/proc/self/ns/net").stat().st_ino
    outside = [name for pid, name in networks.pop(own).items() if pid]
    assert len(outside) == 1, outside
    assert "toolkit.rehearsal.package_proxy" in outside[0]
    assert len(networks) == 1 + len(state.topology.nodes)
    with socket.create_server((machine_address(), 0)) as listening:
        address, port = listening.getsockname()
        # From here it answers; from no network of the rehearsal does it, though some have routes that lead nowhere.
        assert reaches([], address, port)
        for pids in networks.values():
            pid = next(iter(pids))
            enter = ["nsenter", f"--net=/proc/{pid}/ns/net"]
            assert not reaches(enter, address, port), pids
            assert not reaches(enter, METADATA[0], 80), pids


def test_the_namespace_has_no_default_route_and_no_link_to_the_machine(rehearsed):
    enter = namespace.enter(rehearsed.desk.bindings.netns)
    routes = subprocess.run([*enter, "ip", "route", "show", "table", "all"], capture_output=True, text=True, check=True)
    assert "default" not in routes.stdout
    assert "10.60.0.0/24" in routes.stdout
    links = subprocess.run([*enter, "ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    kinds = [line.split(": ")[1].partition("@") for line in links.splitlines()]
    # A cable whose other end is in the machine's own network would show that network's id, which no container has.
    own = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert len(kinds) > 5
    assert rehearsed.desk.current["id"] not in own


def tagged(found):
    """Every process of the rehearsal that was seen."""
    return found.processes.of(found.desk.current["id"])


def user_network(request) -> int:
    return namespace.path(request.getfixturevalue("metadata").netns).stat().st_ino


def living(found, state) -> dict[int, dict[int, str]]:
    """Living processes of the rehearsal by network: tagged ones, and all that is in its machines."""
    from toolkit import processes
    from toolkit.rehearsal.lab.machines import cgroup

    group = cgroup(state.id)
    pids = {*processes.tagged("ONBOARD_REHEARSAL", state.id), *namespace.inhabitants(state.netns)}
    networks: dict[int, dict[int, str]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) in pids or f"{group}/" in (entry / "cgroup").read_text():
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                networks.setdefault((entry / "ns/net").stat().st_ino, {})[int(entry.name)] = line
        except OSError:
            continue
    return networks


def machine_address() -> str:
    """An address of this machine that is not loopback."""
    said = subprocess.run(
        ["ip", "-o", "-4", "address", "show", "scope", "global"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[3].partition("/")[0]


def inside(netns: str, address: str, port: int) -> bool:
    return reaches(namespace.enter(netns), address, port)


def reaches(enter: list[str], address: str, port: int) -> bool:
    command = [*enter, sys.executable, "-c", CONNECT, address, str(port)]
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0


def seen(listener) -> int:
    time.sleep(0.3)
    return int(listener.connections)
