"""One file of an inventory, as the checks read it: a header, then its components, some thousands at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from toolkit.inventory.readers.place import Document, Place, ReadRefused

if TYPE_CHECKING:
    from toolkit.inventory.finding import Finding  # which needs this package's places

BATCH = 4000
"""Components that are held as plain values at once."""


class Piece(Protocol):
    """What every reader makes of a file."""

    @property
    def file(self) -> str:
        """The file's name, as it is shown."""
        ...

    @property
    def header(self) -> Any:
        """The plain value of everything but the components: a mapping, in a sound file.

        A list of components leaves an empty list behind; whatever else stands in its place stays.
        """
        ...

    @property
    def refused(self) -> list[ReadRefused]:
        """Parts that ``batches`` passed over because they cannot be read, each a problem of its own."""
        ...

    @property
    def notes(self) -> Sequence[Finding]:
        """What is to be said about how values were understood; pointers into this file, complete after ``batches``."""
        ...

    def batches(self) -> Iterator[list[Any]]:
        """The components in the order of the file, as plain values, at most some thousands at a time.

        Raises ReadRefused, with a place, where the rest cannot be judged. May be asked for again.
        """
        ...

    def locate(self, path: str, *, key: bool = False) -> Place:
        """Where the value at a JSON pointer of this file stands (``/components/3/id``), or its key.

        Cheapest in the order of the file.
        """
        ...

    def line(self, number: int, sheet: str | None = None) -> str:
        """The text of a line, or of a sheet's row; empty where there is none to show."""
        ...


class PartedPiece(Piece, Protocol):
    """A piece of a large file whose parts may be read by another process, if they come back in their order."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def parts(self) -> int:
        """How many there are."""
        ...

    def task(self, number: int) -> Any:
        """What ``read_part`` needs of this part; it can be pickled."""
        ...

    @staticmethod
    def read_part(task: Any) -> tuple[Any, list[Any]]:
        """What ``take`` is to be told of the part, and its components as plain values."""
        ...

    def begin(self) -> None:
        """Forget what an earlier reading has found."""
        ...

    def take(self, told: Any) -> None:
        """Note what the next part holds; raises ReadRefused where the rest cannot be judged."""
        ...


def parts_in_order(piece: PartedPiece) -> Iterator[list[Any]]:
    """The ``batches`` of such a piece: all of its parts, read here."""
    piece.begin()
    for number in range(piece.parts):
        told, items = piece.read_part(piece.task(number))
        piece.take(told)
        yield items


class WholePiece:
    """A document that is held whole: of any format, and of a size that a person writes."""

    def __init__(self, file: str, document: Document) -> None:
        self.file = file
        self.refused: list[ReadRefused] = []
        self.notes: list[Finding] = []
        self._document = document
        self._components: list[Any] = []
        self.header = value = document.value
        if isinstance(value, dict) and isinstance(value.get("components"), list):
            self._components = value["components"]
            self.header = {**value, "components": []}

    def batches(self) -> Iterator[list[Any]]:
        """Slices of the one list."""
        for start in range(0, len(self._components), BATCH):
            yield self._components[start : start + BATCH]

    def locate(self, path: str, *, key: bool = False) -> Place:
        """From the document."""
        return self._document.locate(path, key=key)

    def line(self, number: int, sheet: str | None = None) -> str:  # noqa: ARG002 - a text has no sheets
        """From the document."""
        return self._document.line(number)
