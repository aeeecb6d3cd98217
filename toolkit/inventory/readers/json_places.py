"""Where one value stands in sound JSON: the way to it is followed, all beside it is skipped in C."""

from __future__ import annotations

import json
import re

from toolkit.inventory.readers.place import Place, parts, place_at

_BLANK = re.compile(r"[ \t\r\n]*")
_skip = json.JSONDecoder(strict=False, parse_int=len, parse_float=len).raw_decode


def json_place(text: str, path: str, *, key: bool = False) -> Place:
    """Place of the value at a JSON pointer, or of its key; of what is missing, its nearest parent's.

    ``text`` must be sound; says what a ``Document`` of it says.
    """
    at = place = _past_blanks(text, 0)
    for step in parts(path):
        found = _member(text, at, step) if text[at] == "{" else _item(text, at, step) if text[at] == "[" else None
        if found is None:
            break
        at = found[1]
        place = found[0] if key else at
    return place_at(text, place)


def _member(text: str, at: int, name: str) -> tuple[int, int] | None:
    """Offsets of the key and of its value, in the mapping at an offset."""
    at = _past_blanks(text, at + 1)
    while text[at] == '"':
        begin = at
        found, at = _skip(text, at)
        at = _past_blanks(text, _past_blanks(text, at) + 1)
        if found == name:
            return begin, at
        at = _following(text, at)
    return None


def _item(text: str, at: int, step: str) -> tuple[int, int] | None:
    if not (step.isascii() and step.isdigit()):
        return None
    at = _past_blanks(text, at + 1)
    for _ in range(int(step)):
        if text[at] == "]":
            return None
        at = _following(text, at)
    return None if text[at] == "]" else (at, at)


def _following(text: str, at: int) -> int:
    """Past a value and the comma behind it; at the closing bracket where it is the last."""
    at = _past_blanks(text, _skip(text, at)[1])
    return _past_blanks(text, at + 1) if text[at] == "," else at


def _past_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
