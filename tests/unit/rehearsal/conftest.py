"""One world for all tests here, and small programs run on the real engine against its stand-in provider."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_bench import ACCOUNT, REGION, Bench

from toolkit.rehearsal.world import World, start_world


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="obw-") as folder:
        running = start_world(Path(folder), account=ACCOUNT, region=REGION)
        yield running
        running.stop()


@pytest.fixture(scope="session")
def aws(world: World) -> Callable[[str], Any]:
    """boto3 clients of the world by service: what a person with the command line would see."""
    import boto3
    from botocore.config import Config

    kept: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in kept:
            kept[service] = boto3.client(
                service,
                endpoint_url=world.endpoint,
                region_name=REGION,
                aws_access_key_id="reader",
                aws_secret_access_key="reader",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return kept[service]

    return client


@pytest.fixture(scope="module")
def bench(world: World) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="obe-") as folder:
        yield Bench(world, Path(folder))
