"""One file of records as typed, sorted records.

Its rows are read some thousands at a time, and those column by column: a month may have 100,000 incidents, and what a
column says again and again is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import fields

from toolkit.clocks import at
from toolkit.levels.records.cells import LONGEST, Wrong, nearest, text
from toolkit.levels.records.columns import Column, Shape
from toolkit.levels.records.findings import Findings
from toolkit.levels.records.kinds import Incident, Note, Record
from toolkit.levels.records.rows import Batch, read_table

_SHARES = ("components_share", "people_share", "sites_share")
_EMPTY = ("nothing stands there", "fill it in")
_REMEMBERED = 65_536


def read_file(path: Path, shape: Shape, findings: Findings, *, not_after: int | None) -> list[Record]:
    """The sound records of one file, sorted; all that is wrong with the others goes to ``findings``."""
    table = read_table(path, tuple(column.name for column in shape.columns), findings.complainer(path))
    if table.named_once and not _columns_known(str(path), table.columns, shape, findings):
        return []
    kept = _Kept(str(path), shape, findings)
    readers = [_Meanings(one, kept.defaults.get(one.field)) for one in shape.columns if one.name in table.columns]
    notes, unknown = len(findings.notes), set[str]()
    for batch in table.batches:
        for line, name in batch.strange:
            if name not in unknown:
                unknown.add(name)
                known = [column.name for column in shape.columns]
                findings.problem("REC-002", (str(path), line, name), f"no such column {name!r}", nearest(name, known))
        part = _Part(str(path), batch, table.columns, shape=shape, findings=findings)
        part.read(readers)
        part.judge(not_after)
        kept.add(part)
    findings.notes[notes:] = sorted(findings.notes[notes:], key=attrgetter("line"))
    return kept.sorted()


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


class _Meanings(dict[str, Any]):
    """What the cells of one column mean, by their text; ``empty``: what one means that says nothing."""

    def __init__(self, column: Column, empty: Any) -> None:
        super().__init__()
        self.column, self.empty = column, empty
        self.wrong: dict[str, tuple[str, str]] = {}
        """Cells that say nothing that can be used: the reason and the fix."""
        self.told: dict[str, list[tuple[str, dict[str, str]]]] = {}
        """Cells of which something is told: each a text's key with what it names."""

    def of(self, cells: Sequence[str]) -> list[Any]:
        """What each means."""
        if self.column.read is text:
            said = list(map(str.strip, cells))
            if all(said) and len(max(said, key=len)) <= LONGEST:
                return said  # ids, as a rule: none comes again, so none is remembered
        if len(self) > _REMEMBERED:
            for some in (self, self.wrong, self.told):
                some.clear()
        return list(map(self.__getitem__, cells))

    def __missing__(self, cell: str) -> Any:
        said = cell.strip()
        meant = self.empty
        if said:
            try:
                meant = self.column.read(said, lambda *note: self.told.setdefault(cell, []).append(note))
            except Wrong as wrong:
                self.wrong[cell] = (wrong.args[0], wrong.args[1])
        elif self.column.filled:
            self.wrong[cell] = _EMPTY
        self[cell] = meant
        return meant


