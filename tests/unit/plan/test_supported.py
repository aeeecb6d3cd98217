"""What the schema offers and this version cannot set up is refused before a plan is made, and named."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from toolkit.decide.decisions import decide
from toolkit.errors import PlanRefused
from toolkit.model.inventory import Inventory, OperatingSystem, Responsibility
from toolkit.model.plan import Plan
from toolkit.plan.supported import check_supported

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
