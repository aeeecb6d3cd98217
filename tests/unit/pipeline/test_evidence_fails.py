"""A run that failed says why its step failed, also when its evidence cannot be written."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from toolkit.errors import PrerequisiteMissing
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.pipeline import applying, planning
from toolkit.pipeline.workspace import Workspace
from toolkit.run.executor import new_run_id
from toolkit.run.store import EventRow, RunRow
from toolkit.signing import create_key

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
def run(workspace: Workspace) -> str:
    """A run whose only steps are those that register, and they have no key to log in with."""
    plan, folder = planning.make_plan(workspace, planning.prepare(workspace))
    bindings = Bindings(
        world="real", id="real", nonce="n", hosts="real", time_scale="real", aws=AwsBinding(),
        state=str(workspace.own / "state"), secrets=str(workspace.own / "secrets.store"),
    )  # fmt: skip
    row = RunRow(
        id=new_run_id(), customer="acme", plan=plan.digest, plan_dir=str(folder.relative_to(workspace.root)),
        bindings=bindings, state="running", started=time.time(), stages=("register",),
    )  # fmt: skip
    workspace.store().create_run(row)
    return row.id


def test_a_key_that_is_gone_at_the_end_hides_nothing(workspace: Workspace, run: str, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    create_key(key)

    def lose_the_key(_: EventRow) -> None:
        key.unlink(missing_ok=True)

    with pytest.raises(PrerequisiteMissing, match="SSH key") as caught:
        applying.resume(workspace, run, evidence_key=f"file:{key}", listeners=(lose_the_key,))
    assert caught.value.details["evidence"].startswith("not written: ")
    assert str(key) in caught.value.details["evidence"]
    assert "onboard runs resume" in caught.value.details["resume"]
    assert workspace.store().run(run).state == "failed"


def test_a_place_that_takes_no_evidence_hides_nothing(workspace: Workspace, run: str) -> None:
    workspace.evidence.write_text("a file where the folder should be")
    with pytest.raises(PrerequisiteMissing, match="SSH key") as caught:
        applying.resume(workspace, run)
    assert caught.value.details["evidence"].startswith("not written: ")


def test_a_failed_run_has_its_evidence_otherwise(workspace: Workspace, run: str) -> None:
    with pytest.raises(PrerequisiteMissing, match="SSH key") as caught:
        applying.resume(workspace, run)
    assert "evidence" not in caught.value.details
    assert (workspace.evidence / run).is_dir()
