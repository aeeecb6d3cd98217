"""The tables of an inventory and the columns of each, from the schema."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from toolkit.inventory.readers.place import ReadRefused, parts, pointer
from toolkit.inventory.schema_files import definition, kinds, per_catalogue, resolved, schema
from toolkit.inventory.tables.cells import MARK, Type, decode, encode

ROOT = "inventory"
"""The sheet of what stands beside the sections."""
COMPONENTS = "components"
"""The sheet of components of any kind."""
KEY = "Id in the service's catalogue entry."
"""What is said of the column of keys."""
POSITION = "position"
"""The column that keeps the order of components that stand on several sheets."""

Steps = tuple[str, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A property: the keys that lead to it, the column's name, its type, and its schema with references filled in."""

    steps: Steps
    name: str
    type: Type
    node: dict[str, Any]
    required: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """``steps`` lead to the list or mapping that it holds; ``many``: a row for each item, else a single one.

    ``keyed``: the items are no list but a mapping by id; a column ``id`` holds the key.
    """

    name: str
    steps: Steps
    many: bool
    keyed: bool = False
    kind: str | None
    columns: tuple[Column, ...]

    def column(self, heading: str) -> Column:
        """The column that a heading means; for an unknown one, a column of type ``any`` where it was likely meant."""
        heading = _read(heading)
        if heading.startswith("/"):
            steps = tuple(parts(heading))
            return _by_steps(self).get(steps) or Column(steps=steps, name=pointer(*steps), type="any", node={})
        found = _names(self.name).get(_folded(heading))
        if found is not None:
            return found
        elsewhere = _names(COMPONENTS).get(_folded(heading)) if self.kind else None
        if elsewhere is not None:
            return self.of(elsewhere.steps)
        near = difflib.get_close_matches(heading.lower(), [one.steps[-1] for one in self.columns], n=1, cutoff=0.75)
        above = next((one.steps[:-1] for one in self.columns if near and one.steps[-1] == near[0]), ())
        steps = (*above, heading)
        return Column(steps=steps, name=pointer(*steps), type="any", node={})

    def of(self, steps: Steps) -> Column:
        """The column of a property: a known one's, or one headed by its pointer."""
        return _by_steps(self).get(steps) or Column(steps=steps, name=_written(pointer(*steps)), type="any", node={})

    def knows(self, column: Column) -> bool:
        """Whether the schema has the property of that column."""
        return column.steps in _by_steps(self)

    def is_mapping(self, steps: Steps) -> bool:
        """Whether the schema spreads the value at these keys over several columns."""
        found = _by_steps(self).get(steps)
        return found is not None and bool(found.node.get("properties"))


@per_catalogue
def tables() -> dict[str, Table]:
    """Every table by name, in the order of the schema."""
    found = {ROOT: _table(ROOT, (), schema(), many=False, only_scalars=True)}
    for name, written in schema()["properties"].items():
        node = resolved(written)
        if name == COMPONENTS:
            found[name] = _any_kind()
            found |= {kind: _table(kind, (COMPONENTS,), definition(kind), many=True, kind=kind) for kind in kinds()}
        elif node.get("type") == "array":
            found[name] = _table(name, (name,), node["items"], many=True)
        elif "properties" not in node and isinstance(node.get("additionalProperties"), dict):
            found[name] = msgspec.structs.replace(_table(name, (name,), _keyed(node), many=True), keyed=True)
        elif node.get("type") == "object":
            found[name] = _table(name, (name,), node, many=False)
            for key, inner in node["properties"].items():
                if _lists_mappings(resolved(inner)):
                    own = f"{name}.{key}"
                    found[own] = _table(own, (name, key), resolved(inner)["items"], many=True)
    return found


def heading_of(column: Column, table: Table) -> str:
    """The title of a column for people, with those of the mappings around it; alone of its kind in its table."""
    titles = [table.of(column.steps[: depth + 1]).node.get("title", step) for depth, step in enumerate(column.steps)]
    return ": ".join(titles)


def _table(
    name: str, steps: Steps, node: Mapping[str, Any], *, many: bool, kind: str | None = None, only_scalars: bool = False
) -> Table:
    leaves = list(_leaves(node, ()))
    if only_scalars:
        leaves = [leaf for leaf in leaves if leaf[1].get("type") not in ("array", "object") and len(leaf[0]) == 1]
    names = _column_names([way for way, _, _ in leaves])
    columns = tuple(
        Column(
            steps=way,
            name=names[way],
            type=_type(leaf),
            node=leaf,
            required=needed,
        )
        for way, leaf, needed in leaves
    )
    return Table(name=name, steps=steps, many=many, kind=kind, columns=columns)


