"""What a plan holds: documents, steps and their order, and that it depends on meaning only."""

import itertools
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.canonical import canonical_bytes
from toolkit.catalogue import service
from toolkit.decide.decisions import decide
from toolkit.errors import OnboardError, PlanRefused
from toolkit.model.inventory import Responsibility
from toolkit.plan.compile import compile_plan
from toolkit.plan.deployment_order import environments
from toolkit.plan.steps import Draft, finish, step_id
from toolkit.run.executor import in_order

replace = msgspec.structs.replace


def names(plan, scope: str) -> list[str]:
    return [step.name for document in plan.documents if document.scope == scope for step in document.steps]


SERVICE = "service/managed-applications"


def needs(plan) -> dict[str, set[str]]:
    by_id = {step.id: step.name for step in plan.steps}
    return {step.name: {by_id[need] for need in step.needs} for step in plan.steps}


def document(plan, scope: str):
    return next(one for one in plan.documents if one.scope == scope)


def test_the_example_becomes_one_document_a_tenant_and_site(acme, make_plan):
    plan = make_plan(acme)
    assert [one.scope for one in plan.documents] == ["service/managed-applications", "site/acme-hq", "tenant/acme-prod"]
    assert names(plan, "tenant/acme-prod") == [
        "provision/acme-prod/foundation",
        "provision/acme-prod/network",
        "provision/acme-prod/vpn",
        "provision/acme-prod/backup",
        "verify/acme-prod",
    ]
    assert names(plan, "site/acme-hq") == [
        "configure/acme-hq/hub",
        "configure/acme-hq/bundle",
        "configure/acme-hq/console",
        "configure/acme-hq/endpoint",
        "configure/acme-hq/hosts",
        "register/acme-hq",
        "verify/acme-hq",
    ]
    assert plan.index.coverage == ("aws", "tunnels", "hosts", "backups", "monitoring")
    assert plan.index.uncovered == ()
    assert [step.name for step in plan.steps if step.kind == "gate"] == [
        "transition/inputs",
        "transition/audit",
        "transition/decisions",
        "transition/build",
        "transition/handover",
        "configure/acme-hq/console",
    ]
    assert set(document(plan, "site/acme-hq").components) == {"erp-vm-1", "erp-vm-2", "erp-db-1"}
    assert set(document(plan, "tenant/acme-prod").links) == {"prod-hq"}


def test_steps_come_after_what_they_need(wide, make_plan):
    plan = make_plan(wide)
    needed = needs(plan)
    assert needed["provision/acme-dev/vpn"] == {"provision/acme-dev/foundation", "provision/acme-dev/network"}
    assert needed["configure/acme-lab/bundle"] == {"configure/acme-lab/hub", "provision/acme-dev/vpn"}
    assert needed["configure/acme-hq/bundle"] == {"configure/acme-hq/hub", "provision/acme-prod/vpn"}
    assert needed["verify/acme-dev"] == {
        f"provision/acme-dev/{layer}" for layer in ("foundation", "network", "vpn", "backup")
    }
    chain = ["hub", "bundle", "console", "endpoint", "hosts"]
    for before, after in itertools.pairwise(chain):
        assert f"configure/acme-hq/{before}" in needed[f"configure/acme-hq/{after}"]
    assert needed["verify/acme-hq"] == {"register/acme-hq"}


def test_ids_are_those_of_the_content(wide, make_plan):
    plan = make_plan(wide)
    assert len({step.id for step in plan.steps}) == len(plan.steps)
    for step in plan.steps:
        assert step.id == step_id(step)
        assert step.id.startswith(f"{step.name}@")
        assert len(step.id) == len(step.name) + 13


def test_a_changed_address_changes_the_steps_that_read_it_and_all_after(acme, make_plan):
    before = {step.name: step.id for step in make_plan(acme).steps}
    vm, *rest = acme.components
    after = {
        step.name: step.id
        for step in make_plan(replace(acme, components=(replace(vm, address="10.60.0.99"), *rest))).steps
    }
    assert before["configure/acme-hq/hosts"] != after["configure/acme-hq/hosts"]
    assert before["verify/acme-hq"] != after["verify/acme-hq"]
    assert before["provision/acme-prod/vpn"] == after["provision/acme-prod/vpn"]


