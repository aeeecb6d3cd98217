"""Real rehearsals for the acceptance tests: by the command line, in temporary workspaces, as a user runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from toolkit.model.bindings import Bindings

ROOT = Path(__file__).parents[2]


@dataclass
class Desk:
    """A customer's workspace on a user's machine: ``home`` and caches as that user has them."""

    workspace: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[str]:
        """Start ``onboard`` in a session of its own, as a terminal's job is."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment, **more}
        return subprocess.Popen(
            [sys.executable, "-m", "toolkit.cli.main", *map(str, arguments)],
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
    """A finished rehearsal whose world still stands; ``outcome`` is what ``onboard rehearse --format json`` printed."""

    desk: Desk
    outcome: dict[str, Any]

    def verify(self) -> subprocess.CompletedProcess[str]:
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
             "--bindings", str(folder / "bindings.json"), "--format", "json"],
            env=environment, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    """One whole rehearsal with hosts, kept for every test that looks at it. Tests put back what they disturb."""
    desk = make_desk(tmp_path_factory.mktemp("rehearsed"))
    done = desk.onboard("rehearse", desk.workspace, "--hosts", "lab", "--keep", "--format", "json")
    try:
        assert done.returncode == 0, done.stderr + done.stdout
        yield Rehearsed(desk=desk, outcome=json.loads(done.stdout))
    finally:
        if (desk.workspace / ".onboard/rehearsal/current.json").exists():
            removed(desk)
