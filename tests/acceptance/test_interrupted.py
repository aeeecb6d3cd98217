"""Rehearsals that are interrupted, killed or fail: what they leave is nothing, or a world that can be finished."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk, make_desk, removed
from killing import PATIENCE, until

from toolkit import processes
from toolkit.rehearsal.lab.teardown import leftovers
from toolkit.rehearsal.world.control import WorldControl

pytestmark = pytest.mark.slow

HOLD = "provision/acme-prod/network:before"


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a temporary folder of its own, so that a file left in it is seen."""
    desk = make_desk(tmp_path)
    (tmp_path / "temporary").mkdir()
    desk.environment["TMPDIR"] = str(tmp_path / "temporary")
    yield desk
    if (desk.workspace / ".onboard/rehearsal/current.json").exists():
        removed(desk)


class Job:
    """A rehearsal as a terminal's job: a Ctrl-C reaches its whole foreground group."""

    def __init__(self, desk: Desk, *options: str, hold: str = "") -> None:
        self.desk, self.marker = desk, desk.workspace.parent / "held"
        more = {"ONBOARD_HOLD": hold, "ONBOARD_HOLD_MARKER": str(self.marker)} if hold else {}
        self.process = desk.start("rehearse", desk.workspace, *options, **more)
        standing = desk.workspace / ".onboard/rehearsal/current.json"
        self.id = str(json.loads(self.until(lambda: standing.exists() and standing.read_text()))["id"])

    def until(self, wanted: Any) -> Any:
        def look() -> Any:
            found = wanted()
            assert found or self.process.poll() is None, self.process.communicate()[1]
            return found

        return until(look, seconds=PATIENCE, what="the rehearsal comes that far")

    def held(self) -> None:
        self.until(self.marker.exists)

    def interrupt(self) -> tuple[int, str]:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.end()

    def end(self) -> tuple[int, str]:
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err

    def assert_nothing_left(self) -> None:
        """No namespace, container, process, mount, link, folder in /run or temporary file."""
        assert leftovers(self.id, folder=self.desk.workspace / ".onboard/rehearsal" / self.id / "lab") == []
        assert processes.tagged("ONBOARD_SUPERVISED", self.id) == []
        assert not (self.desk.workspace / ".onboard/rehearsal").exists()
        assert list(Path(self.desk.environment["TMPDIR"]).iterdir()) == []


@pytest.mark.engine
def test_ctrl_c_in_a_stack_takes_everything_away(alone: Desk) -> None:
    job = Job(alone, "--hosts", "none")
    control = WorldControl(Path(f"/run/onboard-{job.id}/world/control.sock"))
    job.until(control.path.exists)
    fault = control.fault("hold", "aws:kms/key:Key")
    job.until(lambda: control.wait(fault, seconds=0.1))
    code, err = job.interrupt()
    assert code == 130, err
    assert "interrupted" in err
    job.assert_nothing_left()


@pytest.mark.engine
def test_ctrl_c_before_the_first_step_takes_everything_away(alone: Desk) -> None:
    job = Job(alone, "--hosts", "none")
    job.until(Path(f"/run/onboard-{job.id}").exists)
    code, err = job.interrupt()
    assert code == 130, err
    job.assert_nothing_left()


@pytest.mark.engine
def test_ctrl_c_with_keep_leaves_a_world_that_is_finished_later(alone: Desk) -> None:
    job = Job(alone, "--hosts", "none", "--keep")
    log = alone.workspace / ".onboard/log.ndjson"
    job.until(lambda: log.exists() and "provision/acme-prod/foundation" in log.read_text())
    code, err = job.interrupt()
    assert code == 130, err
    assert '"kind": "finished"' in log.read_text()  # the step that was under way had its end
    assert "provision/acme-prod/network" not in err
    done = alone.onboard("rehearse", "resume", alone.workspace)
    assert done.returncode == 0, done.stderr
    job.assert_nothing_left()


@pytest.mark.engine
def test_killed_rehearsal_stands_until_it_is_removed(alone: Desk) -> None:
    job = Job(alone, "--hosts", "none", hold=HOLD)
    job.held()
    job.process.kill()
    # The run inside the world outlives its supervisor, and its pipes with it: it is ended by who resumes or removes.
    for stream in (job.process.stdout, job.process.stderr):
        assert stream
        stream.close()
    job.process.wait()
    again = alone.onboard("rehearse", alone.workspace, "--hosts", "none")
    assert again.returncode == 12
    assert "rehearse resume" in again.stderr
    assert "rehearse down" in again.stderr
    removed(alone)
    job.assert_nothing_left()


@pytest.mark.engine
def test_failed_rehearsal_leaves_nothing_but_its_evidence(alone: Desk) -> None:
    job = Job(alone, "--hosts", "none")
    control = WorldControl(Path(f"/run/onboard-{job.id}/world/control.sock"))
    job.until(control.path.exists)
    control.fault("fail", "ec2:CreateVpc")
    code, err = job.end()
    assert code == 6, err
    assert "calling the CreateVpc operation" in err, err
    assert list((alone.workspace / ".onboard/evidence").iterdir())
    job.assert_nothing_left()


@pytest.mark.lab
@pytest.mark.engine
@pytest.mark.parametrize("moment", ["lab", pytest.param("hosts", marks=pytest.mark.kill)])
def test_ctrl_c_with_hosts_takes_everything_away(alone: Desk, moment: str) -> None:
    hold = "configure/acme-hq/hub:at:configuring" if moment == "hosts" else ""
    job = Job(alone, "--hosts", "lab", hold=hold)
    if moment == "hosts":
        job.held()
    else:
        job.until(lambda: _containers(job.id))
    code, err = job.interrupt()
    assert code == 130, err
    job.assert_nothing_left()


def _containers(rehearsal: str) -> list[int]:
    """Monitors of the lab's containers."""
    found = []
    for pid in processes.tagged("ONBOARD_REHEARSAL", rehearsal):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "conmon":
                found.append(pid)
    return found
