"""Checks again whenever a file of the inventories is saved. By polling: no dependency, and true on every file system."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import click

from toolkit.cli.checking import Request, check_once
from toolkit.cli.present import print_error
from toolkit.errors import OnboardError

_POLL = 0.3
"""Seconds between two looks at the files."""
_SETTLED = 0.1
"""Seconds without a change after which a save is taken as finished."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"

State = dict[str, tuple[int, int, int]]


def watch_paths(request: Request) -> int:
    """Check, wait for a save, check again; Ctrl-C ends it with 130, as it ends every command."""
    while True:
        before = state(request.paths)
        if request.shown.colored:
            click.echo(_CLEAR, nl=False)
        try:
            check_once(request)
        except OnboardError as error:
            # while an editor replaces a file, it is missing for a moment
            print_error(error, as_json=False)
        click.echo("watching for changes; Ctrl-C ends it", err=True)
        while state(request.paths) == before:
            time.sleep(_POLL)
        _settle(request.paths)


def _settle(paths: Iterable[Path]) -> None:
    """Wait until nothing changes any more: editors and checkouts write several times."""
    last = None
    while (now := state(paths)) != last:
        last = now
        time.sleep(_SETTLED)


def state(paths: Iterable[Path]) -> State:
    """Time of change (ns), size and inode of every file that the inventories may be read from."""
    found: State = {}
    for path in paths:
        for file in (path, *_below(path), *_below(path / "inventory")):
            try:
                seen = file.stat()
            except OSError:
                continue
            found[str(file)] = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
    return found


def _below(folder: Path) -> Iterable[Path]:
    try:
        return [file for file in folder.iterdir() if not file.name.startswith(".")]
    except OSError:
        return []
