"""CSV as exports and spreadsheets write it (RFC 4180): rows of texts, each with the line where it begins."""

from __future__ import annotations

import csv
import io

import msgspec

_SEPARATORS = (",", ";", "\t")


class NotText(Exception):
    """Bytes that are no UTF-8; ``line`` from 1."""

    def __init__(self, line: int, byte: int) -> None:
        super().__init__(f"byte {byte:#04x} is not UTF-8")
        self.line = line


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """``lines``: where each row of ``cells`` begins, from 1; a blank line is a row without cells.

    ``broken``: line and reason where what follows is no CSV; the rows before it stand.
    """

    lines: list[int]
    cells: list[list[str]]
    broken: tuple[int, str] | None = None


def decoded(content: bytes) -> str:
    """The text, without a byte order mark. Raises NotText."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(content.count(b"\n", 0, error.start) + 1, content[error.start]) from error


def rows_of(text: str, *, headings: str) -> Rows:
    """All rows; the separator (``,`` ``;`` tab) is the one that the line of ``headings`` has most of."""
    separator = max(_SEPARATORS, key=headings.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    cells: list[list[str]] = []
    lines = [1]
    broken = None
    try:
        for row in reader:
            cells.append(row)
            lines.append(reader.line_num + 1)
    except csv.Error as error:
        broken = (lines[-1], str(error))
    return Rows(lines=lines[: len(cells)], cells=cells, broken=broken)
