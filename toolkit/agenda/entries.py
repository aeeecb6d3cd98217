"""What an entry of a calendar is, and all entries of an inventory: dates of the contract, ends, deliverables, the event."""

from __future__ import annotations

import datetime as dt
import uuid

import msgspec

from toolkit.agenda.event_nouns import Span
from toolkit.canonical import canonical_bytes
from toolkit.errors import UsageError
from toolkit.model.inventory import Inventory
from toolkit.model.recurrence import Recurs
from toolkit.model.service import Text

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:onboarding:calendar")
END_ALARM_DAYS = 30
"""How long before an end an alarm is set; before the end of a commitment it is three times as long (a choice)."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something on ``day`` (until ``last``, inclusive), or at a ``time``; ``owner`` is a party of the service.

    ``uid`` is made of what the entry is about, not of when it is: an entry that moves keeps it. ``time`` starts and ends
    at the same instant for a deadline. ``alarm_days``: so long before it people are reminded.
    """

    uid: str
    kind: str
    day: dt.date
    last: dt.date | None = None
    time: Span | None = None
    title: Text
    owner: str
    source: str
    reference: str | None = None
    note: Text | None = None
    recurs: Recurs | None = None
    moved: bool = False
    """A recurring entry that is on another day than its usual one."""
    run: str | None = None
    """Uid of the first entry of the unbroken run that a recurring entry belongs to."""
    alarm_days: int | None = None

    @property
    def until(self) -> dt.date:
        """Its last day."""
        return self.time.ends.date() if self.time is not None else self.last or self.day


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of one customer, in the order of their days; ``parties`` by id. ``stamp`` is an instant of the data, never the present."""

    customer: str
    service: str
    title: Text
    stamp: dt.datetime
    parties: dict[str, Text]
    entries: tuple[Entry, ...]

    def owner_name(self, entry: Entry, language: str) -> str:
        """What the service calls the party that an entry is for."""
        return self.parties[entry.owner].of(language) if entry.owner in self.parties else entry.owner


def uid_of(inventory: Inventory, *about: str) -> str:
    """The same for the same customer, service and words."""
    return str(uuid.uuid5(NAMESPACE, canonical_bytes([inventory.customer.id, inventory.service, *about]).decode()))


def in_order(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """By day, then by time (whole days first), kind, reference and uid."""
    return tuple(sorted(entries, key=_order))


def _order(entry: Entry) -> tuple[dt.date, int, str, str, str]:
    second = -1 if entry.time is None else int(entry.time.starts.timestamp())
    return entry.day, second, entry.kind, entry.reference or "", entry.uid


def chosen(
    calendar: Calendar, *, since: dt.date | None = None, until: dt.date | None = None, owner: str | None = None
) -> Calendar:
    """The entries that touch these days (both included) and are ``owner``'s; UsageError for a party that is none."""
    if owner is not None and owner not in calendar.parties:
        raise UsageError(f"{calendar.service} has no party {owner!r}", fix=f"one of: {', '.join(calendar.parties)}")
    if since is not None and until is not None and until < since:
        raise UsageError(f"{until} is before {since}", fix="give the earlier day to --from")
    kept = tuple(
        entry
        for entry in calendar.entries
        if (since is None or entry.until >= since)
        and (until is None or entry.day <= until)
        and (owner is None or entry.owner == owner)
    )
    return msgspec.structs.replace(calendar, entries=kept)
