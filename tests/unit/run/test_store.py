"""The ledger: durable, ordered, and leased to one living process at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from toolkit.errors import Locked, OnboardError, UsageError
from toolkit.model.run import Event
from toolkit.run import owner
from toolkit.run.store import SqliteStore


def test_a_lease_is_refused_while_its_holder_lives_and_its_token_grows(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.db")
    with store.lease("run") as first, pytest.raises(Locked), SqliteStore(tmp_path / "store.db").lease("run"):
        pass
    with store.lease("run") as second:
        assert second.token == first.token + 1
    with store.lease("run"), store.lease("other"):
        pass


def test_a_dead_holders_lease_is_taken_over(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from toolkit.run.store import SqliteStore\n"
        f"store = SqliteStore(Path({str(tmp_path / 'store.db')!r}))\n"
        "lease = store.lease('run'); lease.__enter__(); os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -9
    with SqliteStore(tmp_path / "store.db").lease("run") as lease:
        assert lease.token == 2


def test_a_reused_pid_is_not_taken_for_the_holder() -> None:
    me = owner.current()
    assert not owner.is_dead(me)
    assert owner.is_dead(msgspec.structs.replace(me, start=me.start + 1))
    assert owner.is_dead(msgspec.structs.replace(me, boot="another"))
    assert not owner.is_dead(msgspec.structs.replace(me, host="another", pid=1))


def test_events_keep_their_order_across_openings(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for number in range(3):
        store = SqliteStore(path)
        store.append("r", Event(kind="progress", step="s", message=str(number)))
        store.close()
    rows = SqliteStore(path).events("r")
    assert [(row.seq, row.event.message) for row in rows] == [(1, "0"), (2, "1"), (3, "2")]


def test_a_file_that_is_no_ledger_and_a_run_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"not a database" * 100)
    with pytest.raises(OnboardError, match="not a ledger"):
        SqliteStore(tmp_path / "bad.db")
    with pytest.raises(UsageError, match="no run"):
        SqliteStore(tmp_path / "store.db").run("absent")


def test_the_ledger_is_private(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "store.db")
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0
