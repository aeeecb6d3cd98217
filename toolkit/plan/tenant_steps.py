"""The steps of a tenant: its stacks in the order of their dependence, then acceptance. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.canonical import digest
from toolkit.model.inventory import Tenant
from toolkit.model.plan import Resource, StackRequest
from toolkit.plan.stack_config import LAYERS
from toolkit.plan.steps import Draft

UPSTREAM = {"foundation": (), "network": ("foundation",), "vpn": ("foundation", "network"), "backup": ("foundation",)}
"""The layers whose outputs a layer reads."""


def provision_name(tenant: str, layer: str) -> str:
    """Name of the step that provisions a tenant's layer."""
    return f"provision/{tenant}/{layer}"


def tenant_steps(
    tenant: Tenant, *, requests: Mapping[str, StackRequest], stacks: Mapping[str, tuple[Resource, ...]]
) -> list[Draft]:
    """Provision steps of the tenant's stacks and ``verify/<tenant>``; none without a managed landing zone."""
    scope = f"tenant/{tenant.id}"
    mine = {request.layer: request for request in requests.values() if request.tenant == tenant.id}
    drafts = [
        Draft(
            name=provision_name(tenant.id, layer),
            stage="provision",
            action="provision.stack",
            scope=scope,
            inputs={
                "tenant": tenant.id,
                "platform": mine[layer].platform,
                "layer": layer,
                "stack": mine[layer].name,
                "config": mine[layer].config,
                "resources": digest(sorted(stacks[mine[layer].name], key=lambda resource: resource.urn)),
            },
            needs=tuple(provision_name(tenant.id, upstream) for upstream in UPSTREAM[layer]),
        )
        for layer in LAYERS
        if layer in mine
    ]
    if drafts:
        drafts.append(
            Draft(
                name=f"verify/{tenant.id}",
                stage="verify",
                action="verify.tenant",
                scope=scope,
                inputs={"tenant": tenant.id},
                needs=tuple(draft.name for draft in drafts),
            )
        )
    return drafts
