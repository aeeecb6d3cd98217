"""Puts a site's files on the hub: staged, checked there by promtool and amtool, activated one by one, reloaded.

The tools that check are the hub's own, of the version that will read the files. Other customers' files are copied
into the staging folder, so the check covers the whole that will be loaded. When the check or the reload fails, what
was active before is active again. Whoever is killed before the reload leaves a note on the hub, and the next attempt
makes up for it although it finds every file in place.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import secrets
import shlex
import subprocess
import tarfile
from collections.abc import Sequence

import msgspec

from toolkit.conventions import FOLLOW_UP
from toolkit.errors import RegisterFailed
from toolkit.model.run import Emit
from toolkit.register.hub import FOLDER, Fragment
from toolkit.register.watch import wait_reloaded
from toolkit.remote import Shell


class HubPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hub keeps its monitoring's files and how it is told to read them again (Debian's packages)."""

    root: str = "/etc/prometheus"
    notes: str = FOLLOW_UP
    reload_prometheus: tuple[str, ...] = ("systemctl", "reload-or-restart", "prometheus")
    reload_alertmanager: tuple[str, ...] = ("systemctl", "reload-or-restart", "prometheus-alertmanager")
    url: tuple[str, int]


def _refused(what: str, answer: subprocess.CompletedProcess[bytes]) -> RegisterFailed:
    said = (answer.stdout + answer.stderr).decode(errors="replace").strip()
    return RegisterFailed(
        f"{what} failed on the hub: {said[-2000:] or f'exit code {answer.returncode}'}",
        fix="what was active before is still active; mend the cause and run the step again",
        details={"what": what, "exit": answer.returncode, "said": said[-8000:]},
    )


