"""Large YAML whose components are a block list: each is read from its own lines, most of them known already.

The text around the components, and each component that is written in another way, goes to the parser of all YAML.
Where a component cannot be told from its neighbours, by an alias for one, the parser reads the whole text instead.
So nothing is accepted here that the parser refuses, and nothing means something else.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Any

import yaml

from toolkit.inventory.readers.piece import BATCH
from toolkit.inventory.readers.place import Document, Place, ReadRefused, line_begins, line_text, parts
from toolkit.inventory.readers.yaml_lines import Line, LineReader, Strange
from toolkit.inventory.readers.yaml_reader import exact_yaml, read_yaml
from toolkit.inventory.readers.yaml_values import Odd, read_values

_COMPONENTS = re.compile(r"^components:(?: +#[^\n]*| *)\n(?:[ ]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_OTHER_BREAKS = ("\r", "\x85", "\u2028", "\u2029", "\ufeff")
"""Line breaks that are not ``\\n``, and the mark that may stand at the begin of a line unseen."""
_DEEPEST = 40
_KEY = "components"


class Torn(Exception):
    """The text has no block list of components that can be told apart from the rest."""


class YamlBlocks:
    """One YAML text whose components are read one by one."""

    def __init__(self, file: str, text: str) -> None:
        """Raises Torn where the text must be read as a whole, whatever it holds."""
        self.file = file
        self.refused: list[ReadRefused] = []
        self.notes: tuple[()] = ()
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if any(found in text for found in (_OTHER_BREAKS if not text.isascii() else _OTHER_BREAKS[:1])):
            raise Torn
        found = _COMPONENTS.search(text)
        if found is None:
            raise Torn
        self._text = text
        self._indent = len(found[1])
        self._starts = array("Q")
        """Where the line of each component begins, then where the last one ends."""
        self._cut(found)
        self._before = text.count("\n", 0, found.start()) + 1
        """The line of the key ``components``."""
        self._first = text.count("\n", 0, self._starts[0]) + 1
        self._around = self._read_around(found)
        self.header: Any = self._around.value
        self._whole: Document | None = None
        self._reader = LineReader()
        self._last: tuple[int, int, Document] | None = None
        self._begins: array[int] | None = None

    def _cut(self, found: re.Match[str]) -> None:
        text, begin = self._text, found.end() - self._indent - 2
        # at column 0 whatever is no item ends the list
        other = re.compile(r"\n(?=[^ \n#])" if self._indent else r"\n(?=[^ \n#-]|-(?! ))").search(text, begin)
        end = other.start() + 1 if other else len(text)
        mark = "\n" + " " * self._indent + "- "
        find, note = text.find, self._starts.append
        at = begin - 1
        while at >= 0:
            note(at + 1)
            at = find(mark, at + 1, end)
        note(end)

    def _read_around(self, found: re.Match[str]) -> Document:
        """What stands around the components, in the place of which an empty list stands on the line of their key."""
        begin = found.start()
        text = f"{self._text[:begin]}{_KEY}: []\n{self._text[self._starts[-1] :]}"
        try:
            around = read_yaml(text)
        except ReadRefused as refused:
            raise Torn from refused
        # the key at the begin of that line is the document's own: no part of a text, of a flow list, of a mapping below
        if not isinstance(around.value, dict) or around.value.get(_KEY) != []:
            raise Torn
        if around.locate("/" + _KEY, key=True) != Place(self._before, 1):
            raise Torn
        if around.locate("/" + _KEY) != Place(self._before, len(_KEY) + 3):
            raise Torn
        return around

    def batches(self) -> Iterator[list[Any]]:
        """Components in the order of the text; raises ReadRefused where one cannot be read."""
        count = len(self._starts) - 1
        for start in range(0, count, BATCH):
            values = None if self._whole else self._batch(start, min(start + BATCH, count))
            yield values if values is not None else self._all().value[_KEY][start : start + BATCH]

    def _batch(self, start: int, end: int) -> list[Any] | None:
        """The components from ``start`` to ``end``; None where they cannot be told apart."""
        values, strange = [], []
        text, starts, read = self._text, self._starts, self._component
        for index in range(start, end):
            try:
                values.append(read(text[starts[index] : starts[index + 1]]))
            except Strange:
                values.append(None)
                strange.append(index)
        if strange:
            found = self._by_parser(strange)
            if found is None:
                return None
            for index, value in zip(strange, found, strict=True):
                values[index - start] = value
        return values

    def _by_parser(self, indices: list[int]) -> list[Any] | None:
        """Components that only the parser can read; None unless each of them begins and ends as it was cut."""
        pieces = [self._slice(index) for index in indices]
        try:
            read = read_values(f"{_KEY}:\n{''.join(pieces)}")
        except (Odd, ReadRefused, yaml.YAMLError):
            return None
        if read.aliases or [span.line for span in read.components] != _begins(pieces):
            return None
        found: list[Any] = read.value[_KEY]
        return found

    def _slice(self, index: int) -> str:
        return self._text[self._starts[index] : self._starts[index + 1]]

    def _component(self, text: str) -> Any:  # noqa: C901, PLR0912, PLR0915 - one loop, without a call for each of a million lines
        """The value of one component; raises Strange."""
        known, read = self._reader.known, self._reader.read
        found: list[Any] = []
        current: Any = found
        indent = self._indent  # of the open container's dashes or keys
        waiting: str | None = None  # the key whose value may follow below
        stack: list[tuple[Any, int]] = []
        line: Line | None
        for written in text.split("\n"):
            try:
                line = known[written]
            except KeyError:
                line = read(written)
            if line is None:
                continue
            dash, column, key, value, opens = line
            if dash < 0:
                if column != indent or waiting is not None or current.__class__ is list:
                    if waiting is not None and column > indent:
                        stack.append((current, indent))
                        if len(stack) > _DEEPEST:
                            raise Strange
                        current[waiting] = current = {}
                        indent = column
                    else:
                        if column > indent:
                            raise Strange
                        while column < indent or current.__class__ is list:
                            if not stack:
                                raise Strange
                            current, indent = stack.pop()
                        if column != indent:
                            raise Strange
                    waiting = None
            else:
                if waiting is not None and dash >= indent:
                    stack.append((current, indent))
                    current[waiting] = current = []
                    indent = dash
                else:
                    while dash < indent and stack:
                        current, indent = stack.pop()
                    if dash != indent or current.__class__ is not list:
                        raise Strange
                waiting = None
                if column < 0:
                    current.append(value)
                    continue
                stack.append((current, indent))
                if len(stack) > _DEEPEST:
                    raise Strange
                item: dict[str, Any] = {}
                current.append(item)
                current, indent = item, column
            if key in current:
                raise Strange
            if opens:
                waiting = key
            current[key] = value
        if len(found) != 1:
            raise Strange
        return found[0]

    def _all(self) -> Document:
        if self._whole is None:
            self._whole = read_yaml(self._text)
        return self._whole

    def locate(self, path: str, *, key: bool = False) -> Place:
        """In the text of the component, or in what stands around the components."""
        if self._whole:
            return self._whole.locate(path, key=key)
        steps = parts(path)
        if steps[:1] == [_KEY]:
            index = int(steps[1]) if len(steps) > 1 and steps[1].isascii() and steps[1].isdigit() else -1
            if not 0 <= index < len(self._starts) - 1:
                return Place(self._before, 1) if key else Place(self._first, self._indent + 1)
            try:
                above, document = self._part(index)
            except ReadRefused:
                return self._all().locate(path, key=key)
            return _lower(document.locate("/".join(["", _KEY, "0", *path.split("/")[3:]]), key=key), above)
        place = self._around.locate(path, key=key)
        # the components stand on lines of their own, of which the one with their key was left
        after = self._text.count("\n", 0, self._starts[-1]) - self._before
        return _lower(place, after) if place.line > self._before else place

    def _part(self, index: int) -> tuple[int, Document]:
        """The document of one component, and how many lines stand above it."""
        if self._last is None or self._last[0] != index:
            line, at = (
                (self._last[1], self._starts[self._last[0]]) if self._last else (self._first - 2, self._starts[0])
            )
            start = self._starts[index]
            line += self._text.count("\n", at, start) if start >= at else -self._text.count("\n", start, at)
            self._last = (index, line, exact_yaml(f"{_KEY}:\n{self._slice(index)}"))
        return self._last[1], self._last[2]

    def line(self, number: int, sheet: str | None = None) -> str:  # noqa: ARG002 - a text has no sheets
        """The text of a line, empty beyond the end."""
        if self._begins is None:
            self._begins = line_begins(self._text)
        return line_text(self._text, self._begins, number)


def _lower(place: Place, lines: int) -> Place:
    return place._replace(line=place.line + lines)


def _begins(pieces: list[str]) -> list[int]:
    """The line of each piece, from 0, where they follow a first line."""
    line, begins = 1, []
    for piece in pieces:
        begins.append(line)
        line += piece.count("\n")
    return begins
