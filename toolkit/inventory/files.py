"""Where an inventory is: a file, a folder of files, or a workspace that holds either."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import UsageError
from toolkit.inventory.readers import OPENERS

_FILES = ("inventory.yaml", "inventory.yml", "inventory.json", "inventory.ndjson", "inventory.xlsx")
FOLDER = "inventory"
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
            fix="put it into a folder of its own as inventory.yaml (.yml, .json, .ndjson, .xlsx), and name that folder",
        )
    return file.parent


def find_pieces(path: Path) -> list[Path]:
    """The files of the inventory at ``path``, sorted; raises UsageError where there is none."""
    try:
        return _find(path)
    except OSError as error:
        raise _not_looked_at(path, error) from error


def keep_apart(output: Path, path: Path) -> None:
    """Raise UsageError where a file that is to be written is, or would become, a part of the inventory at ``path``."""
    file, folder = output.resolve(), (path if path.is_dir() else path.parent).resolve()
    folder = folder.parent if _holds_pieces(folder) else folder
    would = file.parent == folder / FOLDER or (file.parent == folder and file.name in _FILES)
    if would or file in {piece.resolve() for piece in find_pieces(path)}:
        raise UsageError(f"{output} is, or would be, a part of the inventory itself", fix="name another file")


def _not_looked_at(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be looked at: {error.strerror}", fix="check the path and its rights")


def _find(path: Path) -> list[Path]:
    if path.is_dir():
        names = (*_FILES, FOLDER)
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
    whole = (folder.resolve() / name for name in (*_FILES, FOLDER))
    return folder.resolve().name == FOLDER and not any(one.exists() for one in whole)


def _is_piece(file: Path) -> bool:
    return file.suffix.lower() in OPENERS and not file.name.startswith(".") and file.name != _SETTINGS


def _folder(folder: Path) -> list[Path]:
    if not _holds_pieces(folder):
        raise UsageError(
            f"{folder} is a workspace of its own: it holds an inventory",
            fix=f"name {folder}; if its files are pieces of one inventory, call none of them inventory",
        )
    pieces = sorted(piece for piece in folder.iterdir() if _is_piece(piece))
    if not pieces:
        raise UsageError(f"no inventory in {folder}", fix="put .yaml, .json, .ndjson, .csv or .xlsx files there")
    return pieces
