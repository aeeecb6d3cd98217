"""The services that an inventory can name, and the service description behind each."""

from __future__ import annotations

from functools import cache

import msgspec

from toolkit.catalogue.data_files import FOLDER, read, typed


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``description`` is the row of the service description, ``SD-1`` for one."""

    id: str
    description: str
    title: str


@cache
def services() -> dict[str, Service]:
    """Every service, by id."""
    listed = typed(read(FOLDER / "services.yaml")["services"], tuple[Service, ...], "services.yaml")
    return {service.id: service for service in listed}
