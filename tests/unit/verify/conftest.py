"""The example's inventory, and a world of the stand-in AWS that holds a whole tenant."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from good_tenant import make

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest
from toolkit.rehearsal.world import World, start_world
from toolkit.verify.aws_expected import Expected, expected
from toolkit.verify.aws_reads import Aws

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    return msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)


@pytest.fixture(scope="session")
def profile() -> ProviderProfile:
    text = (ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()
    return msgspec.convert(yaml.safe_load(text), ProviderProfile)


@pytest.fixture(scope="session")
def want(inventory: Inventory, profile: ProviderProfile) -> Expected:
    return expected(inventory, profile, inventory.tenants[0])


@pytest.fixture(scope="session")
def world(inventory: Inventory) -> Iterator[World]:
    platform = inventory.tenants[0].platform
    with tempfile.TemporaryDirectory(prefix="ow-") as folder:
        started = start_world(Path(folder), account=platform.account, region=platform.region)
        try:
            yield started
        finally:
            started.stop()


def bindings_of(endpoint: str | None, **changes: object) -> Bindings:
    settings = {
        "world": "rehearsal",
        "id": "t",
        "nonce": "n0nce",
        "hosts": "lab",
        "time_scale": "fast",
        "aws": AwsBinding(endpoint=endpoint),
        "state": "/nowhere",
        "secrets": "/nowhere",
    }
    return Bindings(**(settings | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def bindings(world: World) -> Bindings:
    return bindings_of(world.endpoint)


@pytest.fixture(scope="session")
def aws(inventory: Inventory, bindings: Bindings, want: Expected) -> Aws:
    """Reads of a world that holds the example's tenant as it should be."""
    reads = Aws(bindings, inventory.tenants[0])
    make(want, reads)
    return reads


@pytest.fixture
def request_for(inventory: Inventory, profile: ProviderProfile, bindings: Bindings):
    def made(**inputs: str) -> StepRequest:
        step = Step(
            id="s@0", name="verify/x", stage="verify", action="verify.x", kind="effect", scope="tenant/x", inputs=inputs
        )
        return StepRequest(
            run="r",
            attempt=1,
            fence=1,
            resumed=False,
            step=step,
            inventory=inventory,
            profile=profile,
            bindings=bindings,
            workspace="/nowhere",
            scratch="/nowhere",
        )

    return made
