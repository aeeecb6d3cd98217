"""What was handed over so far, by either side: ``deliveries.yaml`` in the workspace, written by people.

A prerequisite that is given while a run goes on stands here too: the inventory is what the plan was made from.

    schema: onboarding/deliveries/v1
    deliveries:
      - {what: transition-plan, delivered: 2027-01-15, reference: DOC-12, accepted: 2027-01-20, accepted_by: Ada}
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit.errors import InventoryInvalid
from toolkit.strict_yaml import YamlFault, line_of, read_typed

FILE = "deliveries.yaml"

_Words = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deliverable or prerequisite of the catalogue that was handed over; ``reference`` says where it is kept."""

    what: str
    delivered: dt.date
    reference: _Words
    accepted: dt.date | None = None
    accepted_by: _Words | None = None


class Deliveries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content (schemas/deliveries.schema.json)."""

    schema: Literal["onboarding/deliveries/v1"]
    deliveries: tuple[Delivery, ...]


def read_deliveries(path: Path, *, known: Collection[str]) -> dict[str, Delivery]:
    """Deliveries by id; none where there is no file.

    ``known`` are the ids of the service's deliverables and prerequisites. Raises InventoryInvalid (3), with the line, for
    a file that is not in this shape, an unknown or repeated id, an acceptance without a name or before the delivery.
    """
    if not path.exists() and not path.is_symlink():
        return {}
    try:
        listed = read_typed(path, Deliveries).deliveries
    except YamlFault as wrong:
        fix = "compare it with schemas/deliveries.schema.json"
        raise InventoryInvalid(wrong.at(path.name), fix=fix) from wrong
    found: dict[str, Delivery] = {}
    for place, delivery in enumerate(listed):
        fault = _fault(delivery, found, known)
        if fault is not None:
            reason, fix = fault
            raise InventoryInvalid(f"{path.name}:{line_of(path, ('deliveries', place))}: {reason}", fix=fix)
        found[delivery.what] = delivery
    return found


def _fault(delivery: Delivery, before: Collection[str], known: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with a delivery, and what mends it."""
    name = delivery.what
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        fix = f"did you mean {near[0]!r}?" if near else "onboard catalogue show SERVICE lists them"
        return f"the service has no deliverable or prerequisite {name!r}", fix
    if name in before:
        return f"{name} stands there twice", "keep the newest"
    if (delivery.accepted is None) != (delivery.accepted_by is None):
        return f"{name}: accepted and accepted_by go together", "say when it was accepted, and by whom"
    if delivery.accepted is not None and delivery.accepted < delivery.delivered:
        return f"{name}: accepted before it was delivered", "mend one of the two dates"
    return None
