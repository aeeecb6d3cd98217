"""Support: level, chain and included tickets of each tenant; tickets at the highest level of them all (SD-1 §1.12)."""

from __future__ import annotations

import msgspec

from toolkit.model.inventory import Tenant
from toolkit.money.because import Because
from toolkit.money.periods import Month
from toolkit.money.price_items import LEVELS
from toolkit.money.terms import Terms

SECTION = "SD-1 §1.12"


class Tickets(msgspec.Struct, frozen=True, kw_only=True):
    """A month's tickets: those above what is included are billed by the piece, at ``tariff``."""

    included: int
    overage: int
    tariff: str
    because: Because


def level_in(tenant: Tenant, month: Month) -> str:
    """The support level on the first of the month, from which a change takes effect (SD-1 §1.6)."""
    return tenant.level_on(month.first)


def support_item(tenant: Tenant, terms: Terms, month: Month) -> str:
    """The price item of a tenant's support."""
    return f"support/{level_in(tenant, month)}/{tenant.support_chain}/{terms.tickets.get(tenant.id, 0)}"


def tickets_of(used: int, tenants: tuple[Tenant, ...], terms: Terms, month: Month) -> Tickets:
    """The tickets of a month over all the customer's running tenants (at least one).

    Without any ticket bought, the tariff is that without commitment. What is included is not cut by days, and counts
    for the customer, not for one tenant (this project's choices).
    """
    included = sum(terms.tickets.get(tenant.id, 0) for tenant in tenants)
    levels = {tenant.id: level_in(tenant, month) for tenant in tenants}
    highest = max(levels.values(), key=LEVELS.index)
    tariff = highest if included else "without-commitment"
    overage = max(0, used - included)
    return Tickets(
        included=included,
        overage=overage,
        tariff=tariff,
        because=Because(
            rule="tickets are billed at the highest support level among the customer's environments"
            if included
            else "no tickets were bought: the tariff without commitment",
            section=SECTION,
            inputs={**levels, "used": str(used), "included": str(included)},
            arithmetic=f"max(0, {used} - {included}) = {overage} tickets at the tariff {tariff}",
        ),
    )
