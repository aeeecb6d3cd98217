"""CSV files of the provider's data and of records: every fault at once, each with file, line, field, reason and fix.

Nothing in a file is ever calculated: a cell is text, and a text that a spreadsheet would execute is no number, no id
and no date here.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import msgspec

from toolkit.csv_rows import NotText, decoded, rows_of
from toolkit.errors import RecordsInvalid, UsageError
from toolkit.money.amounts import number

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_MONTH = re.compile(r"2[01][0-9]{2}-(0[1-9]|1[0-2])")
YEARS = range(2000, 2200)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of a file; ``line`` is its row's first line, from 1."""

    file: str
    line: int
    field: str
    reason: str
    fix: str


class Faults:
    """Faults as they are found; told together, in the order of the file."""

    def __init__(self, *, section: str) -> None:
        self.section = section
        self.found: list[Fault] = []

    def refuse_any(self, what: str) -> None:
        """Raises RecordsInvalid (3) with every fault under ``details["problems"]``; nothing when there is none."""
        if not self.found:
            return
        problems = [
            {
                "rule": self.section,
                "file": fault.file,
                "line": fault.line,
                "column": None,
                "field": fault.field,
                "message": f"{fault.field}: {fault.reason}",
                "fix": fault.fix,
            }
            for fault in sorted(self.found, key=lambda fault: (fault.file, fault.line))
        ]
        said = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise RecordsInvalid(f"{what}: {said}", fix="mend the lines that are named", details={"problems": problems})


class Row:
    """One row's fields as typed values. What cannot be meant becomes a fault, and the value is None."""

    def __init__(self, *, file: str, line: int, values: dict[str, str], faults: Faults) -> None:
        self.file, self.line, self._values, self._faults = file, line, values, faults

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def fault(self, field: str, reason: str, fix: str) -> None:
        self._faults.found.append(Fault(file=self.file, line=self.line, field=field, reason=reason, fix=fix))

    def text(self, field: str) -> str:
        """The cell without the blanks around it; empty when the column is not there."""
        return self._values.get(field, "").strip()

    def id(self, field: str) -> str | None:
        return self._matched(field, ID, "letters, digits, dots, dashes and slashes only")

    def month(self, field: str) -> str | None:
        """``YYYY-MM``."""
        return self._matched(field, _MONTH, "write a month as 2027-03")

    def amount(self, field: str) -> Decimal | None:
        """A number from 0 on, exact."""
        text = self.text(field)
        found = number(text)
        if found is None:
            if text.startswith("-") and number(text[1:]) is not None:
                self.fault(field, f"{text} is negative", "write a number from 0 on")
            elif text[:1] in {"=", "+", "@", "-"}:
                self.fault(field, f"{text!r} is a formula or no number; nothing is calculated", "write the number")
            else:
                self.fault(field, f"{text!r} is no number" if text else "is missing", "write it as 1234.56")
        return found

    def whole(self, field: str, *, least: int = 0, blank: int | None = None) -> int | None:
        """A whole number from ``least`` on; ``blank`` for an empty cell where it is given."""
        text = self.text(field)
        if not text and blank is not None:
            return blank
        if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least:
            return int(text)
        reason = f"{text!r} is no whole number from {least} on" if text else "is missing"
        self.fault(field, reason, f"write a whole number from {least} on")
        return None

    def date(self, field: str, *, optional: bool = False) -> dt.date | None:
        text = self.text(field)
        if not text and optional:
            return None
        try:
            found = dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            found = None
        if found is not None and found.year in YEARS:
            return found
        if found is not None:
            self.fault(field, f"{text} is no day of this century or the next", "leave an open end empty")
            return None
        self.fault(field, f"{text!r} is no date" if text else "is missing", "write a date as 2027-03-01")
        return None

    def flag(self, field: str) -> bool:
        """``yes`` or ``no``; an empty cell is no."""
        return self.choice(field, ("yes", "no"), blank="no") == "yes"

    def choice(self, field: str, options: tuple[str, ...], *, blank: str | None = None) -> str | None:
        text = self.text(field)
        if not text and blank is not None:
            return blank
        if text in options:
            return text
        self.fault(field, f"{text!r} is not known" if text else "is missing", suggestion(text, options))
        return None

    def _matched(self, field: str, pattern: re.Pattern[str], fix: str) -> str | None:
        text = self.text(field)
        if pattern.fullmatch(text):
            return text
        self.fault(field, f"{text!r} cannot be meant" if text else "is missing", fix)
        return None


def suggestion(text: str, options: Iterable[str]) -> str:
    """The nearest of the options as a question, else all of them."""
    known = tuple(options)
    near = difflib.get_close_matches(text, known, n=1)
    return f'did you mean "{near[0]}"?' if near else f"one of: {', '.join(known)}"


def read_rows(path: Path, *, required: tuple[str, ...], optional: tuple[str, ...], faults: Faults) -> list[Row]:
    """The rows below the headings; blank ones and those that begin with ``#`` are left out.

    Raises UsageError (2) for a file that is missing, no text, no CSV, or lacks a column. Separators: ``,`` ``;`` tab.
    """
    known = (*required, *optional)
    if path.is_char_device() or path.is_block_device():
        raise UsageError(f"{path}: is a device, which may have no end", fix="name a CSV file that can be read")
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", fix="name a CSV file that can be read") from error
    except NotText as error:
        raise UsageError(f"{path}:{error.line}: {error}", fix="save it as CSV UTF-8") from error
    if "\x00" in text:
        raise UsageError(f"{path}: not a text file", fix="save it as CSV UTF-8")
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    read = rows_of(text, headings=first)
    if read.broken is not None:
        line, reason = read.broken
        raise UsageError(f"{path}:{line}: not CSV: {reason}", fix="mend the quotes")
    rows = [
        (line, cells)
        for line, cells in zip(read.lines, read.cells, strict=True)
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#")
    ]
    headings = [cell.strip() for cell in rows[0][1]] if rows else []
    _check_headings(path, headings, required=required, known=known)
    found = []
    for line, cells in rows[1:]:
        row = Row(file=str(path), line=line, values=dict(zip(headings, cells, strict=False)), faults=faults)
        if len(cells) != len(headings):
            row.fault("row", f"{len(cells)} cells under {len(headings)} headings", "give every column its cell")
            continue
        found.append(row)
    return found


def _check_headings(path: Path, headings: list[str], *, required: tuple[str, ...], known: tuple[str, ...]) -> None:
    columns = f"the columns are {', '.join(known)}"
    missing = [name for name in required if name not in headings]
    if missing:
        raise UsageError(f"{path}: no column {', '.join(missing)}", fix=columns)
    strange = [name for name in headings if name not in known]
    if strange:
        raise UsageError(f"{path}: unknown column {', '.join(repr(name) for name in strange)}", fix=columns)
    if len(set(headings)) != len(headings):
        raise UsageError(f"{path}: a column stands twice", fix=columns)
