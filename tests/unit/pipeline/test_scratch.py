"""What a run writes for a moment holds keys: after a kill, the next run of the workspace takes it away."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import canary
import pytest

from toolkit import places
from toolkit.errors import PrerequisiteMissing
from toolkit.pipeline import applying
from toolkit.pipeline.scratch import scratch, scratch_folder
from toolkit.pipeline.workspace import Workspace
from toolkit.run.executor import new_run_id
from toolkit.run.store import RunRow

ROOT = Path(__file__).parents[3]
SECRET = b"Psk.of.a.tunnel_4f1b8c2d"

KILLED = f"""
import os, sys
from pathlib import Path
from toolkit.pipeline.scratch import scratch
from toolkit.pipeline.workspace import Workspace

workspace = Workspace(root=Path(sys.argv[1]))
store = workspace.store()
with store.lease("run"), scratch(store.run(sys.argv[2])) as folder:
    (folder / "step").mkdir()
    (folder / "step" / "psk").write_bytes({SECRET!r})
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def row(new_run: Callable[[str, str], RunRow]) -> Iterator[RunRow]:
    """A real run that carries out nothing: none of its steps is in a stage of that name."""
    made = new_run("nothing", "none")
    yield made
    shutil.rmtree(scratch_folder(made), ignore_errors=True)


def kill_in_the_middle(workspace: Workspace, row: RunRow) -> Path:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(workspace.root), row.id], check=False, cwd=ROOT)
    assert killed.returncode == -9
    folder = scratch_folder(row)
    assert canary.search_for([SECRET], [folder]) == [str(folder / "step" / "psk")]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    return folder


@pytest.mark.slow
def test_a_killed_run_that_is_resumed_leaves_no_folder_and_no_secret(workspace: Workspace, row: RunRow) -> None:
    folder = kill_in_the_middle(workspace, row)
    assert applying.resume(workspace, row.id).state == "done"
    assert not folder.exists()
    assert [path for parent in ("/run", "/tmp") for path in Path(parent).glob(f"*{row.id}*")] == []
    assert canary.search_for([SECRET], [workspace.root.parent]) == []


def test_another_run_of_the_workspace_takes_a_dead_ones_folder_away(workspace: Workspace, row: RunRow) -> None:
    folder = kill_in_the_middle(workspace, row)
    other = RunRow(**{name: getattr(row, name) for name in row.__struct_fields__} | {"id": new_run_id()})
    workspace.store().create_run(other)
    assert applying.resume(workspace, other.id).state == "done"
    assert not folder.exists()


def test_what_somebody_put_under_the_runs_name_is_not_used(tmp_path: Path, row: RunRow) -> None:
    scratch_folder(row).symlink_to(tmp_path)
    try:
        with pytest.raises(PrerequisiteMissing, match="not a private folder"), scratch(row):
            pass
        assert tmp_path.is_dir()
    finally:
        scratch_folder(row).unlink()


def test_a_fleeting_folder_of_another_user_or_open_to_others_is_refused(tmp_path: Path) -> None:
    places.make_fleeting(tmp_path / "own")
    places.make_fleeting(tmp_path / "own")
    (tmp_path / "own").chmod(0o755)
    with pytest.raises(PrerequisiteMissing):
        places.make_fleeting(tmp_path / "own")
    if os.geteuid() == 0:
        (tmp_path / "foreign").mkdir(mode=0o700)
        os.chown(tmp_path / "foreign", 65534, 65534)
        with pytest.raises(PrerequisiteMissing):
            places.make_fleeting(tmp_path / "foreign")
