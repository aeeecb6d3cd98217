"""The schema files of the inventory, joined in memory to one schema that refers to no other file.

On disk each kind has its file, so that a person finds it and an editor completes it (``$ref`` beside the file);
services that ONBOARD_CATALOGUE adds are joined to what lies there, so whatever is kept is kept for each such folder;
``x-refers-to`` at an id names what it may be the id of: a section, or ``components/<kind>``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import msgspec

from toolkit import catalogue, resources
from toolkit.catalogue.service_list import VARIABLE
from toolkit.errors import UsageError

_P = ParamSpec("_P")
_R = TypeVar("_R")
ENTRY = "inventory"
"""The schema of a whole inventory, beside the kinds' own."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A property of a kind that holds ids: ``steps`` to it (``*``: each item of a list) and what they may name."""

    steps: tuple[str, ...]
    targets: tuple[str, ...]


def per_catalogue(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """As ``functools.cache``, anew for each value of ONBOARD_CATALOGUE: what it names is part of what is kept."""

    @cache
    def kept(_: str, *args: Any) -> Any:
        return function(*args)  # type: ignore[call-arg]

    @wraps(function)
    def found(*args: _P.args, **_: _P.kwargs) -> _R:
        result: _R = kept(os.environ.get(VARIABLE, ""), *args)
        return result

    return found


@per_catalogue
def schema() -> dict[str, Any]:
    """The schema of a whole inventory; each kind's is a definition of that name."""
    entry, common = _read(f"{ENTRY}.schema.json"), _read("common.schema.json")
    listed = entry["$defs"]["component"]["properties"]["kind"]["enum"]
    of_kinds = {kind: _read(f"kinds/{kind}.schema.json") for kind in listed}
    for found in of_kinds.values():
        found.pop("$schema")
    entry["$defs"] = {**common["$defs"], **entry["$defs"], **of_kinds}
    joined: dict[str, Any] = localised(entry)
    own = joined["properties"]["service"]["enum"]
    added = [name for name in catalogue.service_ids() if name not in own]
    if added:
        from toolkit.inventory.service_schema import with_service

        for name in added:
            joined = with_service(joined, catalogue.service(name))
    return joined


def localised(node: Any) -> Any:
    """The same with every reference to a file turned into one to a definition."""
    if isinstance(node, list):
        return [localised(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: "#/$defs/" + inner.rpartition("/")[2].removesuffix(".schema.json")
        if key == "$ref" and isinstance(inner, str)
        else localised(inner)
        for key, inner in node.items()
    }


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((resources.folder("schemas") / name).read_bytes())
    return loaded


@per_catalogue
def kinds() -> tuple[str, ...]:
    """Every kind of component."""
    return tuple(schema()["$defs"]["component"]["properties"]["kind"]["enum"])


@per_catalogue
def kinds_of(service: str | None) -> tuple[str, ...]:
    """The kinds that an inventory of that service may hold, none of some; all where the service is not a known one."""
    if service is None or service not in schema()["properties"]["service"]["enum"]:
        return kinds()
    components = schema()["$defs"][service]["properties"]["components"]
    return () if components is False else tuple(components["items"]["properties"]["kind"]["enum"])


def definition(name: str) -> dict[str, Any]:
    """The node of a kind or of another definition of the joined schema."""
    found: dict[str, Any] = schema()["$defs"][name]
    return found


@per_catalogue
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


@per_catalogue
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
