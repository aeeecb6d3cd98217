"""What operations write down, one noun per line of a table; instants are epoch seconds (records of SD-1 §1.10, SD-2, SD-4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

from toolkit.levels.texts import say

Cause = Literal["provider", "customer", "shared", "vendor-ai", "none"]
CAUSES: tuple[Cause, ...] = ("provider", "customer", "shared", "vendor-ai", "none")
PRIORITIES = ("P1", "P2", "P3", "P4")
EXCLUSION_KINDS = ("planned-work", "customer-iaas", "customer-waiting", "customer-involved", "exit", "other")
CATALOGUE = ("simple", "complex", "quote")
MANY = "; "
"""What joins the members of a list in a cell."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """``file`` and ``line`` (from 1) say where it stands; fields stand in the order in which the reader gives them.

    No circle can be made of such plain values: the collector need not know them.
    """

    file: str
    line: int


class PriorityChange(msgspec.Struct, frozen=True, kw_only=True):
    """The priority that an incident had from ``at`` on."""

    priority: str
    at: int


class Incident(Record, frozen=True):
    """A ticket; ``resolved`` is None while it is open. ``priority`` is the last one: it holds for the whole clock.

    ``cause``: who caused it; ``co_management``: the customer takes part in running what it touches; ``l3``: who holds
    the third level, None where nobody says. SD-2 adds ``urgency`` and the shares of people, sites and components touched;
    ``share_of_components``: that of components is among them.
    """

    id: str
    priority: str
    opened: int
    resolved: int | None = None
    components: tuple[str, ...] = ()
    interruption: bool = False
    cause: str = "none"
    co_management: bool = False
    l3: str | None = None
    priority_changes: tuple[PriorityChange, ...] = ()
    first_priority: str = ""
    urgency: str | None = None
    shares: tuple[Fraction, ...] = ()
    share_of_components: bool = False


class Outage(Record, frozen=True):
    """A period in which ``component`` was interrupted; ``end`` is None while it lasts. ``incident`` is its ticket."""

    id: str
    component: str
    start: int
    end: int | None = None
    incident: str | None = None


class Exclusion(Record, frozen=True):
    """A period that the contract does not count; without ``components`` it holds for all of the tenant."""

    id: str
    kind: str
    start: int
    end: int | None = None
    components: tuple[str, ...] = ()
    tenant: str | None = None
    reason: str = ""


class Change(Record, frozen=True):
    """A change that was asked for; ``notified``: its completion was told. ``price_eur`` is at the pay-per-use token rate."""

    id: str
    tenant: str
    catalogue: str
    requested: int
    component: str | None = None
    accelerated: bool = False
    notified: int | None = None
    validated: bool = True
    price_eur: Fraction | None = None
    started_by: str = "customer"
    out_of_hours: bool = False


class Charge(Record, frozen=True):
    """The monthly recurring charge, excluding tax, that is invoiced for a function of a tenant; None: none is configured.

    What belongs to no tenant (the customer portal) has none.
    """

    month: str
    function: str
    tenant: str = ""
    amount_eur: Fraction | None = None
    sample: bool = False


class Subscription(Record, frozen=True):
    """From when, and until when, a component was subscribed; None: always, still."""

    component: str
    from_: int | None = None
    until: int | None = None


class Case(Record, frozen=True):
    """A case of SD-4: recorded, and the first contact of an engineer; None: not yet."""

    id: str
    severity: str
    recorded: int
    contacted: int | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was read otherwise than it may have been meant: said, not refused; ``key`` is a text's with its ``named``."""

    file: str
    line: int
    record: str
    key: str
    named: dict[str, str] = {}

    def words(self, language: str) -> str:
        """``outages.csv:3: O-2 overlaps O-1 …``."""
        name = self.file.rpartition("/")[2]
        place = f"{name}:{self.line}: " if self.line else f"{name}: "
        return f"{place}{self.record} {say(language, self.key, **self.named)}".replace(":  ", ": ")


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read, each kind sorted by time and id; ``present``: the kinds that have a file."""

    incidents: tuple[Incident, ...] = ()
    outages: tuple[Outage, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    changes: tuple[Change, ...] = ()
    charges: tuple[Charge, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    cases: tuple[Case, ...] = ()
    notes: tuple[Note, ...] = ()
    present: tuple[str, ...] = ()
