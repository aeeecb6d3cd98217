"""Lines of a CSV or NDJSON file as texts by column, each with its line; what cannot be read is a problem, not an end."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from toolkit.levels.records.kinds import MANY

SUFFIXES = (".csv", ".ndjson", ".jsonl")
_HALVES = re.compile("[\ud800-\udfff]")
_SEPARATORS = (",", ";", "\t")


Row = tuple[int, tuple[str, ...], tuple[str, ...]]
"""The line, its cells in the order of the table's columns, and the names of cells that are none of them (NDJSON)."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """``columns`` as the file names them; of NDJSON, where each line names its own, those that were asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    named_once: bool


Complain = Callable[[int, str, str, str], None]
"""Line, field (empty: all of the line), what is wrong, the fix."""


def read_table(path: Path, columns: tuple[str, ...], complain: Complain) -> Table:
    """The file's lines, of which ``columns`` are known; raises OSError where it cannot be opened."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        complain(line, "", f"byte {content[error.start]:#04x} is not UTF-8", "save the file as UTF-8")
        return Table(columns=(), rows=iter(()), named_once=True)
    if path.suffix == ".csv":
        return _csv(text, complain)
    return Table(columns=columns, rows=_ndjson(text, columns, complain), named_once=False)


def _csv(text: str, complain: Complain) -> Table:
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = tuple(name.strip() for name in next(lines, []))
    except csv.Error as error:
        complain(1, "", f"not CSV: {error}", "write it as RFC 4180 says: cells with commas or quotes in quotes")
        return Table(columns=(), rows=iter(()), named_once=True)
    if not columns:
        complain(1, "", "the file has no line of column names", "write the columns' names into its first line")
    return Table(columns=columns, rows=_csv_rows(lines, len(columns), complain), named_once=True)


def _csv_rows(lines: Any, width: int, complain: Complain) -> Iterator[Row]:
    before = lines.line_num
    try:
        for cells in lines:
            line, before = before + 1, lines.line_num
            if not any(cells):
                continue
            if len(cells) != width:
                complain(line, "", f"{len(cells)} cells, but {width} columns", "give each column a cell, empty or not")
                continue
            yield line, tuple(cells), ()
    except csv.Error as error:
        complain(
            before + 1, "", f"not CSV: {error}", "write it as RFC 4180 says: cells with commas or quotes in quotes"
        )


def _ndjson(text: str, columns: tuple[str, ...], complain: Complain) -> Iterator[Row]:
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            value = json.loads(written, parse_float=str, parse_int=str, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            said = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            complain(line, "", f"not JSON: {said}", "write one JSON object on each line")
            continue
        if not isinstance(value, dict):
            complain(line, "", "not a JSON object", "write one JSON object on each line")
            continue
        cells: dict[str, str] = {}
        for name, given in value.items():
            cell = _cell(given)
            if cell is None:
                complain(
                    line, name, f"{name} is neither a text, a number, yes or no nor a list of texts", "write a text"
                )
            else:
                cells[name] = cell
        yield line, tuple(cells.pop(name, "") for name in columns), tuple(cells)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in the object")
    return found


def _cell(value: Any) -> str | None:
    """The value as a cell of CSV would hold it; None where no cell could."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        # half of a surrogate pair, which JSON can spell, is no text that could be written anywhere
        return value if value.isascii() or not _HALVES.search(value) else None
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return _cell(MANY.join(value))
    return None
