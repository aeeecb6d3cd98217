"""The host lab with real parts. Every negative check stands beside the positive one that gives it meaning."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from killing import until
from lab_parts import (
    OUTPUTS,
    ROOT,
    WRONG,
    acme_topology,
    inside,
    machine_network,
    management_up,
    on,
    ssh,
    watch,
    watched,
)

from toolkit.rehearsal import lab
from toolkit.rehearsal.lab import cloud_gateway
from toolkit.rehearsal.lab.probing import probe_commands

pytestmark = [pytest.mark.lab, pytest.mark.slow]
HOST = "10.60.0.11"


def quiet(_: str) -> None:
    return


@pytest.fixture(scope="module")
def network_before():
    return machine_network()


@pytest.fixture(scope="module")
def running(tmp_path_factory, network_before):
    """One lab for the tests that do not end it; its end is itself a test of ``down``."""
    state = lab.up(acme_topology(f"t{secrets.token_hex(3)}"), tmp_path_factory.mktemp("lab"), say=quiet)
    yield state
    assert lab.down(state.id) == []
    assert machine_network() == network_before


@pytest.fixture(scope="module")
def linked(running):
    """The lab with its management link and both tunnels of the cloud link; comes after the closed state was seen."""
    closed_before_the_bundle(running)
    cloud_gateway.load(running, "acme-prod", OUTPUTS)
    management_up(running)
    for number in (1, 2):
        if f"prod-hq-{number}" not in {each.name for each in cloud_gateway.list_associations(running, "acme-prod")}:
            assert cloud_gateway.initiate(running, "prod-hq", number).up
    return running


def closed_before_the_bundle(state):
    assert ssh(state, "provider-hub", "true").returncode == 0
    for key in ("erp-vm-1", "endpoint-acme-hq"):
        assert ssh(state, key, "true").returncode == 255
    for address in (HOST, "10.60.0.2", "198.18.60.10"):
        assert on(state, "hub", f"ping -c1 -W1 {address}").returncode != 0
    assert on(state, "hub", "ping -c1 -W1 10.50.0.2").returncode == 0


def test_the_link_opens_what_was_closed(linked):
    for key, name in (("erp-vm-1", "erp-vm-1"), ("endpoint-acme-hq", "endpoint-acme-hq"), ("erp-vm-2", "erp-vm-2")):
        done = ssh(linked, key, "hostname && sudo -n id -un")
        assert done.stdout.split() == [name, "root"], done.stderr


def test_up_again_changes_nothing(linked):
    began = time.monotonic()
    again = lab.up(linked.topology, Path(linked.folder), say=quiet)
    assert again == linked
    assert time.monotonic() - began < 8


def test_the_way_closes_with_the_tunnel(linked):
    assert ssh(linked, "erp-vm-1", "true").returncode == 0
    assert on(linked, "hub", "swanctl --terminate --ike mgmt --timeout 3").returncode == 0
    try:
        assert ssh(linked, "erp-vm-1", "true").returncode == 255
        # Not even with a route over the public side, put there on purpose, in both directions.
        assert on(linked, "hub", "ip route add 10.60.0.0/24 via 198.18.60.10 dev wan0 onlink").returncode == 0
        assert (
            on(linked, "endpoint-acme-hq", "ip route add 10.50.0.0/24 via 198.51.100.10 dev wan0 onlink").returncode
            == 0
        )
        assert ssh(linked, "erp-vm-1", "true").returncode == 255
        assert on(linked, "hub", f"ping -c1 -W1 {HOST}").returncode != 0
    finally:
        on(linked, "hub", "ip route del 10.60.0.0/24 dev wan0")
        on(linked, "endpoint-acme-hq", "ip route del 10.50.0.0/24 dev wan0")
        assert on(linked, "endpoint-acme-hq", "swanctl --initiate --child mgmt --timeout 8").returncode == 0
    assert ssh(linked, "erp-vm-1", "true").returncode == 0


def test_the_public_side_sees_ciphertext_only(linked):
    marker = f"PLAINTEXT-{secrets.token_hex(8)}"
    public = watch(linked, "wan", seconds=4, marker=marker)
    private = watch(linked, "site0", seconds=4, marker=marker)
    page = f"mkdir -p /tmp/m && cd /tmp/m && echo {marker} >m.txt && timeout 20 python3 -m http.server 8099"
    assert on(linked, "host-erp-vm-1", f"({page}) >/dev/null 2>&1 </dev/null &").returncode == 0
    got = on(linked, "hub", f"curl -sf --retry 5 --retry-connrefused --retry-delay 1 -m 5 http://{HOST}:8099/m.txt")
    assert marker in got.stdout.decode()
    frames, not_encapsulated, markers = watched(public)
    assert frames > 0
    assert (not_encapsulated, markers) == (0, 0)
    assert watched(private)[2] > 0


def test_each_tunnel_alone_carries_the_probe(linked):
    for number in (1, 2):
        probe = cloud_gateway.probe(linked, "prod-hq", HOST, tunnel=number)
        assert probe.passed, probe
    assert not cloud_gateway.probe(linked, "prod-hq", "10.60.0.99", tunnel=1).passed
    names = {each.name for each in cloud_gateway.list_associations(linked, "acme-prod")}
    assert names == {"prod-hq-1", "prod-hq-2"}


def test_a_wrong_key_ends_one_tunnel_and_not_the_other(linked):
    cloud_gateway.load(linked, "acme-prod", WRONG)
    cloud_gateway.drop(linked, "prod-hq", 1)
    assert cloud_gateway.initiate(linked, "prod-hq", 1) == cloud_gateway.Initiation(
        up=False, reason="AUTHENTICATION_FAILED"
    )
    assert cloud_gateway.probe(linked, "prod-hq", HOST, tunnel=2).passed
    refused = cloud_gateway.probe(linked, "prod-hq", HOST, tunnel=1)
    assert (refused.passed, refused.reason) == (False, "AUTHENTICATION_FAILED")
    cloud_gateway.load(linked, "acme-prod", OUTPUTS)
    # The site's side may be faster than we are: what counts is that it is up, and carries.
    assert cloud_gateway.probe(linked, "prod-hq", HOST, tunnel=1).passed


def test_a_killed_probe_leaves_both_tunnels(linked):
    """Killed while the other tunnel is set aside: that one is loaded again and comes back, with nobody's help."""

    def loaded(number):
        return f"prod-hq-{number}:" in on(linked, "cloud-acme-prod", "swanctl --list-conns").stdout.decode()

    def up():
        return {each.name for each in cloud_gateway.list_associations(linked, "acme-prod")}

    for number, other in ((1, 2), (2, 1)):
        assert loaded(other)
        nobody = "10.60.0.99"
        command = [*probe_commands(linked)["prod-hq"], str(number), nobody]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as prober:
            until(lambda other=other: not loaded(other), seconds=30, what="the other tunnel is set aside")
            prober.kill()
            assert prober.wait() == -signal.SIGKILL
        until(lambda other=other: loaded(other), seconds=10, what="it is loaded again")
        until(lambda: up() == {"prod-hq-1", "prod-hq-2"}, seconds=20, what="both tunnels are up")
    for number in (1, 2):
        assert cloud_gateway.probe(linked, "prod-hq", HOST, tunnel=number).passed