def _archive(fragments: Sequence[Fragment]) -> bytes:
    """The fragments as a tar whose members are readable by the monitoring's own user."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for fragment in fragments:
            member = tarfile.TarInfo(fragment.path)
            member.size, member.mode = len(fragment.content), 0o644
            archive.addfile(member, io.BytesIO(fragment.content))
    return stream.getvalue()


class Registrar:
    """One site's files on one hub; ``own`` is the prefix of the site's files below the folder (``hub.prefix``)."""

    def __init__(self, shell: Shell, *, places: HubPlaces, own: str, emit: Emit) -> None:
        self._shell = shell
        self._places = places
        self._own = own
        self._name = own.rpartition("/")[2].rstrip(".")
        self._note = shlex.quote(f"{places.notes}/register.{self._name}")
        self._emit = emit

    def _script(self, what: str, text: str, *, content: bytes = b"") -> str:
        answer = self._shell.run(["sh", "-euc", text], input=content, timeout=60, check=False)
        if answer.returncode:
            raise _refused(what, answer)
        return answer.stdout.decode(errors="replace")

    def present(self) -> dict[str, str]:
        """SHA-256 of the shared main files and the site's own files that the hub has now, by path."""
        root = shlex.quote(self._places.root)
        listed = self._script(
            "reading the hub's files",
            f"mkdir -p {root}/{FOLDER}; cd {root}; for f in alertmanager.yml prometheus.yml {self._own}*; do "
            'if [ -f "$f" ]; then sha256sum -- "$f"; fi; done',
        )
        return {line[66:]: line[:64] for line in listed.splitlines()}

    def _left_over(self) -> bool:
        """Remove the folders of killed attempts for this site; whether one of them ended before its reload was good."""
        said = self._script(
            "looking for what a killed attempt left",
            f"rm -rf -- {shlex.quote(self._staging())}*; if [ -e {self._note} ]; then echo owed; fi",
        )
        return "owed" in said

    def _staging(self, suffix: str = "") -> str:
        # ids have no dot, so that no site's name begins as another's
        return f"{self._places.root}/.onboard-{self._name}.{suffix}"

    def register(self, fragments: Sequence[Fragment]) -> int:
        """Bring the hub's files to ``fragments`` and have them loaded; the number of changes, 0 for nothing to do.

        A change is a file written or removed, or the reload that a killed attempt still owed. Raises RegisterFailed
        with the checking tool's own message; the hub then serves what it served before, or the message says otherwise.
        """
        owed = self._left_over()
        present = self.present()
        wanted = {fragment.path: hashlib.sha256(fragment.content).hexdigest() for fragment in fragments}
        written = [fragment for fragment in fragments if present.get(fragment.path) != wanted[fragment.path]]
        stale = sorted(path for path in present if path not in wanted)
        if owed:
            self._emit("an earlier attempt ended before the hub took its files: making up for it")
        elif not written and not stale:
            self._emit("the hub's monitoring has every file already")
            return 0
        staging = self._staging(secrets.token_hex(6))
        try:
            self._stage(staging, written, stale)
            self._check(staging)
            self._activate(staging, written, stale)
        finally:
            # The next attempt removes what is left; a lost connection must not hide why this one failed.
            with contextlib.suppress(RegisterFailed):
                self._shell.run(["rm", "-rf", "--", staging], timeout=30, check=False)
        return len(written) + len(stale) + owed

    def _stage(self, staging: str, written: Sequence[Fragment], stale: Sequence[str]) -> None:
        self._emit(f"staging {len(written)} files on the hub")
        quoted, root = shlex.quote(staging), shlex.quote(self._places.root)
        removed = " ".join(shlex.quote(path) for path in stale)
        self._script(
            "staging",
            f"umask 022; mkdir -p {quoted}/new {quoted}/prior; cd {root}; for f in {FOLDER} alertmanager.yml "
            f'prometheus.yml; do if [ -e "$f" ]; then cp -a -- "$f" {quoted}/new/; cp -a -- "$f" {quoted}/prior/; fi; done; '
            f"cd {quoted}/new; rm -f -- {removed}; tar -xf - --no-same-owner",
            content=_archive(written),
        )

    def _check(self, staging: str) -> None:
        for argv in (
            ["promtool", "check", "config", f"{staging}/new/prometheus.yml"],
            ["amtool", "check-config", f"{staging}/new/alertmanager.yml"],
        ):
            self._emit(f"{argv[0]} checks the staged configuration")
            answer = self._shell.run(argv, timeout=60, check=False)
            if answer.returncode:
                raise _refused(" ".join(argv[:3]), answer)

    def _activate(self, staging: str, written: Sequence[Fragment], stale: Sequence[str]) -> None:
        quoted, root = shlex.quote(staging), shlex.quote(self._places.root)
        moves = "".join(f"mv -fT -- {quoted}/new/{shlex.quote(f.path)} {root}/{shlex.quote(f.path)}; " for f in written)
        removes = "".join(f"rm -f -- {root}/{shlex.quote(path)}; " for path in stale)
        note = f"mkdir -p {shlex.quote(self._places.notes)}; : >{self._note}; "
        try:
            self._script("activating", note + moves + removes)
            self._reload()
        except RegisterFailed as refused:
            names = [*(fragment.path for fragment in written), *stale]
            try:
                self._restore(quoted, names)
            except RegisterFailed as error:
                raise RegisterFailed(
                    f"{refused.message}; what the hub had before could not be made active again: {error.message}",
                    fix="mend the hub's monitoring and run the step again: it writes and loads every file anew",
                    details={"refused": refused.details, "restoring": error.details},
                ) from error
            raise

    def _restore(self, quoted: str, names: Sequence[str]) -> None:
        self._emit("restoring what the hub had before")
        root = shlex.quote(self._places.root)
        self._script(
            "restoring",
            f"cd {quoted}/prior; for f in {' '.join(map(shlex.quote, names))}; do "
            f'if [ -e "$f" ]; then cp -a -- "$f" {root}/"$f".new; mv -fT -- {root}/"$f".new {root}/"$f"; '
            f'else rm -f -- {root}/"$f"; fi; done',
        )
        self._reload()

    def _reload(self) -> None:
        self._emit("reloading Alertmanager and Prometheus")
        before = wait_reloaded(self._places.url, since=0.0, emit=self._emit, wanted=False)
        for argv in (self._places.reload_alertmanager, self._places.reload_prometheus):
            answer = self._shell.run(argv, timeout=60, check=False)
            if answer.returncode:
                raise _refused(" ".join(argv), answer)
        wait_reloaded(self._places.url, since=before, emit=self._emit)
        self._script("noting the reload", f"rm -f -- {self._note}")


# Debian's package asks by debconf and sets a file capability; an empty one, its default, would also undo an ambient one.
_ICMP = """
program=/usr/bin/prometheus-blackbox-exporter
test -x "$program" || exit 0
case "$(getcap "$program")" in *cap_net_raw*) exit 0 ;; esac
package=prometheus-blackbox-exporter
if command -v debconf-set-selections >/dev/null; then
  echo "$package $package/want_cap_net_raw boolean true" | debconf-set-selections
fi
setcap cap_net_raw+ep "$program"
systemctl restart "$package"
echo changed
"""


def allow_icmp(shell: Shell, emit: Emit) -> int:
    """Let the hub's blackbox exporter send ICMP (Debian starts it without the right); 1 when that was changed."""
    answer = shell.run(["sh", "-euc", _ICMP], timeout=60, check=False)
    if answer.returncode:
        raise _refused("letting the blackbox exporter send ICMP", answer)
    if b"changed" not in answer.stdout:
        return 0
    emit("the hub's blackbox exporter may send ICMP now")
    return 1
