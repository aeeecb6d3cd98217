"""Whether somebody meddled with a run's world is asked of the world that the run's bindings name."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.pipeline.throwaway import Place, faults_ordered
from toolkit.rehearsal.world import start_world


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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a rehearsal's folder for sockets is Linux's")
def test_orders_are_asked_of_the_bindings_world(tmp_path: Path) -> None:
    place = Place(id=f"t{tmp_path.stat().st_ino:x}", folder=str(tmp_path), hosts="none")
    assert faults_ordered(bindings_of(place, None)) == 0
    assert faults_ordered(bindings_of(place, "http://127.0.0.1:9")) == 0
    world = start_world(place.run / "world", account="999988887777", region="eu-west-1")
    try:
        assert faults_ordered(bindings_of(place, world.endpoint)) == 0
        world.client().fault("lose", "ec2:CreateVpc")
        assert faults_ordered(bindings_of(place, world.endpoint)) == 1
    finally:
        world.stop()
        shutil.rmtree(place.run)