def test_keys_are_readable_by_root_only_and_in_no_command_line(linked):
    modes = on(linked, "cloud-acme-prod", "stat -c %a /etc/swanctl/conf.d/*.conf").stdout.split()
    assert modes == [b"600", b"600"]
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "tunnel_KEY" not in lines


def test_the_proxy_is_the_only_way_out(linked):
    origin = next(
        line.split()[1]
        for line in on(linked, "hub", "cat /etc/apt/sources.list.d/lab.sources").stdout.decode().splitlines()
        if line.startswith("URIs:")
    )
    release = f"{origin}/dists/bookworm/InRelease"
    ask = f"curl -s -o /dev/null -w '%{{http_code}}' -m 8 -x {linked.proxy}"
    assert ssh(linked, "erp-vm-1", f"{ask} {release}").stdout == "200"
    assert ssh(linked, "erp-vm-1", f"{ask} http://example.com/").stdout == "403"
    assert ssh(linked, "erp-vm-1", f"{ask} -X POST {release}").stdout == "501"
    direct = inside(linked, "curl", "-s", "-m", "3", "-o", "/dev/null", release)
    assert direct.returncode != 0
    assert "default" not in inside(linked, "ip", "route").stdout


def test_the_receiver_hears_the_hub(linked):
    nonce = secrets.token_hex(8)
    port = linked.topology.receiver_port
    post = f'curl -sf -m 5 -d \'{{"nonce":"{nonce}"}}\' http://10.50.0.2:{port}/'
    assert on(linked, "hub", post).returncode == 0
    lines = [json.loads(line) for line in Path(linked.receiver_log).read_text().splitlines()]
    assert nonce in {line["body"].get("nonce") for line in lines}


def test_no_machine_has_an_ipv6_address(linked):
    for node in linked.topology.nodes:
        assert b"inet6" not in on(linked, node.name, "ip -6 address show").stdout
    assert "inet6" not in inside(linked, "ip", "-6", "address", "show").stdout


