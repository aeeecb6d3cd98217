"""Searches files and command lines for known secret values, in every form in which one could have slipped in.

Forms: as it is, escaped for JSON and URLs, in hex, in base64 (both alphabets, at all three alignments, and base64
within base64), also as UTF-16; inside gzip, bzip2, xz, zip and tar, and in the cells of SQLite databases.
"""

from __future__ import annotations

import base64
import bz2
import contextlib
import gzip
import io
import json
import lzma
import shutil
import sqlite3
import stat
import tarfile
import tempfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

DEEPEST = 5


def forms(value: bytes) -> frozenset[bytes]:
    """Byte strings, one of which is in any content that carries ``value``."""
    once = _spelled(value) | _base64(value)
    return once | {twice for form in _base64(value) if len(form) > 12 for twice in _base64(form)}


def search_for(values: Iterable[bytes], roots: Iterable[Path], allowed: Collection[Path] = ()) -> list[str]:
    """The files below ``roots`` that hold one of ``values``, but those in ``allowed``; ``file!member`` inside archives.

    Links are not followed, sockets and devices not read.
    """
    needles = frozenset().union(*(forms(value) for value in values))
    let = {path.absolute() for path in allowed}
    found: set[str] = set()
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            try:
                if path.absolute() in let or not stat.S_ISREG(path.lstat().st_mode):
                    continue
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # removed while we looked
            found.update(name for name, part in _parts(str(path), content, path) if any(one in part for one in needles))
    return sorted(found)


def search_commands(values: Iterable[bytes], proc: Path = Path("/proc")) -> list[str]:
    """The command lines of living processes that hold one of ``values``, with it left out."""
    needles = frozenset().union(*(forms(value) for value in values))
    found = []
    for path in proc.glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if any(one in line for one in needles):
            found.append(f"{path.parent.name} {line.split(bytes(1))[0].decode('utf-8', 'replace')}")
    return found


def _spelled(value: bytes) -> set[bytes]:
    spelled = {value, value.hex().encode(), value.hex().upper().encode(), base64.b32encode(value).rstrip(b"=")}
    spelled |= {urllib.parse.quote_from_bytes(value, safe="").encode(), urllib.parse.quote_plus(value).encode()}
    with contextlib.suppress(UnicodeDecodeError):
        text = value.decode()
        spelled |= {json.dumps(text)[1:-1].encode(), json.dumps(text, ensure_ascii=False)[1:-1].encode()}
        spelled |= {text.encode("utf-16-le"), text.encode("utf-16-be")}
    return spelled


def _base64(value: bytes) -> set[bytes]:
    """What of ``value`` is the same in base64 whatever stands before and after it."""
    cores = set()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + value)
        first = (before * 8 + 5) // 6
        whole = (before + len(value)) * 8 // 6
        core = encoded[first:whole]
        cores |= {core, core.translate(bytes.maketrans(b"+/", b"-_"))}
    return {core for core in cores if len(core) >= 6}


def _parts(name: str, content: bytes, path: Path | None, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The content, and everything that is packed inside it."""
    yield name, content
    if depth == DEEPEST:
        return
    for inner_name, inner in _unpacked(name, content):
        yield from _parts(inner_name, inner, None, depth + 1)
    if content.startswith(b"SQLite format 3\0"):
        yield from ((name, cell) for cell in _cells(content, path))


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    for magic, unpack in ((b"\x1f\x8b", gzip.decompress), (b"BZh", bz2.decompress), (b"\xfd7zXZ", lzma.decompress)):
        if content.startswith(magic):
            try:
                yield f"{name}!", unpack(content)
            except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error):
                return
    if content.startswith(b"PK\x03\x04"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield f"{name}!{member.filename}", archive.read(member)
    if content[257:262] == b"ustar":
        with contextlib.suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is not None:
                    yield f"{name}!{member.name}", stream.read()


def _cells(content: bytes, path: Path | None) -> Iterator[bytes]:
    """Every cell of a database, its write-ahead log included: a long value is torn over pages in the file."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "copy.db")
        copy.write_bytes(content)
        log = path.with_name(f"{path.name}-wal") if path else None
        if log is not None and log.is_file():
            shutil.copyfile(log, f"{copy}-wal")
        database = sqlite3.connect(copy)
        try:
            names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in names:
                for row in database.execute('SELECT * FROM "' + table.replace('"', '""') + '"'):
                    yield from (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
        except sqlite3.DatabaseError:
            return
        finally:
            database.close()
