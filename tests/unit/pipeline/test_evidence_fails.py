"""A run that failed says why its step failed, also when its evidence cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import PrerequisiteMissing
from toolkit.pipeline import applying
from toolkit.pipeline.workspace import Workspace
from toolkit.run.store import EventRow, RunRow
from toolkit.signing import create_key

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(new_run: Callable[[str, str], RunRow]) -> str:
    """A run whose only steps are those that register, and they have no key to log in with."""
    return new_run("register", "real").id


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
