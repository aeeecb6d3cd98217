"""Which periods of what recurs were delivered, and which are overdue on a day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from toolkit.model.recurrence import PeriodDue
from toolkit.model.service import Deliverable
from toolkit.transition.deliveries import Delivery

Due = Mapping[str, tuple[PeriodDue, ...]]
"""The periods of a commitment by the id of the deliverable, each with its day."""


class Recurring(msgspec.Struct, frozen=True, kw_only=True):
    """A recurring deliverable; ``overdue`` is empty where nobody said which day it is."""

    deliverable: Deliverable
    delivered: tuple[str, ...]
    overdue: tuple[PeriodDue, ...] = ()


def recurring(
    deliverables: tuple[Deliverable, ...], due: Due, deliveries: Mapping[str, Delivery], *, on: dt.date | None
) -> tuple[Recurring, ...]:
    """Each recurring deliverable with its periods, in their order.

    ``on`` None: what was ever delivered. Else as on that day: what was delivered until then, and what was due before it
    and was not; what is due on the day itself is neither late nor, yet, delivered.
    """
    found = []
    for one in deliverables:
        if one.recurs is None:
            continue
        given = {
            delivery.period_name
            for delivery in deliveries.values()
            if delivery.what == one.id and (on is None or delivery.delivered <= on)
        }
        periods = due.get(one.id, ())
        found.append(
            Recurring(
                deliverable=one,
                delivered=tuple(each.period for each in periods if each.period in given),
                overdue=tuple(each for each in periods if on and each.day < on and each.period not in given),
            )
        )
    return tuple(found)


def undue(due: Due, deliveries: Mapping[str, Delivery]) -> int | None:
    """The place (from 0) of the first delivery for a period that its deliverable does not have; None: there is none."""
    for place, delivery in enumerate(deliveries.values()):
        if delivery.period is not None and delivery.period_name not in {
            one.period for one in due.get(delivery.what, ())
        }:
            return place
    return None
