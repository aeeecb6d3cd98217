"""The services that an inventory can name: the toolkit's own, and those of the folder that ONBOARD_CATALOGUE names.

Each is a folder ``<id>/service.yaml`` (schemas/service.schema.json); a folder without that file is no service.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from toolkit.catalogue.data_files import FOLDER, read, typed
from toolkit.errors import UsageError
from toolkit.model.service import Service

VARIABLE = "ONBOARD_CATALOGUE"
FILE = "service.yaml"
OWN = FOLDER / "services"


def services() -> dict[str, Service]:
    """Every service, by id: the toolkit's own first, in the order of their descriptions (SD-1, SD-2 …)."""
    own = sorted((service(name) for name in _ids(OWN)), key=lambda found: found.description)
    return {found.id: found for found in (*own, *(service(name) for name in _added_ids()))}


def service_ids() -> tuple[str, ...]:
    """The ids alone; reads no file of a service."""
    return (*_ids(OWN), *_added_ids())


def service(name: str) -> Service:
    """The service with that id; reads its file alone. Raises UsageError for an unknown one."""
    for folder in (OWN, added_folder()):
        if folder is not None and name in _ids(folder):
            return _read(folder / name / FILE)
    raise UsageError(f"no service {name!r}", fix=f"name one of: {', '.join(service_ids())}")


def added_folder() -> Path | None:
    """The folder of the services that are added; None where the environment names none.

    Raises UsageError for one that is not there.
    """
    named = os.environ.get(VARIABLE, "")
    if not named:
        return None
    folder = Path(named).resolve()
    if not folder.is_dir():
        raise UsageError(f"{VARIABLE} names no folder: {named}", fix="name a folder of services, or unset it")
    return folder


def service_folder(name: str) -> Path:
    """Where a service's files lie: ``service.yaml``, and what else it brings (documents, texts, a schema)."""
    added = added_folder()
    return added / name if added is not None and name in _ids(added) else OWN / name


def _added_ids() -> tuple[str, ...]:
    folder = added_folder()
    return () if folder is None else _ids(folder)


def _ids(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{FILE}")))


@cache
def _read(path: Path) -> Service:
    return typed(read(path), Service, f"{path.parent.name}/{path.name}")
