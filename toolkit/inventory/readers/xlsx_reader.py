"""Workbooks (ECMA-376): values by calamine, in C speed; before that, what could make it take all memory is refused.

calamine says neither which cells are formulas nor which hold errors, and lays a sheet out up to its last cell: the
sheets' XML is looked through for these, without being parsed.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import python_calamine

from toolkit.inventory.readers.place import Place, ReadRefused
from toolkit.inventory.tables.cells import Cell
from toolkit.inventory.tables.piece import TablesPiece

MAX_PACKED = 64 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 100
"""Times that a part may grow when it is unpacked; small parts may grow more."""
SMALL = 16 * 1024 * 1024
MAX_CELLS = 32_000_000
"""Rows times columns of a sheet, up to its last cell."""
MOST_SAID = 1000
_ANEW = "save the workbook anew with a spreadsheet program, or give another format"
"""Formulas and errors of a sheet that are named one by one."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TAGGED = re.compile(rb"<(?:\w+:)?c\s([^>]*)>(?=\s*(<(?:\w+:)?f[\s>/])?)")
_NAMED = re.compile(rb'\br="([A-Za-z]+[0-9]+)"')
_UNUSUAL = (b" r='", b" r =", b" r= ", b"\nr=", b"\tr=", b"\rr=", b"<!DOCTYPE", b"<!ENTITY")


