"""Canonical bytes (RFC 8785), digests, and files that are whole or absent."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import rfc8785

from toolkit.errors import OnboardError, UsageError

_sorted_lines = msgspec.json.Encoder(order="sorted").encode_lines


def plain(value: Any) -> Any:
    """A typed model (msgspec Struct, tuple, …) as plain JSON values."""
    return msgspec.to_builtins(value, str_keys=True)


def canonical_bytes(value: Any) -> bytes:
    """RFC 8785 (JCS) bytes of a model or a plain JSON value.

    Raises OnboardError for what JSON cannot carry exactly (NaN, integers beyond 2**53, lone surrogates).
    """
    try:
        return rfc8785.dumps(plain(value))
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise OnboardError(f"value has no canonical JSON form: {error}") from error


def component_lines(values: list[dict[str, Any]]) -> list[bytes]:
    """The ``canonical_bytes`` of each, ten times as fast: of plain values without fractions whose keys are ASCII.

    Every component that keeps to its schema is such a value. Raises what msgspec does for others that JSON cannot carry.
    """
    # no break stands inside: in a string it is escaped
    return _sorted_lines(values).split(b"\n")[:-1]


def digest(value: Any) -> str:
    """``sha256:<hex>`` of the canonical bytes."""
    return digest_bytes(canonical_bytes(value))


def digest_bytes(content: bytes) -> str:
    """``sha256:<hex>`` of raw bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_tree(root: Path, *, skip: tuple[str, ...] = ("__pycache__",)) -> str:
    """``sha256:<hex>`` over every file below ``root``: relative path and content, sorted; ``skip`` names folders."""
    files = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part in skip for part in path.relative_to(root).parts)
    }
    return digest(files)


def write_atomic(path: Path, content: bytes | Iterable[bytes], *, mode: int = 0o600) -> None:
    """Write to a temporary file beside ``path``, fsync, rename, fsync the folder: whole or absent."""
    with replacing(path, mode=mode) as stream:
        stream.writelines([content] if isinstance(content, bytes) else content)


@contextmanager
def replacing(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A stream of which all stands at ``path`` when the block ends without an exception, and nothing when it does not.

    Raises UsageError at once for a folder, a device or a pipe: none of them can be replaced.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no file that can be replaced", fix="name a file, there already or not")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
