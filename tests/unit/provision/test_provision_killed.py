"""kill -9 after the world has an object and before the checkpoint has it: after a resume there is one of each."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

import pytest
from provision_bench import Customer, kill, recorded

from toolkit.errors import Locked

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    # `make test` kills one step of the whole road instead (tests/acceptance/test_kill.py)
    pytest.mark.kill,
    # the SDK's language server does not close its event loop after a failed update
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def engine_of(worker: int) -> int:
    """The engine that a worker started."""
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    (engine,) = [int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().startswith("pulumi")]
    return engine


def end(worker: subprocess.Popen[bytes]) -> None:
    """Whatever the test found, nothing of it stays."""
    with contextlib.suppress(ProcessLookupError):
        kill(worker.pid, group=True)
    assert worker.stdout
    worker.stdout.read()
    worker.stdout.close()
    worker.wait(60)


def gone(pid: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("layer", "type_", "victim"),
    [
        ("foundation", "aws:kms/key:Key", "group"),
        ("network", "aws:ec2/vpc:Vpc", "worker"),
        ("vpn", "aws:ec2/vpnConnection:VpnConnection", "engine"),
        ("backup", "aws:backup/selection:Selection", "group"),
    ],
)
def test_killed_after_create(customer: Customer, layer: str, type_: str, victim: str) -> None:
    client = customer.world.client()
    fault = client.fault("hold", type_)
    worker = customer.worker(layer)
    try:
        assert client.wait(fault, seconds=240)
        engine = engine_of(worker.pid)
        if victim == "worker":
            with pytest.raises(Locked, match=str(engine)):
                customer.apply(layer, resumed=True)
        kill(engine if victim == "engine" else worker.pid, group=victim == "group")
        assert gone(engine)
    finally:
        end(worker)
        client.release(fault)

    result = customer.apply(layer, resumed=True)

    # others may have been under way at that moment too
    assert any(type_ in fact["resumed"] for fact in result.facts if fact.get("outcome") == "adopted")
    assert result.counts == {"resources": sum(one.type.startswith("aws:") for one in recorded(layer)[1])}
    assert set(client.count().values()) == {1}
    assert customer.apply(layer).changed == 0
