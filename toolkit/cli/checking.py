"""One check of inventories, printed or written as it was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from toolkit.cli.options import Shown
from toolkit.errors import InventoryInvalid
from toolkit.report.problems import Listing, write


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """``form`` is the format of ``file``, of stdout where there is no file; ``limit`` is for text, 0 for no limit."""

    paths: tuple[Path, ...]
    shown: Shown
    form: str = "text"
    file: Path | None = None
    limit: int = 0


def check_once(request: Request) -> int:
    """Check, print, and give the exit code: 3 where there is an error."""
    from toolkit.canonical import write_atomic
    from toolkit.inventory.files import keep_apart
    from toolkit.inventory.load import check
    from toolkit.inventory.rules import RULES

    if request.file is not None:
        for path in request.paths:
            keep_apart(request.file, path)
    report = check(request.paths)
    listing = Listing(
        problems=report.problems,
        files=report.files,
        components=report.components,
        snippets=report.snippets,
        rules=RULES,
        here=Path.cwd(),
        # where GitHub checked the repository out; elsewhere the folder that the command was started in
        root=Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()),
    )
    form = request.form
    if request.file is not None:
        write_atomic(request.file, _encoded(write(form, listing)), mode=0o644)
        form = "text"
    if not (request.file is not None and request.shown.quiet):
        limit = request.limit or None if form == "text" else None
        printed = msgspec.structs.replace(listing, limit=limit, color=request.shown.colored)
        for part in write(form, printed):
            click.echo(part, nl=False, color=request.shown.colored)
    return InventoryInvalid.exit_code if any(problem.severity == "error" for problem in report.problems) else 0


def _encoded(parts: Iterator[str]) -> Iterator[bytes]:
    return (part.encode() for part in parts)
