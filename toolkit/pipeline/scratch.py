"""A run's folder for what its steps write for a moment, keys among it; named by the run, so that a dead run's is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit import places
from toolkit.run.store import RunRow, SqliteStore


def scratch_folder(row: RunRow) -> Path:
    """Where the run's steps write; a rehearsal's lies in its world's folder, and goes with it."""
    if row.bindings.world == "rehearsal":
        return places.fleeting(row.bindings.id) / f"onboard-{row.id}"
    return places.fleeting(row.id)


@contextmanager
def scratch(row: RunRow) -> Iterator[Path]:
    """The run's folder (0700), empty; removed at the end."""
    folder = scratch_folder(row)
    places.make_fleeting(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_scratch(store: SqliteStore) -> None:
    """Remove what killed runs of this workspace could not. Only for who holds its lease: then every other run is dead."""
    for row in store.runs():
        # Where another user put something under that name, nothing is removed: rmtree follows no link.
        shutil.rmtree(scratch_folder(row), ignore_errors=True)
