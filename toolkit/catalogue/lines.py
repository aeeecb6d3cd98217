"""Tables as lines of text: aligned columns, cells wrapped to a width, lists as dashes, under the heading of each section."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from toolkit.catalogue.shown_tables import ShownTable
from toolkit.catalogue.words import Language
from toolkit.errors import UsageError
from toolkit.model.service import Service

_INDENT = "    "
_GAP = "  "
_EMPTY = "\N{EN DASH}"
_NARROWEST = 12
"""Columns are not made narrower than this to fit a width."""


def service_lines(service: Service, tables: Sequence[ShownTable], *, language: Language, width: int) -> Iterator[str]:
    """A service's head and its tables, section by section."""
    yield f"{service.title.of(language)} ({service.description}, {service.id})"
    yield from textwrap.wrap(service.summary.of(language), width)
    section = ""
    for found in tables:
        yield ""
        if found.source != section:
            section = found.source
            yield section
        yield f"  {found.title} [{found.id}]"
        yield from table_lines(found, width=width)


def table_lines(found: ShownTable, *, width: int) -> Iterator[str]:
    """A table below its headings, or a list when it has one column."""
    if len(found.columns) == 1:
        for (item,) in found.rows:
            yield from textwrap.wrap(
                item, max(width, 40), initial_indent=f"{_INDENT}- ", subsequent_indent=f"{_INDENT}  "
            )
        return
    rows = [tuple(cell or _EMPTY for cell in row) for row in found.rows]
    widths = _widths([found.columns, *rows], width - len(_INDENT) - len(_GAP) * (len(found.columns) - 1))
    yield from _row(found.columns, widths)
    yield _INDENT + _GAP.join("-" * wide for wide in widths)
    for row in rows:
        yield from _row(row, widths)


def sections(tables: Sequence[ShownTable], named: str) -> tuple[ShownTable, ...]:
    """The tables that ``named`` means: an id, a title, or a section (``SD-1 §1.10``, ``1.10``). UsageError for none."""
    said = named.casefold().removeprefix("§")
    found = tuple(
        one
        for one in tables
        if said in (one.id, one.title.casefold(), one.source.casefold(), one.source.partition("§")[2])
    )
    if not found:
        known = ", ".join(dict.fromkeys(one.id for one in tables))
        raise UsageError(f"no section {named!r}", fix=f"name a section (1.10) or one of: {known}")
    return found


def _widths(rows: Iterable[Sequence[str]], room: int) -> list[int]:
    """Natural widths; the widest column gives way until all fit or none is left to narrow."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = widths.index(max(widths))
        second = max([wide for wide in widths if wide < widths[widest]], default=_NARROWEST)
        widths[widest] = max(_NARROWEST, second, widths[widest] - (sum(widths) - room), 1)
        if widths[widest] == second and widths.count(second) > 1 and sum(widths) > room and second > _NARROWEST:
            widths[widest] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [
        textwrap.wrap(cell, wide, break_on_hyphens=False) or [""] for cell, wide in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, wrapped))):
        parts = [
            (part[number] if number < len(part) else "").ljust(wide) for part, wide in zip(wrapped, widths, strict=True)
        ]
        yield (_INDENT + _GAP.join(parts)).rstrip()
