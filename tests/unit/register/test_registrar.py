"""The registrar with real promtool, amtool, Prometheus and Alertmanager; the hub is a folder of this machine."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from register_case import INVENTORY, PROFILE, files

from toolkit.errors import RegisterFailed
from toolkit.prometheus_api import Prometheus, Unanswered
from toolkit.register.hub import Fragment, prefix
from toolkit.register.registrar import HubPlaces, Registrar
from toolkit.register.watch import wait_targets
from toolkit.remote import Shell

pytestmark = pytest.mark.slow
OWN = prefix("acme", "acme-hq")


class LocalShell:
    """Runs on this machine what ``Remote`` would run on the hub."""

    def run(self, command, *, input=b"", timeout=60, sudo=True, check=True):  # noqa: A002
        ran = subprocess.run(list(command), input=input, capture_output=True, timeout=timeout, check=False)
        if check and ran.returncode:
            raise RegisterFailed(ran.stderr.decode())
        return ran


class Killed(BaseException):
    """The registrar's process is gone: nothing of its own code runs any more."""


class DyingShell(LocalShell):
    """Runs everything before the command that begins with ``last``; from then on nothing, as after a kill."""

    def __init__(self, last: tuple[str, ...]) -> None:
        self.last, self.dead = last, False

    def run(self, command, **more):
        self.dead = self.dead or tuple(command[: len(self.last)]) == self.last
        if self.dead:
            raise Killed
        return super().run(command, **more)


def quiet(message: str, **data: object) -> None:
    pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"probe_success 1\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Hub:
    """A running Prometheus and Alertmanager in a folder, both reloaded by SIGHUP as systemd does it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "etc"
        self.root.mkdir()
        self.notes = folder / "notes"
        self.ports = [free_port() for _ in range(3)]
        services = msgspec.structs.replace(
            PROFILE.hub.services, prometheus=self.ports[0], alertmanager=self.ports[1], blackbox=self.ports[2]
        )
        hub = msgspec.structs.replace(PROFILE.hub, gateway="127.0.0.1", services=services)
        self.profile = msgspec.structs.replace(PROFILE, hub=hub)
        (self.root / "prometheus.yml").write_text("global: {scrape_interval: 1m}\n")
        (self.root / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
        listen = [f"127.0.0.1:{port}" for port in self.ports]
        self.processes = [
            subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for argv in (
                ["prometheus", f"--config.file={self.root}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
                 f"--web.listen-address={listen[0]}"],
                ["prometheus-alertmanager", f"--config.file={self.root}/alertmanager.yml",
                 f"--storage.path={folder}/am", f"--web.listen-address={listen[1]}", "--cluster.listen-address="],
            )
        ]  # fmt: skip
        self.blackbox = http.server.ThreadingHTTPServer(("127.0.0.1", self.ports[2]), Metrics)
        threading.Thread(target=self.blackbox.serve_forever, args=(0.02,), daemon=True).start()
        self.api = Prometheus("127.0.0.1", self.ports[0])
        deadline = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            self.api.last_reload()
        except Unanswered:
            return False
        return True

    def hup(self, number: int) -> tuple[str, ...]:
        return ("sh", "-c", f"kill -HUP {self.processes[number].pid}")

    def registrar(self, shell: Shell | None = None, **changes: object) -> Registrar:
        places = HubPlaces(
            root=str(self.root),
            notes=str(self.notes),
            reload_prometheus=self.hup(0),
            reload_alertmanager=self.hup(1),
            url=("127.0.0.1", self.ports[0]),
        )
        places = msgspec.structs.replace(places, **changes)
        return Registrar(shell or LocalShell(), places=places, own=OWN, emit=quiet)

    def stop(self) -> None:
        self.blackbox.shutdown()
        self.blackbox.server_close()
        for process in self.processes:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture
def hub(tmp_path) -> Iterator[Hub]:
    made = Hub(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def site():
    """The example's site on loopback addresses, so that Prometheus can scrape its agents."""
    parts = tuple(
        msgspec.structs.replace(part, address=f"127.61.0.{number}") if part.kind == "vm" else part
        for number, part in enumerate(INVENTORY.components, start=11)
    )
    return msgspec.structs.replace(INVENTORY, components=parts)