class _Part:
    """Some rows on their way to records: ``values`` by field, ``unsound`` the rows with a problem."""

    def __init__(self, file: str, batch: Batch, names: tuple[str, ...], *, shape: Shape, findings: Findings) -> None:
        self.file, self.lines, self.rows, self.shape, self.findings = file, batch.lines, batch.rows, shape, findings
        self._cells: dict[str, Sequence[str]] = dict(zip(names, zip(*batch.rows, strict=True), strict=True))
        self.values: dict[str, Sequence[Any]] = {}
        self.unsound: set[int] = set()

    def read(self, readers: Sequence[_Meanings]) -> None:
        """Every cell, column by column."""
        for one in readers:
            name = one.column.name
            cells = self._cells[name]
            self.values[one.column.field] = one.of(cells)
            for row, cell in _among(cells, one.told):
                record = self._cells["id"][row] if "id" in self._cells else ""
                for key, named in one.told[cell]:
                    note = Note(file=self.file, line=self.lines[row], record=record, key=key, named=named)
                    self.findings.notes.append(note)
            for row, cell in _among(cells, one.wrong):
                self._wrong(row, "REC-003", name, *one.wrong[cell])

    def judge(self, not_after: int | None) -> None:
        """What the cells of a row say together."""
        for first, last in self.shape.order:
            self._in_order(first, last, not_after)
        if self.shape.record is Incident:
            self._priorities()

    def _wrong(self, row: int, rule: str, field: str, message: str, fix: str) -> None:
        self.unsound.add(row)
        self.findings.problem(rule, (self.file, self.lines[row], field), message, fix)

    def _in_order(self, first: str, last: str, not_after: int | None) -> None:
        """No end before its start, no time that has not come yet."""
        for row, (start, end) in enumerate(zip(self.values[first], self.values[last], strict=True)):
            if end is not None and start is not None and end < start:
                told = f"{at(end).isoformat()} lies before {self._name(first)}, {at(start).isoformat()}"
                self._wrong(row, "REC-004", self._name(last), told, "exchange them, or correct the wrong one")
            elif not_after is not None:
                for field, when in ((first, start), (last, end)):
                    if when is not None and when > not_after:
                        told = f"{at(when).isoformat()} has not come yet at {at(not_after).isoformat()}"
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
            values["shares"] = [
                tuple([one for one in some if one is not None]) for some in zip(*shares.values(), strict=True)
            ]
        if "components_share" in shares:
            values["share_of_components"] = [one is not None for one in shares["components_share"]]
        first: Sequence[str | None] = values["priority"]
        if None in first:
            for row in range(len(first)):
                if not self._says(row, "priority") and not self._told_otherwise(row):
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
        """Whether a priority follows from the urgency and what is touched (SD-2), be it well written or not."""
        return self._says(row, "urgency") and any(self._says(row, name) for name in (*_SHARES, "components"))

    def _says(self, row: int, name: str) -> bool:
        return name in self._cells and bool(self._cells[name][row].strip())

    def _within(self, row: int, moment: int) -> bool:
        opened, resolved = self.values["opened"][row], self.values["resolved"][row]
        return (opened is None or moment >= opened) and (resolved is None or moment <= resolved)


class _Kept:
    """The sound records of a file, and that each stands in it once: those without a key, as they are written."""

    def __init__(self, file: str, shape: Shape, findings: Findings) -> None:
        self.file, self.shape, self.findings = file, shape, findings
        own = [one for one in fields(shape.record) if one.name not in {"file", "line"}]
        self.defaults = {one.name: one.default for one in own if one.default is not msgspec.NODEFAULT}
        self._names = [one.name for one in own]
        self._first: dict[Any, Record] = {}

    def add(self, part: _Part) -> None:
        record: Callable[..., Record] = self.shape.record
        values = [part.values.get(name) or repeat(self.defaults.get(name)) for name in self._names]
        made = list(map(record, repeat(self.file), part.lines, *values))
        keys = list(map(attrgetter(*self.shape.key), made)) if self.shape.key else list(map(tuple, part.rows))
        if part.unsound:
            made = [one for row, one in enumerate(made) if row not in part.unsound]
            keys = [key for row, key in enumerate(keys) if row not in part.unsound]
        found = dict(zip(keys, made, strict=True))
        if len(found) == len(made) and self._first.keys().isdisjoint(found):
            self._first |= found
            return
        for key, one in zip(keys, made, strict=True):
            before = self._first.setdefault(key, one)
            if before is not one:
                self._twice(key, one, before)

    def _twice(self, key: Any, one: Record, before: Record) -> None:
        if msgspec.structs.replace(one, line=before.line) == before:
            told = f"is line {before.line} once more"
            self.findings.problem("REC-005", (self.file, one.line, ""), told, "remove one of them")
            return
        told = f"{key if isinstance(key, str) else ', '.join(key)} stands in line {before.line} already"
        self.findings.problem("REC-005", (self.file, one.line, self.shape.key[0]), told, "number it anew")

    def sorted(self) -> list[Record]:
        made = list(self._first.values())
        if self.shape.begins:
            # two stable sorts: numbers and texts by themselves compare quicker than pairs of them
            made.sort(key=attrgetter("id"))
            made.sort(key=attrgetter(self.shape.begins))
        return made


def _among(cells: Sequence[str], some: Collection[str]) -> Iterator[tuple[int, str]]:
    """The rows whose cell is one of ``some``."""
    return ((row, cell) for row, cell in enumerate(cells) if cell in some) if some else iter(())
