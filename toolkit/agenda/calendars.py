"""The calendar of an inventory: everything that has a day, in order."""

from __future__ import annotations

import datetime as dt
import itertools

from toolkit.agenda.agreements import agreement_entries
from toolkit.agenda.claims import answer_entries
from toolkit.agenda.contract import contract_entries
from toolkit.agenda.entries import Calendar, Entry, in_order
from toolkit.agenda.event_entries import event_entries
from toolkit.agenda.event_limits import limits_of
from toolkit.agenda.event_plan import plan_event
from toolkit.agenda.recurring import deliverable_entries
from toolkit.model.inventory import Inventory
from toolkit.model.service import Service, Text


def calendar_of(inventory: Inventory, service: Service) -> Calendar:
    """The whole calendar; the same inventory gives the same one on any day.

    InventoryInvalid where a period ends beyond the calendar, or no plan of the event fits.
    """
    event, commitment = inventory.event, inventory.customer.commitment
    of_event: tuple[Entry, ...] = ()
    if event is not None:
        plan = plan_event(event, commitment=commitment, limits=limits_of(service))
        of_event = tuple(event_entries(inventory, plan, source=service.source))
    entries = itertools.chain(
        contract_entries(inventory, service),
        agreement_entries(inventory, service),
        deliverable_entries(inventory, service),
        answer_entries(inventory, service),
        of_event,
    )
    known = event.agenda_final if event is not None and event.agenda_final is not None else commitment.start
    name = inventory.customer.name
    return Calendar(
        customer=inventory.customer.id,
        service=service.id,
        title=Text(en=f"{name}: {service.description}", fr=f"{name} : {service.description}"),
        stamp=dt.datetime.combine(known, dt.time(), dt.UTC),
        parties=service.parties,
        entries=in_order(tuple(entries)),
    )
