"""A host's restic repository (restic 0.14 or newer), looked at from the host itself.

Everything waits for the lock under which the installed units work (``backup.sh`` of the role backup_agent): nothing is
forgotten while it is read, and a unit that still runs is waited for. Reads take no lock of restic's own, so one that a
killed process left behind, or that another's ``check`` holds, stops none of them.
"""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import Any

from toolkit.errors import VerifyFailed
from toolkit.verify.place import Place

RESTIC = "/usr/local/lib/onboard/restic"
"""restic with the host's repository and password, as the role backup_agent installs it."""
LOCK = "/run/lock/onboard-backup.lock"
"""What ``backup.sh`` of that role holds while it backs up and forgets, by flock(1)."""
SCRATCH = "/var/tmp"  # noqa: S108 - on disk also where /tmp is memory; mktemp makes the folder in it

# Unlocking removes only locks whose process is gone.
_READ_WHOLE = """set -eu
"$1" unlock
exec "$1" check --read-data
"""

# dash runs its EXIT trap at `exit` only, not when a signal ends it.
#
# Only lines of the source count: its files that have not changed since the snapshot began (by mtime and by ctime, which
# renaming and setting times change too). Each must be in the copy with the same content. What is only in the copy was
# changed or deleted since, as on any living host; so may find meet what vanishes under it.
RESTORE = """set -eu
umask 077
restic=$1 parent=$2 snapshot=$3 before=$4; shift 4
rm -rf "$parent"/onboard-verify.*
scratch=$(mktemp -d "$parent/onboard-verify.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM PIPE
mkdir "$scratch/restored"
"$restic" --no-lock restore "$snapshot" --target "$scratch/restored" >/dev/null
hashed() { LC_ALL=C sort -zu | xargs -0 -r sha256sum -- | LC_ALL=C sort -u; }
cd /
for path in "$@"; do
  find ".$path" -type f ! -newermt "@$before" ! -newerct "@$before" -print0 || true
done | hashed >"$scratch/source"
cd "$scratch/restored"
for path in "$@"; do
  find ".$path" -type f -print0 || true
done | hashed >"$scratch/copy"
echo "files $(wc -l <"$scratch/source")"
LC_ALL=C comm -23 "$scratch/source" "$scratch/copy" | head -n 20
"""
"""``sh -c RESTORE restore RESTIC PARENT SNAPSHOT SECONDS PATH…``: what a snapshot gives back, against the source.

Restores into a new folder below PARENT, which is removed again; what killed ones left there is removed first, so no two
may run at once. SECONDS (since 1970) is when the snapshot began. Prints ``files <count compared>``, then up to 20 lines
of ``sha256sum`` for files of the source that the copy has not or has with another content.
"""


def locked(*command: str) -> list[str]:
    """``command`` under the lock of the installed units."""
    return ["flock", LOCK, *command]


def _answer(place: Place, host: str, *argv: str) -> Any:
    said = place.text(host, *locked(RESTIC, "--no-lock", "--json", *argv), timeout=place.patience.backup)
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise VerifyFailed(f"restic {argv[0]} on {host} did not answer with JSON", fix="run it on the host") from error


def snapshots(place: Place, host: str, policy: str) -> list[dict[str, Any]]:
    """The snapshots of one policy, oldest first, as restic's JSON gives them."""
    return sorted(_answer(place, host, "snapshots", "--tag", policy) or [], key=lambda found: str(found["time"]))


def raw_size(place: Place, host: str, *chosen: str) -> int:
    """Bytes of the distinct content that the snapshots of these ids (or all) refer to."""
    return int(_answer(place, host, "stats", "--mode", "raw-data", *chosen)["total_size"])


def compared(place: Place, host: str, snapshot: dict[str, Any], paths: tuple[str, ...]) -> tuple[int, list[str]]:
    """How many files of ``paths`` were compared with the restored snapshot, and the lines of those that differ."""
    began = place.text(host, "date", "-u", "-d", str(snapshot["time"]), "+%s").strip()  # RFC 3339
    command = locked("sh", "-c", RESTORE, "restore", RESTIC, SCRATCH, str(snapshot["id"]), began, *paths)
    said = place.text(host, *command, timeout=place.patience.backup).splitlines()
    if not said or not said[0].startswith("files "):
        raise VerifyFailed(f"the restore on {host} did not say what it compared", fix="restore on the host by hand")
    return int(said[0].split()[1]), said[1:]


def read_whole(place: Place, host: str) -> CompletedProcess[bytes]:
    """``restic check --read-data``, whatever it ends with."""
    command = locked("sh", "-c", _READ_WHOLE, "check", RESTIC)
    return place.shell(host).run(command, timeout=place.patience.backup, check=False)
