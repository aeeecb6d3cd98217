"""A workspace with a home of its own, and runs of it in the ledger."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.pipeline import planning
from toolkit.pipeline.workspace import Workspace
from toolkit.run.executor import new_run_id
from toolkit.run.store import RunRow

ROOT = Path(__file__).parents[3]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The example, and a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ONBOARD_SECRET_KEY_FILE", raising=False)
    root = tmp_path / "acme"
    shutil.copytree(ROOT / "examples/acme", root, ignore=shutil.ignore_patterns(".onboard"))
    return Workspace(root=root)


@pytest.fixture
def new_run(workspace: Workspace) -> Callable[[str, Literal["real", "none"]], RunRow]:
    """``new_run(stage, hosts)``: a run in the real world of the steps of one stage only."""

    def make(stage: str, hosts: Literal["real", "none"]) -> RunRow:
        plan, folder = planning.make_plan(workspace, planning.prepare(workspace))
        bindings = Bindings(
            world="real", id="real", nonce="n", hosts=hosts, time_scale="real", aws=AwsBinding(),
            state=str(workspace.own / "state"), secrets=str(workspace.own / "secrets.store"),
        )  # fmt: skip
        row = RunRow(
            id=new_run_id(), customer="acme", plan=plan.digest, plan_dir=str(folder.relative_to(workspace.root)),
            bindings=bindings, state="running", started=time.time(), stages=(stage,),
        )  # fmt: skip
        workspace.store().create_run(row)
        return row

    return make
