"""Locks in a host's repository, and units that still run: nothing of it stops a verification or a configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from site_parts import LocalHost, Recorder, empty_hub, place_of

from toolkit.verify.backups import _readable, _run_unit
from toolkit.verify.place import Place
from toolkit.verify.repository import LOCK, RESTIC, raw_size, snapshots

ROLE = Path(__file__).resolve().parents[3] / "playbooks/ansible_collections/onboard/host/roles/backup_agent"

# As restic 0.14: whatever locks fails while `exclusive` is there, and `unlock` removes it when its process is gone.
_RESTIC = """
locks=true
if [ "$1" = --no-lock ]; then locks=false; shift; fi
if [ "$1" = --json ]; then shift; fi
if [ "$1" = unlock ]; then rm -f "$0.exclusive"; exit; fi
if $locks && [ -e "$0.exclusive" ]; then echo 'repository is already locked exclusively' >&2; exit 1; fi
case "$1" in
  snapshots) cd "$0.snapshots"; echo "[$(ls | sed 's/.*/{"id": "&", "time": "&"}/' | paste -sd,)]" ;;
  stats) echo '{"total_size": 5}' ;;
  check) test "$2" = --read-data ;;
  *) exit 2 ;;
esac
"""
# The unit holds the lock while it runs; a start joins a unit that runs and makes a snapshot else.
_SYSTEMCTL = """
cd "{host}"
if flock --nonblock lock true; then : >"restic.snapshots/$(ls restic.snapshots | wc -l)"; else flock lock true; fi
"""


class Backing(LocalHost):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "restic.snapshots").mkdir()
        self.program("restic", _RESTIC)
        self.program("bin/systemctl", _SYSTEMCTL.format(host=folder))


@pytest.fixture
def backing(tmp_path: Path) -> Backing:
    return Backing(tmp_path / "host")


@pytest.fixture
def place(backing, inventory, profile) -> Place:
    with empty_hub() as hub:
        yield place_of(inventory, profile, shell=lambda _: backing, prometheus=hub)


def test_a_lock_that_a_killed_check_left_stops_nothing(backing: Backing, place: Place) -> None:
    (backing.folder / "restic.exclusive").touch()
    assert snapshots(place, "erp-vm-1", "WEEKLY-1") == []
    assert raw_size(place, "erp-vm-1") == 5
    (check,) = _readable(place, place.hosts[0])
    assert (check.result, check.observed["exit"]) == ("passed", 0)
    assert not (backing.folder / "restic.exclusive").exists()


@pytest.mark.slow
def test_a_unit_past_its_snapshot_is_waited_for_not_joined(backing: Backing, place: Place) -> None:
    """A killed verification leaves its unit running; the one that resumes needs a snapshot of its own."""
    (backing.folder / "restic.snapshots/0").touch()
    with subprocess.Popen(
        ["flock", str(backing.lock), "sh", "-c", "echo held; sleep 1"], stdout=subprocess.PIPE
    ) as unit:
        assert unit.stdout is not None
        assert unit.stdout.readline() == b"held\n"
        made = _run_unit(place, "erp-vm-1", "WEEKLY-1")
    assert made is not None
    assert made["id"] == "1"


def test_everything_waits_for_the_lock_of_the_installed_script(inventory, profile) -> None:
    assert f">{LOCK}\nflock 9\n" in (ROLE / "templates/backup.sh.j2").read_text()
    recorder = Recorder({"snapshots": "[]", "stats": '{"total_size": 0}'})
    with empty_hub() as hub:
        place = place_of(inventory, profile, shell=lambda _: recorder, prometheus=hub)
        snapshots(place, "erp-vm-1", "WEEKLY-1")
        raw_size(place, "erp-vm-1")
        list(_readable(place, place.hosts[0]))
    assert [command[:2] for command in recorder.commands] == [("flock", LOCK)] * 3


def test_the_role_looks_at_a_locked_repository() -> None:
    tasks = {task["name"]: task for task in yaml.safe_load((ROLE / "tasks/way.yml").read_text())}
    assert tasks["Look at the repository"]["ansible.builtin.command"] == f"{RESTIC} --no-lock cat config"
