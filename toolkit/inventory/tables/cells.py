"""A value and the cell that it stands in, both ways, by the type of the column."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any, Literal

from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.place import MAX_INTEGER, NOT_TEXT, ReadRefused, integral

Cell = str | bool | int | float | dt.date | dt.time | dt.timedelta
"""What a sheet holds; an empty cell is an empty text."""

Type = Literal["text", "date", "number", "boolean", "words", "any"]
"""``words`` is a list of texts; ``any`` is what the schema does not know or spreads over columns of their own."""

Note = Callable[[str], None]
"""Told how a value was read that is written in a local notation."""

MARK = "json:"
_RISKY = r"(?:[=+\-@\t\r\n#＝＋－＠]|json:)"  # noqa: RUF001 - the wide signs are executed too
_NEEDS_APOSTROPHE = re.compile("'*" + _RISKY)
_HAS_APOSTROPHE = re.compile("'+" + _RISKY)
_ESCAPED_IN_XML = re.compile(r"_x[0-9A-Fa-f]{4}_|\r")
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "oui", "vrai"), True),
    **dict.fromkeys(("false", "no", "non", "faux"), False),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_BETWEEN = re.compile(r"\s*(?<!\\)((?:\\\\)*)[;\n]\s*")


def silent(_: str) -> None:
    """Takes no note."""


def encode(value: Any, type_: Type, *, typed: bool) -> str | bool | int | float:
    """The cell for a plain value; ``typed``: the format has numbers and booleans of its own, as CSV has not."""
    cell = _natural(value, type_, typed=typed)
    if cell is not None and same(_read_or_none(cell, type_), value):
        return cell
    text = json.dumps(value, ensure_ascii=NOT_TEXT.search(_texts(value)) is not None)
    return MARK + _ESCAPED_IN_XML.sub(lambda found: f"\\u{ord(found[0][0]):04x}" + found[0][1:], text)


def decode(cell: Cell, type_: Type, note: Note = silent) -> Any:
    """The value of a cell that is not empty; raises ReadRefused (without a place) for JSON that is none.

    What does not fit the type stays what it is: the schema says so, at its place.
    """
    return READ[type_](cell, note)


def protect(text: str) -> str:
    """The text so that no spreadsheet executes it and that it is no mark of ours."""
    return "'" + text if _NEEDS_APOSTROPHE.match(text) else text


def restore(text: str) -> str:
    """The text without what ``protect`` put before it."""
    return text[1:] if _HAS_APOSTROPHE.match(text) else text


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal, types included."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(inner, other[key]) for key, inner in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def _read_or_none(cell: Cell, type_: Type) -> Any:
    try:
        return decode(cell, type_)
    except ReadRefused:
        return None


def _texts(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def _natural(value: Any, type_: Type, *, typed: bool) -> str | bool | int | float | None:
    """As a person would write it; None where there is no such way."""
    if isinstance(value, str):
        odd = not value or NOT_TEXT.search(value) or _ESCAPED_IN_XML.search(value)
        return None if odd else protect(value)
    if isinstance(value, bool):
        return value if typed else str(value).lower()
    if isinstance(value, int | float):
        # a workbook keeps 16 digits, not the 17 that some floats need
        return value if typed and float(f"{value:.16G}") == value else json.dumps(value)
    if type_ == "words" and isinstance(value, list) and all(isinstance(word, str) for word in value):
        joined = "; ".join(word.replace("\\", "\\\\").replace(";", "\\;") for word in value)
        return _natural(joined, "text", typed=typed)
    return None


def _marked(text: str) -> tuple[bool, Any]:
    """Whether a text was JSON behind the mark, and the value; else the text without its apostrophe."""
    if text.startswith(MARK):
        try:
            return True, read_json(text.removeprefix(MARK)).value
        except ReadRefused as refused:
            raise ReadRefused("INV-018", f"behind {MARK} stands no JSON value ({refused.message})") from refused
    return False, restore(text)


def _text(cell: Cell, _: Note = silent) -> Any:
    if isinstance(cell, str):
        return cell if cell[0] not in "'j" else _marked(cell)[1]
    return _written(cell)


def _any(cell: Cell, _: Note) -> Any:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell if isinstance(cell, bool) else _text(cell)
    return integral(float(cell))


def _written(cell: Cell) -> str:
    """What a cell of another type shows, as text."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return str(integral(float(cell)))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat("auto" if cell.second or cell.microsecond else "minutes")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _date(cell: Cell, note: Note) -> Any:
    value = _text(cell)
    found = _DAY_FIRST.fullmatch(value) if isinstance(value, str) else None
    if found is None or (isinstance(cell, str) and cell.startswith(MARK)):
        return value
    day, month, year = map(int, found.groups())
    try:
        read = dt.date(year, month, day).isoformat()
    except ValueError:
        return value
    note(f"dates of this column are read as day, month, year: {value} is {read}")
    return read


def _number(cell: Cell, note: Note) -> Any:
    if isinstance(cell, bool) or not isinstance(cell, str):
        return cell if isinstance(cell, bool) else _any(cell, note)
    marked, value = _marked(cell)
    if marked or not _NUMBER.fullmatch(value):
        return value
    if "," in value:
        note(f"the comma in numbers of this column is read as a decimal point: {value} is {value.replace(',', '.')}")
    number = float(value.replace(",", "."))
    exact = abs(int(value)) <= MAX_INTEGER if value.lstrip("-").isdigit() else abs(number) != float("inf")
    return integral(number) if exact else value


def _boolean(cell: Cell, _: Note) -> Any:
    if not isinstance(cell, str):
        return cell if isinstance(cell, bool) else _any(cell, _)
    marked, value = _marked(cell)
    return value if marked else _BOOLEANS.get(value.lower(), value)


def _words(cell: Cell, _: Note) -> Any:
    if not isinstance(cell, str):
        return [_written(cell)]
    marked, value = (False, cell) if cell[0] not in "'j" else _marked(cell)
    if marked:
        return value
    if "\\" not in value:
        return [word for part in value.replace("\n", ";").split(";") if (word := part.strip())]
    words = _BETWEEN.sub(lambda found: found[1] + "\0", value.strip()).split("\0")
    return [re.sub(r"\\([\\;])", r"\1", word) for word in words if word]


READ: dict[Type, Callable[[Cell, Note], Any]] = {
    "text": _text,
    "date": _date,
    "number": _number,
    "boolean": _boolean,
    "words": _words,
    "any": _any,
}
"""By type: cell and note to value."""
