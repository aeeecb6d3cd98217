"""Backups of a host: the installed timer's unit is started twice, then restored, compared and read whole.

Judged by what restic (0.14 or newer) says of the repository, not by what the unit says of itself. In a rehearsal a
small known data set is put below each backed-up path; a real host's data is never written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from toolkit.errors import VerifyFailed
from toolkit.model.inventory import BackupJob, Component
from toolkit.verify.check import Check, equal, holds
from toolkit.verify.place import Place, guarded, wait_until

RESTIC = "/usr/local/lib/onboard/restic"
"""restic with the host's repository and password, as the role backup_agent installs it."""
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
# Files that changed after the snapshot began differ rightly, so both sides leave them out; restic restores times.
_RESTORE = f"""set -eu
umask 077
snapshot=$1 before=$2; shift 2
scratch=$(mktemp -d /var/tmp/onboard-verify.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
{RESTIC} restore "$snapshot" --target "$scratch/restored" >/dev/null
sums() {{ (cd "$1"; shift; for path in "$@"; do
  if [ -e ".$path" ]; then find ".$path" -type f ! -newermt "@$before" -print0; fi
done | LC_ALL=C sort -z | xargs -0 -r sha256sum | LC_ALL=C sort -u); }}
sums / "$@" >"$scratch/source"
sums "$scratch/restored" "$@" >"$scratch/copy"
echo "files $(wc -l <"$scratch/source")"
LC_ALL=C comm -3 "$scratch/source" "$scratch/copy" | head -n 20
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


def _restic(place: Place, host: str, *argv: str) -> Any:
    said = place.text(host, RESTIC, "--json", *argv, timeout=place.patience.backup)
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise VerifyFailed(f"restic {argv[0]} on {host} did not answer with JSON", fix="run it on the host") from error


def _snapshots(place: Place, host: str, policy: str) -> list[dict[str, Any]]:
    """The snapshots of one policy, oldest first."""
    return sorted(_restic(place, host, "snapshots", "--tag", policy) or [], key=lambda found: str(found["time"]))


def _raw_size(place: Place, host: str, *snapshots: str) -> int:
    """Bytes of the distinct content that the snapshots (or all) refer to."""
    return int(_restic(place, host, "stats", "--mode", "raw-data", *snapshots)["total_size"])


def _run_unit(place: Place, host: str, policy: str) -> dict[str, Any] | None:
    """Start the timer's service and wait for its end; the snapshot that it made."""
    before = {found["id"] for found in _snapshots(place, host, policy)}
    place.text(host, "systemctl", "start", f"onboard-backup-{policy}.service", timeout=place.patience.backup)
    made = [found for found in _snapshots(place, host, policy) if found["id"] not in before]
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
    whole, held = _raw_size(place, host.id, first["id"]), _raw_size(place, host.id)
    if rehearsed:
        place.text(host.id, "sh", "-c", _MORE_DATA, "more-data", *job.paths)
    second = _run_unit(place, host.id, job.policy)
    added = _raw_size(place, host.id) - held
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
    seconds = place.text(host.id, "date", "-u", "-d", str(snapshot["time"]), "+%s").strip()  # RFC 3339
    said = place.text(
        host.id,
        "sh",
        "-c",
        _RESTORE,
        "restore",
        str(snapshot["id"]),
        seconds,
        *job.paths,
        timeout=place.patience.backup,
    ).splitlines()
    files = int(said[0].split()[1]) if said and said[0].startswith("files ") else 0
    yield holds(
        "backup.restored",
        subject=f"{host.id} {job.policy}",
        claim="what is restored equals the source, file by file, by SHA-256",
        how="restic restore to a scratch folder, sha256sum of both sides",
        truth=files > 0 and len(said) == 1,
        observed={"files": files, "differing": said[1:6]},
        proves="files that had not changed since the snapshot began can be restored as they are",
    )


def _metrics(place: Place, host: Component, job: BackupJob, start: float) -> Iterator[Check]:
    labels = f'{{job="onboard-node",{place.selector(host.id)},policy="{job.policy}"}}'

    def told() -> bool:
        last = place.value(f"onboard_backup_last_success_timestamp_seconds{labels}")
        return last is not None and last >= start and place.value(f"onboard_backup_success{labels}") == 1

    waited = wait_until(
        told, seconds=place.patience.scrape, emit=place.emit, what=f"the metrics of backup {job.policy} of {host.id}"
    )
    yield holds(
        "backup.metrics",
        subject=f"{host.id} {job.policy}",
        claim="the hub's Prometheus knows of this run's success",
        how=f"onboard_backup_success{labels}",
        truth=waited is not None,
        observed={
            "success": place.value(f"onboard_backup_success{labels}"),
            "last": place.value(f"onboard_backup_last_success_timestamp_seconds{labels}"),
        },
    )


def _readable(place: Place, host: Component) -> Iterator[Check]:
    place.emit(f"reading the whole repository of {host.id}")
    began = time.monotonic()
    answer = place.shell(host.id).run([RESTIC, "check", "--read-data"], timeout=place.patience.backup, check=False)
    said = (answer.stdout + answer.stderr).decode(errors="replace").strip().splitlines()
    yield holds(
        "backup.readable",
        subject=host.id,
        claim="every pack of the repository can be read and has the content that its name says",
        how="restic check --read-data",
        truth=answer.returncode == 0,
        observed={"exit": answer.returncode, "seconds": round(time.monotonic() - began, 1), "said": said[-3:]},
    )
