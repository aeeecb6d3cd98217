"""Dates of the contract: commitment, anniversaries, notice, support levels, activation, exit (SD-1 §1.6, §1.12, §1.13, SD-2 §2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from toolkit.agenda.commitment import anniversaries, first_of_month, last_day
from toolkit.agenda.entries import END_ALARM_DAYS, Entry, uid_of
from toolkit.catalogue import limits
from toolkit.model.activation import LATEST, activation_date, billing_start
from toolkit.model.inventory import Inventory, Tenant
from toolkit.model.months import months_later
from toolkit.model.service import Service, Text

SERVICE_REQUESTS = "service-requests"
"""The option of units that are bought in advance (SD-2 §2)."""

_DAY = dt.timedelta(days=1)


def contract_entries(inventory: Inventory, service: Service) -> Iterator[Entry]:
    """The dates of the contract, in no order."""
    commitment = inventory.customer.commitment
    end = last_day(commitment)
    yield Entry(
        uid=uid_of(inventory, "commitment-start"),
        kind="commitment-start",
        day=commitment.start,
        title=Text(en="The commitment starts", fr="Début de l'engagement"),
        owner="provider",
        source=service.source,
    )
    yield Entry(
        uid=uid_of(inventory, "commitment-end"),
        kind="commitment-end",
        day=end,
        title=Text(en="Last day of the commitment", fr="Dernier jour de l'engagement"),
        owner="provider",
        source=service.source,
        note=Text(
            en=f"{commitment.months} months from {commitment.start}",
            fr=f"{commitment.months} mois à partir du {commitment.start}",
        ),
        alarm_days=3 * END_ALARM_DAYS,
    )
    yield from _years(inventory, service)
    yield from _notices(inventory, service, end + _DAY)
    if limits.has_limit(service, "guaranteed-minimum"):
        yield from _minimum(inventory, service, end)
    if limits.has_limit(service, "exit"):
        yield _exit(inventory, service, end + _DAY)
    if limits.has_limit(service, "support-level-minimum"):
        for tenant in inventory.tenants:
            yield from _support_level(inventory, service, tenant)
    if inventory.order is not None:
        activation = _activation(inventory)
        yield activation
        yield _billing(inventory, service, activation.day)
    if inventory.subscription is not None and SERVICE_REQUESTS in inventory.subscription.options:
        yield _units_expire(inventory, service, end)


def _exit(inventory: Inventory, service: Service, starts: dt.date) -> Entry:
    months = limits.whole(service, "exit", "months")
    return Entry(
        uid=uid_of(inventory, "exit-end"),
        kind="exit-end",
        day=months_later(starts, months) - _DAY,
        title=Text(en="Last day of an exit", fr="Dernier jour d'une réversibilité"),
        owner="provider",
        source=limits.limit(service, "exit").source,
        note=Text(
            en=f"up to {months} months, where the contract is not renewed",
            fr=f"{months} mois au plus, si le contrat n'est pas reconduit",
        ),
        alarm_days=END_ALARM_DAYS,
    )


def _years(inventory: Inventory, service: Service) -> Iterator[Entry]:
    revised = limits.has_limit(service, "revision")
    for year, day in enumerate(anniversaries(inventory.customer.commitment), start=2):
        if revised:
            title = Text(
                en=f"Contract year {year} begins: unit prices are revised",
                fr=f"Début de l'année contractuelle {year} : révision des prix unitaires",
            )
        else:
            title = Text(en=f"Contract year {year} begins", fr=f"Début de l'année contractuelle {year}")
        yield Entry(
            uid=uid_of(inventory, "anniversary", str(year)),
            kind="anniversary",
            day=day,
            title=title,
            owner="provider",
            source=limits.limit(service, "revision").source if revised else service.source,
        )


def _minimum(inventory: Inventory, service: Service, end: dt.date) -> Iterator[Entry]:
    days = (*anniversaries(inventory.customer.commitment), end + _DAY)
    for year, day in enumerate(days, start=1):
        yield Entry(
            uid=uid_of(inventory, "guaranteed-minimum", str(year)),
            kind="guaranteed-minimum",
            day=day,
            title=Text(
                en=f"Guaranteed minimum of contract year {year} is checked",
                fr=f"Contrôle du minimum garanti de l'année contractuelle {year}",
            ),
            owner="provider",
            source=limits.limit(service, "guaranteed-minimum").source,
        )


def _notices(inventory: Inventory, service: Service, renewal: dt.date) -> Iterator[Entry]:
    """One for each limit ``<party>-notice`` of the service, in days before the renewal."""
    for limit in service.limits:
        party = limit.id.removesuffix("-notice")
        if party == limit.id or party not in service.parties:
            continue
        days = limits.whole(service, limit.id, "days")
        yield Entry(
            uid=uid_of(inventory, "notice", party),
            kind="notice",
            day=renewal - days * _DAY,
            title=Text(
                en=f"Last day for the {service.parties[party].en} to object to the renewal",
                fr=f"Dernier jour d'opposition à la reconduction ({service.parties[party].fr})",
            ),
            owner=party,
            source=limit.source,
            note=Text(
                en=f"{days} days before the renewal on {renewal}",
                fr=f"{days} jours avant la reconduction du {renewal}",
            ),
            alarm_days=END_ALARM_DAYS,
        )


def _support_level(inventory: Inventory, service: Service, tenant: Tenant) -> Iterator[Entry]:
    """When a tenant's level may be lowered; the lowest one has nothing below it."""
    if tenant.support_level == "initial":
        return
    since, told = inventory.customer.commitment.start, Text(en="no history is given", fr="sans historique")
    before, name = None, "support-level-minimum"
    # a level that is none of the service's tiers ranks below them
    rank = {tier.id: number for number, tier in enumerate(service.tiers)}
    for period in tenant.support_history:
        if period.level != before:
            raised = before is not None and rank.get(period.level, -1) > rank.get(before, -1)
            name = "raised-level-minimum" if raised else "support-level-minimum"
            since, before = period.from_, period.level
            told = Text(en=f"{period.level} since {since}", fr=f"{period.level} depuis le {since}")
    months = limits.whole(service, name, "months")
    yield Entry(
        uid=uid_of(inventory, "support-level", tenant.id),
        kind="support-level",
        day=first_of_month(months_later(since, months)),
        title=Text(
            en=f"The support level of {tenant.id} may be lowered",
            fr=f"Le niveau de support de {tenant.id} peut être abaissé",
        ),
        owner="customer",
        source=limits.limit(service, name).source,
        reference=tenant.id,
        note=Text(
            en=f"{months} months from {since} ({told.en}), on the first of a month",
            fr=f"{months} mois à partir du {since} ({told.fr}), au premier d'un mois",
        ),
    )


