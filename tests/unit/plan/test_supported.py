"""What the schema offers and this version cannot set up is refused before a plan is made, and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from toolkit.catalogue import provider_profile
from toolkit.decide.decisions import decide
from toolkit.errors import PlanRefused
from toolkit.inventory import load
from toolkit.model.inventory import Inventory, OperatingSystem, Platform, Responsibility
from toolkit.model.plan import Plan
from toolkit.plan.compile import compile_plan
from toolkit.plan.stack_config import stack_configs
from toolkit.plan.supported import check_supported

KINDS = sorted((Path(__file__).resolve().parents[2] / "examples/valid").glob("kind-*.yaml"))
replace = msgspec.structs.replace


def refused(inventory: Inventory) -> PlanRefused:
    with pytest.raises(PlanRefused) as caught:
        check_supported(inventory, decide(inventory))
    assert caught.value.exit_code == 5
    assert caught.value.fix
    return caught.value


def test_the_example_is_supported(acme: Inventory) -> None:
    check_supported(acme, decide(acme))


@pytest.mark.parametrize(
    ("start", "end"), [("tenant/acme-prod", "provider"), ("provider", "tenant/acme-prod"), ("tenant/a", "tenant/b")]
)
@pytest.mark.parametrize("routing", ["static", "bgp"])
def test_a_link_without_a_site_is_refused(acme: Inventory, start: str, end: str, routing: str) -> None:
    link = replace(acme.links[1], id="odd", from_=start, to=end, routing=routing)
    said = refused(replace(acme, links=(*acme.links, link))).message
    assert "without a site at one end are not set up by this version: odd" in said
    assert ("dynamic routing" in said) == (routing == "bgp")


def test_dynamic_routing_is_refused_wherever_the_link_goes(acme: Inventory) -> None:
    links = tuple(replace(link, routing="bgp") for link in acme.links)
    assert (
        "dynamic routing are not set up by this version: hq-management, prod-hq"
        in refused(replace(acme, links=links)).message
    )


def test_a_linked_site_with_several_networks_or_a_hardware_endpoint_is_refused(acme: Inventory) -> None:
    (site,) = acme.sites
    hardware = replace(site, vpn_endpoint=replace(site.vpn_endpoint, kind="hardware"))
    assert (
        "hardware endpoint are not set up by this version: acme-hq" in refused(replace(acme, sites=(hardware,))).message
    )
    wide = replace(hardware, networks=(*site.networks, "10.61.0.0/24"))
    both = refused(replace(acme, sites=(wide,)))
    assert "several networks" in both.message
    assert "hardware" in both.message
    apart = replace(hardware, id="apart")
    check_supported(replace(acme, sites=(site, apart)), decide(acme))


@pytest.mark.parametrize(
    ("family", "version"), [("windows", "2022"), ("ubuntu", "24.04"), ("debian", "11"), ("debian", "sid")]
)
def test_a_host_that_the_roles_do_not_know_is_refused(acme: Inventory, family: str, version: str) -> None:
    vm, *rest = acme.components
    odd = replace(acme, components=(replace(vm, os=OperatingSystem(family=family, version=version)), *rest))
    said = refused(odd)
    assert said.message.endswith("not set up by this version: erp-vm-1")
    theirs = Responsibility(infrastructure="customer", operations="customer", backend="provider", software="customer")
    left = replace(odd, components=(replace(odd.components[0], responsibility=theirs), *rest))
    check_supported(left, decide(left))


@pytest.mark.parametrize("version", ["12", "12.5", "13"])
def test_a_host_that_the_roles_know_is_not(acme: Inventory, version: str) -> None:
    vm, *rest = acme.components
    system = OperatingSystem(family="debian", version=version)
    check_supported(replace(acme, components=(replace(vm, os=system), *rest)), decide(acme))


@pytest.mark.parametrize("state", ["adopted", "referenced"])
def test_a_landing_zone_that_is_not_built_here_is_listed(
    acme: Inventory, make_plan: Callable[..., Plan], state: str
) -> None:
    (tenant,) = acme.tenants
    zone = replace(tenant.landing_zone, state=state)
    plan = make_plan(replace(acme, tenants=(replace(tenant, landing_zone=zone),), links=acme.links[:1]))
    assert plan.index.uncovered == ("tenant/acme-prod",)


def test_a_managed_landing_zone_on_a_cloud_without_programs_is_refused(acme: Inventory) -> None:
    (tenant,) = acme.tenants
    elsewhere = replace(tenant, platform=Platform(kind="azure", account="0b1f6471", region="francecentral"))
    said = refused(replace(acme, tenants=(elsewhere,)))
    assert said.message == "landing zones on azure are not set up by this version: acme-prod"
    left = replace(elsewhere, landing_zone=replace(tenant.landing_zone, state="referenced"))
    links = tuple(link for link in acme.links if "provider" in link.ends)
    check_supported(replace(acme, tenants=(left,), links=links), decide(acme))


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_every_kind_is_decided_and_planned(path: Path) -> None:
    inventory = load(path)
    decisions = decide(inventory)
    check_supported(inventory, decisions)
    decided = {decision.component for decision in decisions}
    assert decided == {component.id for component in inventory.components if component.application}
    profile = provider_profile(inventory.provider.profile)
    stacks = dict.fromkeys(stack_configs(inventory, profile), ())
    plan = compile_plan(inventory, decisions, profile=profile, stacks=stacks, bound={})
    # no step reaches a component that is on no site's host
    assert set(plan.index.uncovered) >= {component.id for component in inventory.components}
