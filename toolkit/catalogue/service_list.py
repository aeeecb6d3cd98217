"""The services that an inventory can name: the toolkit's own, and those of the folder that ONBOARD_CATALOGUE names.

Each is a folder ``<id>/service.yaml`` (schemas/service.schema.json); a folder without that file is no service. What is
added is checked when it is read; the toolkit's own are held against the same checks by tests.
"""

from __future__ import annotations

import os
import stat
from functools import cache
from pathlib import Path

import msgspec

from toolkit.catalogue.data_files import FOLDER, read, typed
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.model.service import Service

VARIABLE = "ONBOARD_CATALOGUE"
FILE = "service.yaml"
OWN = FOLDER / "services"


def services() -> dict[str, Service]:
    """Every service, by id: the toolkit's own first, each part in the order of descriptions (SD-1, SD-2 …).

    Raises InventoryInvalid (3) where an added one is wrong, or says the id or the description of another.
    """
    own = [service(name) for name in _own_ids()]
    added = [service(name) for name in _added_ids()]
    taken = {found.description: found.id for found in own}
    for found in sorted(added, key=_number):
        if found.description in taken:
            raise _refused(
                service_folder(found.id) / FILE,
                way="/description",
                message=f"{found.description} is the service {taken[found.description]!r}",
                fix="give it a row of its own: SD-<number>",
            )
        taken[found.description] = found.id
    return {found.id: found for found in (*sorted(own, key=_number), *sorted(added, key=_number))}


def service_ids() -> tuple[str, ...]:
    """The ids alone; reads no file of a service."""
    return (*_own_ids(), *_added_ids())


def service(name: str) -> Service:
    """The service with that id; reads its file alone.

    Raises UsageError for an unknown one, InventoryInvalid (3) for an added one that is wrong.
    """
    if name in _own_ids():
        return _own(OWN / name / FILE)
    if name not in _added_ids():
        raise UsageError(f"no service {name!r}", fix=f"name one of: {', '.join(service_ids())}")
    path = service_folder(name) / FILE
    state = _state_of(path)
    return _added(path, state.st_mtime_ns, state.st_size)


def service_named(said: str) -> Service:
    """The service by its id or by the row of its description (``SD-1``); UsageError for neither."""
    if said in service_ids():
        return service(said)
    by_row = {found.description.upper(): found for found in services().values()}
    if said.upper() not in by_row:
        known = ", ".join(f"{found.description} ({found.id})" for found in by_row.values())
        raise UsageError(f"no service {said!r}", fix=f"name one of: {known}")
    return by_row[said.upper()]


def added_folder() -> Path | None:
    """The folder of the services that are added; None where the environment names none.

    Raises UsageError for one that is not there.
    """
    named = os.environ.get(VARIABLE, "")
    if not named:
        return None
    try:
        folder = Path(named).resolve()
        if folder.is_dir():
            return folder
    except (OSError, RuntimeError, ValueError):
        # a link that leads to itself, a name that no file can have
        pass
    raise UsageError(f"{VARIABLE} names no folder: {named}", fix="name a folder of services, or unset it")


def service_folder(name: str) -> Path:
    """Where a service's files lie: ``service.yaml``, and what else it brings (documents, texts, a schema)."""
    added = added_folder() if name not in _own_ids() else None
    return added / name if added is not None else OWN / name


def _number(found: Service) -> int:
    return int(found.description.removeprefix("SD-"))


def _added_ids() -> tuple[str, ...]:
    folder = added_folder()
    if folder is None:
        return ()
    names = _ids(folder)
    for name in names:
        if name in _own_ids():
            raise _refused(
                folder / name / FILE,
                way="/id",
                message=f"{name!r} is a service of the toolkit's own",
                fix="give the folder and the service another id",
            )
    return names


@cache
def _own_ids() -> tuple[str, ...]:
    return _ids(OWN)


def _ids(folder: Path) -> tuple[str, ...]:
    """The folders in which something is called ``service.yaml``, be it a link that leads nowhere."""
    with os.scandir(folder) as found:
        return tuple(sorted(one.name for one in found if os.path.lexists(f"{one.path}/{FILE}")))


def _state_of(path: Path) -> os.stat_result:
    """What the file system says of an added service's file; InventoryInvalid for what is no file."""
    try:
        state = path.stat()
    except OSError as error:
        reason = str(error.strerror)
    else:
        if stat.S_ISREG(state.st_mode):
            return state
        reason = "it is no file"  # a pipe would be waited for
    fix = "write it as a file, or remove it"
    raise _refused(path, rule="CAT-001", message=f"{FILE} cannot be read: {reason}", fix=fix)


@cache
def _own(path: Path) -> Service:
    return typed(read(path), Service, f"{path.parent.name}/{path.name}")


@cache
def _added(path: Path, changed: int, size: int) -> Service:  # noqa: ARG001 - a file that was written anew is read anew
    # most commands have no added service, and checks of one take a while to import
    from toolkit.catalogue.checking import checked

    found = checked(path)
    if found.id != path.parent.name:
        raise _refused(
            path,
            way="/id",
            message=f"the service {found.id!r} lies in the folder {path.parent.name!r}",
            fix="call the folder by the id of its service",
        )
    return found


def _refused(path: Path, *, message: str, fix: str, way: str = "", rule: str = "CAT-004") -> InventoryInvalid:
    from toolkit.catalogue.checking import Fault

    fault = Fault(rule=rule, file=str(path), line=None, column=None, path=way, message=message, fix=fix)
    return InventoryInvalid(
        f"the service {path.parent.name!r} cannot be added: {message}",
        fix=fix,
        details={"problems": [msgspec.to_builtins(fault)]},
    )
