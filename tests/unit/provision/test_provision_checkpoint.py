"""Uncertain operations in a checkpoint, and locks of engines that are dead or alive."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import Locked
from toolkit.provision.adapter import stack_outputs
from toolkit.provision.checkpoint import by_urn, checkpoint_file, pending_operations, read_checkpoint, settle
from toolkit.provision.compare import SECRET_SIGNATURE, SIGNATURE_KEY
from toolkit.provision.locks import engine_lives, lock_folder, release_dead

VPC = {"urn": "urn:vpc", "type": "aws:ec2/vpc:Vpc", "custom": True, "inputs": {"cidrBlock": "10.20.0.0/16"}}
KEY = {"urn": "urn:key", "type": "aws:kms/key:Key", "custom": True, "id": "k", "inputs": {}, "outputs": {"arn": "a"}}


def deployment(*pending: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "resources": [KEY],
        "pending_operations": [{"type": operation, "resource": resource} for operation, resource in pending],
    }


def test_a_found_object_becomes_a_resource() -> None:
    before = deployment(("creating", VPC))
    (pending,) = pending_operations(before)
    assert (pending.operation, pending.urn, pending.inputs) == ("creating", "urn:vpc", VPC["inputs"])
    after = settle(before, {"urn:vpc": "vpc-1"})
    assert pending_operations(after) == ()
    assert after["resources"] == [KEY, {**VPC, "id": "vpc-1", "outputs": VPC["inputs"]}]
    assert "id" not in VPC


def test_what_was_not_found_is_forgotten() -> None:
    assert settle(deployment(("creating", VPC)), {})["resources"] == [KEY]


@pytest.mark.parametrize("operation", ["updating", "deleting", "reading"])
def test_a_known_resource_stays_as_it_was(operation: str) -> None:
    assert settle(deployment((operation, KEY)), {"urn:key": "other"})["resources"] == [KEY]


def test_a_resource_that_is_already_kept_is_not_doubled() -> None:
    assert settle(deployment(("creating", KEY)), {"urn:key": "k"})["resources"] == [KEY]


def test_read(tmp_path: Path) -> None:
    file = checkpoint_file(tmp_path, project="p", stack="s")
    assert file == tmp_path / ".pulumi/stacks/p/s.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [KEY, {**VPC, "delete": True}]}}}))
    assert list(by_urn(read_checkpoint(file))) == ["urn:key"]
    file.write_text(json.dumps({"version": 3, "checkpoint": {}}))
    assert read_checkpoint(file) == {}


def test_secret_outputs_stay_in_the_state() -> None:
    secret = {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": "v1:x"}
    stack = {
        "type": "pulumi:pulumi:Stack",
        "urn": "u",
        "outputs": {"links": {"a": {"id": "vpn-1", "psk": secret}}, "s": secret},
    }
    assert stack_outputs({"resources": [stack]}) == {"links": {"a": {"id": "vpn-1"}}}
    assert stack_outputs({}) == {}


def lock(state: Path, **owner: Any) -> Path:
    folder = lock_folder(state, project="p", stack="s")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "0.json"
    file.write_text(json.dumps({"pid": 1, "hostname": socket.gethostname(), **owner}))
    return file


def dead_pid() -> int:
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


def test_the_lock_of_a_dead_engine_is_released(tmp_path: Path) -> None:
    file = lock(tmp_path, pid=dead_pid())
    assert release_dead(tmp_path, project="p", stack="s") == 1
    assert not file.exists()
    assert release_dead(tmp_path, project="p", stack="s") == 0


def test_a_number_that_another_program_has_now_is_no_engine(tmp_path: Path) -> None:
    lock(tmp_path, pid=os.getpid())
    assert release_dead(tmp_path, project="p", stack="s") == 1


@pytest.mark.parametrize("owner", [{"hostname": "another-machine"}, {"pid": "x"}])
def test_a_lock_whose_owner_may_live_is_kept(tmp_path: Path, owner: dict[str, Any]) -> None:
    file = lock(tmp_path, **{"pid": 1, **owner})
    with pytest.raises(Locked):
        release_dead(tmp_path, project="p", stack="s")
    assert file.exists()


def test_a_living_engine_keeps_its_lock(tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.symlink_to("/bin/sleep")
    running = subprocess.Popen([str(program), "60"])
    try:
        lock(tmp_path, pid=running.pid)
        until = time.monotonic() + 10
        while not engine_lives(running.pid) and time.monotonic() < until:
            time.sleep(0.01)  # the kernel sets a program's name a moment after Popen returns
        with pytest.raises(Locked, match=str(running.pid)):
            release_dead(tmp_path, project="p", stack="s")
    finally:
        running.kill()
        assert not engine_lives(running.pid) or running.wait() is not None
        running.wait()
