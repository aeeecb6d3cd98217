"""The workbook that a customer fills in: a sheet for each part of a service's inventory, with help, lists and an example."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit import catalogue
from toolkit.inventory.offered import offered
from toolkit.inventory.schema_files import definition, kinds_of, resolved
from toolkit.inventory.tables.cells import encode
from toolkit.inventory.tables.columns import COMPONENTS, ROOT, Column, Table, tables
from toolkit.inventory.tables.layout import Written
from toolkit.inventory.tables.rows import REMARK
from toolkit.inventory.tables.words import Language, described, sheet_name, text, translated
from toolkit.inventory.tables.write_xlsx import put, workbook

ROWS = 1000
"""Rows below the headings that have lists to choose from."""
FORMAT = "onboarding/inventory/v1"
_LISTS = "#lists"
_HELP = (
    "Each sheet is a part of the inventory; a sheet that stays empty is left out.",
    "The note at each heading says what belongs below it (in English) and whether it is required.",
    "A sheet, a column and a row that begin with # are remarks and are not read: the grey row is an example.",
    "An empty cell says nothing. Several values in a cell are separated by ; and the values of the lists stay English.",
    "Text that begins with = + - @ or # gets an apostrophe before it.",
    "Formulas, merged cells and passwords do not belong here.",
    "Check it with: onboard validate FILE",
)


def tables_of(service: str) -> tuple[Table, ...]:
    """The tables that an inventory of a service has, in the order of the sheets."""
    without = {name for name, node in definition(service)["properties"].items() if node is False}
    kinds = kinds_of(service)
    found = []
    for name, table in tables().items():
        section = table.steps[0] if table.steps else ROOT
        if name != COMPONENTS and section not in without and (table.kind is None or table.kind in kinds):
            found.append(table)
    return tuple(found)


def template(service: str, language: Language) -> bytes:
    """The content of the .xlsx file for a service of the catalogue."""
    target = io.BytesIO()
    with workbook(target) as book:
        _Book(book, service, language).write()
    return target.getvalue()


class _Book:
    """The sheets of one template, and the lists that their cells choose from."""

    def __init__(self, book: Any, service: str, language: Language) -> None:
        self.book = book
        self.service = service
        self.language = language
        self.tables = tables_of(service)
        self.bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        self.required = book.add_format({"bold": True, "bottom": 1, "num_format": "@", "bg_color": "#FFE699"})
        self.grey = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
        self.text = book.add_format({"num_format": "@"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.lists: dict[tuple[Written, ...], int] = {}

    def write(self) -> None:
        """Every sheet; the lists last, hidden."""
        front = self.book.add_worksheet(f"{REMARK} {text('Read me', self.language)}")
        front.set_column(0, 0, 120)
        for row, line in enumerate(_HELP):
            front.write_string(row, 0, f"{REMARK} {text(line, self.language)}")
        sheets = [(table, self.book.add_worksheet(sheet_name(table, self.language))) for table in self.tables]
        for table, sheet in sheets:
            self._sheet(table, sheet)
        hidden = self.book.add_worksheet(_LISTS)
        hidden.hide()
        for words, column in self.lists.items():
            for row, word in enumerate(words):
                put(hidden, row, column, word)
        sheets[0][1].activate()

    def _sheet(self, table: Table, sheet: Any) -> None:
        columns = [column for column in table.columns if column.steps != ("kind",) or table.kind is None]
        for index, column in enumerate(columns):
            heading = translated(column, table, self.language)
            sheet.write_string(0, index, heading, self.required if column.required else self.bold)
            sheet.write_comment(0, index, self._help(column), {"x_scale": 2, "y_scale": 1.5})
            form = (
                self.text if column.type in ("text", "words", "any") else self.date if column.type == "date" else None
            )
            sheet.set_column(index, index, max(14, min(40, len(heading) + 3)), form)
            self._choices(sheet, index, column, table)
        sheet.freeze_panes(1, 1)
        if table.name == ROOT:
            for index, column in enumerate(columns):
                put(sheet, 1, index, {"schema": FORMAT, "service": self.service}.get(column.name, ""), self.text)
            return
        for index, column in enumerate(columns):
            cell = encode(column.node["examples"][0], column.type, typed=True) if column.node.get("examples") else ""
            if index == 0:
                cell = f"{REMARK} {text('example', self.language)}: {cell}"
            put(sheet, 1, index, cell, self.grey)

    def _help(self, column: Column) -> str:
        node = column.node
        needed = text("required" if column.required else "optional", self.language)
        lines = [f"{column.name} ({needed})", described(column, self.language)]
        if column.type == "words":
            lines.append(text("Several, separated by ;", self.language))
            node = {**resolved(node["items"]), "examples": node.get("examples", [])}
        if node.get("enum"):
            lines.append(f"{text('One of', self.language)}: {', '.join(map(str, node['enum']))}")
        if node.get("examples"):
            example = encode(node["examples"][0], column.type, typed=False)
            lines.append(f"{text('Example', self.language)}: {example}")
        return "\n".join(line for line in lines if line)

    def _choices(self, sheet: Any, index: int, column: Column, table: Table) -> None:
        """A list to choose from, where the schema, the catalogue or another sheet has one."""
        source: str | None = None
        if column.type == "boolean":
            source = self._list(("TRUE", "FALSE"))
        elif column.type != "words" and column.node.get("enum"):
            source = self._list(tuple(column.node["enum"]))
        elif column.steps == ("profile",):
            source = self._list(tuple(catalogue.profile_ids()))
        elif table.name == "prerequisites" and column.steps == ("id",):
            source = self._list(tuple(offered(self.service, "prerequisites")))
        elif table.name == "subscription" and column.steps == ("tier",):
            source = self._list(tuple(offered(self.service, "tier")))
        elif column.type == "text" and len(column.node.get("x-refers-to", ())) == 1:
            source = self._ids(column.node["x-refers-to"][0])
        if source:
            settings: Mapping[str, Any] = {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "ignore_blank": True,
            }
            sheet.data_validation(2, index, ROWS, index, settings)

    def _list(self, words: Sequence[Written]) -> str | None:
        if not words:
            return None
        column = self.lists.setdefault(tuple(words), len(self.lists))
        return f"='{_LISTS}'!${_letters(column)}$1:${_letters(column)}${len(words)}"

    def _ids(self, target: str) -> str | None:
        """The column of ids on the sheet of a section, or of a kind (``components/vm``), below its example."""
        table = next((one for one in self.tables if one.name == target.rpartition("/")[2]), None)
        if table is None:
            return None
        at = next(index for index, column in enumerate(table.columns) if column.name == "id")
        name = sheet_name(table, self.language).replace("'", "''")
        return f"='{name}'!${_letters(at)}$3:${_letters(at)}${ROWS + 1}"


def _letters(column: int) -> str:
    return chr(65 + column) if column < 26 else _letters(column // 26 - 1) + chr(65 + column % 26)
