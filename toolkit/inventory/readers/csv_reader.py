"""CSV (RFC 4180) as people save it: the encoding and the separator are found out, quoted line breaks kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.inventory.finding import Finding
from toolkit.inventory.readers.place import NOT_TEXT, Place, ReadRefused
from toolkit.inventory.tables.piece import NOTATION, TablesPiece

_SEPARATORS = (",", ";", "\t")
_LINES = re.compile(r"\r\n|\r|\n")
_SAID = re.compile(r"sep=(.)\r?\n")
_ENCODED = {"cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16": "UTF-16"}


def read_csv(path: Path, content: bytes, file: str) -> TablesPiece:
    """The components of a CSV file; raises ReadRefused for what is no text and for quotes that do not close."""
    text, encoding = _decoded(content)
    found = NOT_TEXT.search(text)
    if found:
        place = Place(text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start()))
        raise ReadRefused("INV-003", f"character U+{ord(found[0]):04X} does not belong into a text file", place)
    if not text.strip():
        raise ReadRefused("INV-002", "the file is empty", Place(1, 1))
    sheet = CsvSheet(path.stem, text)
    for _ in sheet.rows():  # a quote that does not close is found before anything is judged
        pass
    piece = TablesPiece(file, [sheet], only_components=True)
    if encoding in _ENCODED:
        message = f"the file is not UTF-8; it is read as {_ENCODED[encoding]}"
        fix = "check the accents, or save it as UTF-8"
        piece.note(Finding(rule=NOTATION, path="", message=message, severity="warning", fix=fix))
    return piece


class CsvSheet:
    """A row's number is that of its first line in the file."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        said = _SAID.match(text)
        self._text = text
        self._first = 1 if said else 0
        self._lines: list[str] | None = None
        self._separator = said[1] if said else _separator(text)

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Rows that are not quite empty."""
        stream = io.StringIO(self._text, newline="")
        for _ in range(self._first):
            stream.readline()
        reader = csv.reader(stream, delimiter=self._separator, strict=True)
        number = self._first + 1
        try:
            for row in reader:
                if row:
                    yield number, row
                number = self._first + reader.line_num + 1
        except csv.Error as error:
            raise ReadRefused("INV-004", f"not CSV: {error}", Place(number, 1)) from error

    def place(self, row: int, column: int) -> Place:
        """Line and column of the beginning of a cell, a quote before it included."""
        line, at, quoted = row, 0, False
        while column:
            text = self.line(line)
            if at >= len(text):
                if not quoted:
                    break
                line, at = line + 1, 0
                if line > len(self._lines or ()):
                    break
                continue
            if text[at] == '"':
                quoted = not quoted
            elif text[at] == self._separator and not quoted:
                column -= 1
            at += 1
        return Place(line, at + 1)

    def line(self, number: int) -> str:
        """The text of a line."""
        if self._lines is None:
            self._lines = _LINES.split(self._text)
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: by a byte order mark, by zero bytes where UTF-16 has them, else the first that fits."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif len(content) > 1 and content[:2].count(0) == 1:
        encodings = ["utf-16-le" if content[1] == 0 else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return content.decode(encoding), "utf-16" if encoding.startswith("utf-16") else encoding
        except UnicodeDecodeError:
            continue
    raise ReadRefused("INV-003", "the bytes are not UTF-16 text", Place(1, 1))


def _separator(text: str) -> str:
    """What stands most often between the headings, outside quotes."""
    headings = next((line for line in _LINES.split(text[:65536]) if line.strip() and not line.startswith("#")), "")
    outside = re.sub(r'"[^"]*"?', "", headings)
    return max(_SEPARATORS, key=outside.count)
