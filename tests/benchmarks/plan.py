"""The offline plan beside the real engine's preview of the same programs: python -m tests.benchmarks.plan

Both end with the same resources of the same stacks, or this fails. The engine meets an empty stand-in cloud on
loopback; its time holds its start, its provider's start and the program's.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from toolkit.catalogue import provider_profile
from toolkit.inventory.load import load
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.plan.stack_config import stack_configs
from toolkit.provision.adapter import StackEngine
from toolkit.provision.engine import find_engine
from toolkit.provision.record import record_stack
from toolkit.provision.step import stack_settings
from toolkit.provision.witness import Witness
from toolkit.rehearsal.standin import install_launcher
from toolkit.rehearsal.world import World, start_world
from toolkit.resources import folder
from toolkit.secrets.store import open_store

ROOT = Path(__file__).parents[2]
ENGINES_OWN = ("::pulumi:pulumi:Stack::", "::pulumi:providers:pulumi::")


def main() -> None:
    """Time each stack of the example both ways; the first offline one also pays for importing the SDK."""
    with tempfile.TemporaryDirectory(prefix="ob-") as scratch:
        os.environ["ONBOARD_SECRET_KEY_FILE"] = str(Path(scratch, "key"))
        inventory = load(ROOT / "examples/acme")
        platform = inventory.tenants[0].platform
        world = start_world(Path(scratch, "world"), account=platform.account, region=platform.region)
        try:
            compare(inventory, world, Path(scratch))
        finally:
            world.stop()


def compare(inventory: Inventory, world: World, scratch: Path) -> None:
    """Print one line for each stack, and the sums."""
    install_launcher(scratch / "engine", endpoint=world.endpoint, account=world.account, control=world.control)
    bindings = Bindings(
        world="rehearsal",
        id="bench",
        nonce="bench",
        hosts="none",
        time_scale="fast",
        aws=AwsBinding(endpoint=world.endpoint),
        state=str(scratch / "state" / "engine"),
        secrets=str(scratch / "state" / "secrets.store"),
        engine_path=str(scratch / "engine"),
    )
    store, engine = open_store(Path(bindings.secrets), inventory.customer.id), find_engine()
    print(f"{'stack':28}{'resources':>10}{'offline':>10}{'engine':>10}{'faster':>9}")
    sums = [0.0, 0.0]
    for name, request in stack_configs(inventory, provider_profile("paris-1")).items():
        began = time.perf_counter()
        planned = record_stack(
            folder("stacks") / request.program, stack=name, project=request.project, config=request.config
        )
        offline = time.perf_counter() - began
        began = time.perf_counter()
        settings = stack_settings(
            bindings,
            engine=engine,
            customer=inventory.customer.id,
            tenant=request.config["tenant"],
            platform="aws",
            layer=request.project.removeprefix("onboarding-"),
            config=request.config,
            store=store,
        )
        secrets = {
            value["$secret"]: settings.config[f"{settings.project}:{key}"]
            for key, value in request.config.items()
            if isinstance(value, dict) and "$secret" in value
        }
        witness = Witness(planned, stack=settings.stack, project=settings.project, secrets=secrets, refuse=False)
        stack = StackEngine(settings, engine)
        previews = stack.preview(witness)
        previewed = time.perf_counter() - began
        stack.up(witness, quiet)  # the next stack's program reads this one's outputs
        # The engine also counts the stack itself, and its own provider for references to stacks.
        made = {one.urn for one in previews if not any(word in one.urn for word in ENGINES_OWN)}
        assert made == {one.urn for one in planned}, made.symmetric_difference(one.urn for one in planned)
        sums = [sums[0] + offline, sums[1] + previewed]
        print(f"{name:28}{len(planned):10}{offline:9.2f}s{previewed:9.2f}s{previewed / offline:8.0f}x")
    print(f"{'together':28}{'':10}{sums[0]:9.2f}s{sums[1]:9.2f}s{sums[1] / sums[0]:8.0f}x")


def quiet(_: str, **_facts: object) -> None:
    """No progress."""


if __name__ == "__main__":
    main()
