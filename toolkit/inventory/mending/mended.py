"""A text with its safe corrections made: every other character, comments and layout included, stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import msgspec

from toolkit.inventory.mending.corrections import Correction, corrections, quoted
from toolkit.inventory.mending.tokens import Token, line_begins, offset, tokens_of, yaml_written
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.place import Document, ReadRefused
from toolkit.inventory.readers.yaml_reader import read_yaml
from toolkit.inventory.schema_at import node_at
from toolkit.model.problem import Problem

SUFFIXES = (".yaml", ".yml", ".json")
"""Formats whose values can be replaced in place."""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """Characters from ``start`` to ``end`` become ``text``: the correction in the writing of the file."""

    start: int
    end: int
    text: str
    correction: Correction


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """The text before and after, and the edits between, in the order of the text."""

    before: str
    after: str
    edits: tuple[Edit, ...]


def mend(file: str, text: str, problems: Iterable[Problem], *, service: str | None = None) -> Mended:
    """Make the safe corrections of the problems of one file; without any, ``after`` is ``before``.

    ``text`` is what the file holds, without a byte order mark; ``file`` is its name. What the edits do to the plain
    value is checked: where they would change anything else (an alias repeats the value), none is made.
    """
    unchanged = Mended(before=text, after=text, edits=())
    document = read(file, text)
    if document is None:
        return unchanged
    edits = edits_of(file, document, problems, service=service)
    after = text
    for edit in reversed(edits):
        after = after[: edit.start] + edit.text + after[edit.end :]
    mended = read(file, after)
    wanted = _expected(document.value, [edit.correction for edit in edits])
    if mended is None or _canonical(mended.value) != _canonical(wanted):
        return unchanged
    return Mended(before=text, after=after, edits=tuple(edits))


def read(file: str, text: str) -> Document | None:
    """The document of a YAML or JSON text; None for other formats and unsound texts."""
    suffix = PurePath(file).suffix.lower()
    if suffix not in SUFFIXES:
        return None
    try:
        return read_json(text) if suffix == ".json" else read_yaml(text)
    except ReadRefused:
        return None


def edits_of(file: str, document: Document, problems: Iterable[Problem], *, service: str | None = None) -> list[Edit]:
    """The edits of every safe correction, in the order of the text; no two touch the same characters."""
    text, begins = document.text, line_begins(document.text)
    token_at = tokens_of(file, text)
    found: dict[int, Edit] = {}
    for correction in corrections(document, problems, service=service):
        token = token_at(offset(begins, correction.place))
        edit = _edit(file, document, token, correction) if token else None
        if edit is not None:
            found.setdefault(edit.start, edit)
    return [found[start] for start in sorted(found)]


def _edit(file: str, document: Document, token: Token, correction: Correction) -> Edit | None:
    is_json = PurePath(file).suffix.lower() == ".json"
    if correction.quote:
        if token.style or not quoted(correction.old, node_at(document.value, correction.steps), token.raw):
            return None
        correction = msgspec.structs.replace(correction, new=token.raw)
        return Edit(start=token.start, end=token.end, text=f'"{token.raw}"', correction=correction)
    written = json.dumps(correction.new, ensure_ascii=False) if is_json else yaml_written(correction.new, token.style)
    return Edit(start=token.start, end=token.end, text=written, correction=correction)


def _expected(value: Any, made: list[Correction]) -> Any:
    """The plain value with the corrections made, and nothing else; through JSON, so that no two parts are one object."""
    value = json.loads(json.dumps(value))
    # inner keys before outer ones: the steps name what stood there
    for correction in sorted(made, key=lambda item: (item.key, -len(item.steps))):
        parent = value
        for step in correction.steps[:-1]:
            parent = parent[step]
        if not correction.key:
            parent[correction.steps[-1]] = correction.new
        else:
            parent[correction.new] = parent.pop(correction.steps[-1])
    return value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