def shuffled(inventory, seed: int):
    """The same inventory with every list in another order."""
    chance = random.Random(seed)

    def mix(items):
        return tuple(chance.sample(items, len(items)))

    def component(one):
        backup = one.backup and replace(one.backup, policies=mix(one.backup.policies), paths=mix(one.backup.paths))
        return replace(one, backup=backup, depends_on=mix(one.depends_on))

    return replace(
        inventory,
        customer=replace(inventory.customer, contacts=mix(inventory.customer.contacts)),
        tenants=mix([replace(one, subscribed_levels=mix(one.subscribed_levels)) for one in inventory.tenants]),
        sites=mix([replace(one, networks=mix(one.networks)) for one in inventory.sites]),
        links=mix(inventory.links),
        applications=mix(inventory.applications),
        components=mix([component(one) for one in inventory.components]),
    )


@settings(deadline=None, max_examples=20)
@given(st.integers())
def test_the_order_of_lists_changes_no_byte(wide, make_plan, seed):
    one, other = make_plan(wide), make_plan(shuffled(wide, seed))
    assert one.digest == other.digest
    assert canonical_bytes(one) == canonical_bytes(other)


def test_a_new_tenant_leaves_other_documents_byte_identical(acme, wide, make_plan):
    """One of an environment that nothing waits for: of the same, or of a later one."""
    peer, newer = wide.tenants
    before = make_plan(acme)
    after = make_plan(replace(wide, tenants=(peer, replace(newer, environment="production"))), base=before)
    for one in (one for one in before.documents if one.scope != SERVICE):
        assert canonical_bytes(one) == canonical_bytes(document(after, one.scope))
        assert before.index.documents[one.scope] == after.index.documents[one.scope]
    changed = {(change.operation, change.name) for change in after.index.changes if change.operation != "add"}
    # what is new is built and handed over too
    assert changed == {("change", "transition/build"), ("change", "transition/handover")}


def test_a_new_tenant_of_an_earlier_environment_changes_the_order_only(acme, wide, make_plan):
    """Each step of production that comes after development has a new id, by what it needs; nothing else differs."""
    before = make_plan(acme)
    after = make_plan(wide, base=before)
    for one in (one for one in before.documents if one.scope != SERVICE):
        other = document(after, one.scope)
        assert other.stacks == one.stacks
        assert [(step.name, step.inputs) for step in other.steps] == [(step.name, step.inputs) for step in one.steps]
    assert {change.kind for change in after.index.changes if change.operation == "change"} == {"step"}


def four(wide):
    """A tenant of each environment, the development's landing zone being the customer's own."""
    one = wide.tenants[0]
    numbered = enumerate(("development", "integration", "preproduction", "production"))
    zones = {number: replace(one.landing_zone, cidr=f"10.{40 + number}.0.0/16") for number in range(4)}
    zones[0] = replace(zones[0], state="adopted")
    return replace(
        wide,
        tenants=tuple(
            replace(one, id=f"t-{name}", environment=name, landing_zone=zones[number]) for number, name in numbered
        ),
        sites=(),
        links=(),
        components=(),
    )


def test_an_environment_waits_for_the_one_before_it_that_exists(wide, make_plan):
    needed = needs(make_plan(four(wide)))
    assert needed["provision/t-integration/foundation"] == {"transition/decisions"}
    assert needed["provision/t-preproduction/foundation"] == {"verify/t-integration"}
    assert needed["provision/t-production/foundation"] == {"verify/t-preproduction"}
    assert needed["provision/t-production/network"] == {"provision/t-production/foundation"}


def test_tenants_of_one_environment_do_not_wait_for_each_other(wide, make_plan):
    prod, dev = wide.tenants
    other = replace(dev, id="acme-dev-2", landing_zone=replace(dev.landing_zone, cidr="10.22.0.0/16"))
    needed = needs(make_plan(replace(wide, tenants=(prod, dev, other))))
    for name in ("acme-dev", "acme-dev-2"):
        assert needed[f"provision/{name}/foundation"] == {"transition/decisions"}
    assert needed["provision/acme-prod/foundation"] == {"verify/acme-dev", "verify/acme-dev-2"}


