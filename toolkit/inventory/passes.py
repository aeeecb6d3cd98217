"""The pass over a piece's components: in this process, or for a large JSON or NDJSON file in two."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, cast

from toolkit.inventory.components import Components, Part
from toolkit.inventory.readers import Piece
from toolkit.inventory.readers.piece import PartedPiece

Also = Callable[[Any], Callable[[list[Any]], Any]]
"""What else is done with each batch: of a header, a function of components; importable by name."""

TWO_FROM = 12 * 1024 * 1024
"""Bytes, some 40,000 components, from which a second process is worth its start."""


class Reading:
    """The pass under one header."""

    def __init__(self, header: Any, also: Also | None = None) -> None:
        self._header = header
        self._also = also
        self._components: Components | None = None
        self._extra: Callable[[list[Any]], Any] = _nothing

    def parts(self, piece: Piece) -> Iterator[tuple[int, tuple[Part, Any]]]:
        """Size, part and what else was made of each batch, in order; raises ReadRefused as the piece does."""
        if getattr(piece, "size", 0) >= TWO_FROM and (os.cpu_count() or 1) > 1:
            from toolkit.inventory.two_processes import share

            yield from share(cast(PartedPiece, piece), self._header, self._also)
            return
        if self._components is None:
            self._components = Components(self._header)
            self._extra = self._also(self._header) if self._also else _nothing
        for items in piece.batches():
            yield len(items), (self._components.part(items), self._extra(items))


def _nothing(_: list[Any]) -> None:
    return None
