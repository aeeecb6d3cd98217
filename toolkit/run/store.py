"""The runs' ledger: runs, steps, events and the lease, durable before anything goes on.

One protocol, one implementation (SQLite, write-ahead log, fsync on commit). Only the coordinator writes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from toolkit.errors import Locked, OnboardError, UsageError
from toolkit.model.bindings import Bindings
from toolkit.model.run import Event, StepResult
from toolkit.run import owner as owners

RunState = Literal["running", "waiting", "interrupted", "failed", "done"]
StepState = Literal["started", "done", "failed", "skipped"]


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run; times are seconds since the epoch; ``plan_dir`` is relative to the workspace.

    ``stages`` None is the whole plan; a run of some stages only (a verification) stays that when it is resumed.
    """

    id: str
    customer: str
    plan: str
    plan_dir: str
    bindings: Bindings
    state: RunState
    started: float
    finished: float | None = None
    stages: tuple[str, ...] | None = None


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where one step of a run stands; ``attempt`` counts from 1."""

    step: str
    state: StepState
    attempt: int
    result: StepResult | None = None


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event with its place in the run's order."""

    seq: int
    time: float
    event: Event


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to change a workspace's world; ``token`` only ever grows, so that an old holder can be told apart."""

    name: str
    token: int


class Store(Protocol):
    """A ledger, for who carries steps out (``steps``, ``set_step``, ``append``, ``set_state``) and who begins or shows a run."""

    def create_run(self, row: RunRow) -> None: ...
    def set_state(self, run: str, state: RunState) -> None: ...
    def set_bindings(self, run: str, bindings: Bindings) -> None: ...
    def run(self, run: str) -> RunRow: ...
    def runs(self) -> tuple[RunRow, ...]: ...
    def steps(self, run: str) -> dict[str, StepRow]: ...
    def set_step(self, run: str, row: StepRow) -> None: ...
    def append(self, run: str, event: Event) -> EventRow: ...
    def events(self, run: str) -> tuple[EventRow, ...]: ...
    def lease(self, name: str) -> contextlib.AbstractContextManager[Lease]: ...
    def token(self, name: str) -> int: ...


_TABLES = """
CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, started REAL NOT NULL, row BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS steps (run TEXT NOT NULL, step TEXT NOT NULL, row BLOB NOT NULL, PRIMARY KEY (run, step));
CREATE TABLE IF NOT EXISTS events (run TEXT NOT NULL, seq INTEGER NOT NULL, row BLOB NOT NULL, PRIMARY KEY (run, seq));
CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, token INTEGER NOT NULL, owner BLOB);
"""


class SqliteStore:
    """The ledger of one workspace in one file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Dropped, it is closed by whichever thread collects it.
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            raise OnboardError(
                f"{path}: not a ledger: {error}", fix="move the file away; runs recorded in it are lost"
            ) from error
        path.chmod(0o600)

    def close(self) -> None:
        self._db.close()

    def __del__(self) -> None:
        # A connection that is only dropped is a ResourceWarning from Python 3.13 on.
        if hasattr(self, "_db"):
            self._db.close()

    def create_run(self, row: RunRow) -> None:
        self._put("INSERT INTO runs VALUES (?, ?, ?)", row.id, row.started, row=row)

    def set_state(self, run: str, state: RunState) -> None:
        finished = None if state in {"running", "waiting"} else time.time()
        self._replace_run(run, state=state, finished=finished)

    def set_bindings(self, run: str, bindings: Bindings) -> None:
        """The same world at other addresses: it was started again."""
        self._replace_run(run, bindings=bindings)

    def _replace_run(self, run: str, **fields: Any) -> None:
        row = msgspec.structs.replace(self.run(run), **fields)
        self._db.execute("UPDATE runs SET row = ? WHERE id = ?", (msgspec.json.encode(row), run))

    def run(self, run: str) -> RunRow:
        found = self._db.execute("SELECT row FROM runs WHERE id = ?", (run,)).fetchone()
        if found is None:
            raise UsageError(f"no run {run!r} in this workspace", fix="list them: onboard runs list")
        return msgspec.json.decode(found[0], type=RunRow)

    def runs(self) -> tuple[RunRow, ...]:
        rows = self._db.execute("SELECT row FROM runs ORDER BY started, id").fetchall()
        return tuple(msgspec.json.decode(row, type=RunRow) for (row,) in rows)

    def steps(self, run: str) -> dict[str, StepRow]:
        rows = self._db.execute("SELECT row FROM steps WHERE run = ?", (run,)).fetchall()
        decoded = [msgspec.json.decode(row, type=StepRow) for (row,) in rows]
        return {row.step: row for row in decoded}

    def set_step(self, run: str, row: StepRow) -> None:
        self._put("INSERT OR REPLACE INTO steps VALUES (?, ?, ?)", run, row.step, row=row)

    def append(self, run: str, event: Event) -> EventRow:
        with self._transaction():
            (last,) = self._db.execute("SELECT COALESCE(MAX(seq), 0) FROM events WHERE run = ?", (run,)).fetchone()
            row = EventRow(seq=last + 1, time=time.time(), event=event)
            self._put("INSERT INTO events VALUES (?, ?, ?)", run, row.seq, row=row)
        return row

    def events(self, run: str) -> tuple[EventRow, ...]:
        rows = self._db.execute("SELECT row FROM events WHERE run = ? ORDER BY seq", (run,)).fetchall()
        return tuple(msgspec.json.decode(row, type=EventRow) for (row,) in rows)

    @contextlib.contextmanager
    def lease(self, name: str) -> Iterator[Lease]:
        """Hold the lease ``name``; Locked (12) while a living process holds it, taken over when it is proven dead."""
        me = owners.current()
        with self._transaction():
            found = self._db.execute("SELECT token, owner FROM leases WHERE name = ?", (name,)).fetchone()
            token = (found[0] if found else 0) + 1
            if found and found[1]:
                holder = msgspec.json.decode(found[1], type=owners.Owner)
                if not owners.is_dead(holder):
                    raise Locked(
                        f"{name} is held by process {holder.pid} on {holder.host}",
                        fix="wait until it ends, or stop it; a dead holder's lease is taken over by itself",
                    )
            self._put("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", name, token, row=me)
        try:
            yield Lease(name=name, token=token)
        finally:
            self._db.execute("UPDATE leases SET owner = NULL WHERE name = ? AND token = ?", (name, token))

    def token(self, name: str) -> int:
        """The newest holder's token of a lease, 0 where nobody ever held it."""
        found = self._db.execute("SELECT token FROM leases WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def _put(self, statement: str, *keys: Any, row: msgspec.Struct) -> None:
        self._db.execute(statement, (*keys, msgspec.json.encode(row)))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