def test_a_run_follows_the_order_of_the_environments(wide, make_plan):
    order = [step.name for step in in_order(make_plan(wide).steps)]
    assert order.index("verify/acme-dev") < order.index("provision/acme-prod/foundation")
    # every account is known before anything else has an effect
    last = max(order.index(name) for name in order if name.startswith("provision/"))
    assert last < min(order.index(name) for name in order if name.startswith(("configure/", "register/")))
    assert order.index("verify/acme-prod") > order.index("register/acme-hq")
    assert order.index("provision/acme-dev/backup") < order.index("verify/acme-dev")


def test_the_order_is_of_the_catalogues_environments():
    sd1 = service("managed-applications")
    assert environments(sd1) == ("development", "integration", "preproduction", "production")
    assert set(environments(sd1)) == {one.id for one in sd1.environments}
    assert environments(service("event-support")) == ()


def test_a_customer_without_sites_is_provisioned_only(acme, make_plan):
    plan = make_plan(replace(acme, sites=(), links=(), components=()))
    assert names(plan, "tenant/acme-prod") == [
        "provision/acme-prod/foundation",
        "provision/acme-prod/network",
        "verify/acme-prod",
    ]
    assert plan.index.coverage == ("aws",)


def test_a_site_without_hosts_gets_its_links_only(acme, make_plan):
    plan = make_plan(replace(acme, components=()))
    assert names(plan, "site/acme-hq") == [
        "configure/acme-hq/hub",
        "configure/acme-hq/bundle",
        "configure/acme-hq/console",
        "configure/acme-hq/endpoint",
        "register/acme-hq",
        "verify/acme-hq",
    ]
    assert plan.index.coverage == ("aws", "tunnels", "monitoring")


def test_a_site_without_links_or_hosts_gets_nothing(acme, make_plan):
    plan = make_plan(replace(acme, links=(), components=()))
    assert names(plan, "site/acme-hq") == []
    assert "vpn" not in " ".join(names(plan, "tenant/acme-prod"))


def test_an_adopted_landing_zone_is_left_alone(acme, make_plan):
    (tenant,) = acme.tenants
    zone = replace(tenant.landing_zone, state="adopted")
    plan = make_plan(replace(acme, tenants=(replace(tenant, landing_zone=zone),), links=acme.links[:1]))
    assert names(plan, "tenant/acme-prod") == []
    with pytest.raises(PlanRefused, match="prod-hq"):
        make_plan(replace(acme, tenants=(replace(tenant, landing_zone=zone),)))


def test_hosts_that_cannot_be_reached_are_refused(acme, make_plan):
    with pytest.raises(PlanRefused, match="no management link"):
        make_plan(replace(acme, links=acme.links[1:]))


def test_what_the_customer_operates_is_not_configured_and_said(acme, make_plan):
    theirs = Responsibility(infrastructure="customer", operations="customer", backend="provider", software="customer")
    nobody = replace(theirs, backend="none")
    vm1, vm2, database = acme.components
    plan = make_plan(
        replace(acme, components=(vm1, replace(vm2, responsibility=theirs), replace(database, responsibility=nobody)))
    )
    hosts = next(step for step in plan.steps if step.action == "configure.hosts")
    assert hosts.inputs["hosts"] == ["erp-vm-1"]
    assert plan.index.uncovered == ("erp-vm-2",)
    assert "backups" not in plan.index.coverage


def test_stacks_that_do_not_belong_are_refused(acme, profile):
    with pytest.raises(OnboardError, match="acme-acme-prod-foundation"):
        compile_plan(acme, decide(acme), profile=profile, stacks={}, bound={})


def test_steps_that_wait_for_each_other_are_refused():
    def draft(name: str, *needs: str) -> Draft:
        return Draft(name=name, stage="verify", action="verify.site", scope="site/x", inputs={}, needs=needs)

    with pytest.raises(OnboardError, match="wait for each other"):
        finish({"site/x": [draft("a", "b"), draft("b", "a")]})
    with pytest.raises(OnboardError, match="missing one"):
        finish({"site/x": [draft("a", "c")]})
    with pytest.raises(OnboardError, match="one name"):
        finish({"site/x": [draft("a")], "site/y": [draft("a")]})
