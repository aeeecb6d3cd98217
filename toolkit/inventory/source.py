"""The pieces of one inventory as one: headers merged, components counted through, places kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

from toolkit.inventory.finding import Finding
from toolkit.inventory.readers import Piece, ReadRefused, open_piece
from toolkit.inventory.readers.place import Place, lines, parts, pointer

_MERGED = ("tenants", "sites", "links", "applications", "components")
_Batch = TypeVar("_Batch")
_REPEATED = ("schema", "service")


class Source:
    """One inventory: a header as plain values, its components in batches, and the way back from a pointer to a place.

    ``refused`` names what cannot be read, by file; ``findings`` what contradicts an earlier piece.
    """

    def __init__(self, paths: list[Path]) -> None:
        # a name that is not UTF-8 would break whoever prints it
        self.files = [str(path).encode("utf-8", "backslashreplace").decode() for path in paths]
        self.pieces: dict[str, Piece] = {}
        self.refused: list[tuple[str, ReadRefused]] = []
        self.findings: list[tuple[str, Finding]] = []
        self.header: Any = None
        self.listed: list[Piece] = []
        """The pieces whose components count, in order."""
        self._starts: list[int] = []
        self._owner: dict[str, str] = {}
        self._items: dict[str, list[tuple[str, int]]] = {}
        for file, path in zip(self.files, paths, strict=True):
            try:
                self.pieces[file] = open_piece(path, file)
            except ReadRefused as refused:
                self.refused.append((file, refused))
        self._merge()

    def batches(self) -> Iterator[list[Any]]:
        """The components of all pieces in order; of a piece that cannot be read on, ``refused`` says so afterwards."""
        return self.each(lambda piece: ((len(items), items) for items in piece.batches()))

    def each(self, read: Callable[[Piece], Iterator[tuple[int, _Batch]]]) -> Generator[_Batch, None, None]:
        """What ``read`` makes of the components of each piece, with how many they are; else as ``batches``."""
        self._starts = [0]
        for piece in self.listed:
            self._starts.append(self._starts[-1])
            try:
                for size, batch in read(piece):
                    self._starts[-1] += size
                    yield batch
            except ReadRefused as refused:
                self.refused.append((piece.file, refused))

    def read(self) -> None:
        """Go through all pieces, so that ``locate`` knows which component is whose."""
        for _ in self.batches():
            pass

    @property
    def unread(self) -> list[tuple[str, ReadRefused]]:
        """Lines and cells that were passed over, by file: what is there of components is not all that is meant."""
        return [(file, refused) for file, piece in self.pieces.items() for refused in piece.refused]

    @property
    def noted(self) -> list[tuple[str, Finding]]:
        """How values in a local notation were understood, by file."""
        return [(file, note) for file, piece in self.pieces.items() for note in piece.notes]

    @property
    def components(self) -> int:
        """How many were read."""
        return self._starts[-1] if self._starts else 0

    def locate(self, path: str, *, key: bool = False) -> tuple[str, Place]:
        """File and place of a pointer into the whole."""
        steps = parts(path)
        section = steps[0] if steps else ""
        file = self._owner.get(section, "")
        if len(steps) > 1 and steps[1].isdecimal():
            number = int(steps[1])
            if section == "components" and number < self.components:
                at = bisect_right(self._starts, number) - 1
                file, number = self.listed[at].file, number - self._starts[at]
            elif len(self.pieces) > 1 and section in self._items:
                file, number = self._items[section][number]
            path = pointer(section, number, *steps[2:])
        file = file or next(iter(self.pieces))
        return file, self.pieces[file].locate(path, key=key)

    def line(self, file: str, number: int, sheet: str | None = None) -> str:
        """The text of a line; empty for a file that is not text."""
        if file in self.pieces:
            return self.pieces[file].line(number, sheet)
        text = next((refused.text for name, refused in self.refused if name == file), "")
        return "".join(lines(text)[number - 1 : number])

    def _merge(self) -> None:
        if len(self.pieces) == 1:
            (piece,) = self.pieces.values()
            self.header = piece.header
            self.listed = [piece]
            return
        merged: dict[str, Any] = {}
        for file, piece in self.pieces.items():
            if not isinstance(piece.header, dict):
                self._contradicts(file, "", "a piece of an inventory is a mapping of its sections")
                continue
            if "components" not in piece.header:
                self.listed.append(piece)
            for key, value in piece.header.items():
                if key in _MERGED and isinstance(value, list) and isinstance(merged.get(key, []), list):
                    merged.setdefault(key, []).extend(value)
                    self._items.setdefault(key, []).extend((file, index) for index in range(len(value)))
                    self.listed += [piece] if key == "components" else []
                elif key not in merged:
                    merged[key] = value
                elif not (key in _REPEATED and merged[key] == value):
                    first = self._owner[key]
                    self._contradicts(file, pointer(key), f'"{key[:60]}" stands in {Path(first).name} already')
                self._owner.setdefault(key, file)
        self.header = merged if self.pieces else None

    def _contradicts(self, file: str, path: str, message: str) -> None:
        self.findings.append((file, Finding(rule="INV-009", path=path, message=message, key=True)))
