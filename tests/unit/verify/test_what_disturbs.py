"""What a verification does to a site's hosts: nothing that disturbs without leave, and to those that it is about."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from site_parts import HOSTS, Recorder, empty_hub, place_of

from toolkit.model.inventory import Inventory
from toolkit.prometheus_api import Prometheus
from toolkit.verify.agents import agent_checks, log_checks
from toolkit.verify.alerts import AGENT_UNIT, alert_checks, return_agents
from toolkit.verify.backups import backup_checks
from toolkit.verify.place import Place
from toolkit.verify.repository import RESTIC
from toolkit.verify.step import PARTS

ANSWERS = {"snapshots": "[]", "date": "0"}


@pytest.fixture
def hub() -> Iterator[Prometheus]:
    with empty_hub() as found:
        yield found


def everything(place: Place) -> list[str]:
    """Every part of the step, on hosts that only write down; what is left unproven."""
    return_agents(place)
    return [line for part in PARTS.values() for line in part(place)[1]]


def disturbing(recorder: Recorder) -> set[str]:
    """The words for what the commands disturb."""
    found = set()
    for command in recorder.commands:
        if any(RESTIC in word for word in command):
            found.add("restic")
        if command[0] in ("systemctl", "systemd-run") and "is-active" not in command:
            found.add(f"{command[0]} {command[-1] if command[1] == 'start' else command[1]}")
    return found


class Quiet(Recorder):
    """No verification was killed here: the timer by which a stopped agent returns is not active."""

    def run(self, command, **settings):
        ran = super().run(command, **settings)
        ran.returncode = 3 if "is-active" in command else 0
        return ran


def test_without_leave_nothing_real_is_started_stopped_or_restored(inventory, profile, hub, tmp_path) -> None:
    log = str(tmp_path / "receiver.ndjson")
    recorder = Quiet(ANSWERS)
    place = place_of(inventory, profile, shell=lambda _: recorder, prometheus=hub, intrusive=False, receiver_log=log)
    unproven = everything(place)
    assert recorder.commands
    assert disturbing(recorder) == set()
    assert [line for line in unproven if "--intrusive" in line] == [
        "backup MONTHLY-12 of erp-vm-1: a backup must be run and restored for it (--intrusive)",
        "backup WEEKLY-2 of erp-vm-1: a backup must be run and restored for it (--intrusive)",
        "backup WEEKLY-1 of erp-vm-2: a backup must be run and restored for it (--intrusive)",
        "alert of acme-hq: an agent must be stopped for it (--intrusive)",
    ]


def test_with_leave_it_is(inventory, profile, hub, tmp_path) -> None:
    log = str(tmp_path / "receiver.ndjson")
    recorder = Quiet(ANSWERS)
    place = place_of(inventory, profile, shell=lambda _: recorder, prometheus=hub, intrusive=True, receiver_log=log)
    unproven = everything(place)
    assert [line for line in unproven if "--intrusive" in line] == []
    assert {
        "restic",
        "systemctl onboard-backup-MONTHLY-12.service",
        "systemctl onboard-backup-WEEKLY-2.service",
        "systemctl onboard-backup-WEEKLY-1.service",
        "systemd-run --quiet",
        "systemctl stop",
        f"systemctl {AGENT_UNIT}",
    } == disturbing(recorder)
    written = [word for command in recorder.commands for word in command if ".onboard-rehearsal" in word]
    assert written == []  # the known data is a rehearsal's


def only_supervised(inventory: Inventory, *wanted: str) -> Inventory:
    components = tuple(
        msgspec.structs.replace(one, supervised=one.id in wanted) if one.id in HOSTS else one
        for one in inventory.components
    )
    return msgspec.structs.replace(inventory, components=components)


def test_logs_and_backups_are_every_hosts_agents_and_alerts_the_supervised_ones(inventory, profile, hub, tmp_path):
    recorders = {}

    def shell(name: str) -> Recorder:
        return recorders.setdefault(name, Recorder(ANSWERS))

    place = place_of(
        only_supervised(inventory, "erp-vm-2"), profile, shell=shell, prometheus=hub, intrusive=True,
        receiver_log=str(tmp_path / "receiver.ndjson"),
    )  # fmt: skip
    assert [host.id for host in place.hosts] == list(HOSTS)
    assert {check.subject for check in agent_checks(place)} == {"erp-vm-2"}
    # An alert that was never reported has no end that could be waited for.
    assert [(check.id, check.subject) for check in alert_checks(place)[0]] == [("alert.fires", "erp-vm-2")]
    assert {check.subject for check in log_checks(place)} == set(HOSTS)
    assert {check.subject.split()[0] for check in backup_checks(place)[0]} == set(HOSTS)
    assert not any(AGENT_UNIT in command for command in recorders["erp-vm-1"].commands)


def test_a_site_without_supervised_hosts_has_no_agents_and_no_alert(inventory, profile, hub, tmp_path) -> None:
    recorder = Recorder(ANSWERS)
    place = place_of(
        only_supervised(inventory), profile, shell=lambda _: recorder, prometheus=hub, intrusive=True,
        receiver_log=str(tmp_path / "receiver.ndjson"),
    )  # fmt: skip
    assert (agent_checks(place), alert_checks(place)) == ([], ([], []))
    assert recorder.commands == []