def test_a_stopped_machine_comes_back_with_its_wires(linked):
    podman = lab.console(linked, "host-erp-vm-2", "true")
    stop = [*podman[: podman.index("exec")], "kill", "host-erp-vm-2"]
    assert subprocess.run(stop, capture_output=True, check=False).returncode == 0
    assert ssh(linked, "erp-vm-2", "true").returncode == 255
    mended = lab.up(linked.topology, Path(linked.folder), say=quiet)
    assert mended.machines["host-erp-vm-2"].host_key == linked.machines["host-erp-vm-2"].host_key
    assert ssh(linked, "erp-vm-2", "hostname").stdout == "erp-vm-2\n"


def test_two_labs_with_the_same_addresses_never_meet(running, tmp_path):
    other = lab.up(acme_topology(f"t{secrets.token_hex(3)}"), tmp_path, say=quiet)
    try:
        assert lab.host_bindings(other).keys() == lab.host_bindings(running).keys()
        for key, binding in lab.host_bindings(other).items():
            assert binding.address == lab.host_bindings(running)[key].address
            assert binding.host_key != lab.host_bindings(running)[key].host_key
        # The same address answers in both, each with its own key; each lab's key opens its own hub only.
        for state in (running, other):
            assert ssh(state, "provider-hub", "true").returncode == 0
        assert inside(other, "ssh-keygen", "-y", "-f", other.ssh_key).stdout
        crossed = ssh(_with_key(running, other.ssh_key), "provider-hub", "true")
        assert crossed.returncode == 255
        assert "Permission denied" in crossed.stderr
        management_up(other, start="none")
        assert ssh(other, "erp-vm-1", "hostname").stdout == "erp-vm-1\n"
    finally:
        assert lab.down(other.id) == []
    assert ssh(running, "provider-hub", "true").returncode == 0


@pytest.mark.parametrize("seconds", [0.15, 0.5, 0.9, 1.4])
@pytest.mark.parametrize("victim", ["process", "group"])
def test_nothing_is_left_of_a_lab_killed_while_it_came_up(tmp_path, seconds, victim):
    before = machine_network()
    name = f"t{secrets.token_hex(3)}"
    code = (
        "import sys; from pathlib import Path; from lab_parts import acme_topology; from toolkit.rehearsal import lab\n"
        "print('ready', flush=True); lab.up(acme_topology(sys.argv[1]), Path(sys.argv[2]), say=print)"
    )
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    child = subprocess.Popen(
        [sys.executable, "-c", code, name, str(tmp_path)], env=env, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    time.sleep(seconds)
    (os.kill if victim == "process" else os.killpg)(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    assert lab.down(name, folder=tmp_path) == []
    time.sleep(0.3)
    assert lab.leftovers(name, folder=tmp_path) == []
    assert machine_network() == before


def test_taking_down_what_is_not_there_is_fine(tmp_path):
    assert lab.down(f"t{secrets.token_hex(3)}", folder=tmp_path / "none") == []


def test_a_killed_lab_comes_up_again(tmp_path):
    state = lab.up(acme_topology(f"t{secrets.token_hex(3)}"), tmp_path, say=quiet)
    try:
        (tmp_path / "lab.json").unlink()
        assert lab.leftovers(state.id, folder=tmp_path) != []
        again = lab.up(state.topology, tmp_path, say=quiet)
        assert ssh(again, "provider-hub", "true").returncode == 0
        assert again.machines["hub"].host_key != state.machines["hub"].host_key
    finally:
        assert lab.down(state.id) == []


def _with_key(state, key):
    import msgspec

    return msgspec.structs.replace(state, ssh_key=key)


def test_a_killed_image_build_leaves_nothing_running(tmp_path, monkeypatch):
    name = f"t{secrets.token_hex(3)}"
    code = (
        "import sys; from pathlib import Path; from lab_parts import acme_topology; from toolkit.rehearsal import lab\n"
        "lab.up(acme_topology(sys.argv[1]), Path(sys.argv[2]), say=lambda text: print(text, flush=True))"
    )
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    child = subprocess.Popen(
        [sys.executable, "-c", code, name, str(tmp_path / "lab")],
        env=env,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert b"building" in child.stdout.readline()
    time.sleep(4)
    assert _builders(tmp_path) != []
    child.kill()
    child.wait()
    child.stdout.close()
    deadline = time.monotonic() + 10
    while _builders(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _builders(tmp_path) == []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert lab.down(name, folder=tmp_path / "lab") == []
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()
    assert list(tmp_path.glob("cache/onboarding-toolkit/lab/images-*/complete")) == []


def _builders(folder):
    """Processes that work in a folder, or were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            root = str((entry / "root").readlink())
        except OSError:
            continue
        if int(entry.name) != os.getpid() and (str(folder).encode() in words or str(folder) in root):
            found.append(int(entry.name))
    return found
