"""Which problems have one safe correction, and which: a misspelt key or value beyond doubt, the form of a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from toolkit import catalogue
from toolkit.inventory.finding import looks_secret
from toolkit.inventory.mending.rewriting import address, iso_date, network
from toolkit.inventory.readers.place import Document, Place, parts, pointer
from toolkit.inventory.schema_at import Steps, fits, inner, known_values, node_at
from toolkit.inventory.spelling import sure
from toolkit.model.problem import Problem

_KEY_RULES = frozenset({"INV-010"})
_VALUE_RULES = frozenset({"INV-012", "INV-013", "INV-014", "INV-015", "INV-030"})
_SECTIONS = ("tenants", "sites", "links", "applications", "components")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """``old`` becomes ``new`` at a JSON pointer of one document: the key itself with ``key``, else the value.

    Of a number that must be text, ``new`` is its text and ``old`` the number; ``quote`` then says that the very
    characters of the file are put in quotes.
    """

    steps: Steps
    place: Place
    key: bool
    old: Any
    new: str
    rule: str
    quote: bool = False


def corrections(document: Document, problems: Iterable[Problem], *, service: str | None = None) -> list[Correction]:
    """One for each problem of this document that has a safe one. ``service``: where another piece names it."""
    value = document.value
    if not isinstance(value, dict):
        return []
    judged = {"service": service, **value} if service else value
    found: dict[tuple[Steps, bool], Correction] = {}
    for problem in problems:
        where = _local(document, problem)
        made = _correction(judged, where, problem) if where else None
        if made is not None:
            found.setdefault((made.steps, made.key), made)
    return _alone(value, list(found.values()))


def _alone(value: Any, found: list[Correction]) -> list[Correction]:
    """Without those that would give a mapping the same key twice, or a list the same word."""
    once = Counter((item.steps[:-1], item.new) for item in found if item.key or isinstance(item.steps[-1], int))
    return [
        item
        for item in found
        if once[item.steps[:-1], item.new] < 2 and (item.key or not _stands(value, item.steps, item.new))
    ]


def _stands(value: Any, steps: Steps, new: str) -> bool:
    """Whether the word is in the list already, of which an item is to become it."""
    for step in steps[:-1]:
        value = inner(value, step)
    return isinstance(value, list) and new in value


def _local(document: Document, problem: Problem) -> tuple[Steps, Place] | None:
    """The steps of a problem in its own document: in a folder, a section's items are counted over all pieces."""
    if problem.line is None or problem.column is None:
        return None
    place = Place(problem.line, problem.column)
    key = problem.rule in _KEY_RULES
    steps = _typed(document.value, parts(problem.path))
    if steps and document.locate(problem.path, key=key) == place:
        return steps, place
    section, _, tail = parts(problem.path)[:3] if len(parts(problem.path)) > 2 else ("", "", "")
    items = document.value.get(section) if section in _SECTIONS else None
    for index in range(len(items) if isinstance(items, list) and tail else 0):
        path = pointer(section, index, *parts(problem.path)[2:])
        steps = _typed(document.value, parts(path))
        if steps and document.locate(path, key=key) == place:
            return steps, place
    return None


def _typed(value: Any, written: list[str]) -> Steps | None:
    """Steps with indices as numbers; None where they do not exist."""
    steps: list[str | int] = []
    for part in written:
        step: str | int = int(part) if isinstance(value, list) and part.isdecimal() else part
        if isinstance(value, dict) and part not in value:
            return None
        value = inner(value, step)
        steps.append(step)
    return tuple(steps)


def _correction(value: Any, where: tuple[Steps, Place], problem: Problem) -> Correction | None:
    steps, place = where
    if problem.rule in _KEY_RULES:
        new = _key(value, steps)
        old: Any = steps[-1]
        return Correction(steps=steps, place=place, key=True, old=old, new=new, rule=problem.rule) if new else None
    if problem.rule not in _VALUE_RULES or not steps:
        return None
    old = value
    for step in steps:
        old = inner(old, step)
    node = node_at(value, steps)
    if node is None:
        return None
    if isinstance(old, str):
        new = _policy(old) if problem.rule == "INV-012" else _value(node, old)
        return Correction(steps=steps, place=place, key=False, old=old, new=new, rule=problem.rule) if new else None
    if isinstance(old, int | float) and not isinstance(old, bool) and node.get("type") == "string":
        # its text is taken from the file: 011122223333 and 12.10 are more than their numbers
        return Correction(steps=steps, place=place, key=False, old=old, new="", rule=problem.rule, quote=True)
    return None


def _key(value: Any, steps: Steps) -> str | None:
    parent = value
    for step in steps[:-1]:
        parent = inner(parent, step)
    node = node_at(value, steps[:-1])
    if node is None or not isinstance(parent, dict) or not isinstance(steps[-1], str):
        return None
    new = sure(steps[-1], node.get("properties", {}))
    return new if new and new not in parent else None


def _policy(old: str) -> str | None:
    """A backup policy in its own letters: another one is never meant for sure, WEEKLY-2 is as near as MONTHLY-1."""
    new = old.strip().upper()
    return new if new != old and catalogue.backup_policy(new) else None


def _value(node: dict[str, Any], old: str) -> str | None:
    if looks_secret(old):
        return None
    known = known_values(node) if node.get("type") != "boolean" else ()
    if known:
        return sure(old.strip(), known) or (old.strip() if old.strip() in known and old.strip() != old else None)
    tried = [old.strip()]
    if node.get("format") == "date":
        tried.append(iso_date(old.strip()) or "")
    tried += [address(old) or "", network(old) or ""]
    return next((new for new in tried if new and new != old and fits(node, new)), None)


def quoted(node_value: Any, node: dict[str, Any] | None, raw: str) -> bool:
    """Whether the characters ``raw`` of a number may become text as they stand."""
    return (
        node is not None
        and _DECIMAL.fullmatch(raw) is not None
        and isinstance(node_value, int | float)
        and fits(node, raw)
    )