def read_xlsx(path: Path, file: str) -> TablesPiece:
    """The sections and components of a workbook; raises ReadRefused for what is none, and for what is too large."""
    if path.stat().st_size > MAX_PACKED:
        raise ReadRefused("INV-001", f"larger than {MAX_PACKED // 1024 // 1024} MiB")
    if path.stat().st_size == 0:
        raise ReadRefused("INV-002", "the file is empty")
    try:
        odd = _looked_through(path)
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        names = [one.name for one in workbook.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        sheets = [XlsxSheet(workbook.get_sheet_by_name(name)) for name in names]
    except ReadRefused:
        raise
    except (python_calamine.CalamineError, zipfile.BadZipFile, ET.ParseError, KeyError, ValueError) as error:
        raise ReadRefused("INV-004", "not a workbook: it cannot be unpacked") from error
    except (RuntimeError, NotImplementedError, EOFError, zlib.error, struct.error) as error:
        raise ReadRefused("INV-004", "not a workbook: it is encrypted or packed in an unknown way") from error
    piece = TablesPiece(file, sheets)
    for sheet in sheets:
        for cell, message in odd.get(sheet.name, ()):
            piece.refuse(ReadRefused("INV-018", message, Place(*_numbers(cell), sheet.name, cell)))
        for (top, left), (bottom, right) in sheet.merged:
            cell = _cell(top, left)
            message = f"the cells {cell}:{_cell(bottom, right)} are merged, so that only the first has a value"
            if not sheet.name.startswith("#"):
                piece.refuse(ReadRefused("INV-018", message, Place(top + 1, left + 1, sheet.name, cell)))
    return piece


class XlsxSheet:
    """One sheet as calamine has read it; its numbers count from 0."""

    def __init__(self, sheet: python_calamine.CalamineSheet) -> None:
        self.name = sheet.name
        self.merged = sheet.merged_cell_ranges or []
        self._sheet = sheet
        self._left = sheet.start[1] if sheet.start else 0
        self._near: tuple[int, Iterator[tuple[int, Sequence[Cell]]]] = (0, iter(()))

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """All rows, numbered as the spreadsheet does."""
        if self._left == 0:
            yield from enumerate(self._sheet.iter_rows(), 1)
            return
        empty = [""] * self._left
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            yield number, [*empty, *row]

    def place(self, row: int, column: int) -> Place:
        """With the cell's name."""
        return Place(row, column + 1, self.name, _cell(row - 1, column))

    def line(self, number: int) -> str:
        """The cells of a row, separated by bars."""
        before, rows = self._near
        if number <= before or not before:
            rows = self.rows()
        for at, row in rows:
            if at >= number:
                self._near = at, rows
                return " | ".join("" if cell == "" else str(cell)[:200] for cell in row) if at == number else ""
        self._near = (0, iter(()))
        return ""


def _looked_through(path: Path) -> dict[str, list[tuple[str, str]]]:
    """By sheet, the cells that have no plain value, each with what is to be said; raises ReadRefused for a bomb."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        names = [part.filename.lower() for part in parts]
        size = sum(part.file_size for part in parts)
        swollen = any(part.file_size > max(SMALL, MAX_RATIO * part.compress_size) for part in parts)
        if size > MAX_UNPACKED or swollen or len(set(names)) < len(names):
            raise ReadRefused("INV-006", "the workbook is packed so that it would grow beyond all bounds", fix=_ANEW)
        found: dict[str, list[tuple[str, str]]] = {}
        for name, place in _sheets(packed):
            text = packed.read(place)
            _bounded(text, name)
            odd = [] if name.startswith("#") else list(_odd_cells(text))
            found[name] = odd
        for part in parts:
            if part.filename.endswith(".xml") and "/worksheets/" not in part.filename:
                # read whole, so that a size that was told wrongly does not pass
                _plain(packed.read(part), part.filename)
        return found


def _sheets(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet."""
    relations = _plain(packed.read("xl/_rels/workbook.xml.rels"), "relations")
    target = {one.get("Id"): one.get("Target", "") for one in ET.fromstring(relations)}  # noqa: S314 - no entities
    book = ET.fromstring(_plain(packed.read("xl/workbook.xml"), "workbook"))  # noqa: S314 - no entities
    for one in book.iter():
        if one.tag.endswith("}sheet"):
            part = posixpath.normpath(posixpath.join("xl", target.get(one.get(_RELATION), "")))
            part = part.lstrip("/") if not target.get(one.get(_RELATION), "").startswith("/") else part[1:]
            if part in packed.NameToInfo and "/worksheets/" in part:
                yield one.get("name", ""), part


def _plain(text: bytes, name: str) -> bytes:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ReadRefused("INV-006", f"the workbook's part {name[:60]} declares entities", fix=_ANEW)
    return text


def _bounded(text: bytes, name: str) -> None:
    """Refuse a sheet whose last cell is so far off that it would be laid out with billions of empty ones."""
    if any(mark in text for mark in _UNUSUAL):
        raise ReadRefused(
            "INV-006", f"the sheet {name[:60]!r} is written in a way that its size cannot be told", fix=_ANEW
        )
    columns = max((_number(word) for word in set(re.findall(rb' r="([A-Za-z]+)', text))), default=1)
    rows = max(map(int, re.findall(rb' r="([0-9]{1,9})"', text)), default=text.count(b"<row"))
    digits = len(str(rows))
    if re.search(rb' r="[A-Za-z]+[0-9]{%d}' % (digits + 1), text) or rows * columns > MAX_CELLS:
        raise _far(name)
    if 10**digits * columns > MAX_CELLS:
        rows = max(map(int, re.findall(rb' r="[A-Za-z]+([0-9]+)"', text)), default=1)
        if rows * columns > MAX_CELLS:
            raise _far(name)


def _far(name: str) -> ReadRefused:
    message = f"the sheet {name[:60]!r} has cells too far from its first one"
    return ReadRefused("INV-006", message, fix="remove the rows and columns beyond the table")


def _odd_cells(text: bytes) -> Iterator[tuple[str, str]]:
    if b"<f" not in text and b":f" not in text and b't="e"' not in text:
        return
    said = 0
    for found in _TAGGED.finditer(text):
        wrong, name = b't="e"' in found[1], _NAMED.search(found[1])
        if name is None or not (wrong or found[2]):
            continue
        said += 1
        if said > MOST_SAID:
            return
        error = "the cell holds an error of the spreadsheet"
        yield name[1].decode(), error if wrong else "the cell holds a formula, whose result may be of another day"


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def _numbers(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]), _number(letters.encode())


def _cell(row: int, column: int) -> str:
    """The name of a cell, both numbers from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
