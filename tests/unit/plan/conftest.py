"""A customer with two tenants and two sites, and plans made from it without a recorder."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import yaml

from toolkit.catalogue import provider_profile
from toolkit.decide.decisions import decide
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan, Resource, StackRequest
from toolkit.model.profile import ProviderProfile
from toolkit.plan.compile import compile_plan
from toolkit.plan.stack_config import stack_configs

ACME = Path(__file__).parents[3] / "examples/acme/inventory.yaml"
NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
BOUND = {"tables": "sha256:" + "0" * 64, "toolkit": "0.1.0"}


def resource_of(request: StackRequest, name: str, **inputs) -> Resource:
    type_ = "aws:s3/bucket:Bucket"
    return Resource(
        urn=f"urn:pulumi:{request.name}::{request.project}::{type_}::{name}", type=type_, name=name, inputs=inputs
    )


@pytest.fixture(scope="session")
def acme() -> Inventory:
    return msgspec.convert(yaml.safe_load(ACME.read_text()), Inventory)


@pytest.fixture(scope="session")
def profile() -> ProviderProfile:
    return provider_profile("paris-1")


@pytest.fixture(scope="session")
def wide(acme: Inventory) -> Inventory:
    """Acme with a second tenant, and a second site that is linked to it and to the provider."""
    replace = msgspec.structs.replace
    (tenant,), (site,), (management, link) = acme.tenants, acme.sites, acme.links
    (vm, vm2, database) = acme.components
    return replace(
        acme,
        tenants=(
            tenant,
            replace(
                tenant,
                id="acme-dev",
                environment="development",
                landing_zone=replace(tenant.landing_zone, cidr="10.21.0.0/16"),
            ),
        ),
        sites=(
            site,
            replace(
                site,
                id="acme-lab",
                networks=("10.62.0.0/24", "10.61.0.0/24"),
                vpn_endpoint=replace(site.vpn_endpoint, public_address="198.18.61.10", address="10.61.0.2"),
            ),
        ),
        links=(
            management,
            link,
            replace(management, id="lab-management", from_="site/acme-lab"),
            replace(link, id="dev-lab", from_="site/acme-lab", to="tenant/acme-dev"),
        ),
        components=(
            vm,
            vm2,
            database,
            replace(vm, id="lab-vm-1", tenant="acme-dev", site="acme-lab", address="10.61.0.11"),
            replace(database, id="lab-db-1", tenant="acme-dev", hosted_on="lab-vm-1", depends_on=("lab-management",)),
        ),
    )


@pytest.fixture(scope="session")
def make_plan(profile: ProviderProfile) -> Callable[..., Plan]:
    """``make_plan(inventory, base=…, extra=…)``: one bucket per stack, whose inputs are the stack's configuration."""

    def make(inventory: Inventory, *, base: Plan | None = None, extra: tuple[str, ...] = ()) -> Plan:
        stacks = {
            name: tuple(resource_of(request, one, config=request.config) for one in ("logs", *extra))
            for name, request in stack_configs(inventory, profile).items()
        }
        return compile_plan(inventory, decide(inventory), profile=profile, stacks=stacks, bound=BOUND, base=base)

    return make
