"""Places in a text, the tree that maps JSON pointers to them, and the decoding of a file's bytes."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_DEPTH = 64
"""Nesting beyond this is refused: the schema is a tenth as deep, and recursion further on stays safe."""

MAX_INTEGER = 2**53
"""Integers beyond this have no exact form in JSON (RFC 8785)."""

_BREAKS = "\r\n\x85\u2028\u2029"
_FEED = re.compile("\n")
BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])


class Place(NamedTuple):
    """Line and column, both from 1, columns in characters; in a workbook also the sheet and the cell (``C7``)."""

    line: int
    column: int
    sheet: str | None = None
    cell: str | None = None


class ReadRefused(Exception):
    """A file that is not a sound document: rule INV-nnn, what is wrong, and where if known.

    ``fix`` is better advice than the rule's own, where there is any.
    """

    def __init__(self, rule: str, message: str, place: Place | None = None, fix: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.place = place
        self.fix = fix
        self.text = ""
        """The decoded text, where the file got that far."""

    def __reduce__(self) -> tuple[type[ReadRefused], tuple[str, str, Place | None, str]]:
        return ReadRefused, (self.rule, self.message, self.place, self.fix)


class Spot:
    """Where a value stands, where each key of it stands, and the spots of what it contains."""

    __slots__ = ("children", "keys", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.keys: dict[str, Place] = {}
        self.children: dict[str, Spot] | list[Spot] = {}


def parts(pointer: str) -> list[str]:
    """The unescaped reference tokens of a JSON pointer (RFC 6901)."""
    if not pointer:
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def pointer(*steps: str | int) -> str:
    """A JSON pointer from reference tokens."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def place_below(spot: Spot, steps: list[str], place: Place, *, key: bool) -> Place:
    """Where what ``steps`` lead to from a spot (at ``place``) begins, or its key; of what is missing, its parent."""
    for part in steps:
        if isinstance(spot.children, list):
            if not (part.isascii() and part.isdigit() and int(part) < len(spot.children)):
                return place
            spot = spot.children[int(part)]
            place = spot.place
        else:
            if part not in spot.children:
                return place
            place = spot.keys[part] if key else spot.children[part].place
            spot = spot.children[part]
    return place


class Document:
    """A plain value, the text that it came from, and the places of its parts, found at the first question."""

    def __init__(self, value: Any, text: str, spots: Callable[[], Spot]) -> None:
        self.value = value
        self.text = text
        self._spots = spots
        self._root: Spot | None = None
        self._begins: array[int] | None = None

    def locate(self, path: str, *, key: bool = False) -> Place:
        """Where the value at JSON pointer ``path`` begins, or its key; for what is missing, its nearest parent."""
        if self._root is None:
            self._root = self._spots()
        return place_below(self._root, parts(path), self._root.place, key=key)

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1), empty beyond the end."""
        if self._begins is None:
            self._begins = line_begins(self.text)
        return line_text(self.text, self._begins, number)


def line_begins(text: str) -> array[int]:
    """Where each line of a text begins (characters), and where the last one ends."""
    begins = array("Q", [0])
    plain = text.isascii() and "\r" not in text
    begins.extend(found.end() for found in (_FEED if plain else BREAK).finditer(text))
    begins.append(len(text))
    return begins


def line_text(text: str, begins: array[int], number: int) -> str:
    """The text of line ``number`` (from 1), empty beyond the end."""
    if not 0 < number < len(begins):
        return ""
    return text[begins[number - 1] : begins[number]].rstrip(_BREAKS)


def lines(text: str) -> list[str]:
    """The lines of a text, by the line breaks that YAML counts."""
    return BREAK.split(text)


def place_at(text: str, offset: int) -> Place:
    """Line and column of a character offset."""
    line, begin = 1, 0
    for found in BREAK.finditer(text, 0, offset):
        line, begin = line + 1, found.end()
    return Place(line, offset - begin + 1)


def decode(content: bytes) -> str:
    """UTF-8 text, a byte order mark removed; raises ReadRefused for empty, binary and otherwise encoded content."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        raise ReadRefused(
            "INV-003", f"byte 0x{content[error.start]:02x} is not UTF-8 text", place_at(before, len(before))
        ) from error
    text = text.removeprefix("\ufeff")
    # the same said of bytes takes a twentieth of the time
    sound = content.isascii() and len(content.translate(None, _CONTROL)) == len(content)
    found = None if sound else NOT_TEXT.search(text)
    if found:
        raise ReadRefused(
            "INV-003",
            f"character U+{ord(found[0]):04X} does not belong into a text file",
            place_at(text, found.start()),
        )
    if not text or text.isspace():
        raise ReadRefused("INV-002", "the file is empty", Place(1, 1))
    return text


def check_string(value: str, place: Place) -> str:
    """``value``, unless it holds what UTF-8 or the systems behind it cannot carry (lone surrogates, NUL)."""
    if "\x00" in value:
        raise ReadRefused("INV-003", "a string holds the character U+0000", place)
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ReadRefused("INV-003", "a string holds half of a surrogate pair", place) from error
    return value


def integral(value: float) -> int | float:
    """The integer that a float within ±2^53 stands for, else the float itself: both readers say the same."""
    return int(value) if abs(value) <= MAX_INTEGER and value.is_integer() else value


def number(text: str, place: Place) -> int | float:
    """The number that ``text`` writes in JSON's or YAML's core notation; refused where it has no exact JSON form.

    ``12.0`` and ``1e3`` are the integers that they stand for, as in JSON Schema.
    """
    value: int | float
    if re.fullmatch(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        # short enough for Python's limit on digits, too long for any exact number
        value = int(text[2:] if base != 10 else text, base) if len(text) < 100 else MAX_INTEGER + 1
        exact = abs(value) <= MAX_INTEGER
    else:
        value = (
            float(text.replace(".inf", "inf").replace(".nan", "nan"))
            if text[-1:].isalnum() or text[-1:] == "."
            else 0.0
        )
        exact = value == value and abs(value) != float("inf")  # noqa: PLR0124 - the test for NaN
        value = integral(value)
    if not exact:
        raise ReadRefused("INV-008", f"the number {text[:40]} has no exact form in JSON", place)
    return value
