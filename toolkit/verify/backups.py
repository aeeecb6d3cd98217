"""Backups of a host: the installed timer's unit is started twice, then restored, compared and read whole.

Judged by what restic (0.14 or newer) says of the repository, not by what the unit says of itself. In a rehearsal a
small known data set is put below each backed-up path; a real host's data is never written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from toolkit.conventions import BACKUP_LAST_SUCCESS, BACKUP_SUCCESS
from toolkit.model.inventory import BackupJob, Component
from toolkit.verify.check import Check, equal, holds
from toolkit.verify.place import Place, guarded, wait_until
from toolkit.verify.repository import compared, raw_size, read_whole, snapshots

KNOWN = ".onboard-rehearsal"
_KNOWN_DATA = f"""set -eu
for path in "$@"; do
  mkdir -p "$path/{KNOWN}/deep"
  head -c 2000000 /dev/urandom >"$path/{KNOWN}/deep/random"
  printf 'known\\n' >"$path/{KNOWN}/deep/a name with spaces"
done
"""
_MORE_DATA = f"""set -eu
for path in "$@"; do date +%s.%N >"$path/{KNOWN}/added"; done
"""


def backup_checks(place: Place) -> tuple[list[Check], list[str]]:
    """Every policy of every host of the site; hosts side by side, for they have repositories of their own."""
    jobs = {host.id: place.request.inventory.backup_jobs(host.id) for host in place.hosts}
    backed = [host for host in place.hosts if jobs[host.id]]
    if not place.may_disturb:
        return [], [
            f"backup {job.policy} of {host.id}: a backup must be run and restored for it (--intrusive)"
            for host in backed
            for job in jobs[host.id]
        ]

    def of_host(host: Component) -> list[Check]:
        checks: list[Check] = []
        for job in jobs[host.id]:
            subject = f"{host.id} {job.policy}"
            checks += guarded("backup.runs", subject, _job(place, host, job))
        return checks + guarded("backup.readable", host.id, _readable(place, host))

    if not backed:
        return [], []
    with ThreadPoolExecutor(max_workers=4) as pool:
        return [check for checks in pool.map(of_host, backed) for check in checks], []


def _run_unit(place: Place, host: str, policy: str) -> dict[str, Any] | None:
    """Start the timer's service and wait for its end; the snapshot that it made.

    A run that a killed verification or the timer began is over when the snapshots have been read: they are read under
    the lock that it holds. So the start does not merely join it.
    """
    before = {found["id"] for found in snapshots(place, host, policy)}
    place.text(host, "systemctl", "start", f"onboard-backup-{policy}.service", timeout=place.patience.backup)
    made = [found for found in snapshots(place, host, policy) if found["id"] not in before]
    return made[-1] if made else None


def _job(place: Place, host: Component, job: BackupJob) -> Iterator[Check]:
    subject, rehearsed = f"{host.id} {job.policy}", place.request.bindings.world == "rehearsal"
    timer = f"onboard-backup-{job.policy}.timer"
    answer = place.shell(host.id).run(["systemctl", "is-active", timer], timeout=30, check=False)
    yield equal(
        "backup.timer",
        subject=subject,
        claim="the policy's timer waits for its next run",
        how=f"systemctl is-active {timer}",
        expected="active",
        observed=answer.stdout.decode(errors="replace").strip(),
    )
    if rehearsed:
        place.text(host.id, "sh", "-c", _KNOWN_DATA, "known-data", *job.paths)
    place.emit(f"running backup {job.policy} of {host.id} twice")
    start = float(place.text(host.id, "date", "+%s"))
    first = _run_unit(place, host.id, job.policy)
    how = f"systemctl start onboard-backup-{job.policy}.service, then restic's own list of snapshots"
    yield holds(
        "backup.runs",
        subject=subject,
        claim="the installed unit leaves a snapshot of the policy's paths",
        how=how,
        truth=first is not None and sorted(first["paths"]) == sorted(job.paths),
        observed=sorted(first["paths"]) if first else "no snapshot",
    )
    if first is None:
        return
    whole, held = raw_size(place, host.id, first["id"]), raw_size(place, host.id)
    if rehearsed:
        place.text(host.id, "sh", "-c", _MORE_DATA, "more-data", *job.paths)
    second = _run_unit(place, host.id, job.policy)
    added = raw_size(place, host.id) - held
    yield holds(
        "backup.incremental",
        subject=subject,
        claim="the next backup builds on an earlier snapshot and adds less than the whole",
        how=how + ", and its count of distinct bytes",
        truth=second is not None and bool(second.get("parent")) and added < whole,
        observed={"whole": whole, "added": added, "parent": (second or {}).get("parent")},
    )
    yield from _restored(place, host, job, (second or first))
    yield from _metrics(place, host, job, start)


def _restored(place: Place, host: Component, job: BackupJob, snapshot: dict[str, Any]) -> Iterator[Check]:
    place.emit(f"restoring {job.policy} of {host.id} to a scratch folder and comparing it")
    files, differing = compared(place, host.id, snapshot, job.paths)
    yield holds(
        "backup.restored",
        subject=f"{host.id} {job.policy}",
        claim="what is restored equals the source, file by file, by SHA-256",
        how="restic restore to a scratch folder, sha256sum of both sides",
        truth=files > 0 and not differing,
        observed={"files": files, "differing": differing[:5]},
        proves="files that had not changed since the snapshot began can be restored as they are",
    )


def _metrics(place: Place, host: Component, job: BackupJob, start: float) -> Iterator[Check]:
    labels = f'{{job="onboard-node",{place.selector(host.id)},policy="{job.policy}"}}'

    def told() -> bool:
        last = place.value(f"{BACKUP_LAST_SUCCESS}{labels}")
        return last is not None and last >= start and place.value(f"{BACKUP_SUCCESS}{labels}") == 1

    waited = wait_until(
        told, seconds=place.patience.scrape, emit=place.emit, what=f"the metrics of backup {job.policy} of {host.id}"
    )
    yield holds(
        "backup.metrics",
        subject=f"{host.id} {job.policy}",
        claim="the hub's Prometheus knows of this run's success",
        how=f"{BACKUP_SUCCESS}{labels}",
        truth=waited is not None,
        observed={
            "success": place.value(f"{BACKUP_SUCCESS}{labels}"),
            "last": place.value(f"{BACKUP_LAST_SUCCESS}{labels}"),
        },
    )


def _readable(place: Place, host: Component) -> Iterator[Check]:
    place.emit(f"reading the whole repository of {host.id}")
    began = time.monotonic()
    answer = read_whole(place, host.id)
    said = (answer.stdout + answer.stderr).decode(errors="replace").strip().splitlines()
    yield holds(
        "backup.readable",
        subject=host.id,
        claim="every pack of the repository can be read and has the content that its name says",
        how="restic check --read-data",
        truth=answer.returncode == 0,
        observed={"exit": answer.returncode, "seconds": round(time.monotonic() - began, 1), "said": said[-3:]},
    )