def _activation(inventory: Inventory) -> Entry:
    order = inventory.order
    assert order is not None
    day = activation_date(order.effective, planned=order.planned_activation, actual=order.activation)
    if order.planned_activation is not None:
        why = Text(en="the day of the transition plan", fr="date du plan de transition")
    elif order.activation == day:
        why = Text(en="the actual activation", fr="activation effective")
    else:
        why = Text(
            en=f"{LATEST.days} days after the order's effective date {order.effective}",
            fr=f"{LATEST.days} jours après la date d'effet de la commande, le {order.effective}",
        )
    return Entry(
        uid=uid_of(inventory, "activation"),
        kind="activation",
        day=day,
        title=Text(en="Activation", fr="Activation"),
        owner="provider",
        source="SD-2 §2",
        reference=order.reference,
        note=why,
    )


def _billing(inventory: Inventory, service: Service, activated: dt.date) -> Entry:
    order = inventory.order
    assert order is not None
    first = order.initial_planned_activation or order.planned_activation
    day = billing_start(activated, estimated=order.estimated_activation, initially_planned=first)
    if order.estimated_activation is None and first is None:
        why = Text(
            en="the activation: no date is estimated or planned", fr="activation : aucune date estimée ni prévue"
        )
    elif day == order.estimated_activation:
        why = Text(en="the estimated activation", fr="activation estimée")
    else:
        why = Text(en="the day of the first transition plan", fr="date du premier plan de transition")
    return Entry(
        uid=uid_of(inventory, "billing-start"),
        kind="billing-start",
        day=day,
        title=Text(en="Billing begins", fr="Début de la facturation"),
        owner="provider",
        source=service.source,
        reference=order.reference,
        note=why,
    )


def _units_expire(inventory: Inventory, service: Service, end: dt.date) -> Entry:
    return Entry(
        uid=uid_of(inventory, "units-expire"),
        kind="units-expire",
        day=end,
        title=Text(
            en="Service-request units that are left expire", fr="Expiration des unités de demande de service restantes"
        ),
        owner="partner" if "partner" in service.parties else "customer",
        source=next(option.source for option in service.options if option.id == SERVICE_REQUESTS),
        note=Text(en="not refundable", fr="non remboursables"),
        alarm_days=END_ALARM_DAYS,
    )
