"""A workbook or a CSV file as a piece of an inventory: sheets become sections and components, each value with its cell."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from toolkit.inventory.finding import Finding, did_you_mean
from toolkit.inventory.readers.piece import BATCH
from toolkit.inventory.readers.place import Place, ReadRefused, parts, pointer
from toolkit.inventory.tables.cells import Cell, decode
from toolkit.inventory.tables.columns import COMPONENTS, POSITION, ROOT, Steps, Table, tables
from toolkit.inventory.tables.rows import REMARK, RowReader, is_blank
from toolkit.inventory.tables.words import table_called

NOTATION = "INV-019"
"""The rule of what is said about local notations."""


class Sheet(Protocol):
    """The cells of one table as a file has them."""

    @property
    def name(self) -> str:
        """What the table is called: the sheet, or the file without its suffix."""
        ...

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Number and cells of each row, from the first column on; numbers only grow. May be asked for again."""
        ...

    def place(self, row: int, column: int) -> Place:
        """Of a cell: the row by its number, the column from 0."""
        ...

    def line(self, number: int) -> str:
        """A row as text."""
        ...


MOST_COLUMNS = 1000
"""A heading that no column has is compared with all of them, which takes half a millisecond."""


class _Opened:
    """A sheet whose table is known and whose headings were read."""

    def __init__(self, sheet: Sheet, table: Table, number: int, headings: Sequence[Cell], *, kind: str | None) -> None:
        self.sheet = sheet
        self.table = table
        self.number = number
        self.kind = kind
        texts = {index: str(cell).strip() for index, cell in enumerate(headings) if str(cell).strip()}
        texts = {index: text for index, text in texts.items() if not text.startswith(REMARK)}
        if len(texts) > MOST_COLUMNS:
            raise ReadRefused(
                "INV-006",
                f"more than {MOST_COLUMNS} columns",
                sheet.place(number, 0),
                fix="remove the columns beyond the table",
            )
        components = table.steps == (COMPONENTS,)
        self.position = next((i for i, text in texts.items() if components and text.casefold() == POSITION), None)
        if self.position is not None:
            del texts[self.position]
        self.headings = texts
        self.known = {index for index, cell in enumerate(headings) if str(cell).strip()}
        self.kind_at = next((index for index, text in texts.items() if table.column(text).steps == ("kind",)), None)
        self._readers: dict[str, RowReader] = {}
        self.used: list[RowReader] = []

    def reader(self, row: Sequence[Cell]) -> RowReader:
        """The reader of a row: of its kind, where the sheet holds several."""
        name = self.table.name
        if name == COMPONENTS and self.kind_at is not None and self.kind_at < len(row):
            cell = row[self.kind_at]
            name = cell if isinstance(cell, str) and cell in tables() and tables()[cell].kind else name
        found = self._readers.get(name)
        if found is None:
            found = self._readers[name] = RowReader(tables()[name], self.headings)
            self.used.append(found)
        return found

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The rows below the headings that are neither empty nor remarks."""
        for number, row in self.sheet.rows():
            if number > self.number and not is_blank(row):
                yield number, row


class _Spot(msgspec.Struct, frozen=True):
    """Where an item stands: sheet, row, and the reader of its columns."""

    opened: _Opened
    row: int
    reader: RowReader


class TablesPiece:
    """``notes`` says, once for each column, how values in a local notation were read; warnings with pointers."""

    def __init__(self, file: str, sheets: Sequence[Sheet], *, only_components: bool = False) -> None:
        """``only_components``: the one sheet is a list of components whatever it is called, as in a CSV file."""
        self.file = file
        self.refused: list[ReadRefused] = []
        self.notes: list[Finding] = []
        self.header: dict[str, Any] = {}
        self._sheets = list(sheets)
        self._spots: dict[Steps, list[_Spot]] = {}
        self._nested: dict[Steps, list[Any]] = {}
        self._opened_of, self._row_of, self._reader_of = array("H"), array("L"), array("H")
        opened = [found for sheet in sheets if (found := self._open(sheet, only_components=only_components))]
        self._components = [found for found in opened if found.table.steps == (COMPONENTS,)]
        for found in opened:
            if found not in self._components:
                self._section(found)
        self._nest()
        if only_components or any(next(found.rows(), None) for found in self._components):
            self._add_components()
        self._before = (list(self.refused), list(self.notes))

    def note(self, finding: Finding) -> None:
        """Add what is to be said about the file as a whole."""
        self._before[1].append(finding)
        self.notes.append(finding)

    def refuse(self, refused: ReadRefused) -> None:
        """Add what the file holds and the sheets do not tell."""
        self._before[0].append(refused)
        self.refused.append(refused)

    def batches(self) -> Iterator[list[Any]]:
        """The components in the order of the sheets, or of their column ``position``."""
        self.refused[:], self.notes[:] = self._before
        self._opened_of, self._row_of, self._reader_of = array("H"), array("L"), array("H")
        if any(found.position is not None for found in self._components):
            yield from self._in_order()
            return
        batch: list[Any] = []
        for item, _ in self._items():
            batch.append(item)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def locate(self, path: str, *, key: bool = False) -> Place:
        """The cell; for what is missing, the first cell of its row; for an unknown property's name, the heading."""
        steps = tuple(parts(path))
        spot, inner = self._spot(steps)
        if spot is None:
            return self._sheets[0].place(1, 0) if self._sheets else Place(1, 1)
        column, known = spot.reader.place(inner)
        return spot.opened.sheet.place(spot.opened.number if key and not known else spot.row, column)

    def line(self, number: int, sheet: str | None = None) -> str:
        """The row as the sheet shows it."""
        found = next((one for one in self._sheets if sheet in (None, one.name)), None)
        return found.line(number) if found else ""

    def _open(self, sheet: Sheet, *, only_components: bool) -> _Opened | None:
        if sheet.name.startswith(REMARK):
            return None
        number, headings = next(((number, row) for number, row in sheet.rows() if not is_blank(row)), (0, ()))
        table = table_called(sheet.name)
        if only_components:
            table = table if table and table.kind else tables()[COMPONENTS]
        if not number:
            return None
        if table is None:
            known = [name for name in tables() if name != COMPONENTS]
            fix = did_you_mean(sheet.name, known, otherwise="begin its name with # if it is a remark")
            self._refuse("INV-017", f'the sheet "{sheet.name[:60]}" means nothing here ({fix})', sheet.place(1, 0))
            return None
        opened = _Opened(sheet, table, number, headings, kind=table.kind)
        if only_components and opened.kind_at is not None:
            opened.table, opened.kind = tables()[COMPONENTS], None
        seen: set[Steps | str] = set()
        for index, text in list(opened.headings.items()):
            # where rows are of several kinds, what a heading means is told by the row
            meant = text if opened.table.name == COMPONENTS else opened.table.column(text).steps
            if meant in seen:
                self._refuse(
                    "INV-017", f'the heading "{text[:60]}" stands here a second time', sheet.place(number, index)
                )
                del opened.headings[index]
            seen.add(meant)
        return opened

    def _section(self, opened: _Opened) -> None:
        """Read a table of the header."""
        table, spots = opened.table, self._spots.setdefault(opened.table.steps, [])
        for number, row in opened.rows():
            if spots and not table.many:
                message = f"{table.name} has one row only; this is a second"
                self._refuse("INV-017", message, opened.sheet.place(number, 0))
                return
            reader = opened.reader(row)
            if table.keyed:
                self._keyed(opened, reader, number, row)
                continue
            path = pointer(*table.steps, *([len(spots)] if table.many else []))
            item = self._read(opened, reader, number, row, path)
            spots.append(_Spot(opened, number, reader))
            if table.name == ROOT:
                self.header.update(item)
            elif len(table.steps) == 1 and table.many:
                self._list(table.name, opened, number).append(item)
            elif len(table.steps) == 1:
                if table.name in self.header:
                    self._refuse("INV-017", f"{table.name} stands elsewhere too", opened.sheet.place(number, 0))
                else:
                    self.header[table.name] = item
            else:
                self._nested.setdefault(table.steps, []).append(item)

    def _keyed(self, opened: _Opened, reader: RowReader, number: int, row: Sequence[Cell]) -> None:
        """Read an item of a mapping by id."""
        name, before = opened.table.name, len(self.notes)
        item = self._read(opened, reader, number, row, "")
        key = item.pop("id", None)
        for index in range(before, len(self.notes)):
            note = self.notes[index]
            self.notes[index] = msgspec.structs.replace(note, path=pointer(name, str(key)) + note.path)
        found = self.header.setdefault(name, {})
        if not isinstance(key, str):
            self._refuse("INV-017", f"a row of {name} has an id", opened.sheet.place(number, 0))
        elif not isinstance(found, dict) or key in found:
            self._refuse("INV-017", f"{name}.{key} stands elsewhere too", opened.sheet.place(number, 0))
        else:
            found[key] = item
            self._spots[name, key] = [_Spot(opened, number, reader)]

    def _list(self, name: str, opened: _Opened, number: int) -> list[Any]:
        found = self.header.setdefault(name, [])
        if not isinstance(found, list) or len(found) != len(self._spots[opened.table.steps]) - 1:
            self._refuse("INV-017", f"{name} stands elsewhere too", opened.sheet.place(number, 0))
            return []
        return found

    def _nest(self) -> None:
        """Put the lists of mappings where they belong."""
        for steps, items in self._nested.items():
            above = self.header.setdefault(steps[0], {})
            if isinstance(above, dict) and steps[1] not in above:
                above[steps[1]] = items
            else:
                spot = self._spots[steps][0]
                self._refuse("INV-017", f"{'.'.join(steps)} stands elsewhere too", spot.opened.sheet.place(spot.row, 0))

    def _add_components(self) -> None:
        if COMPONENTS in self.header:
            opened = self._components[0]
            self._refuse("INV-017", "components stand elsewhere too", opened.sheet.place(opened.number, 0))
        self.header[COMPONENTS] = []

    def _items(self) -> Iterator[tuple[dict[str, Any], float]]:
        """Each component with its position, its place noted."""
        count = 0
        for at, opened in enumerate(self._components):
            for number, row in opened.rows():
                reader = opened.reader(row)
                item = self._read(opened, reader, number, row, count)
                if opened.kind is not None and "kind" not in item:
                    item["kind"] = opened.kind
                self._opened_of.append(at)
                self._row_of.append(number)
                self._reader_of.append(opened.used.index(reader))
                count += 1
                yield item, self._position(opened, number, row)

    def _in_order(self) -> Iterator[list[Any]]:
        items = list(self._items())
        order = sorted(range(len(items)), key=lambda index: items[index][1])
        moved = {pointer(COMPONENTS, old): pointer(COMPONENTS, new) for new, old in enumerate(order)}
        for name in ("_opened_of", "_row_of", "_reader_of"):
            before = getattr(self, name)
            setattr(self, name, array(before.typecode, [before[index] for index in order]))
        self.notes[:] = [_moved(note, moved) for note in self.notes]
        for start in range(0, len(order), BATCH):
            yield [items[index][0] for index in order[start : start + BATCH]]

    def _position(self, opened: _Opened, number: int, row: Sequence[Cell]) -> float:
        if opened.position is None or opened.position >= len(row) or row[opened.position] == "":
            return float("inf")
        value = decode(row[opened.position], "number")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self._refuse("INV-017", "a position is a number", opened.sheet.place(number, opened.position))
        return float("inf")

    def _read(
        self, opened: _Opened, reader: RowReader, number: int, row: Sequence[Cell], path: str | int
    ) -> dict[str, Any]:
        item = reader.read(row)
        if len(row) > len(opened.known):
            for index, cell in enumerate(row):
                if cell != "" and index not in opened.known:
                    self._refuse("INV-017", "no heading stands above this value", opened.sheet.place(number, index))
        if reader.noted or reader.refused:
            below = pointer(COMPONENTS, path) if isinstance(path, int) else path
            for index, message in reader.noted:
                steps = next(column.steps for at, column in reader.columns if at == index)
                where = below + pointer(*steps)
                self.notes.append(
                    Finding(
                        rule=NOTATION, path=where, message=message, severity="warning", fix="write it as the latter"
                    )
                )
            for index, refused in reader.refused:
                self._refuse(refused.rule, refused.message, opened.sheet.place(number, index))
            reader.noted.clear()
            reader.refused.clear()
        return item

    def _spot(self, steps: Steps) -> tuple[_Spot | None, Steps]:
        """The row that a pointer leads into, and the keys inside it."""
        if len(steps) > 1 and steps[0] == COMPONENTS and steps[1].isdecimal() and int(steps[1]) < len(self._row_of):
            index = int(steps[1])
            opened = self._components[self._opened_of[index]]
            return _Spot(opened, self._row_of[index], opened.used[self._reader_of[index]]), steps[2:]
        for depth in range(min(len(steps), 2), 0, -1):
            spots = self._spots.get(steps[:depth], [])
            rest = steps[depth:]
            many = spots and spots[0].opened.table.many and not spots[0].opened.table.keyed
            if many and rest and rest[0].isdecimal() and int(rest[0]) < len(spots):
                return spots[int(rest[0])], rest[1:]
            if spots:
                return spots[0], () if many else rest
        root = self._spots.get((), [])
        if root:
            return root[0], steps
        if not self._components:
            return None, ()
        first = self._components[0]
        return _Spot(first, first.number, RowReader(first.table, first.headings)), ()

    def _refuse(self, rule: str, message: str, place: Place) -> None:
        self.refused.append(ReadRefused(rule, message, place))


def _moved(note: Finding, moved: dict[str, str]) -> Finding:
    first, name, index, *rest = note.path.split("/")
    path = f"{first}/{name}/{index}"
    return msgspec.structs.replace(note, path="/".join((moved.get(path, path), *rest)))
