"""Where the items of an inventory stand in its files, and a comparison with the places of both sides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from toolkit.inventory.diff import LISTED, TOP
from toolkit.inventory.files import find_pieces
from toolkit.inventory.readers.place import parts, pointer
from toolkit.inventory.source import Source
from toolkit.model.inventory_diff import FieldChange, InventoryDiff, ItemChange, Rename, Where

Address = tuple[str, str, str]
"""Section, id and the pointer inside the item."""
Places = dict[Address, Where]


def place_diff(diff: InventoryDiff, old: Path, new: Path) -> InventoryDiff:
    """The same difference with the place of everything in the files of ``old`` and ``new``."""
    replace = msgspec.structs.replace
    before = find_places(old, _addresses(diff, old=True))
    after = find_places(new, _addresses(diff, old=False))

    def fields(one: ItemChange | Rename, was: str, becomes: str) -> tuple[FieldChange, ...]:
        return tuple(
            replace(
                field,
                old_at=before.get((one.section, was, field.path)),
                new_at=after.get((one.section, becomes, field.path)),
            )
            for field in one.fields
        )

    return replace(
        diff,
        added=tuple(replace(one, at=after.get((one.section, one.id, ""))) for one in diff.added),
        removed=tuple(replace(one, at=before.get((one.section, one.id, ""))) for one in diff.removed),
        renamed=tuple(
            replace(
                one,
                old_at=before.get((one.section, one.old_id, "")),
                new_at=after.get((one.section, one.new_id, "")),
                fields=fields(one, one.old_id, one.new_id),
            )
            for one in diff.renamed
        ),
        moved=tuple(replace(one, fields=fields(one, one.id, one.id)) for one in diff.moved),
        changed=tuple(replace(one, fields=fields(one, one.id, one.id)) for one in diff.changed),
    )


def find_places(path: Path, wanted: Iterable[Address]) -> Places:
    """The place of each address in the inventory at ``path``; for what is not given, its nearest parent's.

    Asked for in the order of the files, which is cheapest for every reader.
    """
    inside: dict[tuple[str, str], set[str]] = {}
    for section, id_, inner in wanted:
        inside.setdefault((section, id_), set()).add(inner)
    if not inside:
        return {}
    source = Source(find_pieces(path))
    pointers: dict[str, Address] = {}
    for key, start in _starts(source, inside.keys()):
        pointers.update({start + inner: (*key, inner) for inner in inside[key]})
    found: Places = {}
    for path_, address in sorted(pointers.items(), key=lambda pair: _order(pair[0])):
        file, place = source.locate(path_)
        found[address] = Where(file=file, line=place.line, column=place.column, sheet=place.sheet, cell=place.cell)
    return found


def _addresses(diff: InventoryDiff, *, old: bool) -> Iterator[Address]:
    for item in diff.removed if old else diff.added:
        yield item.section, item.id, ""
    for rename in diff.renamed:
        id_ = rename.old_id if old else rename.new_id
        yield from ((rename.section, id_, path) for path in ("", *(field.path for field in rename.fields)))
    for change in (*diff.moved, *diff.changed):
        yield from ((change.section, change.id, field.path) for field in change.fields)


def _starts(source: Source, wanted: Collection[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    """The pointer of each wanted item."""
    for index, item in enumerate(item for batch in source.batches() for item in batch):
        if ("components", item["id"]) in wanted:
            yield ("components", item["id"]), pointer("components", index)
    for section in LISTED:
        for index, item in enumerate(source.header.get(section, ())):
            if (section, item["id"]) in wanted:
                yield (section, item["id"]), pointer(section, index)
    yield from ((key, "" if key[0] == TOP else pointer(key[0])) for key in wanted if not key[1])


def _order(path: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in parts(path))
