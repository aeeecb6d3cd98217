"""What an inventory means: the order of its lists, its layout and spelled-out defaults do not count."""

from __future__ import annotations

from typing import Any

import msgspec

from toolkit.canonical import canonical_bytes
from toolkit.model.event import Event
from toolkit.model.inventory import Backup, Component, Inventory, Order, Site, Subscription, Tenant


def ordered(inventory: Inventory) -> Inventory:
    """The same inventory with every list whose order means nothing sorted."""
    return msgspec.structs.replace(
        inventory,
        customer=msgspec.structs.replace(
            inventory.customer,
            contacts=tuple(sorted(inventory.customer.contacts, key=lambda contact: (contact.role, contact.email))),
        ),
        tenants=tuple(_tenant(tenant) for tenant in sorted(inventory.tenants, key=lambda tenant: tenant.id)),
        sites=tuple(_site(site) for site in sorted(inventory.sites, key=lambda site: site.id)),
        links=tuple(sorted(inventory.links, key=lambda link: link.id)),
        applications=tuple(sorted(inventory.applications, key=lambda application: application.id)),
        order=inventory.order and _order(inventory.order),
        subscription=inventory.subscription and _subscription(inventory.subscription),
        event=inventory.event and _event(inventory.event),
        components=tuple(_component(component) for component in sorted(inventory.components, key=lambda one: one.id)),
    )


def _tenant(tenant: Tenant) -> Tenant:
    return msgspec.structs.replace(tenant, subscribed_levels=tuple(sorted(tenant.subscribed_levels)))


def _order(order: Order) -> Order:
    return msgspec.structs.replace(
        order, authorises=tuple(sorted(order.authorises)), documents=tuple(sorted(order.documents))
    )


def _subscription(bought: Subscription) -> Subscription:
    return msgspec.structs.replace(
        bought, options=tuple(sorted(bought.options)), products=tuple(sorted(bought.products))
    )


def _event(event: Event) -> Event:
    sessions = (
        msgspec.structs.replace(session, speakers=tuple(sorted(session.speakers))) for session in event.sessions
    )
    return msgspec.structs.replace(
        event,
        days=tuple(sorted(event.days, key=lambda day: (day.date, day.start, day.end))),
        sessions=tuple(sorted(sessions, key=lambda session: session.id)),
        speakers=tuple(sorted(event.speakers, key=lambda speaker: speaker.id)),
    )


def _site(site: Site) -> Site:
    return msgspec.structs.replace(site, networks=tuple(sorted(site.networks)))


def _component(component: Component) -> Component:
    backup = component.backup and Backup(
        policies=tuple(sorted(component.backup.policies)),
        paths=tuple(sorted(component.backup.paths)),
        approval=component.backup.approval,
    )
    return msgspec.structs.replace(
        component,
        backup=backup,
        depends_on=tuple(sorted(component.depends_on)),
        attributes=_unordered(component.attributes),
    )


def _unordered(value: Any) -> Any:
    """Attributes with their lists sorted: none has an order that means something."""
    if isinstance(value, dict):
        return {name: _unordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(inner) for inner in value), key=canonical_bytes)
    return value
