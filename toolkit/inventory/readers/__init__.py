"""Readers: a file's bytes become plain values plus a lazy way back to line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.place import Document, ReadRefused, decode
from toolkit.inventory.readers.yaml_reader import read_yaml

READERS: dict[str, Callable[[str], Document]] = {".json": read_json, ".yaml": read_yaml, ".yml": read_yaml}
"""One reader per file suffix."""

MAX_BYTES = 64 * 1024 * 1024
"""A larger file is refused: an inventory of that size belongs into several pieces."""

__all__ = ["MAX_BYTES", "READERS", "Document", "ReadRefused", "read_file"]


def read_file(path: Path) -> Document:
    """The document in ``path``; raises ReadRefused, with a place where there is one, for whatever cannot be read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReadRefused("INV-001", f"no reader for files named *{path.suffix or path.name} (known: {known})")
    if not path.is_file():
        raise ReadRefused("INV-001", "not a regular file")
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadRefused("INV-001", f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise ReadRefused("INV-001", f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    text = decode(content)
    try:
        return reader(text)
    except ReadRefused as refused:
        refused.text = text
        raise
