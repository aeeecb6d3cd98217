"""Lines and columns in a large text, without a list of its lines."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from toolkit.inventory.readers.place import Place

LONGEST_SHOWN = 20_000
"""Bytes of the longest line that is shown."""


class LineCounter:
    """Places of byte offsets in UTF-8 text whose only break is the line feed; offsets that grow are cheap."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._wide = not data.isascii()
        self._rewind()

    def _rewind(self) -> None:
        self._offset, self._line, self._begin, self._column = 0, 1, 0, 1
        self._numbers, self._begins = array("q", [1]), array("q", [0])

    def place(self, offset: int) -> Place:
        """Columns are in characters."""
        if offset < self._offset:
            self._rewind()
        breaks = self._data.count(b"\n", self._offset, offset)
        if breaks:
            self._line += breaks
            self._begin = self._data.rindex(b"\n", self._offset, offset) + 1
            self._offset, self._column = self._begin, 1
            self._numbers.append(self._line)
            self._begins.append(self._begin)
        self._column += self._characters(self._offset, offset)
        self._offset = offset
        return Place(self._line, self._column)

    def shifted(self, offset: int, inside: Place) -> Place:
        """A place in a text that begins at ``offset``, as a place in the whole."""
        start = self.place(offset)
        if inside.line == 1:
            return Place(start.line, start.column + inside.column - 1)
        return Place(start.line + inside.line - 1, inside.column)

    def text(self, number: int) -> str:
        """The text of a line; empty beyond the end, and where it is too long to be shown."""
        if number < 1:
            return ""
        nearest = bisect_right(self._numbers, number) - 1
        begin = self._begins[nearest]
        for _ in range(number - self._numbers[nearest]):
            begin = self._data.find(b"\n", begin) + 1
            if not begin:
                return ""
        end = self._data.find(b"\n", begin)
        end = len(self._data) if end < 0 else end
        return self._data[begin:end].decode(errors="replace").rstrip("\r") if end - begin <= LONGEST_SHOWN else ""

    def _characters(self, start: int, end: int) -> int:
        return len(self._data[start:end].decode()) if self._wide else end - start
