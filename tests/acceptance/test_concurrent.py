"""Two rehearsals at once: of one workspace the second is refused, of two with the same addresses both pass."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest
import yaml
from conftest import make_desk
from lab_parts import machine_network

from toolkit import processes
from toolkit.cli.outcome import WORDS
from toolkit.rehearsal import lab, namespace

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_a_second_rehearsal_of_the_workspace_is_refused(desk):
    first = desk.start("rehearse", desk.workspace, "--hosts", "none", "--format", "json")
    try:
        current = desk.workspace / ".onboard/rehearsal/current.json"
        deadline = time.monotonic() + 120
        while not current.is_file():
            assert first.poll() is None, first.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        before = current.read_bytes()
        for words in (["rehearse", desk.workspace, "--hosts", "none"], ["rehearse", "down", desk.workspace]):
            second = desk.onboard(*words, "--format", "json")
            assert second.returncode == 12, second.stderr + second.stdout
            assert json.loads(second.stdout)["error"] == "Locked"
        assert current.read_bytes() == before
        out, err = first.communicate(timeout=600)
    finally:
        if first.poll() is None:
            first.send_signal(signal.SIGTERM)
            first.communicate(timeout=60)
    # The refused ones did no harm to the first.
    assert first.returncode == 0, err
    assert json.loads(out)["state"] == "done"
    assert not current.exists()


@pytest.mark.lab
def test_a_standing_world_refuses_another(cloud_only):
    """The lease is free, but a world of the workspace's stands: only ``down`` or ``resume`` goes on from there."""
    done = cloud_only.desk.onboard("rehearse", cloud_only.desk.workspace, "--hosts", "none", "--format", "json")
    assert done.returncode == 12
    assert cloud_only.desk.current["id"] in json.loads(done.stdout)["message"]


@pytest.mark.kill  # `make test` has its second world with the same addresses in test_kill.py
@pytest.mark.lab
def test_another_customer_with_the_same_addresses_passes_beside_the_first(rehearsed, tmp_path):
    """The kept world stands all the while: same networks, same public addresses, another customer and workspace."""
    other = make_desk(tmp_path)
    file = other.workspace / "inventory.yaml"
    inventory = yaml.safe_load(file.read_text())
    inventory["customer"]["id"] = "zenith"
    file.write_text(yaml.safe_dump(inventory, sort_keys=False))
    before = machine_network()
    done = other.onboard("rehearse", other.workspace, "--hosts", "lab", "--keep", "--format", "json")
    assert done.returncode == 0, done.stderr + done.stdout
    outcome, standing = json.loads(done.stdout), other.current["id"]
    assert {word: outcome["counts"].get(word) for word in WORDS} == {
        word: rehearsed.outcome["counts"].get(word) for word in WORDS
    }
    assert outcome["not_proven"] == []
    same = {
        key: (mine.address, other.bindings.host_bindings[key].address)
        for key, mine in rehearsed.desk.bindings.host_bindings.items()
    }
    assert same
    assert all(mine == yours for mine, yours in same.values())
    # Each controller meets its own machine behind the same address.
    for desk in (rehearsed.desk, other):
        key = desk.bindings.host_bindings["provider-hub"].host_key.split()[1]
        scan = [*namespace.enter(str(desk.bindings.netns)), "ssh-keyscan", "-t", "ed25519", "10.50.0.10"]
        assert key in subprocess.run(scan, capture_output=True, text=True, check=True).stdout
    down = other.onboard("rehearse", "down", other.workspace)
    assert down.returncode == 0, down.stderr
    assert lab.leftovers(standing, folder=other.workspace / ".onboard/rehearsal" / standing / "lab") == []
    assert processes.tagged("ONBOARD_REHEARSAL", standing) == []
    assert machine_network() == before
    # The first is as it was.
    assert rehearsed.verify().returncode == 0
