"""The limits that an event is planned by, read from the service's catalogue entry (SD-5 §5)."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from toolkit.errors import UsageError
from toolkit.model.service import Limit, Service

_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}


class EventLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Lengths in seconds, days and months as such; ``source`` is the section of the service description."""

    support_days: int
    support_seconds: int
    before_seconds: int
    after_seconds: int
    rehearsal_seconds: int
    rehearsal_lead_days: int
    links_days: int
    recordings_seconds: int
    linked_seconds: int
    term_months: int
    source: str


def is_event_service(service: Service) -> bool:
    """Whether the service supports events: an inventory of it has the section ``event``."""
    return "event" in service.inventory.sections


def limits_of(service: Service) -> EventLimits:
    """The limits of a service; UsageError for one that supports no events, or that leaves a limit out."""
    if not is_event_service(service):
        raise UsageError(
            f"{service.id} ({service.description}) supports no events",
            fix="name the inventory of a service that does, event-support for one",
        )
    found = {limit.id: limit for limit in service.limits}
    return EventLimits(
        support_days=_days(found, "support-days", service),
        support_seconds=_seconds(found, "support-hours", service),
        before_seconds=_seconds(found, "support-before", service),
        after_seconds=_seconds(found, "support-after", service),
        rehearsal_seconds=_seconds(found, "rehearsal-length", service),
        rehearsal_lead_days=_days(found, "rehearsal-lead", service),
        links_days=_days(found, "speaker-links", service),
        recordings_seconds=_seconds(found, "recordings-length", service),
        linked_seconds=_seconds(found, "recordings-linked", service),
        term_months=_count(found, "term", "months", service),
        source=service.source,
    )


def _limit(found: dict[str, Limit], name: str, service: Service) -> Limit:
    if name not in found:
        raise UsageError(f"{service.id} has no limit {name!r}", fix="add it to the limits of its service.yaml")
    return found[name]


def _seconds(found: dict[str, Limit], name: str, service: Service) -> int:
    limit = _limit(found, name, service)
    if limit.unit not in _SECONDS:
        raise UsageError(
            f"{service.id}: the limit {name} is in {limit.unit or 'no unit'}", fix=f"write {', '.join(_SECONDS)}"
        )
    return int(Fraction(limit.value) * _SECONDS[limit.unit])


def _days(found: dict[str, Limit], name: str, service: Service) -> int:
    return _seconds(found, name, service) // _SECONDS["days"]


def _count(found: dict[str, Limit], name: str, unit: str, service: Service) -> int:
    limit = _limit(found, name, service)
    if limit.unit != unit:
        raise UsageError(f"{service.id}: the limit {name} is in {limit.unit or 'no unit'}", fix=f"write {unit}")
    return int(Fraction(limit.value))
