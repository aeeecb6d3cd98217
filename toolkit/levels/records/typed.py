"""One file of records: its table, read column by column, as typed records.

Column by column because a month may have 100,000 incidents: what a column says again and again is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import filterfalse, repeat
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import fields

from toolkit.clocks import at
from toolkit.levels.records.cells import Wrong, nearest
from toolkit.levels.records.columns import Column, Shape
from toolkit.levels.records.findings import Findings
from toolkit.levels.records.kinds import Incident, Note, Record
from toolkit.levels.records.rows import Table, read_table

_SHARES = ("components_share", "people_share", "sites_share")
_EMPTY = ("nothing stands there", "fill it in")
_Told = tuple[str, dict[str, str]]


def read_file(path: Path, shape: Shape, findings: Findings, *, not_after: int | None) -> list[Record]:
    """The sound records of one file, sorted; all that is wrong with the others goes to ``findings``."""
    names = tuple(column.name for column in shape.columns)
    table = read_table(path, names, findings.complainer(path))
    if table.named_once and not _columns_known(str(path), table.columns, shape, findings):
        return []
    if not table.rows:
        return []
    unknown: set[str] = set()
    for line, name in table.strange:
        if name not in unknown:
            unknown.add(name)
            findings.problem("REC-002", (str(path), line, name), f"no such column {name!r}", nearest(name, names))
    return _Reading(str(path), table, shape, findings, not_after=not_after).records()


def _columns_known(file: str, columns: tuple[str, ...], shape: Shape, findings: Findings) -> bool:
    before = len(findings.problems)
    names = [column.name for column in shape.columns]
    for name in columns:
        if name not in names:
            findings.problem("REC-002", (file, 1, name), f"no such column {name!r}", nearest(name, names))
        elif columns.count(name) > 1:
            findings.problem("REC-002", (file, 1, name), f"the column {name} stands twice", "remove one of them")
    for column in shape.columns if columns else ():
        if column.needed and column.name not in columns:
            findings.problem("REC-002", (file, 1, column.name), f"the column {column.name} is missing", "add it")
    return len(findings.problems) == before


class _Reading:
    """A table on its way to records: ``values`` by field, ``unsound`` the rows with a problem."""

    def __init__(self, file: str, table: Table, shape: Shape, findings: Findings, *, not_after: int | None) -> None:
        self.file, self.shape, self.findings, self.not_after = file, shape, findings, not_after
        self.lines, rows = self._once(table)
        self.cells: dict[str, Sequence[str]] = dict(zip(table.columns, zip(*rows, strict=True), strict=True))
        self.values: dict[str, Sequence[Any]] = {}
        self.defaults = {one.name: one.default for one in fields(shape.record) if one.default is not msgspec.NODEFAULT}
        self.unsound: set[int] = set()

    def records(self) -> list[Record]:
        notes = len(self.findings.notes)
        for column in self.shape.columns:
            if column.name in self.cells:
                self.values[column.field] = self._read(column, self.cells[column.name])
        self.findings.notes[notes:] = sorted(self.findings.notes[notes:], key=lambda one: one.line)
        for order in self.shape.order:
            self._in_order(*order)
        if self.shape.record is Incident:
            self._priorities()
        self._keys()
        return self._made()

    def _wrong(self, row: int, rule: str, field: str, message: str, fix: str) -> None:
        self.unsound.add(row)
        self.findings.problem(rule, (self.file, self.lines[row], field), message, fix)

    def _once(self, table: Table) -> tuple[Sequence[int], Sequence[Sequence[str]]]:
        """The rows without those that stood before; those whose key stands once do, and are not compared."""
        if set(self.shape.key) <= set(table.columns) and self.shape.key:
            key = itemgetter(*(table.columns.index(name) for name in self.shape.key))
            if len(set(map(key, table.rows))) == len(table.rows):
                return table.lines, table.rows
        first: dict[tuple[str, ...], int] = {}
        lines, rows = [], []
        for line, row in zip(table.lines, table.rows, strict=True):
            before = first.setdefault(tuple(row), line)
            if before == line:
                lines.append(line)
                rows.append(row)
            else:
                told = f"is line {before} once more"
                self.findings.problem("REC-005", (self.file, line, ""), told, "remove one of them")
        return lines, rows

    def _read(self, column: Column, cells: Sequence[str]) -> list[Any]:
        """The column's values; a cell that says nothing is the field's default."""
        meant: dict[str, Any] = {}
        wrong: dict[str, tuple[str, str]] = {}
        told: dict[str, list[_Told]] = {}
        empty, read = self.defaults.get(column.field), column.read
        notes: list[_Told] = []

        def tell(key: str, named: dict[str, str]) -> None:
            notes.append((key, named))

        for cell in set(cells):
            said = cell.strip()
            if not said:
                meant[cell] = empty
                if column.filled:
                    wrong[cell] = _EMPTY
                continue
            try:
                meant[cell] = read(said, tell)
            except Wrong as error:
                meant[cell] = empty
                wrong[cell] = (error.args[0], error.args[1])
            if notes:
                told[cell] = notes.copy()
                notes.clear()
        for row, cell in self._among(cells, told):
            for key, named in told[cell]:
                self._note(row, key, named)
        for row, cell in self._among(cells, wrong):
            self._wrong(row, "REC-003", column.name, *wrong[cell])
        return list(map(meant.__getitem__, cells))

    @staticmethod
    def _among(cells: Sequence[str], some: Collection[str]) -> Iterator[tuple[int, str]]:
        """The rows whose cell is one of ``some``."""
        return ((row, cell) for row, cell in enumerate(cells) if cell in some) if some else iter(())

    def _note(self, row: int, key: str, named: dict[str, str]) -> None:
        record = self.cells["id"][row] if "id" in self.cells else ""
        self.findings.notes.append(Note(file=self.file, line=self.lines[row], record=record, key=key, named=named))

    def _in_order(self, first: str, last: str) -> None:
        """No end before its start, no time that has not come yet."""
        starts, ends = self.values[first], self.values[last]
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if end is not None and start is not None and end < start:
                told = f"{at(end).isoformat()} lies before {self._name(first)}, {at(start).isoformat()}"
                self._wrong(row, "REC-004", self._name(last), told, "exchange them, or correct the wrong one")
            elif self.not_after is not None:
                for field, when in ((first, start), (last, end)):
                    if when is not None and when > self.not_after:
                        told = f"{at(when).isoformat()} has not come yet at {at(self.not_after).isoformat()}"
                        self._wrong(row, "REC-007", self._name(field), told, "leave open what has not ended yet")
                        break

    def _name(self, field: str) -> str:
        found = self.shape.column(field)
        return field.rstrip("_") if found is None else found.name

    def _priorities(self) -> None:
        """The last priority holds for the whole clock; each change is told. Where none stands, others must say it."""
        values = self.values
        shares = {name: values.pop(name) for name in _SHARES if name in values}
        if shares:
            values["shares"] = [tuple(filterfalse(_is_none, some)) for some in zip(*shares.values(), strict=True)]
        if "components_share" in shares:
            values["share_of_components"] = [one is not None for one in shares["components_share"]]
        first: Sequence[str | None] = values["priority"]
        for row in (row for row, one in enumerate(first) if one is None) if None in first else ():
            if not self.cells["priority"][row].strip() and not self._told_otherwise(row):
                self._wrong(row, "REC-003", "priority", *_EMPTY)
        values["first_priority"] = [one or "" for one in first]
        values["priority"] = last = list(values["first_priority"])
        for row, changes in enumerate(values.get("priority_changes", ())):
            for change in changes:
                if not self._within(row, change.at):
                    told = f"{change.priority} at {at(change.at).isoformat()} lies outside of the incident"
                    self._wrong(row, "REC-004", "priority_changes", told, "correct its time")
                    break
                last[row] = change.priority

    def _told_otherwise(self, row: int) -> bool:
        """Whether a priority follows from the urgency and what is touched (SD-2)."""
        values = self.values
        touched = "shares" in values and values["shares"][row]
        return bool("urgency" in values and values["urgency"][row] and (touched or values["components"][row]))

    def _within(self, row: int, moment: int) -> bool:
        opened, resolved = self.values["opened"][row], self.values["resolved"][row]
        return (opened is None or moment >= opened) and (resolved is None or moment <= resolved)

    def _keys(self) -> None:
        """What stands only once stands once among the sound rows."""
        keys = list(zip(*(self.values[name] for name in self.shape.key), strict=True))
        if not self.unsound and len(set(keys)) == len(keys):
            return
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(keys):
            if row in self.unsound:
                continue
            line = self.lines[row]
            before = first.setdefault(key, line)
            if before != line:
                told = f"{', '.join(key)} stands in line {before} already"
                self._wrong(row, "REC-005", self.shape.key[0], told, "number it anew")

    def _made(self) -> list[Record]:
        record: Callable[..., Record] = self.shape.record
        own = [
            self.values[one.name] if one.name in self.values else repeat(self.defaults[one.name])
            for one in fields(self.shape.record)
            if one.name not in {"file", "line"}
        ]
        made = list(map(record, repeat(self.file), self.lines, *own))
        if self.unsound:
            made = [one for row, one in enumerate(made) if row not in self.unsound]
        if self.shape.begins:
            # two stable sorts: numbers and texts by themselves compare quicker than pairs of them
            made.sort(key=attrgetter("id"))
            made.sort(key=attrgetter(self.shape.begins))
        return made


def _is_none(value: object) -> bool:
    return value is None
