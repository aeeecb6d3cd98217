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
