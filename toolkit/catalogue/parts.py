"""The parts of an inventory that can answer a prerequisite: ``components``, ``event/agenda_final``, ``customer/contacts/it``."""

from __future__ import annotations

import re
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from toolkit.model.contacts import Contact
from toolkit.model.inventory import Inventory

ALWAYS = ("customer", "provider")
"""Sections that every inventory has, whatever its service."""
CONTACTS = "customer/contacts/"
"""Before the role of those contacts who answer."""

_ROLE = re.compile(r"[a-z][a-z0-9-]{0,62}")


def wrong_step(way: str) -> tuple[str, tuple[str, ...]] | None:
    """The first step of a way below its section that leads nowhere, with what may stand there; None for a sound way.

    Contacts are named by their role, so that any word may stand there (none is listed).
    """
    found: Any = Inventory
    for step in way.split("/"):
        if found is Contact and _ROLE.fullmatch(step):
            found = None  # a contact answers as a whole
            continue
        fields = get_type_hints(found) if isinstance(found, type) and issubclass(found, msgspec.Struct) else {}
        if found is Contact or step not in fields:
            return step, () if found is Contact else tuple(fields)
        found = _inner(fields[step])
    return None


def _inner(kind: Any) -> Any:
    """The noun behind ``Noun | None``, and that of contacts behind their tuple; of other lists nothing is named."""
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return Contact if get_args(kind)[0] is Contact else None
    return kind
