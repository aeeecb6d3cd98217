"""A large JSON file: its components are slices of the text, decoded in C some thousands at a time.

A component is read by the exact reader, which knows places, only when it has a problem.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from toolkit.inventory.readers.fast_json import decode_slices, is_shallow
from toolkit.inventory.readers.json_places import json_place
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.line_counter import LineCounter
from toolkit.inventory.readers.piece import parts_in_order
from toolkit.inventory.readers.place import Document, Place, ReadRefused, decode, parts

PART = 1000
"""Components that are read at once: few enough that two processes end nearly together."""
_BOM = b"\xef\xbb\xbf"
_BREAKS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
"""Line breaks of other formats, which the exact reader counts."""
_KEY = re.compile(rb'"components"[ \t\r\n]*:[ \t\r\n]*')


class Torn(Exception):
    """The text does not have the shape that slicing needs: the exact reader is to judge the whole of it."""


class Unsound(NamedTuple):
    """A component that cannot be read, by its number, and why: with a place in its own text."""

    number: int
    refused: ReadRefused


class JsonPiece:
    """One JSON text whose components are read from slices."""

    def __init__(self, file: str, content: bytes) -> None:
        """Raises Torn when ``content`` is no mapping with one list of components and a sound rest."""
        self.file = file
        self.refused: list[ReadRefused] = []
        self.notes: tuple[()] = ()
        self._data = data = content.removeprefix(_BOM)
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            raise Torn
        if not data.isascii() and any(found in data for found in _BREAKS):
            raise Torn
        try:
            sections = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
            listed = bytes(sections["components"])
            self._slices = msgspec.json.decode(listed, type=list[msgspec.Raw])
        except (ValueError, KeyError, RecursionError) as error:
            raise Torn from error
        if not all(is_shallow(bytes(piece)) for piece in self._slices):
            raise Torn
        self._start = _only_place(data, listed)
        self._end = self._start + len(listed)
        self._around = _read_around(data[: self._start] + b"[]" + data[self._end :], set(sections))
        self.header: Any = self._around.value
        self._offsets = array("q")
        self._lines = LineCounter(data)

    def batches(self) -> Iterator[list[Any]]:
        """Decoded slices; raises ReadRefused with a place for the first that is unsound."""
        return parts_in_order(self)

    @property
    def size(self) -> int:
        """Of the text."""
        return len(self._data)

    @property
    def parts(self) -> int:
        """As many as batches."""
        return -(-len(self._slices) // PART)

    def task(self, number: int) -> tuple[int, list[bytes]]:
        """The number of the first component, and the text of each."""
        start = number * PART
        return start, [bytes(piece) for piece in self._slices[start : start + PART]]

    @staticmethod
    def read_part(task: tuple[int, list[bytes]]) -> tuple[Unsound | None, list[Any]]:
        """The values, or which slice is unsound."""
        start, slices = task
        asked: list[int] = []

        def exactly(index: int) -> Any:
            asked.append(index)
            return read_json(decode(slices[index])).value

        try:
            return None, decode_slices(slices, exactly)
        except ReadRefused as refused:
            return Unsound(start + asked[-1], refused), []

    def begin(self) -> None:
        """There is nothing to forget."""

    def take(self, told: Unsound | None) -> None:
        """Raises ReadRefused for an unsound slice, with its place in the whole."""
        if told is not None:
            number, refused = told
            place = self._lines.shifted(self._offset(number), refused.place or Place(1, 1))
            raise ReadRefused(refused.rule, refused.message, place) from refused

    def locate(self, path: str, *, key: bool = False) -> Place:
        """In the slice of the component, or in what stands around the components."""
        steps = parts(path)
        if len(steps) > 1 and steps[0] == "components" and steps[1].isdecimal() and int(steps[1]) < len(self._slices):
            index = int(steps[1])
            inner = path.split("/", 3)[3:]
            text = bytes(self._slices[index]).decode()
            inside = json_place(text, "/" + inner[0] if inner else "", key=key)
            return self._lines.shifted(self._offset(index), inside)
        return self._beside(self._around.locate(path, key=key))

    def line(self, number: int, sheet: str | None = None) -> str:  # noqa: ARG002 - a text has no sheets
        """The line's text."""
        return self._lines.text(number)

    def _beside(self, place: Place) -> Place:
        """What stands behind the components was read as if there were none."""
        start = self._lines.place(self._start)
        if (place.line, place.column) <= (start.line, start.column):
            return place
        end = self._lines.place(self._end)
        if place.line == start.line:
            return Place(end.line, place.column - (start.column + 2) + end.column)
        return Place(place.line - start.line + end.line, place.column)

    def _offset(self, index: int) -> int:
        """Where a slice begins: between slices stand a comma and blanks only, so the next match is the slice."""
        known = len(self._offsets)
        if known <= index:
            find, offsets = self._data.index, self._offsets
            before = offsets[-1] + len(bytes(self._slices[known - 1])) if known else self._start + 1
            for raw in self._slices[known : index + PART]:
                piece = bytes(raw)
                begin = find(piece, before)
                offsets.append(begin)
                before = begin + len(piece)
        return self._offsets[index]


def _only_place(data: bytes, listed: bytes) -> int:
    """Where the components stand; raises Torn where that is not certain."""
    found = [match.end() for match in _KEY.finditer(data) if data.startswith(listed, match.end())]
    if len(found) != 1:
        raise Torn
    return found[0]


def _read_around(text: bytes, sections: set[str]) -> Document:
    try:
        document = read_json(decode(text))
    except ReadRefused as refused:
        raise Torn from refused
    if not isinstance(document.value, dict) or set(document.value) != sections or document.value["components"] != []:
        raise Torn
    return document
