"""A site's endpoint as one archive, unpacked over ``/`` at its console. Pure, equal input gives equal bytes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from toolkit import places
from toolkit.configure.files import File
from toolkit.configure.gateway import FOLDERS


def bundle_path(workspace: Path, site: str) -> Path:
    """Where the bundle of a site lies; it holds pre-shared keys: mode 0600."""
    return places.own(workspace) / "bundles" / f"{site}.tar"


def build_bundle(files: Iterable[File]) -> bytes:
    """A POSIX tar of our folders and ``files``: owner root, time 0, sorted, paths relative to ``/``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in FOLDERS:
            folder = _entry(path, 0o755)
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
        for file in sorted(files, key=lambda file: file.path):
            content = file.content.encode()
            entry = _entry(file.path, file.mode)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _entry(path: str, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.mode, entry.uid, entry.gid, entry.mtime = mode, 0, 0, 0
    entry.uname = entry.gname = "root"
    return entry
