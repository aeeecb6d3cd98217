"""What a scalar means by the core schema of YAML 1.2.2 (chapter 10.3), and the bounds of a document.

``no``, ``on`` and dates are strings, ``0o14`` and ``12.0`` are twelve, ``1:30`` a string.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from toolkit.inventory.readers.place import Place, ReadRefused, check_string, number

MAX_ALIASED = 100_000
"""Nodes that aliases and merges may add to a document: bounds what a few lines can grow to."""

TAG = "tag:yaml.org,2002:"
MERGE: Any = object()
"""The key ``<<``."""
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TYPES = {TAG + "int": int, TAG + "float": float, TAG + "bool": bool, TAG + "null": type(None)}


def plain_meaning(text: str, place: Place) -> Any:
    """The value of a plain scalar; raises ReadRefused for a number without an exact form in JSON."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _NUMBER.fullmatch(text):
        return number(text.lower() if "." in text and not text[-1].isdigit() else text, place)
    return check_string(text, place)


def scalar_meaning(event: yaml.ScalarEvent, place: Place) -> Any:
    """The value of any scalar, by its tag where it has one; raises ReadRefused for a tag that is not the schema's."""
    text, tag = event.value, event.tag
    if tag == "!" or (tag is None and not event.implicit[0]) or tag == TAG + "str":
        return check_string(text, place)
    meaning = plain_meaning(text, place)
    if tag is None:
        return meaning
    wanted = _TYPES.get(tag)
    if wanted is None:
        raise tag_refused(tag, place)
    if wanted is float and type(meaning) is int:
        return meaning
    if type(meaning) is not wanted:
        raise ReadRefused("INV-007", f"the tag {tag} does not fit what it stands at", place)
    return meaning


def tag_refused(tag: str, place: Place) -> ReadRefused:
    """The refusal of a tag of any other type."""
    return ReadRefused("INV-007", f"the tag {tag[:60]} is not understood here", place)
