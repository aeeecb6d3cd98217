"""Real rehearsals for the acceptance tests: by the command line, in temporary workspaces, as a user runs them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hostile
import msgspec
import pytest
import watching

from toolkit.model.bindings import Bindings
from toolkit.signing import create_key

ROOT = Path(__file__).parents[2]
METADATA = ("169.254.169.254", "169.254.170.2")
"""Of AWS, Azure and Google Cloud; of AWS's container service."""


FIRST = ("test_lab.py", "test_verify_site.py", "test_kill.py")
"""Of the files that two workers share out, those that they begin with: labs while few worlds stand, for a machine has
inotify instances for five, and what takes longest."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@dataclass
class Desk:
    """A customer's workspace on a user's machine: ``home`` and caches as that user has them.

    ``prefix`` begins every command line, to run it in a place of its own.
    """

    workspace: Path
    environment: dict[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[str]:
        """Start ``onboard`` in a session of its own, as a terminal's job is."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment, **more}
        return subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "toolkit.cli.main", *map(str, arguments)],
            cwd=self.workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        )  # fmt: skip

    def onboard(self, *arguments: str | Path, timeout: float = 900, **more: str) -> subprocess.CompletedProcess[str]:
        """Run ``onboard`` to its end."""
        started = self.start(*arguments, **more)
        try:
            out, err = started.communicate(timeout=timeout)
        except BaseException:
            started.kill()
            started.wait()
            raise
        return subprocess.CompletedProcess(started.args, started.returncode, out, err)

    @property
    def current(self) -> dict[str, Any]:
        """The rehearsal whose world stands here."""
        found: dict[str, Any] = json.loads((self.workspace / ".onboard/rehearsal/current.json").read_text())
        return found

    @property
    def rehearsal(self) -> Path:
        """The folder of that rehearsal's world."""
        return self.workspace / ".onboard/rehearsal" / str(self.current["id"])

    @property
    def bindings(self) -> Bindings:
        return msgspec.json.decode((self.rehearsal / "bindings.json").read_bytes(), type=Bindings)


def make_desk(folder: Path, *, example: Path = ROOT / "examples/acme") -> Desk:
    """A fresh workspace with the example's inventory, and a home of its own; caches are the machine's."""
    workspace, home = folder / "workspace", folder / "home"
    home.mkdir(parents=True)
    shutil.copytree(example, workspace, ignore=shutil.ignore_patterns(".onboard"))
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Desk(workspace=workspace, environment={"HOME": str(home), "XDG_CACHE_HOME": cache})


def removed(desk: Desk) -> None:
    """Take the rehearsal's world away, and see that nothing is left of it."""
    done = desk.onboard("rehearse", "down", desk.workspace)
    assert done.returncode == 0, done.stderr
    assert not (desk.workspace / ".onboard/rehearsal").exists()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


