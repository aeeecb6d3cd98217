"""A folder of records → typed, sorted records; every problem at once, and notes on what was read otherwise (exit 3).

Rules: REC-001 the file cannot be read · REC-002 a column · REC-003 a cell · REC-004 an end before its start ·
REC-005 a line or an id twice · REC-006 a reference between records · REC-007 a time that has not come yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from toolkit.clocks import at
from toolkit.errors import RecordsInvalid, UsageError
from toolkit.levels.records.cells import Known, Read, Wrong, nearest
from toolkit.levels.records.columns import Column, Shape, shapes
from toolkit.levels.records.episodes import EPISODES, read_episodes
from toolkit.levels.records.kinds import Incident, Note, Outage, Record, Records
from toolkit.levels.records.rows import SUFFIXES, Complain, read_table
from toolkit.model.problem import Problem

_SHARES = frozenset(("people_share", "sites_share", "components_share"))


def read_records(folder: Path, known: Known, *, not_after: int | None = None) -> Records:
    """All records of a folder; a missing file is a kind without records.

    ``not_after``: the present, in epoch seconds; a later time is then a problem. Raises RecordsInvalid with every
    problem, UsageError where one kind has two files or ``folder`` is none.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", fix="name the folder of the records: --records DIR")
    reading = _Reading(known, not_after=not_after)
    present: list[str] = []
    found: dict[str, tuple[Any, ...]] = {}
    for kind, shape in shapes(known).items():
        file = _file_of(folder, kind)
        if file is not None:
            present.append(kind)
            found[kind] = tuple(sorted(reading.file(file, shape), key=_order_of(shape)))
    episodes = _file_of(folder, EPISODES)
    if episodes is not None:
        present.append(EPISODES)
        told = read_episodes(episodes, known, reading.complainer(episodes), reading.notes.append)
        found["incidents"] = tuple(sorted((*found.get("incidents", ()), *told), key=lambda one: (one.opened, one.id)))
    reading.references(found)
    reading.scopes(found)
    if reading.problems:
        problems = sorted(reading.problems, key=lambda one: (one.file, one.line or 0))
        raise RecordsInvalid(
            f"{folder}: {len(problems)} problem{'' if len(problems) == 1 else 's'} in the records",
            fix="correct each line; nothing is computed from a part of the records",
            details={"problems": [msgspec.to_builtins(problem) for problem in problems]},
        )
    return Records(**found, notes=tuple(reading.notes), present=tuple(present))


_Place = tuple[str, int, str]
"""File, line and field; no field: the line is meant."""
_Cell = tuple[int, str, str, Read, bool, dict[str, Any]]
"""Where a column stands, its name, the record's field, what reads it, whether something must stand there, and what cells
of it were read before: most columns say a few things again and again."""
_REMEMBERED = 4096