def _any_kind() -> Table:
    """Of all kinds together: for rows whose kind is not a known one, and for headings."""
    known: dict[Steps, Column] = {}
    for kind in kinds():
        for column in _table(kind, (COMPONENTS,), definition(kind), many=True, kind=kind).columns:
            known.setdefault(column.steps, column)
    names = _column_names(list(known))
    columns = tuple(msgspec.structs.replace(one, name=names[one.steps], required=False) for one in known.values())
    return Table(name=COMPONENTS, steps=(COMPONENTS,), many=True, kind=None, columns=columns)


def _column_names(ways: Sequence[Steps]) -> dict[Steps, str]:
    """The last part of each way, or all of it where another property or a mapping around one has that name."""
    named = Counter(way[-1] for way in ways)
    named.update({way[depth] for way in ways for depth in range(len(way) - 1)})
    return {way: way[-1] if named[way[-1]] == 1 else ".".join(way) for way in ways}


def _leaves(
    node: Mapping[str, Any], steps: Steps, *, needed: bool = True
) -> Iterator[tuple[Steps, dict[str, Any], bool]]:
    node = resolved(node)
    if steps and not node.get("properties"):
        yield steps, node, needed
        return
    for name, inner in node["properties"].items():
        if isinstance(inner, dict) and not _lists_mappings(resolved(inner)):
            required = needed and name in node.get("required", ())
            yield from _leaves(inner, (*steps, name), needed=required)


def _lists_mappings(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "array" and bool(resolved(node["items"]).get("properties"))


def _type(node: Mapping[str, Any]) -> Type:
    types: dict[Any, Type] = {"string": "text", "integer": "number", "number": "number", "boolean": "boolean"}
    if node.get("type") == "array":
        return "words" if resolved(node["items"]).get("type") == "string" else "any"
    if node.get("format") == "date":
        return "date"
    return types.get(node.get("type"), "text" if isinstance(node.get("const"), str) else "any")


@per_catalogue
def _steps_of(name: str) -> dict[Steps, Column]:
    table = tables()[name]
    found = {column.steps: column for column in table.columns}
    top: Mapping[str, Any]
    for column in table.columns:
        for depth in range(1, len(column.steps)):
            way = column.steps[:depth]
            if way not in found:
                top = _node(table, way)
                found[way] = Column(steps=way, name=".".join(way), type="any", node=dict(top))
    return found


def _by_steps(table: Table) -> dict[Steps, Column]:
    return _steps_of(table.name)


def _node(table: Table, steps: Steps) -> Mapping[str, Any]:
    """The schema at keys inside a table's rows."""
    if table.name == COMPONENTS:
        owner = next(kind for kind in kinds() if steps[0] in definition(kind)["properties"])
        node = resolved(definition(owner))
    else:
        node = resolved(definition(table.kind)) if table.kind else _section(table)
    for step in steps:
        node = resolved(node["properties"][step])
    return node


def _section(table: Table) -> dict[str, Any]:
    node = resolved(schema())
    for step in table.steps:
        node = resolved(node["properties"][step])
    if table.keyed:
        return _keyed(node)
    return resolved(node["items"]) if table.many else node


def _keyed(node: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a row of a mapping by id: the item's, with the id beside the rest."""
    item = resolved(node["additionalProperties"])
    key = {"title": "Id", "description": KEY, **definition("id"), "examples": list(node["examples"][0])[:1]}
    return {**item, "required": ["id", *item.get("required", ())], "properties": {"id": key, **item["properties"]}}


@per_catalogue
def _names(table: str) -> dict[str, Column]:
    """What headings mean, the surest first: names, whole ways, titles, translated titles."""
    from toolkit.inventory.tables.words import translated

    found: dict[str, Column] = {}
    columns = _steps_of(table)
    ways = {".".join(column.steps): column for column in columns.values()}
    names = {column.name: column for column in columns.values()}
    titles = {heading_of(column, tables()[table]): column for column in columns.values()}
    french = {translated(column, tables()[table], "fr"): column for column in columns.values()}
    for words in (names, ways, titles, french):
        for word, column in words.items():
            found.setdefault(_folded(word), column)
    return found


def _written(heading: str) -> str:
    """A heading as a cell; what is around it must not get lost when headings are read without blanks."""
    cell = str(encode(heading, "text", typed=True))
    return cell if cell == cell.strip() else f"{MARK}{json.dumps(heading)}"


def _read(cell: str) -> str:
    try:
        heading = decode(cell, "text")
    except ReadRefused:
        return cell
    return heading if isinstance(heading, str) else cell


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
