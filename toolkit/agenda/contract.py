"""Dates of the contract: commitment, anniversaries, notice, support levels, activation, exit (SD-1 §1.6, §1.12, §1.13, SD-2 §2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from toolkit.agenda.commitment import anniversaries, first_of_month, last_day
from toolkit.agenda.entries import END_ALARM_DAYS, Entry, uid_of
from toolkit.errors import UsageError
from toolkit.model.activation import activation_date
from toolkit.model.inventory import Inventory, Tenant
from toolkit.model.months import months_later
from toolkit.model.service import Service, Text

SUPPORT_LEVEL_MONTHS = 6
"""For which a support level is only raised (SD-1 §1.6)."""
EXIT_MONTHS = 3
"""The exit's longest time (SD-1 §1.13)."""
MANAGED = "managed-applications"
"""The service that has support levels, revisions, a guaranteed minimum and an exit (SD-1)."""

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
    if inventory.service == MANAGED:
        yield from _minimum(inventory, end)
        yield Entry(
            uid=uid_of(inventory, "exit-end"),
            kind="exit-end",
            day=months_later(end + _DAY, EXIT_MONTHS) - _DAY,
            title=Text(en="Last day of an exit", fr="Dernier jour d'une réversibilité"),
            owner="provider",
            source="SD-1 §1.13",
            note=Text(
                en=f"up to {EXIT_MONTHS} months, where the contract is not renewed",
                fr=f"{EXIT_MONTHS} mois au plus, si le contrat n'est pas reconduit",
            ),
            alarm_days=END_ALARM_DAYS,
        )
        for tenant in inventory.tenants:
            yield from _support_level(inventory, tenant)
    if inventory.order is not None:
        yield _activation(inventory)


def _years(inventory: Inventory, service: Service) -> Iterator[Entry]:
    managed = inventory.service == MANAGED
    for year, day in enumerate(anniversaries(inventory.customer.commitment), start=2):
        if managed:
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
            source="SD-1 §1.12" if managed else service.source,
        )


def _minimum(inventory: Inventory, end: dt.date) -> Iterator[Entry]:
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
            source="SD-1 §1.12",
        )


def _notices(inventory: Inventory, service: Service, renewal: dt.date) -> Iterator[Entry]:
    """One for each limit ``<party>-notice`` of the service, in days before the renewal."""
    for limit in service.limits:
        party = limit.id.removesuffix("-notice")
        if party == limit.id or party not in service.parties:
            continue
        if limit.unit != "days" or not limit.value.isdigit():
            raise UsageError(f"{service.id}: the limit {limit.id} is not in whole days", fix="write it in days")
        yield Entry(
            uid=uid_of(inventory, "notice", party),
            kind="notice",
            day=renewal - int(limit.value) * _DAY,
            title=Text(
                en=f"Last day for the {service.parties[party].en} to object to the renewal",
                fr=f"Dernier jour d'opposition à la reconduction ({service.parties[party].fr})",
            ),
            owner=party,
            source=limit.source,
            note=Text(
                en=f"{limit.value} days before the renewal on {renewal}",
                fr=f"{limit.value} jours avant la reconduction du {renewal}",
            ),
            alarm_days=END_ALARM_DAYS,
        )


def _support_level(inventory: Inventory, tenant: Tenant) -> Iterator[Entry]:
    """When a tenant's level may be lowered; the lowest one has nothing below it."""
    if tenant.support_level == "initial":
        return
    since, told = inventory.customer.commitment.start, Text(en="no history is given", fr="sans historique")
    before = None
    for period in tenant.support_history:
        if period.level != before:
            since, before = period.from_, period.level
            told = Text(en=f"{period.level} since {since}", fr=f"{period.level} depuis le {since}")
    yield Entry(
        uid=uid_of(inventory, "support-level", tenant.id),
        kind="support-level",
        day=first_of_month(months_later(since, SUPPORT_LEVEL_MONTHS)),
        title=Text(
            en=f"The support level of {tenant.id} may be lowered",
            fr=f"Le niveau de support de {tenant.id} peut être abaissé",
        ),
        owner="customer",
        source="SD-1 §1.6",
        reference=tenant.id,
        note=Text(
            en=f"{SUPPORT_LEVEL_MONTHS} months from {since} ({told.en}), on the first of a month",
            fr=f"{SUPPORT_LEVEL_MONTHS} mois à partir du {since} ({told.fr}), au premier d'un mois",
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
            en=f"90 days after the order's effective date {order.effective}",
            fr=f"90 jours après la date d'effet de la commande, le {order.effective}",
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
