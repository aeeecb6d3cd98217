"""Lines of block YAML that mean the same wherever they stand: what a line says, found once for each text of a line.

A subset of YAML 1.2.2: keys of letters and digits, plain and simply quoted scalars on one line, flow lists and mappings
of them on one line. Each rule is narrower than the parser's own, so that what is read here means the same there;
Strange is raised for all else, and the exact reader decides.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from toolkit.inventory.readers.place import Place, ReadRefused
from toolkit.inventory.readers.yaml_meaning import plain_meaning

_NOWHERE = Place(1, 1)
_MOST_KNOWN = 1 << 15
"""Lines, and scalars, that are remembered; each is at most _LONGEST characters long."""
_LONGEST = 200
_MOST_NESTED = 8
_LINE = re.compile(r"( *)(?:(-)( +))?(?:([A-Za-z_][A-Za-z0-9_.-]{0,99}):(?: +|$))?(.*)")
_COMMENT = re.compile(r" *#.*")
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'((?:[^']|'')*)') *(?: #.*)?""")
# what opens a plain scalar here; a sign or a dot may open a number or a path
_PLAIN = re.compile(r"""[^ ?:,\[\]{}#&*!|>'"%@`<=-]|-[A-Za-z0-9.]""")
# a colon inside a flow scalar stands before a letter, a digit or a slash only: before others the versions differ
_TOKEN = re.compile(
    r"""\ *(?:([\[\]{},])
    |([A-Za-z_][A-Za-z0-9_.-]{0,99}):\ +
    |"([^"\\]*)"
    |'((?:[^']|'')*)'
    |((?:[^\ ?:,\[\]{}\#&*!|>'"%@`<=-]|-[A-Za-z0-9.])(?:[^,\[\]{}\#?:]|:(?=[A-Za-z0-9/]))*))""",
    re.VERBOSE,
)
_CLOSED = re.compile(r" *(?: #.*)?")


class Strange(Exception):
    """What the subset does not know."""


class Line(NamedTuple):
    """What one line says.

    ``dash`` is the column of its ``-``, -1 without; ``indent`` that of its key, -1 without; ``open`` where the key's
    value may follow below.
    """

    dash: int
    indent: int
    key: str
    value: Any
    open: bool


class LineReader:
    """Reads lines, and remembers them: an inventory repeats most of its lines thousands of times."""

    def __init__(self) -> None:
        self.known: dict[str, Line | None] = {}
        self._scalars: dict[str, Any] = {}

    def read(self, text: str) -> Line | None:
        """What a line says, None for a blank one or a comment; raises Strange. The lists and mappings are shared."""
        line = self._read(text)
        if len(text) <= _LONGEST:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[text] = line
        return line

    def _read(self, text: str) -> Line | None:
        found = _LINE.fullmatch(text)
        if found is None or "\t" in text:
            raise Strange
        before, dash, gap, key, rest = found.groups()
        rest = rest.rstrip(" ")
        if not dash and key is None:
            if rest and not _COMMENT.fullmatch(rest):
                raise Strange
            return None
        column = len(before)
        item = column if dash else -1
        if key is None:
            return Line(item, -1, "", self._value(rest), False)
        if self._scalar(key) != key:
            raise Strange
        indent = column + 1 + len(gap) if dash else column
        if not rest or rest[0] == "#":
            return Line(item, indent, key, None, True)
        return Line(item, indent, key, self._value(rest), False)

    def _value(self, rest: str) -> Any:
        if _PLAIN.match(rest):
            if " #" in rest:
                rest = rest[: rest.index(" #")].rstrip(" ")
            if ": " in rest or rest[-1] == ":":
                raise Strange
            return self._scalar(rest)
        if rest[:1] in ("[", "{"):
            return self._flow(rest)
        found = _QUOTED.fullmatch(rest)
        if found is None:
            raise Strange
        return _quoted(*found.groups())

    def _scalar(self, text: str) -> Any:
        try:
            return self._scalars[text]
        except KeyError:
            pass
        try:
            value = plain_meaning(text, _NOWHERE)
        except ReadRefused as refused:
            raise Strange from refused
        if len(text) <= _LONGEST:
            if len(self._scalars) >= _MOST_KNOWN:
                self._scalars.clear()
            self._scalars[text] = value
        return value

    def _flow(self, text: str) -> Any:  # noqa: C901, PLR0912 - one loop over tokens, as in the parser
        """The value of a flow list or mapping that is closed on its line."""
        open_ones: list[tuple[Any, str | None]] = []
        current: Any = None
        name: str | None = None
        at, ready = 0, True  # whether a value, a key or (in an empty one) the end may follow
        while True:
            token = _TOKEN.match(text, at)
            if token is None:
                raise Strange
            at = token.end()
            mark, key, double, single, plain = token.groups()
            if key is not None:
                if current.__class__ is not dict or name is not None or not ready or key in current:
                    raise Strange
                if self._scalar(key) != key:
                    raise Strange
                name = key
                continue
            if mark is None:
                value = self._scalar(plain.rstrip(" ")) if plain is not None else _quoted(double, single)
            elif mark == ",":
                if ready:
                    raise Strange
                ready = True
                continue
            elif mark in "[{":
                if not ready or len(open_ones) >= _MOST_NESTED or (current.__class__ is dict and name is None):
                    raise Strange
                open_ones.append((current, name))
                current, name = [] if mark == "[" else {}, None
                continue
            else:
                # "[a, ]" and "{a: }" are YAML too, but not here
                if (mark == "]") != (current.__class__ is list) or name is not None or (ready and current):
                    raise Strange
                value = current
                current, name = open_ones.pop()
                ready = True
                if not open_ones:
                    if not _CLOSED.fullmatch(text, at):
                        raise Strange
                    return value
            if not ready:
                raise Strange
            ready = False
            if current.__class__ is list:
                current.append(value)
            elif name is not None:
                current[name] = value
                name = None
            else:
                raise Strange


def _quoted(double: str | None, single: str | None) -> str:
    return double if double is not None else (single or "").replace("''", "'")
