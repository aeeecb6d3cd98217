"""A CSV or NDJSON file as a table of texts, each row with its line; what cannot be read is a problem, not an end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from toolkit.csv_rows import NotText, Rows, batches, decoded
from toolkit.levels.records.kinds import MANY

SUFFIXES = (".csv", ".ndjson", ".jsonl")
_TOGETHER = 1024
"""So many rows at a time are texts: enough to read them column by column, few enough to stay near the processor."""
_HALVES = re.compile("[\ud800-\udfff]")


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows: each has its cells in the order of the table's columns, and the line where it stands.

    ``strange``: line and name of each NDJSON cell of no such column.
    """

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    strange: Sequence[tuple[int, str]] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """``columns`` as the file names them; of NDJSON, where each line names its own, those that were asked for."""

    columns: tuple[str, ...] = ()
    batches: Iterator[Batch]
    named_once: bool = True


Complain = Callable[[int, str, str, str], None]
"""Line, field (empty: all of the line), what is wrong, the fix."""


def read_table(path: Path, columns: tuple[str, ...], complain: Complain) -> Table:
    """The file's lines, of which ``columns`` are known; raises OSError where it cannot be opened."""
    try:
        text = decoded(path.read_bytes())
    except NotText as error:
        complain(error.line, "", str(error), "save the file as UTF-8")
        return Table(batches=iter(()))
    if path.suffix == ".csv":
        return _csv(text, complain)
    return Table(columns=columns, batches=_ndjson(text, columns, complain), named_once=False)


def _csv(text: str, complain: Complain) -> Table:
    head = text.partition("\n")[0]
    some = batches(text, headings=head, size=_TOGETHER)
    first = next(some, Rows(lines=[], cells=[]))
    columns = tuple(name.strip() for name in first.cells[0]) if first.cells else ()
    if not columns and (first.cells or first.broken is None):
        complain(1, "", "the file has no line of column names", "write the columns' names into its first line")
    rest = msgspec.structs.replace(first, lines=first.lines[1:], cells=first.cells[1:])
    read = _of_width(chain((rest,), some), len(columns), complain)
    # whoever takes no rows is told all the same that what follows the headings is no CSV
    return Table(columns=columns, batches=read if columns else iter(tuple(read)))


def _of_width(some: Iterable[Rows], width: int, complain: Complain) -> Iterator[Batch]:
    """The rows without blank lines and those that have not a cell for each column."""
    for read in some:
        lines, rows = read.lines, read.cells
        if set(map(len, rows)) - {width} or not all(map(any, rows)):
            filled = [(line, cells) for line, cells in zip(lines, rows, strict=True) if any(cells)]
            for line, cells in filled:
                if len(cells) != width:
                    told = f"{len(cells)} cells, but {width} columns"
                    complain(line, "", told, "give each column a cell, empty or not")
            lines = [line for line, cells in filled if len(cells) == width]
            rows = [cells for _, cells in filled if len(cells) == width]
        if read.broken is not None:
            line, reason = read.broken
            complain(line, "", f"not CSV: {reason}", "write it as RFC 4180 says: cells with commas or quotes in quotes")
        if rows:
            yield Batch(lines=lines, rows=rows)


def _ndjson(text: str, columns: tuple[str, ...], complain: Complain) -> Iterator[Batch]:
    lines: list[int] = []
    rows: list[list[str]] = []
    strange: list[tuple[int, str]] = []
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
        lines.append(line)
        rows.append([cells.pop(name, "") for name in columns])
        strange += [(line, name) for name in cells]
        if len(rows) == _TOGETHER:
            yield Batch(lines=lines, rows=rows, strange=strange)
            lines, rows, strange = [], [], []
    if rows:
        yield Batch(lines=lines, rows=rows, strange=strange)


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
