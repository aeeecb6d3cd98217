"""From the readers' places to an editor's positions and back.

Readers count lines and characters from 1 and know YAML's line breaks; the Language Server Protocol counts from 0, knows
three line ends, and counts a line's UTF-16 code units unless client and server agree on another encoding
(LSP 3.17, "Position").
"""

from __future__ import annotations

import re
from bisect import bisect_right

from toolkit.inventory.mending.tokens import line_begins
from toolkit.inventory.readers.place import Place

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Positions:
    """Of one text, which must not begin with a byte order mark, in one ``encoding``: utf-8, utf-16 or utf-32."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._codec, self._width = _UNITS[encoding]
        self._begins = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._readers: list[int] | None = None

    def of_offset(self, offset: int) -> tuple[int, int]:
        """Line and character of an offset in the text."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._begins, offset) - 1
        return line, self._units(self.text[self._begins[line] : offset])

    def of_place(self, place: Place) -> tuple[int, int]:
        """Line and character of a reader's place."""
        return self.of_offset(self.offset_of_place(place))

    def offset_of_place(self, place: Place) -> int:
        """The offset of a reader's place; the end of the text for one beyond it."""
        begins = self._readers_begins()
        if place.line > len(begins):
            return len(self.text)
        return min(begins[place.line - 1] + place.column - 1, len(self.text))

    def place(self, offset: int) -> Place:
        """The reader's place of an offset."""
        begins = self._readers_begins()
        line = bisect_right(begins, offset)
        return Place(line, offset - begins[line - 1] + 1)

    def _readers_begins(self) -> list[int]:
        if self._readers is None:
            self._readers = line_begins(self.text)
        return self._readers

    def offset(self, line: int, character: int) -> int:
        """The offset of an editor's position; the end of its line for one beyond it, as the protocol says."""
        if line >= len(self._begins):
            return len(self.text)
        begin = self._begins[line]
        found = _LINE_END.search(self.text, begin)
        content = self.text[begin : found.start() if found else len(self.text)]
        units = 0
        for index, char in enumerate(content):
            if units >= character:
                return begin + index
            units += self._units(char)
        return begin + len(content)

    def line_end(self, offset: int) -> int:
        """The offset at which the line of an offset ends."""
        found = _LINE_END.search(self.text, offset)
        return found.start() if found else len(self.text)

    def _units(self, text: str) -> int:
        return len(text.encode(self._codec, "surrogatepass")) // self._width
