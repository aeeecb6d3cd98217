"""CSV as exports and spreadsheets write it (RFC 4180): rows of texts, each with the line where it begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

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


def batches(text: str, *, headings: str, size: int) -> Iterator[Rows]:
    """The rows, up to ``size`` at a time; the separator (``,`` ``;`` tab) is the one that ``headings`` has most of."""
    separator = max(_SEPARATORS, key=headings.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    following = 1
    while True:
        cells: list[list[str]] = []
        lines: list[int] = []
        broken = None
        try:
            for row in islice(reader, size):
                cells.append(row)
                lines.append(following)
                following = reader.line_num + 1
        except csv.Error as error:
            broken = (following, str(error))
        if cells or broken is not None:
            yield Rows(lines=lines, cells=cells, broken=broken)
        if len(cells) < size:
            return


def rows_of(text: str, *, headings: str) -> Rows:
    """All rows at once; see ``batches``."""
    return next(batches(text, headings=headings, size=len(text) + 1), Rows(lines=[], cells=[]))
