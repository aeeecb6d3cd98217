"""What the rehearsed site refuses and admits: a host key that is not pinned, more than a backup, a backup that failed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from conftest import Rehearsed
from lab_parts import ssh

from toolkit import remote
from toolkit.errors import ConfigureFailed
from toolkit.inventory import load
from toolkit.rehearsal import lab, namespace

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
Shell = Callable[[str, str], subprocess.CompletedProcess[str]]
AWAY = "-F /etc/onboard/backup/ssh_config"


@pytest.fixture(scope="module")
def shell(rehearsed: Rehearsed) -> Shell:
    """A root shell on a host, through the management tunnel."""
    state = lab.load(rehearsed.desk.rehearsal / "lab")
    assert state is not None
    return lambda host, command: ssh(state, host, f"sudo -n {command}", timeout=90)


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("known", ["another", "none", "the pinned one"])
def test_only_the_pinned_host_key_is_accepted(rehearsed: Rehearsed, tmp_path: Path, known: str) -> None:
    """Behind an address that answers with another key there may be anybody: nothing is asked, nothing is run."""
    bindings, name = rehearsed.desk.bindings, "endpoint-acme-hq"
    right, hub = bindings.host_bindings[name], bindings.host_bindings["provider-hub"]
    pinned = {
        "another": {name: msgspec.structs.replace(right, host_key=hub.host_key)},
        "none": {"provider-hub": hub},
        "the pinned one": {name: right},
    }[known]
    file = remote.write_known_hosts(pinned, tmp_path / "known_hosts")
    machine = remote.Remote(name=name, host=right, key=Path(str(bindings.ssh_key)), known_hosts=file)
    with ThreadPoolExecutor(1, initializer=namespace.enter_here, initargs=(str(bindings.netns),)) as inside:
        ran = inside.submit(machine.run, ["hostname"])
        if known == "the pinned one":
            assert ran.result().stdout == b"endpoint-acme-hq\n"
        else:
            with pytest.raises(ConfigureFailed, match="shows another host key than the pinned one"):
                ran.result()


def test_the_backup_account_can_do_nothing_but_sftp_in_its_root(shell: Shell) -> None:
    assert said(shell("erp-vm-1", f"sftp -q {AWAY} -b /dev/null onboard-hub && echo in")).endswith("in\n")
    assert "uid=" not in shell("erp-vm-1", f"ssh {AWAY} onboard-hub id").stdout
    peek = f"sh -c \"echo 'ls /etc' | sftp -q {AWAY} -b - onboard-hub\""
    assert shell("erp-vm-1", peek).returncode != 0
    assert shell("erp-vm-1", f"ssh {AWAY} -o ExitOnForwardFailure=yes -W 127.0.0.1:22 onboard-hub").returncode != 0


def test_a_backup_that_fails_says_so(rehearsed: Rehearsed, shell: Shell) -> None:
    component = next(one for one in load(rehearsed.desk.workspace).components if one.id == "erp-vm-2")
    assert component.backup is not None
    unit = "onboard-backup-WEEKLY-1.service"
    metrics = "cat /var/lib/prometheus/node-exporter/onboard_backup_WEEKLY-1.prom"
    said(shell("erp-vm-2", f"systemctl start {unit}"))
    assert 'onboard_backup_success{policy="WEEKLY-1"} 1' in said(shell("erp-vm-2", metrics))
    kept = json.loads(said(shell("erp-vm-2", "/usr/local/lib/onboard/restic snapshots --json")))
    assert kept
    for one in kept:
        assert (one["tags"], sorted(one["paths"])) == (["WEEKLY-1"], sorted(component.backup.paths))
    said(shell("erp-vm-2", "mv /srv/files /srv/away"))
    try:
        assert shell("erp-vm-2", f"systemctl start {unit}").returncode != 0
        after = said(shell("erp-vm-2", metrics))
    finally:
        said(shell("erp-vm-2", "mv /srv/away /srv/files"))
    assert 'onboard_backup_success{policy="WEEKLY-1"} 0' in after
    assert 'last_success_timestamp_seconds{policy="WEEKLY-1"} 0' not in after
    said(shell("erp-vm-2", f"systemctl start {unit}"))
    assert 'onboard_backup_success{policy="WEEKLY-1"} 1' in said(shell("erp-vm-2", metrics))
