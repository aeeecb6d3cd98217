"""NDJSON: one component on each line; a first line with ``schema`` holds everything but the components.

Read in blocks, never whole: of the file only where its blocks begin is remembered.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.inventory.readers.fast_json import decode_lines
from toolkit.inventory.readers.json_places import json_place
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.line_counter import LONGEST_SHOWN
from toolkit.inventory.readers.piece import parts_in_order
from toolkit.inventory.readers.place import BREAK, Document, Place, ReadRefused, decode

BLOCK = 256 * 1024
"""Bytes that are read at once: what is made of them still fits into a processor's own memory, which makes it faster."""
LONGEST = 16 * 1024 * 1024
"""A longer line is refused: no component is of that size."""
MOST_REFUSED = 10_000
"""Lines that may be unsound before the file is no NDJSON at all."""
_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r"


class Span(NamedTuple):
    """Whole lines of the file, from one byte to another."""

    start: int
    end: int


class Block(NamedTuple):
    """What a span holds: so many lines, so many sound components, and the refused lines, counted in the span from 1.

    ``before`` says of each refused line how many components of the span stand before it.
    """

    lines: int
    size: int
    refused: list[ReadRefused]
    before: list[int]


class NdjsonPiece:
    """The components of an NDJSON file, some at a time; a line that is unsound is a problem of its own."""

    def __init__(self, file: str, path: Path) -> None:
        """Raises ReadRefused for an empty file, a line without end and a header that is unsound; OSError."""
        self.file = file
        self.refused: list[ReadRefused] = []
        self.notes: tuple[()] = ()
        self.size = 0
        self._path = path
        self._spans: list[Span] = []
        self._before: Document | None = None
        self._first_lines, self._first_items, self._first_bad = array("q"), array("q"), array("q")
        self._bad = array("q")
        self._near: tuple[int, list[tuple[int, bytes]]] | None = None
        self._find_spans()
        self.header: Any = self._before.value if self._before else {}

    def batches(self) -> Iterator[list[Any]]:
        """Block by block."""
        return parts_in_order(self)

    @property
    def parts(self) -> int:
        """As many as blocks."""
        return len(self._spans)

    def task(self, number: int) -> tuple[Path, Span]:
        """The file and a part of it."""
        return self._path, self._spans[number]

    @staticmethod
    def read_part(task: tuple[Path, Span]) -> tuple[Block, list[Any]]:
        """What the lines of a span hold, and the components themselves."""
        content = _content(*task)
        items = decode_lines(content)
        if items is not None:
            return Block(lines=len(items), size=len(items), refused=[], before=[]), items
        return _line_by_line(content)

    def begin(self) -> None:
        """Forget what an earlier reading has found."""
        self.refused.clear()
        line = 2 if self._before else 1
        self._first_lines, self._first_items, self._first_bad = array("q", [line]), array("q", [0]), array("q", [0])
        self._bad = array("q")

    def take(self, told: Block) -> None:
        """Note what the next block holds; raises ReadRefused when too many lines are unsound."""
        line, item = self._first_lines[-1], self._first_items[-1]
        for refused, before in zip(told.refused, told.before, strict=True):
            place = refused.place or Place(1, 1)
            self.refused.append(ReadRefused(refused.rule, refused.message, place._replace(line=line + place.line - 1)))
            self._bad.append(item + before)
        if len(self.refused) > MOST_REFUSED:
            raise ReadRefused("INV-004", f"not NDJSON: more than {MOST_REFUSED} lines are not JSON", Place(1, 1))
        self._first_lines.append(line + told.lines)
        self._first_items.append(item + told.size)
        self._first_bad.append(len(self._bad))

    def locate(self, path: str, *, key: bool = False) -> Place:
        """In the line of the component, or in the header."""
        steps = path.split("/", 3)
        if len(steps) > 2 and steps[1] == "components" and steps[2].isdecimal():
            number, text = self._line_of(int(steps[2]))
            written = text.decode()
            place = json_place(written, "/" + steps[3] if len(steps) > 3 else "", key=key)
            return Place(number, _column(written, place))
        return self._before.locate(path, key=key) if self._before else Place(1, 1)

    def line(self, number: int, sheet: str | None = None) -> str:  # noqa: ARG002 - a text has no sheets
        """The line's text; empty where it is too long to be shown."""
        if number == 1 and self._before:
            return self._before.text
        span = bisect_right(self._first_lines, number) - 1
        lines = self._lines(span) if 0 <= span < len(self._spans) else []
        index = bisect_left(lines, number, key=itemgetter(0))
        text = lines[index][1] if index < len(lines) and lines[index][0] == number else b""
        return text.decode(errors="replace") if len(text) <= LONGEST_SHOWN else ""

    def _line_of(self, index: int) -> tuple[int, bytes]:
        """Number and text of a component's line, among which the refused ones are not counted."""
        span = bisect_right(self._first_items, index) - 1
        lines = self._lines(span)
        skipped = bisect_right(self._bad, index) - self._first_bad[span]
        return lines[index - self._first_items[span] + skipped]

    def _lines(self, span: int) -> list[tuple[int, bytes]]:
        if self._near is None or self._near[0] != span:
            first = self._first_lines[span]
            self._near = span, [(first + at, text) for at, text in _written(_content(self._path, self._spans[span]))]
        return self._near[1]

    def _find_spans(self) -> None:
        with self._path.open("rb") as stream:
            first = stream.readline(LONGEST + 1)
            start = len(_BOM) if first.startswith(_BOM) else 0
            self._before = _header(first.removeprefix(_BOM).rstrip(b"\r\n"))
            if self._before:
                start = len(first)
            self.size = stream.seek(0, 2)
            while start < self.size:
                stream.seek(min(start + BLOCK, self.size))
                if len(stream.readline(LONGEST + 1)) > LONGEST:
                    raise ReadRefused("INV-006", f"a line of more than {LONGEST} bytes")
                self._spans.append(Span(start, stream.tell()))
                start = stream.tell()
            if not self.size:
                raise ReadRefused("INV-002", "the file is empty", Place(1, 1))


