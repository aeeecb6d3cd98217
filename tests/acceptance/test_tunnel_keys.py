"""A tunnel's key lives in two places: the site's endpoint has it from the store, the cloud's gateway from the engine.

Changed in the engine alone, that tunnel ends and the other carries; changed back, it returns.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT, Rehearsed

from toolkit.catalogue import provider_profile
from toolkit.inventory import load
from toolkit.model.run import StepRequest, StepResult
from toolkit.pipeline import cloud_side
from toolkit.plan.folder import read_plan
from toolkit.rehearsal import lab, namespace
from toolkit.rehearsal.lab import cloud_gateway
from toolkit.run.worker import Line
from toolkit.secrets.embedded import EmbeddedStore
from toolkit.secrets.store import generate_psk

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
STEP, LINK, HOST = "provision/acme-prod/vpn", "prod-hq", "10.60.0.11"
Provision = Callable[[Path], tuple[StepRequest, StepResult]]


@pytest.fixture
def key_file(rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key of the rehearsal's store, where this process finds it too."""
    found = rehearsed.desk.rehearsal / "home/.config/onboarding-toolkit/acme.key"
    monkeypatch.setenv("ONBOARD_SECRET_KEY_FILE", str(found))
    return found


@pytest.fixture
def provision(rehearsed: Rehearsed, key_file: Path, tmp_path: Path) -> Provision:
    """The run's own step for the tenant's VPN, carried out again with the secrets of the store that is given."""
    desk, bindings = rehearsed.desk, rehearsed.desk.bindings
    plan = read_plan(Path(desk.current["plan_dir"]))
    step = next(one for one in plan.steps if one.name == STEP)
    inventory = load(desk.workspace)
    request = StepRequest(
        run="r", attempt=1, fence=1, resumed=False, step=step, inventory=inventory,
        profile=provider_profile(inventory.provider.profile), bindings=bindings, workspace=str(tmp_path),
        scratch=str(tmp_path), resources=next(
            document.stacks[step.inputs["stack"]]
            for document in plan.documents
            if step.inputs["stack"] in document.stacks
        ),
    )  # fmt: skip
    environment = {**os.environ, **desk.environment, "PYTHONPATH": str(ROOT), "ONBOARD_REHEARSAL": bindings.id}

    def carry_out(secrets: Path) -> tuple[StepRequest, StepResult]:
        asked = msgspec.structs.replace(request, bindings=msgspec.structs.replace(bindings, secrets=str(secrets)))
        done = subprocess.run(
            [*namespace.enter(str(bindings.netns)), sys.executable, "-m", "toolkit.run.worker"],
            input=msgspec.json.encode(asked), env=environment, capture_output=True, timeout=300, check=True,
        )  # fmt: skip
        last = msgspec.json.decode(done.stdout.splitlines()[-1], type=Line)
        assert last.result is not None, last
        return request, last.result

    return carry_out


def test_a_key_changed_in_the_engine_ends_its_tunnel_and_not_the_other(
    rehearsed: Rehearsed, provision: Provision, key_file: Path, tmp_path: Path
) -> None:
    state = lab.load(rehearsed.desk.rehearsal / "lab")
    assert state is not None
    mine = Path(rehearsed.desk.bindings.secrets)
    other = Path(shutil.copy2(mine, tmp_path / "other.store"))
    EmbeddedStore(path=other, customer="acme", key_file=key_file).put(f"psk/{LINK}/1", generate_psk())
    try:
        request, result = provision(other)
        assert result.changed == 1
        cloud_side.follow(request, result)
        cloud_gateway.drop(state, LINK, 1)
        refused = cloud_gateway.Initiation(up=False, reason="AUTHENTICATION_FAILED")
        assert cloud_gateway.initiate(state, LINK, 1) == refused
        assert cloud_gateway.probe(state, LINK, HOST, tunnel=2).passed
        through = cloud_gateway.probe(state, LINK, HOST, tunnel=1)
        assert (through.passed, through.reason) == (False, "AUTHENTICATION_FAILED")
    finally:
        request, result = provision(mine)
        cloud_side.follow(request, result)
    assert result.changed == 1
    for number in (1, 2):
        assert cloud_gateway.probe(state, LINK, HOST, tunnel=number).passed
    assert provision(mine)[1].changed == 0
