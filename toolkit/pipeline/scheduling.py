"""From a workspace to what is due when: its calendar, and the plan of its event (SD-5 §5)."""

from __future__ import annotations

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.entries import Calendar
from toolkit.agenda.event_limits import limits_of
from toolkit.agenda.event_nouns import EventPlan
from toolkit.agenda.event_plan import plan_event
from toolkit.catalogue import service
from toolkit.errors import UsageError
from toolkit.inventory.files import find_pieces
from toolkit.inventory.load import check_source, load, refuse
from toolkit.inventory.source import Source
from toolkit.inventory.typed import typed
from toolkit.pipeline.workspace import Workspace

PLANNED_TO_FIT = frozenset(
    ("INV-145", "INV-146", "INV-147", "INV-148", "INV-149", "INV-150", "INV-151", "INV-152", "INV-153")
)
"""Rules of SD-5 §5 whose limits the plan keeps where the inventory does not."""


def whole_calendar(workspace: Workspace) -> Calendar:
    """Every entry of the workspace's inventory; raises InventoryInvalid (3)."""
    inventory = load(workspace.root)
    return calendar_of(inventory, service(inventory.service))


def plan_of(workspace: Workspace) -> EventPlan:
    """The event's plan; UsageError (2) for an inventory without one, InventoryInvalid (3) where no plan fits.

    What an inventory's event exceeds of the limits is planned to fit; every other error of the inventory is refused.
    """
    source = Source(find_pieces(workspace.root))
    refuse(workspace.shown, [problem for problem in check_source(source) if problem.rule not in PLANNED_TO_FIT])
    inventory = typed(source.header, source.batches())
    limits = limits_of(service(inventory.service))
    if inventory.event is None:
        raise UsageError(f"{workspace.shown} has no event", fix="add the section event to the inventory")
    return plan_event(inventory.event, commitment=inventory.customer.commitment, limits=limits)
