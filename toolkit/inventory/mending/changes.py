"""What a correction changes, as a unified diff that shows no secret of the lines that it touches."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import looks_secret
from toolkit.inventory.mending.mended import Edit, Mended
from toolkit.inventory.mending.tokens import line_begins
from toolkit.inventory.readers.place import lines
from toolkit.inventory.secret_rules import SECRET_NAME

_AROUND = 1
"""Unchanged lines that are shown on either side."""


def changes(file: str, mended: Mended) -> Iterator[str]:
    """The lines of a unified diff, without line ends, not yet made visible; none where nothing changes."""
    if not mended.edits:
        return
    before, after = _shown(mended, after=False), _shown(mended, after=True)
    yield f"--- {file}"
    yield f"+++ {file}"
    changed = sorted(_by_line(mended))
    while changed:
        first = last = changed.pop(0)
        while changed and changed[0] <= last + 2 * _AROUND + 1:
            last = changed.pop(0)
        yield from _hunk(before, after, max(0, first - _AROUND), min(len(before), last + _AROUND + 1))


def _hunk(before: list[str], after: list[str], begin: int, end: int) -> Iterator[str]:
    yield f"@@ -{begin + 1},{end - begin} +{begin + 1},{end - begin} @@"
    removed: list[str] = []
    added: list[str] = []
    for old, new in zip(before[begin:end], after[begin:end], strict=True):
        if old == new:
            yield from (*removed, *added, f" {old}")
            removed, added = [], []
        else:
            removed.append(f"-{old}")
            added.append(f"+{new}")
    yield from (*removed, *added)


def _by_line(mended: Mended) -> dict[int, list[Edit]]:
    """The edits of each line, counted from 0; no edit spans lines."""
    found: dict[int, list[Edit]] = {}
    for edit in mended.edits:
        found.setdefault(edit.correction.place.line - 1, []).append(edit)
    return found


def _shown(mended: Mended, *, after: bool) -> list[str]:
    """The lines; of one that may hold a secret only what is corrected in it."""
    edits, begins = _by_line(mended), line_begins(mended.before)
    found = lines(mended.after if after else mended.before)
    plain = lines(mended.before)
    assert len(found) == len(plain) == len(begins)
    for number, line in enumerate(plain):
        if SECRET_NAME.search(line.lower()) or looks_secret(line):
            words = [edit.text if after else mended.before[edit.start : edit.end] for edit in edits.get(number, ())]
            found[number] = " ".join(["***", *(f"{word} ***" for word in words)])
    return found