class _Reading:
    """Problems and notes of all files, and what each file has once only."""

    def __init__(self, known: Known, *, not_after: int | None) -> None:
        self.known, self.not_after = known, not_after
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self._place: _Place = ("", 0, "")

    def tell(self, key: str, named: dict[str, str]) -> None:
        """A note on the record that is being read."""
        file, line, record = self._place
        self.notes.append(Note(file=file, line=line, record=record, key=key, named=named))

    def complainer(self, file: Path, rule: str = "REC-001") -> Complain:
        def complain(line: int, field: str, message: str, fix: str) -> None:
            self.problem(rule, (str(file), line, field), message, fix)

        return complain

    def problem(self, rule: str, place: _Place, message: str, fix: str) -> None:
        file, line, field = place
        said = f"{field}: {message}" if field else message
        path = f"/{field}" if field else ""
        self.problems.append(Problem(rule=rule, file=file, line=line, path=path, message=said, fix=fix))

    def file(self, path: Path, shape: Shape) -> list[Any]:
        """The sound records of one file."""
        file = str(path)
        names = tuple(column.name for column in shape.columns)
        table = read_table(path, names, self.complainer(path))
        if table.named_once and not self._columns(file, table.columns, shape):
            return []
        cells: tuple[_Cell, ...] = tuple(
            (table.columns.index(one.name), one.name, one.field, one.read, one.filled, {})
            for one in shape.columns
            if one.name in table.columns
        )
        place = table.columns.index("id") if "id" in table.columns else None
        unknown: set[str] = set()
        lines: dict[tuple[str, ...], int] = {}
        keys: dict[Any, int] = {}
        records: list[Any] = []
        key_of: Callable[[Any], Any] = attrgetter(*shape.key) if shape.key else lambda _: None
        for line, row, others in table.rows:
            if lines.setdefault(row, line) != line:
                self.problem("REC-005", (file, line, ""), f"is line {lines[row]} once more", "remove one of them")
                continue
            for name in others:
                if name not in unknown:
                    unknown.add(name)
                    self.problem("REC-002", (file, line, name), f"no such column {name!r}", nearest(name, names))
            record = self._record((file, line, "" if place is None else row[place]), row, cells, shape)
            if record is None:
                continue
            key = key_of(record)
            if key and keys.setdefault(key, line) != line:
                told = f"{key if isinstance(key, str) else ', '.join(key)} stands in line {keys[key]} already"
                self.problem("REC-005", (file, line, shape.key[0]), told, "number it anew")
                continue
            records.append(record)
        return records

    def _columns(self, file: str, columns: tuple[str, ...], shape: Shape) -> bool:
        before = len(self.problems)
        names = [column.name for column in shape.columns]
        for name in columns:
            if name not in names:
                self.problem("REC-002", (file, 1, name), f"no such column {name!r}", nearest(name, names))
            elif columns.count(name) > 1:
                self.problem("REC-002", (file, 1, name), f"the column {name} stands twice", "remove one of them")
        for column in shape.columns if columns else ():
            if column.needed and column.name not in columns:
                self.problem("REC-002", (file, 1, column.name), f"the column {column.name} is missing", "add it")
        return len(self.problems) == before

    def _record(self, place: _Place, row: tuple[str, ...], cells: tuple[_Cell, ...], shape: Shape) -> Record | None:
        """``place``: file, line and the record's id."""
        self._place = place
        file, line, _ = place
        tell = self.tell
        values: dict[str, Any] = {}
        sound = True

        for index, name, field, read, filled, before in cells:
            cell = row[index]
            if cell in before:
                values[field] = before[cell]
                continue
            said = cell.strip()
            if said:
                notes = len(self.notes)
                try:
                    values[field] = read(said, tell)
                except Wrong as wrong:
                    values[field] = None
                    sound = False
                    self.problem("REC-003", (file, line, name), wrong.args[0], wrong.args[1])
                else:
                    # a cell of which something is told is told of each time
                    if len(before) < _REMEMBERED and notes == len(self.notes):
                        before[cell] = values[field]
            elif filled:
                sound = False
                self.problem("REC-003", (file, line, name), "nothing stands there", "fill it in")
        sound = self._times(file, line, shape, values) and sound
        if shape.record is Incident:
            sound = self._priority(file, line, values) and sound
        return shape.record(file=file, line=line, **values) if sound else None

    def _times(self, file: str, line: int, shape: Shape, values: dict[str, Any]) -> bool:
        for first, last in shape.order:
            start, end = values.get(first), values.get(last)
            if start is not None and end is not None and end < start:
                told = f"{at(end).isoformat()} lies before {_name_of(shape, first)}, {at(start).isoformat()}"
                where = (file, line, _name_of(shape, last))
                self.problem("REC-004", where, told, "exchange them, or correct the wrong one")
                return False
            if self.not_after is None:
                continue
            for field, when in ((first, start), (last, end)):
                if when is not None and when > self.not_after:
                    told = f"{at(when).isoformat()} has not come yet at {at(self.not_after).isoformat()}"
                    where = (file, line, _name_of(shape, field))
                    self.problem("REC-007", where, told, "leave open what has not ended yet")
                    return False
        return True

    def _priority(self, file: str, line: int, values: dict[str, Any]) -> bool:
        """The last priority holds for the whole clock; each change is told."""
        values["share_of_components"] = values.get("components_share") is not None
        shares = (
            tuple([values.pop(name) for name in sorted(_SHARES) if name in values]) if _SHARES & values.keys() else ()
        )
        if shares:
            values["shares"] = shares
        if "priority" not in values and not ("urgency" in values and (shares or values.get("components"))):
            self.problem("REC-003", (file, line, "priority"), "nothing stands there", "fill it in")
            return False
        values.setdefault("priority", "")
        values["first_priority"] = values["priority"]
        for change in values.get("priority_changes") or ():
            opened, resolved = values.get("opened"), values.get("resolved")
            if (opened is not None and change.at < opened) or (resolved is not None and change.at > resolved):
                told = f"{change.priority} at {at(change.at).isoformat()} lies outside of the incident"
                self.problem("REC-004", (file, line, "priority_changes"), told, "correct its time")
                return False
            values["priority"] = change.priority
        return True

    def scopes(self, found: dict[str, tuple[Any, ...]]) -> None:
        """An exclusion says whom it excludes."""
        for one in found.get("exclusions", ()):
            if one.tenant is None and not one.components:
                told = "it names neither a tenant nor components"
                self.problem("REC-006", (one.file, one.line, "tenant"), told, "name the tenant that it holds for")

    def references(self, found: dict[str, tuple[Any, ...]]) -> None:
        """Outages name their incident; those of one component that overlap are merged, which a note says."""
        ids = {incident.id for incident in found.get("incidents", ())}
        by_component: dict[str, list[Outage]] = defaultdict(list)
        for outage in found.get("outages", ()):
            if outage.incident is not None and outage.incident not in ids:
                told = f"there is no incident {outage.incident!r}"
                self.problem("REC-006", (outage.file, outage.line, "incident"), told, nearest(outage.incident, ids))
            by_component[outage.component].append(outage)
        for outages in by_component.values():
            self._overlaps(outages)

    def _overlaps(self, outages: Iterable[Outage]) -> None:
        latest: Outage | None = None
        for outage in outages:
            if latest is not None and (latest.end is None or outage.start < latest.end):
                named = {"other": latest.id, "component": outage.component}
                self.notes.append(
                    Note(file=outage.file, line=outage.line, record=outage.id, key="overlaps", named=named)
                )
            if latest is None or (latest.end is not None and (outage.end is None or outage.end > latest.end)):
                latest = outage


def _file_of(folder: Path, kind: str) -> Path | None:
    files = [folder / f"{kind}{suffix}" for suffix in SUFFIXES if (folder / f"{kind}{suffix}").is_file()]
    if len(files) > 1:
        raise UsageError(
            f"{folder} has {files[0].name} and {files[1].name}", fix="keep one file for each kind of record"
        )
    return files[0] if files else None


def _order_of(shape: Shape) -> Any:
    if not shape.begins:
        return attrgetter("line")
    return attrgetter(shape.begins, "id")


def _name_of(shape: Shape, field: str) -> str:
    found: Column | None = shape.column(field)
    return field.rstrip("_") if found is None else found.name
