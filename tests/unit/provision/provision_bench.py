"""Steps of the example's tenant, run against a world with the real engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from toolkit import resources
from toolkit.aws_api import Clients, aws_clients
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Resource, StackRequest, Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest, StepResult
from toolkit.plan.stack_config import stack_configs
from toolkit.provision import step
from toolkit.provision.record import record_stack
from toolkit.rehearsal.standin import install_launcher
from toolkit.rehearsal.world import World

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT, REGION = "111122223333", "eu-west-3"
LAYERS = ("foundation", "network", "vpn", "backup")


@cache
def example() -> tuple[Inventory, ProviderProfile]:
    inventory = yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text())
    profile = yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text())
    return msgspec.convert(inventory, Inventory, strict=False), msgspec.convert(profile, ProviderProfile)


@cache
def recorded(layer: str) -> tuple[StackRequest, tuple[Resource, ...]]:
    request = next(one for one in stack_configs(*example()).values() if one.layer == layer)
    program = resources.folder("stacks") / request.program
    return request, record_stack(program, stack=request.name, project=request.project, config=request.config)


class Customer:
    """A workspace whose AWS is a world; ``said`` collects what steps tell."""

    def __init__(self, world: World, folder: Path, *, account: str = ACCOUNT) -> None:
        self.world, self.folder, self.said = world, folder, list[str]()
        (folder / "bin").mkdir(parents=True)
        install_launcher(folder / "bin", endpoint=world.endpoint, account=account, control=world.control)
        self.bindings = Bindings(
            world="rehearsal",
            id="provision-test",
            nonce="n",
            hosts="none",
            time_scale="fast",
            aws=AwsBinding(endpoint=world.endpoint),
            state=str(folder / "state"),
            secrets=str(folder / "secrets" / "store"),
            engine_path=str(folder / "bin"),
        )
        self.clients: Clients = aws_clients(self.bindings, region=REGION)

    def request(self, layer: str, *, resumed: bool = False, **changed: Any) -> StepRequest:
        stack, planned = recorded(layer)
        inventory, profile = example()
        made = Step(
            id=f"provision/acme-prod/{layer}@0",
            name=f"provision/acme-prod/{layer}",
            stage="provision",
            action="provision.stack",
            kind="effect",
            scope="tenant/acme-prod",
            inputs={"tenant": stack.tenant, "platform": stack.platform, "layer": layer, "config": stack.config},
        )
        request = StepRequest(
            run="r",
            attempt=1,
            fence=1,
            resumed=resumed,
            step=made,
            inventory=inventory,
            profile=profile,
            bindings=self.bindings,
            workspace=str(self.folder),
            scratch=str(self.folder),
            resources=planned,
        )
        return msgspec.structs.replace(request, **changed)

    def apply(self, layer: str, **changed: Any) -> StepResult:
        return step.run(self.request(layer, **changed), self.tell)

    def tell(self, message: str, **_data: Any) -> None:
        self.said.append(message)

    def worker(self, layer: str) -> subprocess.Popen[bytes]:
        """The step in a process of its own, as an executor starts it: leader of a session, request on stdin."""
        started = subprocess.Popen(
            [sys.executable, "-m", "toolkit.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )
        assert started.stdin
        started.stdin.write(msgspec.json.encode(self.request(layer)))
        started.stdin.close()
        return started


def kill(pid: int, *, group: bool = False) -> None:
    (os.killpg if group else os.kill)(pid, signal.SIGKILL)
