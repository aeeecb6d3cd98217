"""Who: the customer, the provider, contacts, and the document itself."""

from __future__ import annotations

from typing import Any

from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import spaced
from toolkit.model.months import last_day


def party_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``document``, ``customer``, ``provider``, ``service``, ``parties``, ``contacts``, ``subscription``."""
    inventory, service = sources.inventory, sources.service
    customer, given = inventory.customer, inventory.subscription
    return {
        "document": {
            "date": sources.date or Missing(what="document-date", where="command", at="--date"),
            "version": sources.digest.removeprefix("sha256:")[:12],
        },
        "customer": {
            "id": customer.id,
            "name": customer.name,
            "start": customer.commitment.start,
            "months": customer.commitment.months,
            "end": last_day(customer.commitment.start, customer.commitment.months),
        },
        "provider": _provider(sources),
        "managers": tuple(_managers(sources)),
        "service": {
            "id": service.id,
            "description": service.description,
            "title": spaced(service.title.of(language), language),
            "summary": spaced(service.summary.of(language), language),
        },
        "parties": tuple(
            {"id": id_, "title": spaced(title.of(language), language)} for id_, title in service.parties.items()
        ),
        "contacts": tuple(_contacts(sources)),
        "order": _order(sources),
        "subscription": {
            "tier": given.tier if given and given.tier else NONE,
            "options": given.options if given else (),
            "products": given.products if given else (),
        },
    }


def _provider(sources: Sources) -> Row:
    provider, profile = sources.inventory.provider, sources.profile
    return {
        "profile": provider.profile,
        **{role: _manager(sources, role) for role in ("service_delivery_manager", "contract_manager")},
        "service_desk": Missing(what="service-desk", where="provider"),
        "charges": Missing(what="charges", where="provider"),
        "networks": profile.hub.networks if profile else Missing(what="hub", where="provider", at=provider.profile),
        "public_address": profile.hub.public_address if profile else Missing(what="hub", where="provider"),
        "gateway": profile.hub.gateway if profile else Missing(what="hub", where="provider"),
        "ike": profile.ike.proposal if profile else Missing(what="hub", where="provider"),
        "esp": profile.ike.esp_proposal if profile else Missing(what="hub", where="provider"),
        "runbooks": profile.runbooks if profile else Missing(what="hub", where="provider"),
    }


def _managers(sources: Sources) -> list[Row]:
    """Who manages delivery and contract, for services that have these roles (SD-1 §1.15) or name them."""
    provider = sources.inventory.provider
    asked = any(table.id == "roles" for table in sources.service.tables) and bool(sources.inventory.tenants)
    return [
        {"role": role, "name": _manager(sources, role)}
        for role in ("service_delivery_manager", "contract_manager")
        if asked or getattr(provider, role)
    ]


def _manager(sources: Sources, role: str) -> Any:
    return getattr(sources.inventory.provider, role) or Missing(what=role, at=f"provider/{role}")


def _contacts(sources: Sources) -> list[Row]:
    inventory = sources.inventory
    rows = []
    for number, contact in enumerate(inventory.customer.contacts):
        at = f"customer/contacts/{number}/phone"
        rows.append(_contact("customer", contact.role, contact, Missing(what="phone", of=contact.name, at=at)))
    points = inventory.contacts
    for side in ("provider", "partner") if points else ():
        point = getattr(points, side)
        if point is None:
            gap = Missing(what="contact-point", at=f"contacts/{side}")
            rows.append({"side": side, "role": "single-point", "name": gap, "email": gap, "phone": gap})
        else:
            gap = Missing(what="phone", of=point.name, at=f"contacts/{side}/phone")
            rows.append(_contact(side, "single-point", point, gap))
    return rows


def _contact(side: str, role: str, contact: Any, gap: Missing) -> Row:
    return {"side": side, "role": role, "name": contact.name, "email": contact.email, "phone": contact.phone or gap}


def _order(sources: Sources) -> Any:
    """The order of SD-2; empty for services without one."""
    order = sources.inventory.order
    if order is None:
        return ()
    return (
        {
            "effective": order.effective,
            "reference": order.reference or Missing(what="order-reference", at="order/reference"),
            "planned_activation": order.planned_activation
            or Missing(what="planned-activation", at="order/planned_activation"),
        },
    )
