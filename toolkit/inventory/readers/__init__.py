"""Readers: a file becomes a ``Piece``: a header, its components some thousands at a time, and the way back to places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.inventory.readers.piece import Piece, WholePiece
from toolkit.inventory.readers.place import Document, ReadRefused, decode

MAX_BYTES = 64 * 1024 * 1024
"""A larger text is refused where it is held whole: as NDJSON, or in several pieces, it has no bound."""
MAX_SLICED = 1024 * 1024 * 1024
"""The same for JSON that is read by slices."""
JSON_SLICED_FROM = 512 * 1024
"""Smaller files are read exactly at once, which takes less than a tenth of a second."""
_BLOCKS_FROM = 64 * 1024
"""The same for YAML, which takes longer."""

__all__ = ["JSON_SLICED_FROM", "MAX_BYTES", "OPENERS", "Document", "Piece", "ReadRefused", "open_piece", "read_file"]


def open_piece(path: Path, file: str) -> Piece:
    """The piece of an inventory in ``path``, shown as ``file``; raises ReadRefused for whatever cannot be read."""
    opener = OPENERS.get(path.suffix.lower())
    if opener is None:
        known = ", ".join(sorted(OPENERS))
        raise ReadRefused("INV-001", f"no reader for files named *{path.suffix or path.name} (known: {known})")
    if not path.is_file():
        raise ReadRefused("INV-001", "not a regular file")
    try:
        return opener(path, file)
    except OSError as error:
        raise ReadRefused("INV-001", f"cannot be read: {error.strerror}") from error


def read_file(path: Path) -> Document:
    """The whole document in a YAML or JSON file; raises ReadRefused, with a place where there is one."""
    try:
        content = _content(path, MAX_BYTES) if path.is_file() else None
    except OSError as error:
        raise ReadRefused("INV-001", f"cannot be read: {error.strerror}") from error
    if content is None:
        raise ReadRefused("INV-001", "not a regular file")
    return _document(content, path.suffix.lower())


def _open_yaml(path: Path, file: str) -> Piece:
    content = _content(path, MAX_BYTES)
    if len(content) >= _BLOCKS_FROM:
        from toolkit.inventory.readers.yaml_blocks import Torn, YamlBlocks

        try:
            return YamlBlocks(file, decode(content))
        except Torn:
            pass
    return WholePiece(file, _document(content, ".yaml"))


def _open_json(path: Path, file: str) -> Piece:
    content = _content(path, MAX_SLICED)
    if len(content) < JSON_SLICED_FROM:
        return WholePiece(file, _document(content, ".json"))
    from toolkit.inventory.readers.json_slices import JsonPiece, Torn

    try:
        return JsonPiece(file, content)
    except Torn:
        _bounded(content, MAX_BYTES)
        return WholePiece(file, _document(content, ".json"))


def _open_ndjson(path: Path, file: str) -> Piece:
    from toolkit.inventory.readers.ndjson_reader import NdjsonPiece

    return NdjsonPiece(file, path)


def _open_csv(path: Path, file: str) -> Piece:
    from toolkit.inventory.readers.csv_reader import read_csv

    return read_csv(path, _content(path, MAX_BYTES), file)


def _open_xlsx(path: Path, file: str) -> Piece:
    from toolkit.inventory.readers.xlsx_reader import read_xlsx

    return read_xlsx(path, file)


OPENERS: dict[str, Callable[[Path, str], Piece]] = {
    ".csv": _open_csv,
    ".json": _open_json,
    ".jsonl": _open_ndjson,
    ".ndjson": _open_ndjson,
    ".xlsx": _open_xlsx,
    ".yaml": _open_yaml,
    ".yml": _open_yaml,
}
"""By file suffix: path and shown name to a piece; raises ReadRefused and OSError. Imports its reader when called."""


def _content(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        return _bounded(stream.read(most + 1), most)


def _bounded(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise ReadRefused("INV-001", f"larger than {most // 1024 // 1024} MiB")
    return content


def _document(content: bytes, suffix: str) -> Document:
    text = decode(content)
    try:
        if suffix == ".json":
            from toolkit.inventory.readers.json_reader import read_json

            return read_json(text)
        from toolkit.inventory.readers.yaml_reader import read_yaml

        return read_yaml(text)
    except ReadRefused as refused:
        refused.text = text
        raise
