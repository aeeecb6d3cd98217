"""JSON (RFC 8259) without its traps: a repeated key, NaN, infinities and half characters are refused.

A number with an integer's value (``12.0``) is that integer. The fast path is Python's own parser. Only a fault or a
question about a place makes the text be read again by the scanner below, which knows where it is.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from toolkit.inventory.readers.place import (
    BREAK,
    MAX_DEPTH,
    MAX_INTEGER,
    Document,
    Place,
    ReadRefused,
    Spot,
    check_string,
    integral,
    number,
    place_at,
)

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[\[\]{}:,])|(?P<string>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<word>-?(?:Infinity|NaN)|true|false|null)|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)|(?P<end>$))"
)
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|\\u0000")


class _Odd(Exception):
    """Something that needs a place before it can be said."""


def read_json(text: str) -> Document:
    """The one value in ``text``; raises ReadRefused with a place."""
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_odd, parse_int=_exact_integer, parse_float=_exact_float
        )
    except json.JSONDecodeError as error:
        raise ReadRefused("INV-004", f"not JSON: {error.msg}", place_at(text, error.pos)) from error
    except (_Odd, RecursionError):
        value = _Scanner(text).read()[0]
    else:
        if _SURROGATE.search(text) or text.count("[") + text.count("{") > MAX_DEPTH:
            _scan_if_odd(text, value)
    return Document(value, text, lambda: _Scanner(text).read()[1])


def _scan_if_odd(text: str, value: Any) -> None:
    """Read again with places where the fast path could have let something through."""
    if _SURROGATE.search(text) or _depth(value) > MAX_DEPTH:
        _Scanner(text).read()


def _depth(value: Any) -> int:
    """How many containers stand inside each other."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Odd
    return found


def _odd(_: str) -> NoReturn:
    raise _Odd


def _exact_integer(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > MAX_INTEGER:
        raise _Odd
    return value


def _exact_float(text: str) -> int | float:
    value = float(text)
    if abs(value) == float("inf"):
        raise _Odd
    return integral(value)


class _Scanner:
    """A JSON reader without recursion that builds values and their spots."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.line, self.begin, self.counted = 1, 0, 0

    def read(self) -> tuple[Any, Spot]:
        """The value and the tree of places."""
        value, spot = self._value(*self._next())
        stack: list[tuple[Any, Spot]] = []
        top = (value, spot)
        if isinstance(value, dict | list):
            stack.append(top)
        while stack:
            if len(stack) > MAX_DEPTH:
                raise ReadRefused("INV-006", f"nested more than {MAX_DEPTH} levels deep", stack[-1][1].place)
            container, spot = stack[-1]
            kind, word, place = self._next()
            closing = "}" if isinstance(container, dict) else "]"
            if kind == "mark" and word == closing:
                stack.pop()
                continue
            if len(container):
                if word != ",":
                    self._expected("a comma", place)
                kind, word, place = self._next()
            child = self._member(container, spot, kind, word, place)
            if isinstance(child[0], dict | list):
                stack.append(child)
        kind, _, place = self._next()
        if kind != "end":
            self._expected("the end of the file", place)
        return top

    def _member(self, container: Any, spot: Spot, kind: str, word: str, place: Place) -> tuple[Any, Spot]:
        if isinstance(container, list):
            value, inner = self._value(kind, word, place)
            container.append(value)
            assert isinstance(spot.children, list)
            spot.children.append(inner)
            return value, inner
        if kind != "string":
            self._expected("a key in double quotes", place)
        key = self._string(word, place)
        if key in container:
            raise ReadRefused("INV-005", f"the key {json.dumps(key)[:60]} stands here a second time", place)
        if self._next()[1] != ":":
            self._expected("a colon", place)
        value, inner = self._value(*self._next())
        container[key] = value
        assert isinstance(spot.children, dict)
        spot.keys[key], spot.children[key] = place, inner
        return value, inner

    def _value(self, kind: str, word: str, place: Place) -> tuple[Any, Spot]:
        spot = Spot(place)
        if kind == "string":
            return self._string(word, place), spot
        if kind == "number":
            return number(word, place), spot
        if word in _WORDS:
            return _WORDS[word], spot
        if kind == "word":
            raise ReadRefused("INV-008", f"{word} is not a number of JSON", place)
        if word == "{":
            return {}, spot
        if word == "[":
            spot.children = []
            return [], spot
        return self._expected("a value", place)

    def _string(self, word: str, place: Place) -> str:
        try:
            return check_string(str(json.loads(word)), place)
        except json.JSONDecodeError:
            return self._expected("a valid escape", place)

    def _next(self) -> tuple[str, str, Place]:
        found = _TOKEN.match(self.text, self.offset)
        if found is None or found.lastgroup is None:
            self._expected("a value", self._place(self.offset))
        self.offset = found.end()
        return found.lastgroup, found[found.lastgroup], self._place(found.start(found.lastgroup))

    def _place(self, offset: int) -> Place:
        # offsets only grow, so each character is looked at once
        for found in BREAK.finditer(self.text, self.counted, offset):
            self.line, self.begin = self.line + 1, found.end()
        self.counted = offset
        return Place(self.line, offset - self.begin + 1)

    def _expected(self, what: str, place: Place) -> NoReturn:
        raise ReadRefused("INV-004", f"not JSON: expected {what}", place)
