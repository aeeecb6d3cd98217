"""What was handed over so far, by either side: ``deliveries.yaml`` in the workspace, written by people.

A prerequisite that is given while a run goes on stands here too: the inventory is what the plan was made from.

    schema: onboarding/deliveries/v1
    deliveries:
      - {what: transition-plan, delivered: 2027-01-15, reference: DOC-12, accepted: 2027-01-20, accepted_by: Ada}
      - {what: operations-review, period: 2027-W03, delivered: 2027-01-18, reference: MIN-3}
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from toolkit.errors import InventoryInvalid
from toolkit.model.recurrence import EXAMPLES, Recurs, is_written
from toolkit.strict_yaml import YamlFault, line_of, read_typed

FILE = "deliveries.yaml"

_NOUNS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_Words = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deliverable or prerequisite of the catalogue that was handed over; ``reference`` says where it is kept.

    ``period`` is what a recurring one is for, as YAML reads it: a year is a number there, a day a date.
    """

    what: str
    period: Any = None
    delivered: dt.date
    reference: _Words
    accepted: dt.date | None = None
    accepted_by: _Words | None = None

    @property
    def period_name(self) -> str:
        """The period as it is written; empty for what is delivered once."""
        return "" if self.period is None else str(self.period)

    @property
    def key(self) -> str:
        """``<what>``, of a recurring one ``<what> <period>``: what stands in the file once."""
        return f"{self.what} {self.period_name}".rstrip()


class Deliveries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content (schemas/deliveries.schema.json)."""

    schema: Literal["onboarding/deliveries/v1"]
    deliveries: tuple[Delivery, ...]


def read_deliveries(
    path: Path, *, known: Collection[str], recurring: Mapping[str, Recurs] | None = None
) -> dict[str, Delivery]:
    """Deliveries by id, recurring ones by ``<id> <period>``, in the file's order; none where there is no file.

    ``known`` are the ids of the service's deliverables and prerequisites, ``recurring`` those that recur, and how often.
    Raises InventoryInvalid (3), with the line, for a file that is not in this shape, an unknown or repeated id, a period
    that is missing, out of place or written otherwise, an acceptance without a name or before the delivery.
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
        fault = _fault(delivery, found, known) or _period_fault(delivery, (recurring or {}).get(delivery.what))
        if fault is not None:
            reason, fix = fault
            raise InventoryInvalid(f"{path.name}:{line_of(path, ('deliveries', place))}: {reason}", fix=fix)
        found[delivery.key] = delivery
    return found


def _fault(delivery: Delivery, before: Collection[str], known: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with a delivery, and what mends it."""
    name = delivery.what
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        fix = f"did you mean {near[0]!r}?" if near else "onboard catalogue show SERVICE lists them"
        return f"the service has no deliverable or prerequisite {name!r}", fix
    if delivery.key in before:
        return f"{delivery.key} stands there twice", "keep the newest"
    if (delivery.accepted is None) != (delivery.accepted_by is None):
        return f"{name}: accepted and accepted_by go together", "say when it was accepted, and by whom"
    if delivery.accepted is not None and delivery.accepted < delivery.delivered:
        return f"{name}: accepted before it was delivered", "mend one of the two dates"
    return None


def _period_fault(delivery: Delivery, recurs: Recurs | None) -> tuple[str, str] | None:
    name = delivery.what
    if recurs is None:
        return None if delivery.period is None else (f"{name}: it is delivered once", "leave period out")
    fix = f"write it as {EXAMPLES[recurs]}"
    if delivery.period is None:
        return f"{name}: period is missing, and it is {recurs}", fix
    if not is_written(recurs, delivery.period_name):
        return f"{name}: period {delivery.period_name[:40]!r} is no {_NOUNS[recurs]}", fix
    return None
