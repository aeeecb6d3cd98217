"""The schema of a kind as a table that a person can read: property, type, whether it is required, meaning, example."""

from __future__ import annotations

import itertools
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from toolkit.inventory.schema_files import ENTRY, definition, kinds_of, resolved, schema, whole

_HEADINGS = ("property", "type", "meaning", "example")
_WIDEST_TYPE = 24
_TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false", "object": "mapping"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One property; ``property`` is the way to it (``restore/method``; ``[]`` after a list), ``example`` as JSON."""

    property: str
    type: str
    required: bool
    meaning: str
    example: str


def list_kinds() -> list[dict[str, str]]:
    """Every kind with its service, title and description, in the order of the services."""
    found = []
    for service in schema()["properties"]["service"]["enum"]:
        for kind in kinds_of(service):
            node = definition(kind)
            about = {"title": node["title"], "description": node["description"]}
            found.append({"kind": kind, "service": service, **about})
    return found


def rows(name: str) -> tuple[Row, ...]:
    """The properties of a kind, or of the ``inventory`` around the components; raises UsageError for another name."""
    return tuple(_rows(whole(name), ""))


def _rows(node: Mapping[str, Any], above: str) -> Iterator[Row]:
    required = node.get("required", ())
    for name, inner in node.get("properties", {}).items():
        filled, way = resolved(inner), f"{above}{name}"
        yield _row(way, inner, required=name in required)
        yield from _inside(filled, way)
    for branch in node.get("allOf", ()):
        # a branch that refines: what holds for one value of another property
        condition, then = branch["if"]["properties"], branch["then"]
        if "$ref" not in then:
            key, wanted = next(iter(condition.items()))
            words = " or ".join(str(word) for word in wanted.get("enum", [wanted.get("const")]))
            for name, inner in then["properties"].items():
                row = _row(f"{above}{name}", {"type": "string", **inner}, required=name in required)
                yield msgspec.structs.replace(row, meaning=f"With {key} {words}: {row.meaning}")


def _inside(filled: Mapping[str, Any], way: str) -> Iterator[Row]:
    items = resolved(filled.get("items", {}))
    # a component is described by its kind
    if items.get("title") != definition("component")["title"]:
        yield from _rows(items, f"{way}[]/")
    if isinstance(filled.get("additionalProperties"), dict):
        yield from _rows(resolved(filled["additionalProperties"]), f"{way}/<id>/")
    yield from _rows({key: inner for key, inner in filled.items() if key != "items"}, f"{way}/")


def _row(way: str, node: Mapping[str, Any], *, required: bool) -> Row:
    filled = resolved(node)
    return Row(
        property=way,
        type=_type(node),
        required=required,
        meaning=filled["description"],
        example=_written(filled["examples"][0]),
    )


def _written(example: Any) -> str:
    """An example as YAML would have it on one line; nothing where the rows below show its parts."""
    if isinstance(example, list) and not any(isinstance(item, dict) for item in example):
        return f"[{', '.join(map(str, example))}]"
    if isinstance(example, dict | list):
        return ""
    return example if isinstance(example, str) else json.dumps(example)


def _type(node: Mapping[str, Any], *, plural: bool = False) -> str:
    filled = resolved(node)
    kind, targets = filled.get("type"), filled.get("x-refers-to")
    if targets:
        names = " or ".join(target.removeprefix("components/").removesuffix("s") for target in targets)
        return f"{'ids' if plural else 'id'} of {names}"
    if "const" in filled:
        return str(filled["const"])
    if "enum" in filled:
        return "one of " + ", ".join(str(item) for item in filled["enum"])
    if kind == "array":
        return "list of " + _type(filled["items"], plural=True)
    if kind == "string":
        return str(filled.get("x-name", "text"))
    bounds = [str(filled[bound]) for bound in ("minimum", "maximum") if bound in filled]
    word = _TYPES[str(kind)] + ("s" if plural else "")
    return word + (f", {' to '.join(bounds)}" if bounds else "")


def as_text(name: str, *, width: int) -> str:
    """The table of a kind, at most ``width`` characters wide (80 at least), with its title above it.

    The parts of a mapping stand below it, indented; ``*`` marks what is required.
    """
    node, width = whole(name), max(width, 80)
    title = node["title"] if name == ENTRY else f"{name}: {node['title']}"
    return "\n".join(
        [title, *textwrap.wrap(node["description"], width), "", *_table(rows(name), width), "", "* required"]
    )


def _table(listed: tuple[Row, ...], width: int) -> Iterator[str]:
    names = [_indented(row) for row in listed]
    first, second = max(map(len, names)), min(max(len(row.type) for row in listed), _WIDEST_TYPE)
    rest = width - first - second - 3
    widths = (first, second, rest * 3 // 5, rest - rest * 3 // 5)
    cells = [(name, row.type, row.meaning, row.example) for name, row in zip(names, listed, strict=True)]
    for line in (_HEADINGS, tuple("-" * each for each in widths), *cells):
        columns = [
            textwrap.wrap(cell, each, break_on_hyphens=False) or [""] for cell, each in zip(line, widths, strict=True)
        ]
        for parts in itertools.zip_longest(*columns, fillvalue=""):
            yield " ".join(part.ljust(each) for part, each in zip(parts, widths, strict=True)).rstrip()


def _indented(row: Row) -> str:
    *above, name = row.property.split("/")
    return "  " * len(above) + name + (" *" if row.required else "")
