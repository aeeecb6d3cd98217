"""Where the cursor stands in an inventory: at which JSON pointer, at a key or a value, also while the text is unfinished.

A mark is put in place of the word at the cursor, once as a value and once as a key; the variant that can be read says
where the mark stands. Where the text after the cursor is broken, the text before it is read alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import msgspec

from toolkit.inventory.mending.mended import read
from toolkit.inventory.readers.place import Document, Place, pointer
from toolkit.inventory.schema_at import Steps

_MARK = "onboardCursorMark"
_LONGEST = 1024 * 1024
"""Characters beyond which nothing is completed: each question reads the text several times."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    """What may be written at the cursor: a key of the mapping at ``steps[:-1]``, or the value at ``steps``.

    ``start`` and ``end`` are the offsets of the word that it replaces; ``quoted``: it stands between quotes already;
    ``colon``: a key that has its colon; ``value``: the inventory's plain value with a mark in the hole.
    """

    steps: Steps
    key: bool
    start: int
    end: int
    quoted: bool
    colon: bool
    value: Any


def hole_at(file: str, text: str, offset: int) -> Hole | None:
    """The hole at an offset of a YAML or JSON text; None where nothing can be told."""
    if len(text) > _LONGEST:
        return None
    line = text.rfind("\n", 0, offset) + 1
    start = offset - len(_word_before(text[line:offset]))
    end = offset + len(_word_after(text[offset:]))
    quoted = text[start - 1 : start] in ('"', "'") and start > line
    for before, mark, after in _variants(file, text, start, end, quoted=quoted):
        document = read(file, before + mark + after)
        if document is None:
            continue
        for steps, key in _marked(document.value, ()):
            colon = key and re.match(r"[\"']?\s*:", text[end:]) is not None
            return Hole(steps=steps, key=key, start=start, end=end, quoted=quoted, colon=colon, value=document.value)
    return None


def _word_before(line: str) -> str:
    word = re.search(r"[A-Za-z0-9_./@-]*$", line)
    return word[0] if word else ""


def _word_after(rest: str) -> str:
    word = re.match(r"[A-Za-z0-9_./@-]*", rest)
    return word[0] if word else ""


def _variants(file: str, text: str, start: int, end: int, *, quoted: bool) -> Iterator[tuple[str, str, str]]:
    """Texts before, at and after the hole, the most faithful first."""
    if PurePath(file).suffix.lower() == ".json":
        before = text[: start - 1] if quoted else text[:start]
        after = text[end:].removeprefix('"') if quoted else text[end:]
        marks = [f'"{_MARK}"', f'"{_MARK}": null']
        marks = [lead + mark + trail for trail in ("", ",") for lead in ("", ",") for mark in marks]
        yield from ((before, mark, rest) for rest in (after, _closing(before)) for mark in marks)
        return
    begin = text.rfind("\n", 0, start) + 1
    rest = text.find("\n", end)
    line_rest, below = (text[end:], "") if rest < 0 else (text[end:rest], text[rest:])
    for mark in (_MARK, f"{_MARK}: null"):
        yield text[:start], mark, text[end:]
    quote = text[start - 1] if quoted else ""
    for after in (line_rest + below, line_rest, quote + below, quote, quote + _closing(text[begin:start])):
        for mark in (_MARK, f"{_MARK}: null", f"- {_MARK}"):
            yield text[:start], mark, after


def _closing(before: str) -> str:
    """The brackets that are open at the end of a text."""
    opened: list[str] = []
    for found in _BRACKETS.finditer(before):
        if found[0] in "[{":
            opened.append(found[0])
        elif found[0] in "]}" and opened:
            opened.pop()
    return "".join("]" if bracket == "[" else "}" for bracket in reversed(opened))


def _marked(value: Any, steps: Steps) -> Iterator[tuple[Steps, bool]]:
    """Where the mark stands, and whether as a key."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == _MARK:
                yield (*steps, name), True
            yield from _marked(item, (*steps, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _marked(item, (*steps, index))
    elif value == _MARK:
        yield steps, False


def steps_at(document: Document, place: Place) -> tuple[Steps, bool] | None:
    """The steps of the key or scalar that begins at a place, and whether it is the key."""
    steps: Steps = ()
    value = document.value
    while isinstance(value, dict | list):
        names: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        best: tuple[Place, Any] | None = None
        for name in names:
            path = pointer(*steps, name)
            if isinstance(value, dict) and document.locate(path, key=True) == place:
                return (*steps, name), True
            begins = document.locate(path)
            if begins <= place and (best is None or begins > best[0]):
                best = begins, name
        if best is None:
            return None
        steps, value = (*steps, best[1]), value[best[1]]
    return (steps, False) if steps and document.locate(pointer(*steps)) == place else None
