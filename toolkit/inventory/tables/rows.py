"""A row of a table and the mapping that it holds, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from toolkit.inventory.readers.place import ReadRefused
from toolkit.inventory.tables.cells import READ, Cell, encode
from toolkit.inventory.tables.columns import Column, Steps, Table

REMARK = "#"


def flatten(item: Mapping[str, Any], table: Table, *, typed: bool) -> dict[str, str | bool | int | float]:
    """The cells of a row by the column's name; ``typed``: see ``cells.encode``."""
    cells: dict[str, str | bool | int | float] = {}

    def spread(found: Mapping[str, Any], above: Steps) -> None:
        for key, value in found.items():
            steps = (*above, key)
            if isinstance(value, dict) and value and table.is_mapping(steps):
                spread(value, steps)
                continue
            column = table.of(steps)
            cells[column.name] = encode(value, column.type, typed=typed)

    spread(item, ())
    return cells


def is_blank(row: Sequence[Cell]) -> bool:
    """Whether no cell of a row has a value, or its first value says that the row is a remark."""
    first = next((cell for cell in row if cell != ""), "")
    return first == "" or (isinstance(first, str) and first.startswith(REMARK))


class RowReader:
    """Reads the rows below certain headings; ``columns`` are those that count, each with its number from 0."""

    def __init__(self, table: Table, headings: Mapping[int, str]) -> None:
        self.table = table
        self.columns: list[tuple[int, Column]] = [(index, table.column(text)) for index, text in headings.items()]
        self.noted: list[tuple[int, str]] = []
        """Number of the column and what is to be said about how the row just read was understood."""
        self.refused: list[tuple[int, ReadRefused]] = []
        """Number of the column and what was wrong with the cell in the row just read."""
        self._plan = [
            (index, column.steps[0], column.steps[1:], READ[column.type], partial(self._note, index))
            for index, column in self.columns
        ]
        self._said: set[int] = set()

    def read(self, row: Sequence[Cell]) -> dict[str, Any]:
        """The mapping of a row; ``noted`` and ``refused`` are filled, for the caller to empty."""
        item: dict[str, Any] = {}
        for index, key, inner, read, note in self._plan:
            if index >= len(row) or (cell := row[index]) == "":
                continue
            try:
                value = read(cell, note)
            except ReadRefused as refused:
                self.refused.append((index, refused))
                continue
            if not inner:
                if key in item:
                    self._contradicts(index, key)
                else:
                    item[key] = value
            elif len(inner) == 1 and key not in item:
                item[key] = {inner[0]: value}
            elif not _put(item, (key, *inner), value):
                self._contradicts(index, key)
        return item

    def place(self, steps: Steps) -> tuple[int, bool]:
        """Number of the column for keys inside a row, and whether the schema knows it; the first for a missing one."""
        for depth in range(len(steps), 0, -1):
            for index, column in self.columns:
                if column.steps == steps[:depth]:
                    return index, self.table.knows(column)
            below = [index for index, column in self.columns if column.steps[:depth] == steps[:depth]]
            if below:
                return below[0], True
        return 0, True

    def _note(self, index: int, message: str) -> None:
        if index not in self._said:
            self._said.add(index)
            self.noted.append((index, message))

    def _contradicts(self, index: int, key: str) -> None:
        self.refused.append((index, ReadRefused("INV-017", f"another column of this row says what {key!r} is")))


def _put(item: dict[str, Any], steps: Steps, value: Any) -> bool:
    """Set a value below mappings that are made on the way; False where something else stands there."""
    *above, last = steps
    for key in above:
        item = item.setdefault(key, {})
        if not isinstance(item, dict):
            return False
    if last in item:
        return False
    item[last] = value
    return True
