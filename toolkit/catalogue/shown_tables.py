"""What a table that is shown is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from toolkit.catalogue.words import Language, quantity, word
from toolkit.model.service import Limit


class ShownTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table as people read it: titles of columns, and cells of text; an empty cell is an empty text."""

    id: str
    title: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(
    name: str, title: str, source: str, columns: Iterable[str], rows: Iterable[Sequence[str]], *, whole: bool = False
) -> ShownTable:
    """A table without the columns that are empty in every row; the first one always stays, all if it is ``whole``."""
    heads, cells = list(columns), [tuple(row) for row in rows]
    kept = [index for index in range(len(heads)) if whole or index == 0 or any(row[index] for row in cells)]
    return ShownTable(
        id=name,
        title=title,
        source=source,
        columns=tuple(heads[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in cells),
    )


def sentence(title: str) -> str:
    """A title as it stands in a line: without its capital, unless it is an abbreviation."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def bounded(limit: Limit, language: Language) -> tuple[str, str]:
    """How a limit binds, and its figure."""
    return word(limit.bound, language), quantity(limit.value, limit.unit, language)
