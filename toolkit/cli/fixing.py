"""``validate --fix``: shows the safe corrections, asks, writes; what is left is told by the check that follows."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from toolkit.canonical import write_atomic
from toolkit.errors import UsageError
from toolkit.inventory.files import find_pieces
from toolkit.inventory.load import check
from toolkit.inventory.mending import SUFFIXES, Mended, mend
from toolkit.inventory.mending.changes import changes
from toolkit.inventory.mending.mended import read
from toolkit.model.problem import Problem
from toolkit.visible import visible

_MOST_ROUNDS = 5
_BOM = b"\xef\xbb\xbf"


class _File(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    content: bytes
    mended: Mended


def fix_paths(paths: Sequence[Path], *, yes: bool, quiet: bool = False) -> None:
    """Correct what is safe in the YAML and JSON files of the inventories; nothing is written without a yes.

    One correction can bring another to light (a misspelt value under a misspelt key), so it looks again.
    With ``quiet`` the diff goes to stderr. Raises UsageError where a file changed after it was shown.
    """
    for round_ in range(_MOST_ROUNDS):
        files = [file for path in paths for file in _files(path, told=round_ > 0) if file.mended.edits]
        if not files or not _round(files, yes=yes, quiet=quiet):
            if not files and not round_:
                click.echo("no problem has a correction that is beyond doubt", err=True)
            return


def _round(files: Sequence[_File], *, yes: bool, quiet: bool) -> bool:
    """Show, ask, write; whether it was written."""
    for file in files:
        for line in changes(str(file.path), file.mended):
            click.echo(visible(line), err=quiet)
    count = sum(len(file.mended.edits) for file in files)
    said = f"{count} correction{'s' if count > 1 else ''} in {len(files)} file{'s' if len(files) > 1 else ''}"
    if not yes and not sys.stdin.isatty():
        click.echo(f"{said}: not written; --yes writes without asking", err=True)
        return False
    if not yes and not click.confirm(f"write {said}?", err=True):
        click.echo("nothing was written", err=True)
        return False
    for file in files:
        _write(file)
    click.echo(f"{said}: written", err=True)
    return True


def _files(path: Path, *, told: bool) -> list[_File]:
    """The files of one inventory that hold problems, corrected in memory; ``told``: refusals were said before."""
    found: dict[str, list[Problem]] = {}
    for problem in check([path]).problems:
        found.setdefault(problem.file, []).append(problem)
    pieces = {str(piece): piece for piece in find_pieces(path)}
    service = next((named for piece in pieces.values() if (named := _service(piece))), None)
    files: list[_File] = []
    for name, problems in found.items():
        if name not in pieces or pieces[name].suffix.lower() not in SUFFIXES:
            if not told:
                click.echo(
                    f"{visible(name)}: --fix corrects {' '.join(SUFFIXES)} only; mend it as its fixes say", err=True
                )
            continue
        content = pieces[name].read_bytes()
        with contextlib.suppress(UnicodeDecodeError):
            mended = mend(name, content.removeprefix(_BOM).decode(), problems, service=service)
            files.append(_File(path=pieces[name], content=content, mended=mended))
    return files


def _service(piece: Path) -> str | None:
    if piece.suffix.lower() not in SUFFIXES or not piece.is_file():
        return None
    document = read(piece.name, piece.read_bytes().removeprefix(_BOM).decode(errors="replace"))
    named = document.value.get("service") if document and isinstance(document.value, dict) else None
    return named if isinstance(named, str) else None


def _write(file: _File) -> None:
    """The file itself, not a link to it; with its own mode and, where we may, its owner."""
    path = file.path.resolve()
    if path.read_bytes() != file.content:
        raise UsageError(f"{file.path} changed after its corrections were shown", fix="run it again")
    was = path.stat()
    bom = _BOM if file.content.startswith(_BOM) else b""
    write_atomic(path, bom + file.mended.after.encode(), mode=stat.S_IMODE(was.st_mode))
    with contextlib.suppress(OSError):
        os.chown(path, was.st_uid, was.st_gid)
