"""CSV as exports and spreadsheets write it (RFC 4180): rows of texts, each with the line where it begins."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

import msgspec

_SEPARATORS = (",", ";", "\t")
_END = re.compile(r"\r\n|\r|\n")


class NotText(Exception):
    """Bytes that are no UTF-8; ``line`` from 1."""

    def __init__(self, line: int, byte: int) -> None:
        super().__init__(f"byte {byte:#04x} is not UTF-8")
        self.line = line


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """``lines``: where each row of ``cells`` begins, from 1; a blank line is a row without cells.

    ``broken``: line and reason where what follows is no CSV; the rows before it stand.
    """

    lines: Sequence[int]
    cells: list[list[str]]
    broken: tuple[int, str] | None = None


def decoded(content: bytes) -> str:
    """The text, without a byte order mark. Raises NotText."""
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NotText(content.count(b"\n", 0, error.start) + 1, content[error.start]) from error


def batches(text: str, *, headings: str, size: int) -> Iterator[Rows]:
    """The rows, up to ``size`` at a time; the separator (``,`` ``;`` tab) is the one that ``headings`` has most of."""
    separator = max(_SEPARATORS, key=headings.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    following = 1
    while True:
        cells: list[list[str]] = []
        broken = None
        try:
            for row in islice(reader, size):
                cells.append(row)  # noqa: PERF402 the rows before a broken one stand
        except csv.Error as error:
            broken = str(error)
        lines: Sequence[int]
        if broken is None and reader.line_num + 1 == following + len(cells):
            lines, following = range(following, following + len(cells)), following + len(cells)
        else:
            lines, following = _lines(cells, following)
        if cells or broken is not None:
            yield Rows(lines=lines, cells=cells, broken=None if broken is None else (following, broken))
        if len(cells) < size:
            return


def _lines(rows: list[list[str]], first: int) -> tuple[list[int], int]:
    """Where each row begins, when cells may hold ends of lines, and where what follows begins."""
    *lines, following = accumulate((1 + sum(len(_END.findall(cell)) for cell in row) for row in rows), initial=first)
    return lines, following


def rows_of(text: str, *, headings: str) -> Rows:
    """All rows at once; see ``batches``."""
    return next(batches(text, headings=headings, size=len(text) + 1), Rows(lines=[], cells=[]))
