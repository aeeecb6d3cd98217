"""Whether somebody meddled with a run's world is known of the world that the run's bindings name, also when it died."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit import processes
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.pipeline.throwaway import Place, is_faulted
from toolkit.rehearsal.world import World, start_world

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a rehearsal's folder for sockets is Linux's"
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(id=f"t{tmp_path.stat().st_ino:x}", folder=str(tmp_path), hosts="none")
    yield made
    shutil.rmtree(made.run, ignore_errors=True)


def started(place: Place) -> World:
    return start_world(place.run / "world", account="999988887777", region="eu-west-1", orders=place.orders)


def bindings_of(place: Place, endpoint: str | None) -> Bindings:
    return Bindings(
        world="rehearsal",
        id=place.id,
        nonce="0" * 16,
        hosts="none",
        time_scale="fast",
        aws=AwsBinding(endpoint=endpoint),
        state=f"{place.folder}/state",
        secrets=f"{place.folder}/secrets.store",
    )


def test_a_cloud_that_is_gone_counts_as_meddled_with(place: Place) -> None:
    assert not is_faulted(bindings_of(place, None))
    assert is_faulted(bindings_of(place, "http://127.0.0.1:9"))


@pytest.mark.parametrize("order", ["fault", pytest.param("corrupt", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_an_order_is_not_forgotten_when_the_cloud_is_killed_and_started_again(place: Place, order: str) -> None:
    world = started(place)
    try:
        assert not is_faulted(bindings_of(place, world.endpoint))
        if order == "fault":
            world.client().fault("lose", "ec2:CreateVpc")
        else:
            world.client().corrupt("ec2", ["ebs_encryption_by_default"], value=True)
        assert is_faulted(bindings_of(place, world.endpoint))
        os.kill(world.pid, signal.SIGKILL)
        while processes.lives(world.pid, world.started):
            processes.reap(world.pid)
        world = started(place)
        assert is_faulted(bindings_of(place, world.endpoint))
        assert world.client().ordered() == 1
    finally:
        world.stop()
