"""A restore, compared with a source that lives on; with a restic of the test's own that gives back a copied tree."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from site_parts import LocalHost

from toolkit.verify.repository import RESTIC, RESTORE, SCRATCH

NAMES = ("plain", "deep/er", "with space", "line\nbreak", "-dash", "back\\slash")


class Backed(LocalHost):
    """A host with a backed-up folder; its restic knows one snapshot."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.source = folder / "srv data"
        for name in NAMES:
            file = self.source / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"content of {name}")
        self.program("restic", 'test "$1 $2" = "--no-lock restore"\ncp -a "$0.snapshot/." "$5"\n')
        self.held = folder / "restic.snapshot" / str(self.source).lstrip("/")
        shutil.copytree(self.source, self.held)
        for name in NAMES:
            shutil.copystat(self.source / name, self.held / name)
        time.sleep(0.02)  # the kernel's times are as coarse as its tick
        self.began = time.time()
        time.sleep(0.02)

    def command(self) -> list[str]:
        words = ["sh", "-c", RESTORE, "restore", RESTIC, SCRATCH, "snapshot", f"{self.began:.6f}", str(self.source)]
        return self.words(words)

    def compared(self) -> list[str]:
        said = self.run(self.command()).stdout.decode().splitlines()
        assert list((self.folder / "scratch").iterdir()) == []
        return said


@pytest.fixture
def backed(tmp_path: Path) -> Backed:
    return Backed(tmp_path / "host")


def test_an_untouched_source_equals_its_copy(backed: Backed) -> None:
    assert backed.compared() == [f"files {len(NAMES)}"]


def test_what_changed_since_is_no_difference(backed: Backed) -> None:
    (backed.source / "plain").write_text("changed")
    (backed.source / "line\nbreak").unlink()
    (backed.source / "added").write_text("new")
    # of an older time, as an unpacked archive's are
    (backed.source / "unpacked").write_text("new")
    os.utime(backed.source / "unpacked", (1, 1))
    shutil.rmtree(backed.source / "deep")
    assert backed.compared() == [f"files {len(NAMES) - 3}"]


@pytest.mark.parametrize("name", NAMES)
def test_other_content_of_the_same_times_is_a_difference(backed: Backed, name: str) -> None:
    file = backed.held / name
    times = file.stat()
    file.write_text(f"CONTENT of {name}")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    count, differing = backed.compared()
    assert count == f"files {len(NAMES)}"
    assert name.replace("\\", "\\\\").replace("\n", "\\n") in differing


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_did_not_come_back_is_a_difference(backed: Backed, name: str) -> None:
    (backed.held / name).unlink()
    assert len(backed.compared()) == 2


def test_nothing_that_came_back_is_a_difference_of_all(backed: Backed) -> None:
    shutil.rmtree(backed.folder / "restic.snapshot")
    (backed.folder / "restic.snapshot").mkdir()
    assert len(backed.compared()) == 1 + len(NAMES)


def test_a_failed_restore_is_no_comparison(backed: Backed) -> None:
    backed.program("restic", "echo broken >&2; exit 1\n")
    ran = backed.run(backed.command(), check=False)
    assert ran.returncode != 0
    assert (ran.stdout, ran.stderr) == (b"", b"broken\n")
    assert list((backed.folder / "scratch").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE])
def test_a_signal_leaves_no_restored_copy(backed: Backed, number: signal.Signals) -> None:
    _ended_by(backed, number)
    assert list((backed.folder / "scratch").iterdir()) == []


def test_what_a_kill_left_is_removed_by_the_next(backed: Backed) -> None:
    _ended_by(backed, signal.SIGKILL)
    assert list((backed.folder / "scratch").iterdir()) != []
    backed.program("restic", 'cp -a "$0.snapshot/." "$5"\n')
    assert backed.compared() == [f"files {len(NAMES)}"]


def _ended_by(backed: Backed, number: signal.Signals) -> None:
    """Restore, and end the whole group when the copy is there."""
    backed.program("restic", 'cp -a "$0.snapshot/." "$5"\n: >"$0.copied"\nexec sleep 30\n')
    process = subprocess.Popen(backed.command(), start_new_session=True, stdout=subprocess.DEVNULL)
    while not (backed.folder / "restic.copied").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, number)
    assert process.wait(10) != 0
