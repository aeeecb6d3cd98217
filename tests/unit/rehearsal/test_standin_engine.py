"""Real engine, real SDK, stand-in provider: every type lives its whole life, and what should be refused is refused."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_bench import ACCOUNT, Bench, provider
from every_type import CHANGED_SECRET, SECRETS, Declared
from pulumi.automation import CommandError

from toolkit.errors import OnboardError
from toolkit.rehearsal.property_map import load_map
from toolkit.rehearsal.standin import install_launcher
from toolkit.rehearsal.world import World

pytestmark = [
    pytest.mark.engine,
    # the SDK warns of names of its own that no program of ours uses, and leaves coroutines behind when a program fails
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Aws = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """What a failed program leaves behind is collected here, where its warnings are known, not in a later test."""
    yield
    gc.collect()


def declare(**shape: Any) -> Callable[[], None]:
    return lambda: Declared(provider(), **shape) and None


def vpc_program(mark: str, **properties: Any) -> Callable[[], None]:
    def program() -> None:
        import pulumi_aws as aws

        named = {"cidr_block": "10.30.0.0/16", "tags": {"onboard:urn": mark}} | properties
        aws.ec2.Vpc("v", opts=provider(), **named)

    return program


def owned(world: World, expected: dict[str, int]) -> dict[str, int]:
    return {urn: count for urn, count in world.client().count().items() if urn in expected}


def only(changes: dict[str, int]) -> set[str]:
    return {str(getattr(name, "value", name)) for name, count in changes.items() if count}


@pytest.mark.slow
def test_every_type_lives_its_whole_life(bench: Bench, world: World, aws: Aws) -> None:
    expected = {f"urn:{token}::it": 1 for token, known in load_map().items() if known.taggable}
    stack = bench.stack("life", declare())
    planned = stack.preview().change_summary
    assert planned["create"] == len(load_map()) + 4  # the stack, the provider, a second key and table
    stack.up()
    assert owned(world, expected) == expected
    assert only(stack.up().summary.resource_changes) == {"same"}
    assert only(stack.refresh(run_program=False).summary.resource_changes) == {"same"}

    stack = bench.stack("life", declare(changed=True))
    changes = stack.up().summary.resource_changes
    assert changes["update"] >= 18
    assert changes["replace"] >= 2  # a route's network and a selection's tag cannot change in place
    assert owned(world, expected) == expected
    (identity,) = [r["id"] for r in bench.state("life") if r["type"].endswith(":VpnConnection")]
    (connection,) = aws("ec2").describe_vpn_connections(VpnConnectionIds=[identity])["VpnConnections"]
    assert connection["Options"]["TunnelOptions"][0]["PreSharedKey"] == CHANGED_SECRET
    assert connection["Options"]["TunnelOptions"][1]["PreSharedKey"] == SECRETS[2]
    assert only(stack.up().summary.resource_changes) == {"same"}

    imported = {
        resource["type"]: _import_id(resource) for resource in bench.state("life") if resource["urn"].endswith("::it")
    }
    assert imported.keys() == load_map().keys()
    for helper in ("other", "second"):
        imported[helper] = next(r["id"] for r in bench.state("life") if r["urn"].endswith(f"::{helper}"))
    again = bench.stack("again", declare(changed=True, imports=imported))
    changes = again.up().summary.resource_changes
    assert changes["import"] == len(imported)
    assert only(bench.stack("again", declare(changed=True)).up().summary.resource_changes) == {"same"}

    bench.stack("again", declare(changed=True)).destroy()
    assert expected.keys().isdisjoint(world.client().count())
    assert only(stack.refresh(run_program=False).summary.resource_changes) >= {"delete"}


def _import_id(resource: dict[str, Any]) -> str:
    """The id that an import takes where it is not the object's own (AWS provider's documentation, "Import")."""
    state = resource["outputs"]
    made = {
        "aws:backup/selection:Selection": lambda: f"{state['planId']}|{resource['id']}",
        "aws:ec2/route:Route": lambda: f"{state['routeTableId']}_{state['destinationCidrBlock']}",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda: f"{state['subnetId']}/{state['routeTableId']}",
    }
    return made.get(resource["type"], lambda: resource["id"])()


def test_keys_are_secret_in_the_checkpoint(bench: Bench, world: World) -> None:
    def program() -> None:
        import pulumi
        import pulumi_aws as aws

        options = provider()
        gateway = aws.ec2.VpnGateway("g", opts=options)
        customer = aws.ec2.CustomerGateway("c", type="ipsec.1", bgp_asn="65000", ip_address="198.18.1.1", opts=options)
        connection = aws.ec2.VpnConnection(
            "n",
            type="ipsec.1",
            customer_gateway_id=customer.id,
            vpn_gateway_id=gateway.id,
            static_routes_only=True,
            tunnel1_preshared_key=pulumi.Output.secret("canary.Key.11"),
            opts=options,
        )
        pulumi.export("key", connection.tunnel1_preshared_key)
        pulumi.export("generated", connection.tunnel2_preshared_key)

    stack = bench.stack("secret", program)
    result = stack.up()
    assert result.outputs["key"].secret
    assert result.outputs["generated"].secret
    assert result.outputs["key"].value == "canary.Key.11"
    stack.refresh(run_program=False)
    text = "".join(path.read_text() for path in (bench.folder / "state").rglob("secret.json*"))
    assert "canary.Key.11" not in text
    assert result.outputs["generated"].value not in text
    assert "pre_shared_key" not in text
    stack.destroy()


def test_unknown_types_and_properties_are_refused(bench: Bench) -> None:
    def unknown_type() -> None:
        import pulumi_aws as aws

        aws.sqs.Queue("q", opts=provider())

    with pytest.raises(CommandError, match="unknown resource type aws:sqs/queue:Queue"):
        bench.stack("unknown-type", unknown_type).preview()
    with pytest.raises(CommandError, match="unknown property enableNetworkAddressUsageMetrics of aws:ec2/vpc:Vpc"):
        bench.stack("unknown-property", vpc_program("urn:unknown", enable_network_address_usage_metrics=True)).preview()


def test_another_account_is_refused_before_any_effect(bench: Bench, world: World) -> None:
    def program() -> None:
        import pulumi_aws as aws

        aws.ec2.Vpc("v", cidr_block="10.30.0.0/16", opts=provider(allowed_account_ids=["000000000001"]))

    before = world.client().dump()
    with pytest.raises(CommandError, match=f"AWS account ID not allowed: {ACCOUNT}"):
        bench.stack("foreign", program).up()
    assert world.client().dump() == before


def test_an_update_that_the_world_does_not_take_fails(bench: Bench, world: World) -> None:
    bench.stack("lost", vpc_program("urn:lost", enable_dns_hostnames=False)).up()
    world.client().fault("lose", "ec2:ModifyVpcAttribute")
    changed = bench.stack("lost", vpc_program("urn:lost", enable_dns_hostnames=True))
    with pytest.raises(CommandError, match="the world did not take the change of enableDnsHostnames"):
        changed.up()
    world.client().release()
    assert changed.up().summary.resource_changes["update"] == 1
    changed.destroy()


def test_a_create_that_the_world_takes_half_is_kept_in_the_state(bench: Bench, world: World) -> None:
    world.client().fault("lose", "ec2:ModifyVpcAttribute")
    stack = bench.stack("half", vpc_program("urn:half", enable_dns_hostnames=True))
    with pytest.raises(CommandError, match="the world holds something else than was sent: enableDnsHostnames"):
        stack.up()
    world.client().release()
    assert world.client().count()["urn:half"] == 1
    stack.up()
    assert world.client().count()["urn:half"] == 1
    stack.destroy()
    assert "urn:half" not in world.client().count()


def test_refresh_sees_what_was_corrupted_behind_the_provider(bench: Bench, world: World) -> None:
    stack = bench.stack("drift", vpc_program("urn:drift", enable_dns_hostnames=True))
    stack.up()
    vpc = next(item["id"] for item in world.client().dump() if item["tags"]["onboard:urn"] == "urn:drift")
    world.client().corrupt("ec2", ["vpcs", vpc, "enable_dns_hostnames"], value=False)
    assert stack.refresh(run_program=False).summary.resource_changes["update"] == 1
    assert stack.preview().change_summary["update"] == 1
    assert stack.up().summary.resource_changes["update"] == 1
    assert only(stack.preview().change_summary) == {"same"}
    stack.destroy()


def test_a_withheld_reply_and_a_kill_leave_an_object_that_the_checkpoint_lacks(
    bench: Bench, world: World, aws: Aws
) -> None:
    control = world.client()
    fault = control.fault("hold", "aws:ec2/vpc:Vpc")
    stack = bench.stack("killed", vpc_program("urn:killed"))
    ended: list[CommandError] = []
    runner = threading.Thread(target=_until_killed, args=(stack, ended), daemon=True)
    runner.start()
    reached = control.wait(fault, seconds=60)
    assert reached is not None
    assert reached["urn"].endswith("::aws:ec2/vpc:Vpc::v")
    engines = _children_of(os.getpid(), bench.engine.path)
    standins = [pid for engine in engines for pid in _children_of(engine, None)]
    assert len(engines) == 1
    assert standins
    os.kill(engines[0], signal.SIGKILL)
    runner.join(30)
    assert len(ended) == 1
    _gone(standins)
    control.release()
    assert control.count()["urn:killed"] == 1
    assert "aws:ec2/vpc:Vpc" not in {resource["type"] for resource in bench.state("killed")}
    aws("ec2").delete_vpc(VpcId=reached["id"])


def _until_killed(stack: Any, ended: list[CommandError]) -> None:
    try:
        stack.up()
    except CommandError as error:
        ended.append(error)


def _children_of(parent: int, executable: Path | None) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            path = (stat.parent / "exe").readlink()
        except OSError:
            continue
        if int(fields[1]) == parent and (executable is None or path == executable.resolve()):
            found.append(int(stat.parent.name))
    return found


def _gone(pids: list[int], seconds: float = 5.0) -> None:
    import time

    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids):
        assert time.monotonic() < deadline, "the stand-in outlived its engine"
        time.sleep(0.05)


def test_the_launcher_takes_loopback_only_and_leaks_nothing(tmp_path: Path, world: World) -> None:
    for endpoint in ("https://ec2.eu-west-3.amazonaws.com", "http://10.0.0.1:80", "http://127.0.0.1", ""):
        with pytest.raises(OnboardError, match="loopback endpoint"):
            install_launcher(tmp_path, endpoint=endpoint, account=ACCOUNT)
    path = install_launcher(tmp_path, endpoint=world.endpoint, account=ACCOUNT)
    assert path.stat().st_mode & 0o777 == 0o700
    started = subprocess.Popen(
        [path],
        stdout=subprocess.PIPE,
        text=True,
        env={"AWS_ACCESS_KEY_ID": "real", "SSH_AUTH_SOCK": "/real", "PATH": "/bin"},
    )
    assert started.stdout is not None
    assert int(started.stdout.readline()) > 0
    environment = Path(f"/proc/{started.pid}/environ").read_bytes()
    started.kill()
    started.wait()
    started.stdout.close()
    assert b"AWS_ACCESS_KEY_ID" not in environment
    assert b"SSH_AUTH_SOCK" not in environment
    assert b"AWS_EC2_METADATA_DISABLED=true" in environment


def test_without_an_endpoint_it_does_not_start() -> None:
    root = Path(__file__).resolve().parents[3]
    for endpoint in ("", "http://169.254.169.254:80"):
        ended = subprocess.run(
            [sys.executable, "-m", "toolkit.rehearsal.standin"],
            env={"PATH": "/bin", "PYTHONPATH": str(root), "ONBOARD_STANDIN_ENDPOINT": endpoint},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1
        assert "loopback endpoint" in ended.stderr
