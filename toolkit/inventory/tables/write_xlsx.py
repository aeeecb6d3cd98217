"""Tables as a workbook, for people to work in: headings that stay in sight, columns as wide as their values."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from toolkit.errors import UsageError
from toolkit.inventory.tables.layout import Grid, Written, lay_out

LONGEST = 32_767
"""Characters that a cell of a workbook takes."""
MOST_ROWS = 1_048_575
"""Rows of a sheet below its headings."""


def xlsx_bytes(value: Any) -> bytes:
    """The workbook of an inventory; raises UsageError for what tables cannot hold."""
    grids = lay_out(value)
    target = io.BytesIO()
    with workbook(target) as book:
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        for grid in grids:
            _sheet(book, grid, bold, text)
        if not grids:
            book.add_worksheet("#")
    return target.getvalue()


@contextmanager
def workbook(target: io.BytesIO) -> Iterator[Any]:
    """A workbook of XlsxWriter in which text stays text."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    yield book
    book.close()


def put(sheet: Any, row: int, column: int, cell: Written, form: Any = None) -> None:
    """Write a cell as what it is."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell:
        if len(cell) > LONGEST:
            raise UsageError("a value is too long for a cell of a workbook", fix="write .yaml, .json or .ndjson")
        sheet.write_string(row, column, cell, form)


def widths(headings: Sequence[str], rows: Sequence[Sequence[Written]]) -> list[int]:
    """A width in characters for each column, from the headings and the first rows."""
    shown = [headings, *rows[:200]]
    return [min(48, max(len(str(row[index])) for row in shown) + 2) for index in range(len(headings))]


def _sheet(book: Any, grid: Grid, bold: Any, text: Any) -> None:
    if len(grid.rows) > MOST_ROWS:
        raise UsageError(f"a sheet takes {MOST_ROWS} rows at most", fix="write .ndjson, or a folder of pieces")
    sheet = book.add_worksheet(grid.table.name)
    for column, (heading, width) in enumerate(zip(grid.headings, widths(grid.headings, grid.rows), strict=True)):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, width)
    for number, row in enumerate(grid.rows, 1):
        for column, cell in enumerate(row):
            put(sheet, number, column, cell, text)
    sheet.freeze_panes(1, 0)
