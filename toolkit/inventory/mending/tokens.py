"""Where a scalar's characters begin and end in YAML and JSON, and how another one is written in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # exported, but not in its __all__

from toolkit.inventory.readers.place import BREAK, Place, ReadRefused
from toolkit.inventory.readers.yaml_reader import read_yaml

_JSON_TOKEN = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null')
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")


class Token(NamedTuple):
    """Character offsets of a scalar, its characters, and its style: ``""`` plain, ``'``, ``"``."""

    start: int
    end: int
    raw: str
    style: str


def line_begins(text: str) -> list[int]:
    """The offset at which each line begins, by the line breaks of the readers."""
    return [0, *(found.end() for found in BREAK.finditer(text))]


def offset(begins: list[int], place: Place) -> int:
    """The character offset of a place."""
    return begins[place.line - 1] + place.column - 1


def json_token(text: str, start: int) -> Token | None:
    """The scalar that begins at an offset of a JSON text."""
    found = _JSON_TOKEN.match(text, start)
    return Token(start, found.end(), found[0], '"' if found[0].startswith('"') else "") if found else None


def yaml_tokens(text: str) -> Mapping[int, Token]:
    """Every scalar of a YAML text that can be replaced in place, by its first offset.

    Left out: blocks (``|``, ``>``), what spans lines, and what bears an anchor or a tag.
    """
    tokens: dict[int, Token] = {}
    parser = CParser(text)
    try:
        while (event := parser.get_event()) is not None:
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                continue
            assert event.start_mark is not None
            assert event.end_mark is not None
            start, end = event.start_mark.index, event.end_mark.index
            raw = text[start:end]
            if event.style in (None, "", "'", '"') and raw and not BREAK.search(raw):
                tokens[start] = Token(start, end, raw, event.style or "")
    except yaml.YAMLError:
        return tokens
    return tokens


def tokens_of(file: str, text: str) -> Callable[[int], Token | None]:
    """What scalar begins at an offset of a file's text: YAML is read once, JSON where it is asked about."""
    if PurePath(file).suffix.lower() == ".json":
        return partial(json_token, text)
    return yaml_tokens(text).get


def yaml_written(new: str, style: str) -> str:
    """A string as a YAML scalar in the style of the one that it replaces, in quotes where a plain one means other things."""
    if style == "'":
        return "'" + new.replace("'", "''") + "'"
    if not style and _PLAIN.fullmatch(new) and _means_itself(new):
        return new
    return json.dumps(new, ensure_ascii=False)


def _means_itself(word: str) -> bool:
    try:
        return bool(read_yaml(f"{{{word}: [{word}, {word}]}}").value == {word: [word, word]})
    except ReadRefused:
        return False
