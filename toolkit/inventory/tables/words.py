"""What sheets and columns are called for people, in English and French; ``french.yaml`` holds the translations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from toolkit.inventory.schema_files import per_catalogue
from toolkit.inventory.tables.columns import Column, Table, heading_of, tables

Language = Literal["en", "fr"]

_FRENCH = Path(__file__).with_name("french.yaml")


def translated(column: Column, table: Table, language: Language) -> str:
    """The heading of a column: the titles of the property and of the mappings around it."""
    if language == "en":
        return heading_of(column, table)
    words = french()["headings"]
    titles = []
    for depth, step in enumerate(column.steps):
        node = table.of(column.steps[: depth + 1]).node
        own = f"{table.name}.{'.'.join(column.steps[: depth + 1])}"
        titles.append(words.get(own) or words.get(step) or node.get("title", step))
    return " : ".join(titles)


def described(column: Column, language: Language) -> str:
    """What the schema says of a column, in the language."""
    words = str(column.node.get("description", ""))
    return str(french()["descriptions"].get(words, words)) if language == "fr" else words


def sheet_name(table: Table, language: Language) -> str:
    """What the sheet of a table is called; at most 31 characters, as spreadsheets want."""
    return str(french()["sheets"].get(table.name, table.name)) if language == "fr" else table.name


def table_called(name: str) -> Table | None:
    """The table of a sheet, called by its own name or its French one, letter case aside."""
    return _by_name().get(name.strip().casefold())


def text(word: str, language: Language) -> str:
    """A sentence of the template."""
    return str(french()["texts"].get(word, word)) if language == "fr" else word


@cache
def french() -> dict[str, dict[str, Any]]:
    """Translations of ``sheets``, ``headings`` (by property, or by table and whole way), ``texts`` and ``descriptions``."""
    loaded: dict[str, dict[str, Any]] = yaml.load(_FRENCH.read_bytes(), Loader=yaml.CSafeLoader)
    return loaded


@per_catalogue
def _by_name() -> dict[str, Table]:
    found = {name.casefold(): table for name, table in tables().items()}
    for table in tables().values():
        found.setdefault(sheet_name(table, "fr").casefold(), table)
    return found
