"""What may be written at the cursor: keys and words of the schema, ids of the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, Literal

import msgspec

from toolkit import catalogue
from toolkit.editor.cursor import Hole
from toolkit.inventory.finding import listed, text
from toolkit.inventory.mending.tokens import yaml_written
from toolkit.inventory.offered import OFFERS, offered
from toolkit.inventory.schema_at import inner, known_values, node_at
from toolkit.inventory.schema_files import definition, kinds, resolved

_MOST = 1000


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to write: ``label`` as shown, ``written`` in place of the word at the cursor; ``about`` is our own text."""

    label: str
    written: str
    kind: Literal["key", "word", "id"]
    title: str = ""
    about: str = ""
    required: bool = False


def choices(file: str, hole: Hole, others: Sequence[object] = ()) -> list[Choice]:
    """Everything that fits the hole, required keys first; ``others`` are the values of the inventory's other pieces."""
    value = _with_service(hole.value, others)
    is_json = PurePath(file).suffix.lower() == ".json"
    if hole.key:
        return list(_keys(value, hole, is_json=is_json))
    node = node_at(value, hole.steps) if hole.steps else None
    if node is None:
        return []
    if node.get("type") == "object" and isinstance(hole.steps[-1], int) and not is_json and not hole.quoted:
        # the first word of an item in a list of mappings
        return list(_properties(node, (), hole, is_json=False))
    every = (*_words(node), *_ids(node, hole, [value, *others]), *_listed_elsewhere(value, hole))
    there = _listed_already(value, hole)
    found = [choice for choice in every if choice.label not in there]
    return [_quoted(choice, node, hole, is_json=is_json) for choice in found[:_MOST]]


def _listed_already(value: Any, hole: Hole) -> set[str]:
    """The words of the list that the hole is an item of."""
    if not isinstance(hole.steps[-1], int):
        return set()
    for step in hole.steps[:-1]:
        value = inner(value, step)
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()


def _with_service(value: Any, others: Iterable[object]) -> Any:
    """The value, with the service that another piece of the inventory names."""
    named = next((found for other in others if (found := text(other, "service"))), None)
    return {"service": named, **value} if named and isinstance(value, dict) else value


def _keys(value: Any, hole: Hole, *, is_json: bool) -> Iterator[Choice]:
    parent = value
    for step in hole.steps[:-1]:
        parent = inner(parent, step)
    node = node_at(value, hole.steps[:-1])
    if node is not None and isinstance(parent, dict):
        yield from _properties(node, tuple(parent), hole, is_json=is_json)
    if hole.steps[:-1] == ("prerequisites",) and isinstance(parent, dict):
        for name, title in offered(text(value, "service"), "prerequisites").items():
            if name not in parent:
                yield Choice(label=name, written=_key(name, hole, is_json=is_json), kind="key", title=title)


def _properties(node: dict[str, Any], present: tuple[str, ...], hole: Hole, *, is_json: bool) -> Iterator[Choice]:
    required = node.get("required", [])
    names = [name for name, found in node.get("properties", {}).items() if name not in present and found is not False]
    for name in sorted(names, key=lambda name: name not in required):
        own = resolved(node["properties"][name])
        yield Choice(
            label=name,
            written=_key(name, hole, is_json=is_json),
            kind="key",
            title=str(own.get("title", "")),
            about=str(own.get("description", "")),
            required=name in required,
        )


def _key(name: str, hole: Hole, *, is_json: bool) -> str:
    written = f'"{name}"' if is_json and not hole.quoted else name
    return written if hole.colon or (hole.quoted and is_json) else f"{written}: "


def _words(node: dict[str, Any]) -> Iterator[Choice]:
    for word in known_values(node):
        kind = resolved(definition(word)) if word in kinds() and "vm" in known_values(node) else {}
        about = str(kind.get("description", node.get("description", "")))
        yield Choice(label=word, written=word, kind="word", title=str(kind.get("title", "")), about=about)


def _ids(node: dict[str, Any], hole: Hole, values: Sequence[object]) -> Iterator[Choice]:
    targets = node.get("x-refers-to", ())
    own = _own_id(hole)
    for target in targets:
        section, _, kind = str(target).partition("/")
        if section == "event":
            values, section, kind = [inner(value, section) for value in values], kind, ""
        for name, title in _named(values, section, kind):
            if name != own:
                yield Choice(label=name, written=name, kind="id", title=title)
    if hole.steps[:1] == ("links",) and hole.steps[-1] in ("from", "to"):
        yield Choice(label="provider", written="provider", kind="id")
        for section in ("tenants", "sites"):
            for name, title in _named(values, section, ""):
                end = f"{section[:-1]}/{name}"
                yield Choice(label=end, written=end, kind="id", title=title)


def _named(values: Sequence[object], section: str, kind: str) -> Iterator[tuple[str, str]]:
    """Ids of a section, with the kind of a component."""
    for value in values:
        for _, item in listed(value, section):
            name, own = text(item, "id"), text(item, "kind") or ""
            if name is not None and (not kind or own == kind):
                yield name, own if section == "components" else section[:-1]


def _own_id(hole: Hole) -> str | None:
    return text(inner(inner(hole.value, "components"), hole.steps[1]), "id") if len(hole.steps) > 1 else None


def _listed_elsewhere(value: Any, hole: Hole) -> Iterator[Choice]:
    """Backup policies, provider profiles and what may be subscribed, which the catalogue lists."""
    for what in OFFERS:
        if hole.steps[:2] == ("subscription", what):
            for name, title in offered(text(value, "service"), what).items():
                yield Choice(label=name, written=name, kind="word", title=title)
    if "policies" in hole.steps[2:]:
        yield from (Choice(label=name, written=name, kind="word") for name in catalogue.backup_policies())
    elif hole.steps == ("provider", "profile"):
        yield from (Choice(label=name, written=name, kind="word") for name in catalogue.profile_ids())


def _quoted(choice: Choice, node: dict[str, Any], hole: Hole, *, is_json: bool) -> Choice:
    if hole.quoted or node.get("type") == "boolean":
        return choice
    written = f'"{choice.written}"' if is_json else yaml_written(choice.written, "")
    return msgspec.structs.replace(choice, written=written)
