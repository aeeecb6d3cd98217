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
from typing import Any, Literal

import msgspec
import yaml

from toolkit.errors import InventoryInvalid

FILE = "deliveries.yaml"


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deliverable or prerequisite of the catalogue that was handed over; ``reference`` says where it is kept."""

    what: str
    delivered: dt.date
    reference: str
    accepted: dt.date | None = None
    accepted_by: str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal["onboarding/deliveries/v1"]
    deliveries: tuple[Delivery, ...]


def read_deliveries(path: Path, *, known: Collection[str]) -> dict[str, Delivery]:
    """Deliveries by id; none where there is no file.

    ``known`` are the ids of the service's deliverables and prerequisites. Raises InventoryInvalid (3) for a file that is not in this shape, an
    unknown or repeated id, an acceptance without a name or before the delivery.
    """
    if not path.is_file():
        return {}
    try:
        written = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        listed = msgspec.convert(written, _File).deliveries
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise _refused(path, _told(error), "see the head of toolkit/transition/deliveries.py for its shape") from error
    found: dict[str, Delivery] = {}
    for delivery in listed:
        name = delivery.what
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            fix = f"did you mean {near[0]!r}?" if near else "see: onboard catalogue show SERVICE --section deliverables"
            raise _refused(path, f"the service has no deliverable or prerequisite {name!r}", fix)
        if name in found:
            raise _refused(path, f"{name} stands there twice", "keep the newest")
        if (delivery.accepted is None) != (delivery.accepted_by is None):
            raise _refused(
                path, f"{name}: accepted and accepted_by go together", "say when it was accepted, and by whom"
            )
        if delivery.accepted is not None and delivery.accepted < delivery.delivered:
            raise _refused(path, f"{name}: accepted before it was delivered", "mend one of the two dates")
        found[name] = delivery
    return found


def _refused(path: Path, reason: str, fix: str) -> InventoryInvalid:
    return InventoryInvalid(f"{path.name}: {reason}", fix=fix)


def _told(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return f"{where}{getattr(error, 'problem', None) or error}"