@pytest.fixture
def agents():
    servers = [http.server.ThreadingHTTPServer((f"127.61.0.{number}", 9100), Metrics) for number in (11, 12)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_site_is_registered_once(hub: Hub, site, agents) -> None:
    made = files(site, profile=hub.profile)
    assert hub.registrar().register(made) == len(made)
    assert [group["name"] for group in hub.api.rule_groups()] == ["onboard.acme.acme-hq"]
    url = ("127.0.0.1", hub.ports[0])
    found = wait_targets(url, customer="acme", site="acme-hq", expected=7, emit=quiet, seconds=30)
    assert {target["labels"]["job"] for target in found} == {
        "onboard-node",
        "onboard-ssh",
        "onboard-icmp",
        "onboard-tunnel",
    }
    before = hub.api.last_reload()
    assert hub.registrar().register(made) == 0
    assert hub.api.last_reload() == before
    agents[1].shutdown()
    agents[1].server_close()
    time.sleep(3)  # a scrape interval and some
    with pytest.raises(RegisterFailed, match=r"6 of 7 targets are up \(onboard-node 127.61.0.12:9100: .*refused"):
        wait_targets(url, customer="acme", site="acme-hq", expected=7, emit=quiet, seconds=6)


def test_what_the_tools_refuse_is_never_active(hub: Hub) -> None:
    good = files(profile=hub.profile)
    hub.registrar().register(good)
    before = tree(hub.root)
    for path, content, said in (
        (f"{OWN}rules.yml", b"groups: [{name: a, rules: [{alert: A, expr: 'up =='}]}]", "promtool check config"),
        (f"{OWN}node.json", b"[{", "promtool check config"),
        ("alertmanager.yml", b"route: {receiver: nobody}\nreceivers: []\n", "amtool check-config"),
    ):
        bad = tuple(Fragment(path=path, content=content) if f.path == path else f for f in good)
        with pytest.raises(RegisterFailed, match=said) as error:
            hub.registrar().register(bad)
        assert error.value.exit_code == 8
        assert tree(hub.root) == before
    assert hub.api.last_reload()[0]


def test_a_refused_reload_restores_what_was(hub: Hub) -> None:
    hub.registrar().register(files(profile=hub.profile))
    before = tree(hub.root)
    with pytest.raises(RegisterFailed, match="false"):
        hub.registrar(reload_prometheus=("false",)).register(files(profile=hub.profile, nonce="another"))
    assert tree(hub.root) == before


def loaded_nonces(hub: Hub) -> set[str]:
    return {rule["labels"]["run_nonce"] for group in hub.api.rule_groups() for rule in group["rules"]}


@pytest.mark.parametrize("reloaded", ["nothing", "alertmanager"])
def test_a_kill_before_the_reload_is_made_up_for(hub: Hub, reloaded: str) -> None:
    hub.registrar().register(files(profile=hub.profile, nonce="one"))
    made = files(profile=hub.profile, nonce="two")
    with pytest.raises(Killed):
        hub.registrar(DyingShell(hub.hup(1 if reloaded == "nothing" else 0))).register(made)
    present = tree(hub.root)
    assert {f.path: f.content for f in made}.items() <= present.items()
    assert loaded_nonces(hub) == {"one"}
    neighbour = hub.root / ".onboard-acme.acme-hq-2.0123"
    neighbour.mkdir()
    # what the killed attempt owed, and nothing else
    assert hub.registrar().register(made) == 1
    assert loaded_nonces(hub) == {"two"}
    assert list(hub.root.glob(".onboard-*")) == [neighbour]
    assert not list(hub.notes.iterdir())
    before = hub.api.last_reload()
    assert hub.registrar().register(made) == 0
    assert hub.api.last_reload() == before


def test_a_kill_before_the_files_are_moved_leaves_nothing_behind(hub: Hub) -> None:
    made = files(profile=hub.profile)
    hub.registrar().register(made)
    with pytest.raises(Killed):
        hub.registrar(DyingShell(("amtool",))).register(files(profile=hub.profile, nonce="another"))
    assert list(hub.root.glob(".onboard-*"))
    assert hub.registrar().register(made) == 0
    assert not list(hub.root.glob(".onboard-*"))


def test_what_could_not_be_restored_is_loaded_by_the_next_attempt(hub: Hub) -> None:
    first = files(profile=hub.profile, nonce="one")
    hub.registrar().register(first)
    with pytest.raises(
        RegisterFailed, match=r"false failed on the hub.*could not be made active again: false"
    ) as error:
        hub.registrar(reload_alertmanager=("false",)).register(files(profile=hub.profile, nonce="two"))
    assert "run the step again" in error.value.fix
    before = hub.api.last_reload()
    assert hub.registrar().register(first) == 1
    assert hub.api.last_reload()[1] > before[1]


def test_only_own_files_are_touched(hub: Hub) -> None:
    folder = hub.root / "onboard"
    folder.mkdir()
    others = {"acme.acme-hq-2.node.json": b"[]", "other.acme-hq.node.json": b"[]"}
    for name, content in {**others, "acme.acme-hq.gone.json": b"[]"}.items():
        (folder / name).write_bytes(content)
    made = files(profile=hub.profile)
    assert hub.registrar().register(made) == len(made) + 1
    after = tree(folder)
    assert {name: after[name] for name in others} == others
    assert "acme.acme-hq.gone.json" not in after
    assert {path.name for path in hub.root.iterdir()} == {"alertmanager.yml", "onboard", "prometheus.yml"}
