"""A rehearsal by a user without any privilege: less is proven, all of that is said, and nothing is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Desk, make_desk

pytestmark = [pytest.mark.engine, pytest.mark.slow]
NOBODY = 65534


def as_nobody(engine: Path) -> list[str]:
    """The words before a command that make it nobody's.

    Where interpreter, checkout or engine lie in a folder that only root may enter (a pyenv in /root), the capability to
    read them is left, and no other.
    """
    plain = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--bounding-set"]
    reading = [*plain, "-all,+dac_read_search", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    # setpriv itself still has root's rights when it starts the first program, so a second one is asked
    look = (
        f"from subprocess import check_call as run; run([{sys.executable!r}, '-c', 'import toolkit.cli.main, msgspec'])"
    )
    look += f"; run([{str(engine)!r}, 'version'])"
    for prefix in ([*plain, "-all"], reading):
        tried = subprocess.run(
            [*prefix, sys.executable, "-c", look], cwd="/", capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
        )  # fmt: skip
        if tried.returncode == 0:
            return prefix
    pytest.fail(f"nobody cannot run the toolkit, not even when it may read everything: {tried.stderr}")


def of_nobody() -> set[str]:
    """What lies in the folder of temporary files and is nobody's, and which processes are; not those of a lab's machines."""
    files = {str(path) for path in Path("/tmp").iterdir() if path.lstat().st_uid == NOBODY}
    return files | {f"process {entry.name}" for entry in Path("/proc").glob("[0-9]*") if _ours(entry)}


def _ours(process: Path) -> bool:
    try:
        return (
            process.stat().st_uid == NOBODY and (process / "ns/mnt").readlink() == Path("/proc/self/ns/mnt").readlink()
        )
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def unprivileged() -> Iterator[Desk]:
    """Workspace, home and caches of a user who is not root."""
    from toolkit.provision.engine import find_engine

    engine = find_engine().path.resolve()
    folder = Path(tempfile.mkdtemp(prefix="unprivileged-", dir="/tmp"))
    try:
        desk = make_desk(folder)
        desk.environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "ONBOARD_ENGINE": str(engine)}
        if os.geteuid() == 0:
            desk.prefix = as_nobody(engine)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield desk
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no network namespaces at all")
def test_without_privilege_the_cloud_is_rehearsed_and_the_rest_is_said_to_be_unproven(unprivileged: Desk) -> None:
    before = of_nobody()
    done = unprivileged.onboard("rehearse", unprivileged.workspace, "--hosts", "auto", "--format", "json")
    assert done.returncode == 0, done.stderr + done.stdout
    outcome = json.loads(done.stdout)
    assert outcome["counts"]["resources"] > 30
    for part in ("isolation", "hosts, tunnels, agents, backups and monitoring"):
        assert f"NOT PROVEN: {part}: " in done.stderr
    assert "the host lab needs root" in done.stderr
    assert any("acme-hq" in line for line in outcome["not_proven"])
    assert not (unprivileged.workspace / ".onboard/rehearsal").exists()
    assert any(line.startswith("isolation: ") for line in outcome["not_proven"])
    shown = unprivileged.onboard("evidence", "show", unprivileged.workspace / outcome["evidence"])
    assert "NOT PROVEN: isolation: " in shown.stdout
    verified = unprivileged.onboard("evidence", "verify", unprivileged.workspace / outcome["evidence"])
    assert verified.returncode == 0, verified.stderr
    assert not of_nobody() - before
