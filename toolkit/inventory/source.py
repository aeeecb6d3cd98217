"""The pieces of one inventory: a file, a folder of files, or a workspace that holds either; merged, places kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.errors import UsageError
from toolkit.inventory.finding import Finding
from toolkit.inventory.readers import READERS, Document, ReadRefused, read_file
from toolkit.inventory.readers.place import Place, lines, parts, pointer

_MERGED = ("tenants", "sites", "links", "applications", "components")
_REPEATED = ("schema", "service")
_FILES = ("inventory.yaml", "inventory.yml", "inventory.json")
_FOLDER = "inventory"
_SETTINGS = "onboard.yaml"


def find_root(path: Path) -> Path:
    """The workspace at ``path``, resolved: a folder, the inventory file in it, or a piece in its ``inventory/``.

    UsageError for a missing path, and for a file that is not the inventory of its workspace: another one would be
    read in its place. A folder needs no inventory (its runs can be looked at without).
    """
    try:
        if path.is_dir():
            return path.resolve().parent if _holds_pieces(path) else path.resolve()
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder", fix="name a workspace folder or its inventory file")
        file = path.resolve()
    except OSError as error:
        raise _not_looked_at(path, error) from error
    if _holds_pieces(file.parent) and _is_piece(file):
        return file.parent.parent
    if file.name not in _FILES:
        raise UsageError(
            f"{path} is not the inventory of its workspace",
            fix="put it into a folder of its own as inventory.yaml (.yml, .json), and name that folder",
        )
    return file.parent


def find_pieces(path: Path) -> list[Path]:
    """The files of the inventory at ``path``, sorted; raises UsageError where there is none."""
    try:
        return _find(path)
    except OSError as error:
        raise _not_looked_at(path, error) from error


def _not_looked_at(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be looked at: {error.strerror}", fix="check the path and its rights")


def _find(path: Path) -> list[Path]:
    if path.is_dir():
        names = (*_FILES, _FOLDER)
        found = [path] if _holds_pieces(path) else [path / name for name in names if (path / name).exists()]
        if len(found) != 1:
            said = " and ".join(piece.name for piece in found)
            raise UsageError(
                f"{path} holds {said}: which is the inventory?" if found else f"no inventory in {path}",
                fix="keep one of them" if found else f"write {path}/inventory.yaml, or a folder {path}/inventory/",
            )
        return _folder(found[0]) if found[0].is_dir() else found
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}", fix="check the path")
    return [path]


def _holds_pieces(folder: Path) -> bool:
    """Whether a folder is the ``inventory/`` of the workspace above it; a workspace may itself be called so."""
    whole = (folder.resolve() / name for name in (*_FILES, _FOLDER))
    return folder.resolve().name == _FOLDER and not any(one.exists() for one in whole)


def _is_piece(file: Path) -> bool:
    return file.suffix.lower() in READERS and not file.name.startswith(".") and file.name != _SETTINGS


def _folder(folder: Path) -> list[Path]:
    if not _holds_pieces(folder):
        raise UsageError(
            f"{folder} is a workspace of its own: it holds an inventory",
            fix=f"name {folder}; if its files are pieces of one inventory, call none of them inventory",
        )
    pieces = sorted(piece for piece in folder.iterdir() if _is_piece(piece))
    if not pieces:
        raise UsageError(f"no inventory in {folder}", fix="put .yaml or .json files there")
    return pieces


class Source:
    """One inventory as plain values, with the way back from a pointer to file, line and column."""

    def __init__(self, pieces: list[Path]) -> None:
        # a name that is not UTF-8 would break whoever prints it
        self.files = [str(piece).encode("utf-8", "backslashreplace").decode() for piece in pieces]
        self.documents: dict[str, Document] = {}
        self.refused: list[tuple[str, ReadRefused]] = []
        self.findings: list[tuple[str, Finding]] = []
        self._owner: dict[str, str] = {}
        self._items: dict[str, list[tuple[str, int]]] = {}
        self.value: Any = None
        for file, piece in zip(self.files, pieces, strict=True):
            try:
                self.documents[file] = read_file(piece)
            except ReadRefused as refused:
                self.refused.append((file, refused))
        if len(self.documents) == 1:
            self.value = next(iter(self.documents.values())).value
        elif self.documents:
            self.value = self._merge()

    def _merge(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for file, document in self.documents.items():
            if not isinstance(document.value, dict):
                self._contradicts(file, "", "a piece of an inventory is a mapping of its sections")
                continue
            for key, value in document.value.items():
                if key in _MERGED and isinstance(value, list) and isinstance(merged.get(key, []), list):
                    merged.setdefault(key, []).extend(value)
                    self._items.setdefault(key, []).extend((file, index) for index in range(len(value)))
                elif key not in merged:
                    merged[key] = value
                elif not (key in _REPEATED and merged[key] == value):
                    first = self._owner[key]
                    self._contradicts(file, pointer(key), f'"{key[:60]}" stands in {Path(first).name} already')
                self._owner.setdefault(key, file)
        return merged

    def _contradicts(self, file: str, path: str, message: str) -> None:
        self.findings.append((file, Finding(rule="INV-009", path=path, message=message, key=True)))

    def locate(self, path: str, *, key: bool = False) -> tuple[str, Place]:
        """File, line and column of a pointer into ``value``."""
        steps = parts(path)
        file = self._owner.get(steps[0], "") if steps else ""
        if len(self.documents) > 1 and len(steps) > 1 and steps[0] in self._items and steps[1].isdigit():
            file, index = self._items[steps[0]][int(steps[1])]
            path = pointer(steps[0], index, *steps[2:])
        file = file or next(iter(self.documents))
        return file, self.documents[file].locate(path, key=key)

    def line(self, file: str, number: int) -> str:
        """The text of a line; empty for a file that is not text."""
        if file in self.documents:
            return self.documents[file].line(number)
        text = next((refused.text for name, refused in self.refused if name == file), "")
        return "".join(lines(text)[number - 1 : number])