@dataclass
class Rehearsed:
    """A finished rehearsal whose world still stands.

    ``outcome`` is what ``onboard rehearse --format json`` printed, ``said`` all that it printed. ``processes`` watched
    the machine meanwhile; ``planted`` are the credentials in the user's home and environment, ``opened`` those that
    were opened, ``asked`` how often the SSH agent was. Whatever executes a string of the inventory's makes the file
    ``canary``; ``evidence_key`` signed the evidence.
    """

    desk: Desk
    outcome: dict[str, Any]
    said: str
    processes: watching.Processes
    planted: watching.Planted
    opened: tuple[Path, ...]
    asked: int
    canary: Path
    evidence_key: Path

    @property
    def evidence(self) -> Path:
        """The evidence bundle of the run."""
        return self.desk.workspace / str(self.outcome["evidence"])

    def verify(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``onboard verify`` in that world, by hand, inside its namespace."""
        from toolkit.rehearsal import namespace

        folder, bindings = self.desk.rehearsal, self.desk.bindings
        environment = {
            **os.environ, **self.desk.environment, "PYTHONPATH": str(ROOT), "HOME": str(folder / "home"),
            "ONBOARD_REHEARSAL": bindings.id,
        }  # fmt: skip
        prefix = namespace.enter(bindings.netns) if bindings.netns else []
        return subprocess.run(
            [*prefix, sys.executable, "-m", "toolkit.cli.main", "verify", str(self.desk.workspace),
             "--bindings", str(folder / "bindings.json"), "--format", "json", *arguments],
            env=environment, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip


@contextmanager
def watched(folder: Path, *, hosts: str, key: Path, prefix: Sequence[str] = ()) -> Iterator[Rehearsed]:
    """Rehearse a hostile inventory at a desk full of credentials; the world stands until the end."""
    desk = make_desk(folder)
    desk.prefix = prefix
    # Short, because a field of the inventory takes 200 characters; named after the key's folder, so that two
    # rehearsals of a session have the same inventory and therefore the same plan.
    canary = Path("/tmp") / f"executed-{hashlib.sha256(bytes(key)).hexdigest()[:8]}"
    canary.unlink(missing_ok=True)
    hostile.spoil(desk.workspace / "inventory.yaml", canary)
    planted = watching.plant(Path(desk.environment["HOME"]))
    desk.environment |= planted.environment
    processes = watching.Processes()
    processes.start()
    try:
        try:
            done = desk.onboard(
                *("rehearse", desk.workspace, "--hosts", hosts, "--keep", "--format", "json"),
                *("--evidence-key", f"file:{key}"),
            )
        finally:
            processes.stop()
        assert done.returncode == 0, done.stderr + done.stdout
        yield Rehearsed(
            desk=desk,
            outcome=json.loads(done.stdout),
            said=done.stdout + done.stderr,
            processes=processes,
            planted=planted,
            opened=tuple(planted.opened.read()),
            asked=planted.agent.connections,
            canary=canary,
            evidence_key=key,
        )
    finally:
        planted.close()
        if (desk.workspace / ".onboard/rehearsal/current.json").exists():
            removed(desk)


@pytest.fixture(scope="session")
def rehearser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of whoever is trusted to rehearse."""
    key = tmp_path_factory.mktemp("rehearser") / "rehearser.pem"
    create_key(key)
    return key


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory, rehearser: Path) -> Iterator[Rehearsed]:
    """One whole rehearsal with hosts, kept for every test that looks at it. Tests put back what they disturb."""
    with watched(tmp_path_factory.mktemp("rehearsed"), hosts="lab", key=rehearser) as found:
        yield found


@dataclass
class Metadata:
    """A network namespace whose loopback has a cloud's metadata addresses, with listeners that count who asks."""

    netns: str
    listeners: list[watching.Listener]

    @property
    def connections(self) -> int:
        return sum(one.connections for one in self.listeners)


@pytest.fixture(scope="session")
def metadata() -> Iterator[Metadata]:
    """Where the user's machine is a cloud's: its metadata service would hand out credentials."""
    from toolkit.rehearsal import namespace

    netns = namespace.namespace(f"meta-{secrets.token_hex(3)}")
    namespace.make(netns)
    try:
        for address in METADATA:
            namespace.call([*namespace.enter(netns), "ip", "address", "add", f"{address}/32", "dev", "lo"])
        found = Metadata(
            netns, [watching.Listener(namespace.listen_inside(netns, (address, 80))) for address in METADATA]
        )
        yield found
        for listener in found.listeners:
            listener.stop()
    finally:
        namespace.remove(netns)


@pytest.fixture(scope="session")
def cloud_only(tmp_path_factory: pytest.TempPathFactory, rehearser: Path, metadata: Metadata) -> Iterator[Rehearsed]:
    """The same inventory rehearsed with ``--hosts none``, on a machine with a metadata service; kept as well."""
    from toolkit.rehearsal import namespace

    folder = tmp_path_factory.mktemp("cloud-only")
    with watched(folder, hosts="none", key=rehearser, prefix=namespace.enter(metadata.netns)) as found:
        yield found
