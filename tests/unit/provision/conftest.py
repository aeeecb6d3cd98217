"""A world and a customer for each module of engine tests."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from provision_bench import ACCOUNT, REGION, Customer

from toolkit.rehearsal.world import start_world


@pytest.fixture(scope="module", autouse=True)
def secret_key() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="obk-") as folder:
        before = os.environ.get("ONBOARD_SECRET_KEY_FILE")
        os.environ["ONBOARD_SECRET_KEY_FILE"] = str(Path(folder) / "key")
        yield
        if before is None:
            del os.environ["ONBOARD_SECRET_KEY_FILE"]
        else:
            os.environ["ONBOARD_SECRET_KEY_FILE"] = before


@pytest.fixture(scope="module")
def customer(secret_key: None) -> Iterator[Customer]:
    """One for a module's tests, which go on from one another's world."""
    with tempfile.TemporaryDirectory(prefix="obp-") as folder:
        world = start_world(Path(folder) / "world", account=ACCOUNT, region=REGION)
        try:
            yield Customer(world, Path(folder) / "workspace")
        finally:
            world.stop()
            # the SDK leaves an event loop open when an update fails: collect it here, where its warning is ignored
            gc.collect()
