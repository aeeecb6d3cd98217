"""The schema files of the inventory, joined in memory to one schema that refers to no other file.

On disk each kind has its file, so that a person finds it and an editor completes it (``$ref`` beside the file);
``x-refers-to`` at an id names what it may be the id of: a section, or ``components/<kind>``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from toolkit import resources
from toolkit.errors import UsageError

ENTRY = "inventory"
"""The schema of a whole inventory, beside the kinds' own."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A property of a kind that holds ids: ``steps`` to it (``*``: each item of a list) and what they may name."""

    steps: tuple[str, ...]
    targets: tuple[str, ...]


@cache
def schema() -> dict[str, Any]:
    """The schema of a whole inventory; each kind's is a definition of that name."""
    entry, common = _read(f"{ENTRY}.schema.json"), _read("common.schema.json")
    listed = entry["$defs"]["component"]["properties"]["kind"]["enum"]
    of_kinds = {kind: _read(f"kinds/{kind}.schema.json") for kind in listed}
    for found in of_kinds.values():
        found.pop("$schema")
    entry["$defs"] = {**common["$defs"], **entry["$defs"], **of_kinds}
    joined: dict[str, Any] = _local(entry)
    return joined


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((resources.folder("schemas") / name).read_bytes())
    return loaded


def _local(node: Any) -> Any:
    """The same with every reference to a file turned into one to a definition."""
    if isinstance(node, list):
        return [_local(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: "#/$defs/" + inner.rpartition("/")[2].removesuffix(".schema.json") if key == "$ref" else _local(inner)
        for key, inner in node.items()
    }


@cache
def kinds() -> tuple[str, ...]:
    """Every kind of component."""
    return tuple(schema()["$defs"]["component"]["properties"]["kind"]["enum"])


@cache
def kinds_of(service: str | None) -> tuple[str, ...]:
    """The kinds that an inventory of that service may hold; all where the service is not a known one."""
    if service is None or service not in schema()["properties"]["service"]["enum"]:
        return kinds()
    return tuple(schema()["$defs"][service]["properties"]["components"]["items"]["properties"]["kind"]["enum"])


def definition(name: str) -> dict[str, Any]:
    """The node of a kind or of another definition of the joined schema."""
    found: dict[str, Any] = schema()["$defs"][name]
    return found


@cache
def whole(name: str) -> dict[str, Any]:
    """The schema of a kind (or ``inventory``) by itself, with the definitions that it needs.

    Raises UsageError for a name that is neither.
    """
    if name == ENTRY:
        return schema()
    if name not in kinds():
        raise UsageError(f"no kind {name!r}", fix=f"name one of: {ENTRY}, {', '.join(kinds())}")
    return with_definitions({"$schema": schema()["$schema"], **definition(name)})


def with_definitions(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node of the joined schema with the definitions that it reaches, so that it stands by itself."""
    needed: dict[str, Any] = {}
    waiting = list(_refers(node))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = definition(name)
            waiting.extend(_refers(needed[name]))
    return {**node, "$defs": {name: needed[name] for name in sorted(needed)}}


def _refers(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for key, inner in node.items():
            if key != "$defs":
                yield from _refers(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _refers(inner)


def resolved(node: Mapping[str, Any]) -> dict[str, Any]:
    """A property's schema with what it refers to filled in; its own words win."""
    found = dict(node)
    while "$ref" in found:
        found = {**definition(found.pop("$ref").rpartition("/")[2]), **found}
    return found


@cache
def references(kind: str) -> tuple[Reference, ...]:
    """Every property of a kind that names something else of the inventory."""
    return tuple(_references(definition(kind), ()))


def _references(node: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[Reference]:
    node = resolved(node)
    if "x-refers-to" in node:
        yield Reference(steps=steps, targets=tuple(node["x-refers-to"]))
    for name, inner in node.get("properties", {}).items():
        yield from _references(inner, (*steps, name))
    if isinstance(node.get("items"), dict):
        yield from _references(node["items"], (*steps, "*"))
