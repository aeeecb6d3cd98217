"""What ``onboard.yaml`` says of the real world reaches the steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.pipeline import planning
from toolkit.pipeline.workspace import Workspace
from toolkit.pipeline.worlds import real_bindings

ACME = Path(__file__).parents[3] / "examples/acme/inventory.yaml"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "acme").mkdir()
    shutil.copy(ACME, tmp_path / "acme")
    return Workspace(root=tmp_path / "acme")


def test_the_receivers_log_and_the_other_paths_are_absolute(workspace: Workspace) -> None:
    settings = "ssh_key: ~/.ssh/id\nstate: /srv/state\nreceiver_log: alerts.ndjson\n"
    (workspace.root / "onboard.yaml").write_text(settings)
    bindings = real_bindings(workspace, planning.prepare(workspace))
    assert bindings.receiver_log == str(workspace.root / "alerts.ndjson")
    assert bindings.ssh_key == str(workspace.root.parent / "home/.ssh/id")
    assert bindings.state == "/srv/state"


def test_without_settings_nothing_is_bound(workspace: Workspace) -> None:
    bindings = real_bindings(workspace, planning.prepare(workspace))
    assert (bindings.receiver_log, bindings.ssh_key) == (None, None)
    assert bindings.state == str(workspace.own / "state")
