"""Checks what stands in the editor, saved or not, together with the other pieces of the same inventory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from toolkit.errors import OnboardError
from toolkit.inventory.files import find_pieces, find_root
from toolkit.inventory.load import check
from toolkit.inventory.mending.mended import read
from toolkit.model.problem import Problem

_MARK = "onboarding/inventory/"


def is_inventory(path: Path, text: str) -> bool:
    """Whether a file is one of ours: it names the format, or it is a piece of a workspace's inventory."""
    return _MARK in text or path in pieces(path)


def pieces(path: Path) -> list[Path]:
    """The files of the inventory that ``path`` belongs to; itself alone where it belongs to none."""
    try:
        found = find_pieces(find_root(path))
    except OnboardError:
        return [path] if path.name.startswith("inventory.") else []
    resolved = path.resolve()
    return [path if piece.resolve() == resolved else piece for piece in found]


def check_buffers(path: Path, buffers: Mapping[Path, str]) -> dict[Path, list[Problem]]:
    """The problems of each file of the inventory of ``path``, ``buffers`` standing for what is on disk.

    They are written to a private folder for the time of the check, since checks read files.
    """
    found = pieces(path)
    found = found if path in found else [path]
    problems: dict[Path, list[Problem]] = {piece: [] for piece in found}
    with tempfile.TemporaryDirectory(prefix="onboard-lsp-") as scratch:
        folder = Path(scratch) / "inventory" if len(found) > 1 else Path(scratch)
        folder.mkdir(exist_ok=True)
        mirrored: dict[str, Path] = {}
        for piece in found:
            there = folder / piece.name
            if piece in buffers:
                there.write_bytes(buffers[piece].encode("utf-8", "surrogatepass"))
            else:
                there.symlink_to(piece.resolve())
            mirrored[str(there)] = piece
        for problem in check([folder if len(found) > 1 else folder / path.name]).problems:
            piece = mirrored.get(problem.file, path)
            problems[piece].append(msgspec.structs.replace(problem, file=str(piece)))
    return problems


def text_of(path: Path, buffers: Mapping[Path, str]) -> str:
    """The text of a file as the editor has it, without a byte order mark; empty where there is none."""
    if path in buffers:
        return buffers[path].removeprefix("\ufeff")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def values(path: Path, buffers: Mapping[Path, str]) -> list[object]:
    """The plain values of the other pieces of the inventory of ``path``, as far as they can be read."""
    others = (piece for piece in pieces(path) if piece != path)
    documents = (read(piece.name, text_of(piece, buffers)) for piece in others)
    return [document.value for document in documents if document is not None]
