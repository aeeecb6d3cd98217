"""From inventory and decisions to a plan: documents, the graph of steps, the index. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.canonical import digest
from toolkit.catalogue import service as catalogued
from toolkit.errors import OnboardError
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.ordered import ordered
from toolkit.model.plan import Coverage, Document, Index, Plan, Resource, Step
from toolkit.model.profile import ProviderProfile
from toolkit.plan.changes import list_changes
from toolkit.plan.deployment_order import in_deployment_order
from toolkit.plan.gates import gate_digests, scope_of, with_gates
from toolkit.plan.meaning import component_digest, decisions_digest, inventory_digest, link_digest
from toolkit.plan.placement import Placement, place
from toolkit.plan.site_steps import site_steps
from toolkit.plan.stack_config import stack_configs
from toolkit.plan.steps import Draft, finish
from toolkit.plan.tenant_steps import tenant_steps

Stacks = Mapping[str, tuple[Resource, ...]]


def compile_plan(
    inventory: Inventory,
    decisions: tuple[Decision, ...],
    *,
    profile: ProviderProfile,
    stacks: Stacks,
    bound: Mapping[str, str],
    base: Plan | None = None,
) -> Plan:
    """The plan that takes the customer to what the inventory says.

    ``stacks`` holds the recorded resources of exactly the stacks that ``stack_configs`` names; ``bound`` are the
    digests and versions of everything else that shapes the plan (``toolkit.plan.bound``); ``base`` is the plan that
    this one changes. Raises PlanRefused for what this version cannot onboard, OnboardError for missing stacks.
    """
    inventory = ordered(inventory)
    requests = stack_configs(inventory, profile)
    if set(requests) != set(stacks):
        odd = ", ".join(sorted(set(requests) ^ set(stacks)))
        raise OnboardError(f"recorded stacks and the inventory's stacks differ: {odd}")
    placement = place(inventory, decisions)
    service = catalogued(inventory.service)
    drafts: dict[str, list[Draft]] = {}
    for tenant in inventory.tenants:
        drafts[f"tenant/{tenant.id}"] = tenant_steps(tenant, requests=requests, stacks=stacks)
    drafts = in_deployment_order(service, inventory.tenants, drafts)
    provisioned = {draft.name for steps in drafts.values() for draft in steps}
    for site in inventory.sites:
        drafts[f"site/{site.id}"] = site_steps(
            inventory, site, placement=placement, profile=profile, provisioned=provisioned
        )
    drafts = with_gates(service, drafts)
    steps = finish(drafts)
    by_tenant: dict[str, dict[str, tuple[Resource, ...]]] = {}
    for name, request in requests.items():
        resources = tuple(sorted(stacks[name], key=lambda resource: resource.urn))
        by_tenant.setdefault(f"tenant/{request.tenant}", {})[name] = resources
    documents = tuple(
        Document(
            scope=scope,
            components=_components(scope, placement=placement),
            links={link.id: link_digest(link) for link in inventory.links_at(scope)},
            gates=gate_digests(service, inventory, decisions) if scope == scope_of(service) else {},
            steps=steps[scope],
            stacks=by_tenant.get(scope, {}),
        )
        for scope in sorted(drafts)
    )
    index = Index(
        customer=inventory.customer.id,
        service=inventory.service,
        inventory=inventory_digest(inventory),
        decisions=decisions_digest(decisions),
        bound=dict(bound),
        base=None if base is None else base.digest,
        documents={document.scope: digest(document) for document in documents},
        changes=list_changes(() if base is None else base.documents, documents),
        coverage=_coverage(placement, steps),
        uncovered=(*placement.uncovered, *_unmanaged_zones(inventory)),
    )
    return Plan(digest=digest(index), index=index, documents=documents)


def _components(scope: str, *, placement: Placement) -> dict[str, str]:
    return {
        component.id: component_digest(component, placement.decisions.get(component.id))
        for component in placement.components
        if placement.scopes[component.id] == scope
    }


def _unmanaged_zones(inventory: Inventory) -> tuple[str, ...]:
    """Tenants whose landing zone is not built here (adopted, referenced): no step reaches them."""
    return tuple(sorted(f"tenant/{one.id}" for one in inventory.tenants if one.landing_zone.state != "managed"))


def _coverage(placement: Placement, steps: Mapping[str, tuple[Step, ...]]) -> tuple[Coverage, ...]:
    actions = {step.action for some in steps.values() for step in some}
    proven: dict[Coverage, bool] = {
        "aws": "verify.tenant" in actions,
        "tunnels": "verify.site" in actions,
        "hosts": "configure.hosts" in actions,
        "backups": any(one.backup is not None for one in placement.covered),
        "monitoring": "register.site" in actions,
    }
    return tuple(word for word, holds in proven.items() if holds)
