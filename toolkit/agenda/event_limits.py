"""The limits that an event is planned by, read from the service's catalogue entry (SD-5 §5)."""

from __future__ import annotations

import msgspec

from toolkit.catalogue import limits
from toolkit.errors import UsageError
from toolkit.model.service import Service


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
    return EventLimits(
        support_days=_days(service, "support-days"),
        support_seconds=limits.seconds(service, "support-hours"),
        before_seconds=limits.seconds(service, "support-before"),
        after_seconds=limits.seconds(service, "support-after"),
        rehearsal_seconds=limits.seconds(service, "rehearsal-length"),
        rehearsal_lead_days=_days(service, "rehearsal-lead"),
        links_days=_days(service, "speaker-links"),
        recordings_seconds=limits.seconds(service, "recordings-length"),
        linked_seconds=limits.seconds(service, "recordings-linked"),
        term_months=limits.whole(service, "term", "months"),
        source=service.source,
    )


def _days(service: Service, name: str) -> int:
    return limits.seconds(service, name) // limits.SECONDS["days"]
