"""Two services compared by meaning: entries by their ids, whatever the order and layout of the files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit.catalogue.checking import checked
from toolkit.catalogue.service_list import FILE, service_named
from toolkit.errors import UsageError
from toolkit.model.service import Service


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs; ``way`` leads to it through fields and ids, ``before`` or ``after`` is None where it is not."""

    kind: Literal["added", "removed", "changed"]
    way: str
    before: Any
    after: Any


def service_or_file(said: str) -> Service:
    """A service by id or row of its description, or from a file or folder of one; UsageError for neither."""
    path = Path(said)
    if path.is_dir() and (path / FILE).is_file():
        return checked((path / FILE).resolve())
    if path.is_file():
        return checked(path.resolve())
    if path.suffix in (".yaml", ".yml") or "/" in said:
        raise UsageError(f"no such file: {said}", fix="check the path")
    return service_named(said)


def differences(old: Service, new: Service) -> tuple[Change, ...]:
    """What was added, removed and changed from ``old`` to ``new``, entry by entry, in the order of the fields."""
    return tuple(_compare("", msgspec.to_builtins(old), msgspec.to_builtins(new)))


def change_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    """A line for each change: ``+``, ``-`` or ``~``, the way, and the figures or words."""
    for change in changes:
        if change.kind == "added":
            yield f"+ {change.way}: {_said(change.after)}"
        elif change.kind == "removed":
            yield f"- {change.way}: {_said(change.before)}"
        else:
            before, after = _said(change.before), _said(change.after)
            if before == after:  # the French differs alone
                before, after = (f"{said} (fr: {value.get('fr')})" for said, value in _with_french(change))
            yield f"~ {change.way}: {before} -> {after}"


def _with_french(change: Change) -> Iterator[tuple[str, dict[str, Any]]]:
    for value in (change.before, change.after):
        yield _said(value), value if isinstance(value, dict) else {}


def _compare(way: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    left, right = _by_name(old), _by_name(new)
    if left is None or right is None:
        yield Change(kind="changed", way=way, before=old, after=new)
        return
    for name in dict.fromkeys((*left, *right)):
        inner = f"{way}/{name}" if way else name
        if name not in right:
            yield Change(kind="removed", way=inner, before=left[name], after=None)
        elif name not in left:
            yield Change(kind="added", way=inner, before=None, after=right[name])
        else:
            yield from _compare(inner, left[name], right[name])


def _by_name(value: Any) -> dict[str, Any] | None:
    """A mapping's fields, or a list's entries by what names each; None where a value is compared whole.

    Words in two languages are one value.
    """
    if isinstance(value, dict):
        return None if value.keys() <= {"en", "fr"} else value
    if not isinstance(value, list | tuple) or not all(isinstance(item, dict) for item in value):
        return None
    names = [_name(item) for item in value]
    return dict(zip(names, value, strict=True)) if len(set(names)) == len(names) else None


def _name(item: dict[str, Any]) -> str:
    """An id, or the fields that tell an entry without id from the others of its list."""
    if "id" in item:
        return str(item["id"])
    keys = ("activity", "of", "level", "levels", "functions", "environments", "priorities", "above")
    return " ".join(_said(item[key]) for key in keys if key in item) or _said(item)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        if "title" in value:
            return _said(value["title"]) + (
                f" ({value['value']} {value.get('unit', '')}".rstrip() + ")" if "value" in value else ""
            )
        if "en" in value:
            return str(value["en"])
        return ", ".join(f"{key} {_said(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(item) for item in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
