from __future__ import annotations

import json
import os
import sys
import threading
import time
import urllib.request

import msgspec
import pytest

from toolkit.errors import OnboardError
from toolkit.rehearsal import namespace
from toolkit.rehearsal.lab import background
from toolkit.rehearsal.lab.podman import PodmanPaths, containers_conf, environment, storage_conf
from toolkit.rehearsal.lab.prerequisites import prerequisites, room_for
from toolkit.rehearsal.receiver import Receiver

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
PATHS = PodmanPaths(
    configuration="/run/x/etc",
    runtime="/x/bin/runc",
    graphroot="/x/c",
    runroot="/run/x/run",
    tmp="/run/x/tmp",
    images="/i",
)


def test_a_process_is_known_by_number_start_and_tag(tmp_path):
    tag = f"unit-{os.getpid()}"
    one = background.start("sleep", SLEEP, log=tmp_path / "log", env={"ONBOARD_LAB": tag})
    assert background.alive(one)
    # While a program replaces another one, it shows no environment.
    deadline = time.monotonic() + 5
    while background.tagged(tag) != (one.pid,) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert background.tagged(tag) == (one.pid,)
    assert not background.alive(msgspec.structs.replace(one, started=one.started + 1))
    background.stop(one)
    assert not background.alive(one)
    assert background.tagged(tag) == ()


def test_another_process_with_the_number_is_not_stopped(tmp_path):
    one = background.start("sleep", SLEEP, log=tmp_path / "log", env={})
    background.stop(msgspec.structs.replace(one, started=one.started - 1))
    assert background.alive(one)
    background.stop(one)


def test_podman_keeps_to_the_rehearsals_folders():
    conf = containers_conf(PATHS, nofile=1024, tags={"ONBOARD_LAB": 'x"y'})
    assert 'tmp_dir = "/run/x/tmp"' in conf
    assert 'lock_type = "file"' in conf
    assert 'runc = ["/x/bin/runc"]' in conf
    assert "CONTAINERS_CONF=/run/x/etc/containers.conf" in conf
    assert '"ONBOARD_LAB=x\\"y"' in conf
    assert 'additionalimagestores = ["/i"]' in storage_conf(PATHS)
    assert set(environment(PATHS)) == {"CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF"}


def test_a_machine_too_full_for_another_lab_is_told_the_command(tmp_path):
    (tmp_path / "limit").write_text("128\n")
    gap = room_for(1000, limit=tmp_path / "limit")
    assert gap is not None
    assert gap.message.startswith("1000 machines need 5000 inotify instances")
    assert gap.fix.startswith("sysctl -w fs.inotify.max_user_instances=")
    (tmp_path / "limit").write_text("1000000\n")
    assert room_for(1000, limit=tmp_path / "limit") is None
    # before a lab is chosen, not only when it is brought up
    assert "inotify" in {gap.name for gap in prerequisites(machines=10**9)}
    assert "inotify" not in {gap.name for gap in prerequisites()}


@pytest.mark.parametrize("name", ["", "../x", "A", "x y", "-x", "x" * 41])
def test_an_id_names_nothing_else(name):
    with pytest.raises(OnboardError):
        namespace.namespace(name)


def test_the_receiver_keeps_each_alert_as_one_line(tmp_path):
    log = tmp_path / "alerts.ndjson"
    with Receiver(("127.0.0.1", 0), log) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        for number in range(3):
            body = json.dumps({"alerts": [{"n": number, "text": "a\nb"}]}).encode()
            with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=5) as answer:
                assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(url, data=b"not json"), timeout=5)
        server.shutdown()
        thread.join()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["body"]["alerts"][0]["n"] for line in lines] == [0, 1, 2]
    assert {line["path"] for line in lines} == {"/hook"}
    assert log.stat().st_mode & 0o777 == 0o600
