"""Reads a service that is added, and tells everything that is wrong with it: place, reason, fix."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from toolkit import resources
from toolkit.catalogue.crosschecks import faults
from toolkit.catalogue.places import Read, Unreadable, pointer, read_with_places
from toolkit.errors import InventoryInvalid
from toolkit.model.service import Service

SCHEMA = "service.schema.json"
RULES = {
    "CAT-001": "a file that cannot be read",
    "CAT-002": "what schemas/service.schema.json does not allow",
    "CAT-003": "what does not hold together",
    "CAT-004": "an id or a description that another service has, or a folder of another name",
}
"""What can be wrong with a service, by the rule that the fault names."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a service's file; ``path`` is a JSON pointer, ``line`` and ``column`` count from 1."""

    rule: str
    file: str
    line: int | None
    column: int | None
    path: str
    message: str
    fix: str


def checked(path: Path) -> Service:
    """The service in a file, whole and consistent; InventoryInvalid (3) lists every fault under ``problems``."""
    service, found = examined(path)
    if service is None or found:
        count = len(found)
        raise InventoryInvalid(
            f"{count} {'fault' if count == 1 else 'faults'} in the service {path.parent.name!r}",
            fix="mend the file; schemas/service.schema.json says what it may hold",
            details={"problems": [msgspec.to_builtins(fault) for fault in found]},
        )
    return service


def examined(path: Path) -> tuple[Service | None, tuple[Fault, ...]]:
    """The service in a file and its faults; None where it is not even of the right shape."""
    try:
        read = read_with_places(path)
    except Unreadable as error:
        at = {"line": error.line, "column": None, "path": ""}
        return None, (
            Fault(rule="CAT-001", file=str(path), message=error.message, fix="write the file as YAML", **at),  # type: ignore[arg-type]
        )
    shape = tuple(
        _fault(
            path, read, rule="CAT-002", way=pointer(tuple(error.instance_path)), message=_words(error), fix=_fix(error)
        )
        for error in _validator().iter_errors(read.value)
    )
    if shape:
        return None, shape
    service = msgspec.convert(read.value, Service)
    documents = [document.stem for document in (path.parent / "documents").glob("*.yaml")]
    return service, tuple(
        _fault(path, read, rule="CAT-003", way=pointer(steps), message=message, fix=fix)
        for steps, message, fix in faults(service, documents=documents)
    )


def _fault(path: Path, read: Read, *, rule: str, way: str, message: str, fix: str) -> Fault:
    line, column = read.place(way)
    return Fault(rule=rule, file=str(path), line=line, column=column, path=way, message=message, fix=fix)


@cache
def _validator() -> Any:
    import jsonschema_rs

    schema = json.loads((resources.folder("schemas") / SCHEMA).read_bytes())
    return jsonschema_rs.Draft202012Validator(schema)


def _words(error: Any) -> str:
    """What is wrong; a long value is cut."""
    said = str(error.message)
    return said if len(said) <= 200 else f"{said[:80]} … {said[-100:]}"


def _fix(error: Any) -> str:
    where = "/".join(str(step) for step in error.schema_path if step != "$ref")
    return f"see schemas/{SCHEMA}, {where}"