def _line_by_line(content: bytes) -> tuple[Block, list[Any]]:
    items: list[Any] = []
    refused: list[ReadRefused] = []
    before: list[int] = []
    for number, text in _written(content):
        found = decode_lines(text)
        try:
            items.append(found[0] if found else read_json(decode(text)).value)
        except ReadRefused as error:
            before.append(len(items))
            column = error.place.column if error.place else 1
            refused.append(ReadRefused(error.rule, error.message, Place(number + 1, column)))
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    return Block(lines=lines, size=len(items), refused=refused, before=before), items


def _content(path: Path, span: Span) -> bytes:
    with path.open("rb") as stream:
        stream.seek(span.start)
        return stream.read(span.end - span.start)


def _written(content: bytes) -> list[tuple[int, bytes]]:
    """Number (from 0) and text of the lines that are not blank."""
    lines = ((number, text.rstrip(b"\r")) for number, text in enumerate(content.split(b"\n")))
    return [(number, text) for number, text in lines if text.strip(_BLANK)]


def _header(first: bytes) -> Document | None:
    """The first line's document, where it is a header; raises ReadRefused where it is an unsound one."""
    try:
        document = read_json(decode(first))
    except ReadRefused:
        if b'"schema"' in first:
            raise
        return None
    if not isinstance(document.value, dict) or "schema" not in document.value or "kind" in document.value:
        return None
    if "components" in document.value:
        place = document.locate("/components", key=True)
        raise ReadRefused("INV-009", "components stand on lines of their own, below this one", place)
    return document


def _column(text: str, place: Place) -> int:
    """The column in a line of NDJSON, for which the other breaks of a text are none."""
    if place.line == 1:
        return place.column
    begins = [0, *(found.end() for found in BREAK.finditer(text))]
    return begins[place.line - 1] + place.column
