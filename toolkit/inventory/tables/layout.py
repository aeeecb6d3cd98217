"""A whole inventory laid out as tables: the opposite of what ``TablesPiece`` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from toolkit.errors import UsageError
from toolkit.inventory.tables.columns import COMPONENTS, POSITION, ROOT, Table, tables
from toolkit.inventory.tables.rows import flatten

Written = str | bool | int | float
"""A cell that is written."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """One table: its headings, and rows as long as these; an empty text is an empty cell."""

    table: Table
    headings: tuple[str, ...]
    rows: tuple[tuple[Written, ...], ...]


def lay_out(value: Any) -> list[Grid]:
    """The tables of a workbook; raises UsageError for what tables cannot hold: items that are no mappings."""
    if not isinstance(value, dict):
        raise _refused("the inventory is no mapping")
    root: dict[str, Any] = {}
    grids: list[Grid] = []
    for key, section in value.items():
        table = tables().get(key)
        if key == COMPONENTS and isinstance(section, list) and section:
            grids += _components(section)
        elif table is not None and table.keyed and _sound_mapping(section):
            grids.append(
                _grid(table, [flatten({"id": id_, **item}, table, typed=True) for id_, item in section.items()])
            )
        elif table is not None and table.many and not table.keyed and _sound_list(section):
            grids.append(_grid(table, [flatten(item, table, typed=True) for item in section]))
        elif table is not None and not table.many and table.name != ROOT and isinstance(section, dict) and section:
            own, lists = _apart(key, section)
            grids += [_grid(table, [flatten(own, table, typed=True)])] if own else []
            grids += [_grid(inner, [flatten(item, inner, typed=True) for item in items]) for inner, items in lists]
        else:
            root[key] = section
    front = [_grid(tables()[ROOT], [flatten(root, tables()[ROOT], typed=True)])] if root else []
    # the order of the sheets of components is theirs
    order = {name: index for index, name in enumerate(tables()) if tables()[name].steps != (COMPONENTS,)}
    return [*front, *sorted(grids, key=lambda grid: order.get(grid.table.name, len(order)))]


def component_table(components: Any) -> Grid:
    """All components in one table, for a format that has no numbers and booleans of its own."""
    if not isinstance(components, list):
        raise _refused("its components are no list")
    return _grid(tables()[COMPONENTS], _mixed(components, typed=False), more=("id", "kind"))


def _components(items: Sequence[Any]) -> list[Grid]:
    """A sheet for each kind in the order of their first one; a column of positions where the kinds alternate."""
    rows: dict[str, list[tuple[int, dict[str, Written]]]] = {}
    for index, item in enumerate(items):
        kind = item.get("kind") if isinstance(item, dict) else None
        name = kind if isinstance(kind, str) and kind in tables() and tables()[kind].kind else COMPONENTS
        cells = _mixed([item], typed=True)[0]
        if name != COMPONENTS and len(cells) > 1:
            del cells["kind"]
        elif name != COMPONENTS:
            name = COMPONENTS
        rows.setdefault(name, []).append((index, cells))
    order = [index for listed in rows.values() for index, _ in listed]
    grids = []
    for name, listed in rows.items():
        numbered: list[dict[str, Written]] = [{POSITION: index + 1, **row} for index, row in listed]
        grids.append(_grid(tables()[name], [row for _, row in listed] if order == sorted(order) else numbered))
    return grids


def _mixed(items: Iterable[Any], *, typed: bool) -> list[dict[str, Written]]:
    """The cells of components, each by the columns of its kind."""
    rows = []
    for item in items:
        if not isinstance(item, dict) or not item:
            raise _refused("a component is no mapping, or an empty one")
        kind = item.get("kind")
        known = isinstance(kind, str) and kind in tables() and tables()[kind].kind
        rows.append(flatten(item, tables()[kind if isinstance(kind, str) and known else COMPONENTS], typed=typed))
    return rows


def _grid(table: Table, rows: Sequence[Mapping[str, Written]], more: Sequence[str] = ()) -> Grid:
    """Headings in the order of the schema, then whatever else the rows have."""
    used = {name: None for row in rows for name in row} | dict.fromkeys(more)
    known = [column.name for column in table.columns if column.name in used]
    if table.kind is None and table.name == COMPONENTS:
        # of one kind, a column may have a shorter name
        known += [one.name for kind in tables().values() if kind.kind for one in kind.columns if one.name in used]
    front = [name for name in (POSITION,) if name in used]
    headings = tuple(dict.fromkeys((*front, *known, *used)))
    cells = tuple(tuple(row.get(name, "") for name in headings) for row in rows)
    return Grid(table=table, headings=headings, rows=cells)


def _apart(key: str, section: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Table, list[Any]]]]:
    """A mapping without its lists of mappings, and these with the tables that hold them."""
    own, lists = dict(section), []
    for name, inner in section.items():
        table = tables().get(f"{key}.{name}")
        if table is not None and _sound_list(inner):
            lists.append((table, own.pop(name)))
    return own, lists


def _sound_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and item for item in value)


def _sound_mapping(value: Any) -> bool:
    """Whether each item is a mapping that a row can hold beside its key."""
    if not isinstance(value, dict) or not value or "" in value:
        return False
    return all(isinstance(item, dict) and item and "id" not in item for item in value.values())


def _refused(why: str) -> UsageError:
    return UsageError(f"tables cannot hold this inventory: {why}", fix="mend it first, or write .yaml or .json")
