"""From a workspace to what is due when: its calendar, and the plan of its event (SD-5 §5)."""

from __future__ import annotations

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.entries import Calendar
from toolkit.agenda.event_limits import limits_of
from toolkit.agenda.event_nouns import EventPlan
from toolkit.agenda.event_plan import plan_event
from toolkit.catalogue import service
from toolkit.errors import UsageError
from toolkit.inventory.load import load
from toolkit.pipeline.workspace import Workspace


def whole_calendar(workspace: Workspace) -> Calendar:
    """Every entry of the workspace's inventory; raises InventoryInvalid (3)."""
    inventory = load(workspace.root)
    return calendar_of(inventory, service(inventory.service))


def plan_of(workspace: Workspace) -> EventPlan:
    """The event's plan; UsageError (2) for an inventory without one, InventoryInvalid (3) where no plan fits."""
    inventory = load(workspace.root)
    limits = limits_of(service(inventory.service))
    if inventory.event is None:
        raise UsageError(f"{workspace.shown} has no event", fix="add the section event to the inventory")
    return plan_event(inventory.event, commitment=inventory.customer.commitment, limits=limits)
