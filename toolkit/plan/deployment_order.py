"""Environments are deployed one after the other, development first, production last (SD-1 §1.5). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from toolkit.model.inventory import Tenant
from toolkit.model.service import Service
from toolkit.plan.steps import Draft

ORDER = "deployment-order"
"""The catalogue's table whose rows are environments, by id, in their order."""


def environments(service: Service) -> tuple[str, ...]:
    """Ids of the environments in the order in which they are deployed; none where the service has no order."""
    return tuple(row.id for table in service.tables if table.id == ORDER for row in table.rows)


def in_deployment_order(
    service: Service, tenants: Sequence[Tenant], drafts: Mapping[str, Sequence[Draft]]
) -> dict[str, list[Draft]]:
    """The tenants' drafts by scope: what a tenant's first steps need is the acceptance of the environment before its own.

    Those that exist count: an environment without a tenant, or without a step of one, is passed over. Tenants of one
    environment do not wait for each other.
    """
    ordered = {scope: list(some) for scope, some in drafts.items()}
    before: tuple[str, ...] = ()
    for environment in environments(service):
        scopes = [f"tenant/{one.id}" for one in tenants if one.environment == environment]
        accepted = [one.name for scope in scopes for one in drafts[scope] if one.action == "verify.tenant"]
        for scope in scopes:
            ordered[scope] = [_after(draft, before) for draft in drafts[scope]]
        before = tuple(accepted) or before
    return ordered


def _after(draft: Draft, before: tuple[str, ...]) -> Draft:
    """Only what waits for nothing of its own tenant; the rest waits for that."""
    return draft if draft.needs else msgspec.structs.replace(draft, needs=before)
