"""The tables transcribed by hand in ``tests/golden/catalogue`` are well-formed, so that they can be compared by cells.

A file holds ``columns`` and ``rows``, or ``items``. A cell is a string, an empty cell (the source has none or a dash) or
a quantity ``{value, unit}``; figures are strings, so that none is read as a float. Rows are known by their first column,
or by the columns in ``key``. ``compare: words`` says that the words matter, ``figures`` that the keys and figures do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "golden/catalogue"
FILES = sorted(FOLDER.glob("*.yaml"))
ALL_SERVICES = "SD-1 §1; SD-2 §2; SD-3 §3; SD-4 §4; SD-5 §5"
SOURCE = re.compile(r"SD-1 §1\.([1-9]|1[0-6])|SD-([2-5]) §\2")
FIGURE = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
UNITS = frozenset(
    (
        *("minutes", "hours", "days", "business days", "weeks", "months", "years"),
        *("percent", "Mbit/s", "tokens", "times"),
    )
)
FIELDS = frozenset(("source", "title", "compare", "columns", "key", "rows", "items"))


class OnceLoader(yaml.SafeLoader):
    """Refuses a mapping that names a field twice; plain YAML would keep the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        made = super().construct_mapping(node, deep=deep)
        if len(made) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a field is named twice", node.start_mark)
        return made


def load(text: str) -> Any:
    return yaml.load(text, OnceLoader)


def is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value == " ".join(value.split())


def is_cell(value: object) -> bool:
    if isinstance(value, dict):
        return (
            value.keys() == {"value", "unit"}
            and isinstance(value["value"], str)
            and FIGURE.fullmatch(value["value"]) is not None
            and value["unit"] in UNITS
        )
    return value is None or is_text(value)


def doubles(values: list[Any]) -> list[str]:
    return [name for name, times in Counter(map(repr, values)).items() if times > 1]


def row_faults(table: dict[str, Any]) -> Iterator[str]:
    columns, rows = table.get("columns"), table.get("rows")
    if not (isinstance(columns, list) and columns and all(map(is_text, columns)) and not doubles(columns)):
        yield "columns"
        return
    if not (isinstance(rows, list) and rows):
        yield "rows"
        return
    key = table.get("key", columns[:1])
    if not (isinstance(key, list) and key and not doubles(key) and set(key) <= set(columns)):
        yield "key"
        return
    wide = [row for row in rows if isinstance(row, list) and len(row) == len(columns)]
    if len(wide) != len(rows):
        yield "width"
        return
    yield from (f"cell {cell!r}" for row in rows for cell in row if not is_cell(cell))
    keys = [tuple(row[columns.index(column)] for column in key) for row in rows]
    if any(all(cell is None for cell in cells) for cells in keys):
        yield "row without a key"
    yield from (f"double {name}" for name in doubles(keys))


def faults(table: object) -> list[str]:
    if not isinstance(table, dict) or not table.keys() <= FIELDS:
        return ["fields"]
    found = [] if is_text(table.get("title")) else ["title"]
    source = table.get("source")
    if not isinstance(source, str) or not (source == ALL_SERVICES or SOURCE.fullmatch(source)):
        found.append("source")
    if table.get("compare") not in ("figures", "words"):
        found.append("compare")
    items = table.get("items")
    if ("items" in table) == ("rows" in table):
        found.append("rows or items")
    elif "items" not in table:
        found += row_faults(table)
    elif "columns" in table or "key" in table or not (isinstance(items, list) and items and all(map(is_text, items))):
        found.append("items")
    else:
        found += [f"double {name}" for name in doubles(items)]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_is_well_formed(path: Path) -> None:
    assert faults(load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_by_its_section(path: Path) -> None:
    source = load(path.read_text(encoding="utf-8"))["source"]
    if path.stem == "choices":
        assert source == "SD-1 §1.16"
        return
    section = "0" if source == ALL_SERVICES else source.rpartition("§")[2]
    assert re.fullmatch(rf"{re.escape(section)}-[a-z0-9]+(-[a-z0-9]+)*", path.stem)


def test_every_section_is_there_and_no_title_twice_in_one() -> None:
    tables = [load(path.read_text(encoding="utf-8")) for path in FILES]
    sections = {table["source"] for table in tables}
    assert sections >= {f"SD-1 §1.{number}" for number in range(1, 17)} | {f"SD-{n} §{n}" for n in range(2, 6)}
    assert doubles([(table["source"], table["title"]) for table in tables]) == []


SOUND = """
source: SD-1 §1.10
title: Sound
compare: figures
columns: [name, kept]
rows:
  - [a, {value: "98.5", unit: percent}]
  - [b, ~]
"""


@pytest.mark.parametrize(
    ("sound", "broken", "fault"),
    [
        ("SD-1 §1.10", "SD-1 §1.17", "source"),
        ("SD-1 §1.10", "SD-2 §3", "source"),
        ("SD-1 §1.10", "§1.10", "source"),
        ("title: Sound", "title: ''", "title"),
        ("compare: figures", "compare: all", "compare"),
        ("title: Sound", "title: Sound\nnote: more", "fields"),
        ("title: Sound", "title: Sound\nitems: [a]", "rows or items"),
        ("title: Sound", "title: Sound\nkey: [other]", "key"),
        ("[name, kept]", "[name, name]", "columns"),
        ("[name, kept]", "[name]", "width"),
        ("[b, ~]", "[b]", "width"),
        ("[b, ~]", "[a, ~]", "double ('a',)"),
        ("[b, ~]", "[~, b]", "row without a key"),
        ("[b, ~]", "[b, 4]", "cell 4"),
        ("[b, ~]", "[b, yes]", "cell True"),
        ("[b, ~]", "[b, ' c']", "cell ' c'"),
        ('"98.5"', "98.5", "cell {'value': 98.5, 'unit': 'percent'}"),
        ("unit: percent", "unit: parsecs", "cell {'value': '98.5', 'unit': 'parsecs'}"),
        ('"98.5"', '"98,5"', "cell {'value': '98,5', 'unit': 'percent'}"),
    ],
)
def test_a_fault_is_found(sound: str, broken: str, fault: str) -> None:
    assert faults(load(SOUND)) == []
    assert faults(load(SOUND.replace(sound, broken, 1))) == [fault]


def test_faults_of_a_list_are_found() -> None:
    head = "source: SD-2 §2\ntitle: List\ncompare: words\nitems: "
    assert faults(load(head + "[a, b]")) == []
    assert faults(load(head + "[a, a]")) == ["double 'a'"]
    assert faults(load(head + "[]")) == ["items"]
    assert faults(load(head + "[1]")) == ["items"]


def test_a_field_named_twice_is_refused() -> None:
    with pytest.raises(yaml.constructor.ConstructorError, match="named twice"):
        load("title: a\ntitle: b\n")
