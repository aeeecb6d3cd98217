"""The world outlives its starter, answers on loopback only, and does what its control socket orders."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from toolkit import processes
from toolkit.errors import OnboardError
from toolkit.rehearsal.world import World, WorldControl, find_world

Aws = Callable[[str], Any]
OWNED = [{"Key": "onboard:urn", "Value": "urn:pulumi:s::p::aws:ec2/vpc:Vpc::v"}]


def make_vpc(ec2: Any, cidr: str = "10.9.0.0/16") -> str:
    return ec2.create_vpc(CidrBlock=cidr, TagSpecifications=[{"ResourceType": "vpc", "Tags": OWNED}])["Vpc"]["VpcId"]


def test_the_world_is_found_again_by_its_folder(world: World) -> None:
    again = find_world(world.control.parent)
    assert again == world
    assert again.client().ping() == {"account": world.account, "region": world.region, "pid": world.pid}
    assert os.getsid(world.pid) != os.getsid(0)


def test_it_listens_on_loopback_only_and_its_socket_is_private(world: World) -> None:
    port = int(world.endpoint.rpartition(":")[2])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    assert f"0100007F:{port:04X}" in listening
    assert world.control.stat().st_mode & 0o077 == 0


def test_the_account_is_the_one_asked_for(world: World, aws: Aws) -> None:
    assert aws("sts").get_caller_identity()["Account"] == world.account


def test_objects_are_counted_by_ownership_tag_and_duplicates_show(world: World, aws: Aws) -> None:
    urn = OWNED[0]["Value"]
    first = make_vpc(aws("ec2"))
    assert world.client().count()[urn] == 1
    second = make_vpc(aws("ec2"))
    assert world.client().count()[urn] == 2
    assert {item["id"] for item in world.client().dump() if item["tags"]["onboard:urn"] == urn} == {first, second}
    for vpc in (first, second):
        aws("ec2").delete_vpc(VpcId=vpc)
    assert urn not in world.client().count()


def test_corruption_changes_what_the_api_reads_and_is_put_back(world: World, aws: Aws) -> None:
    kms, control = aws("kms"), world.client()
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    before = control.corrupt("kms", ["keys", key, "key_rotation_status"], value=False)
    assert before is True
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    control.corrupt("kms", ["keys", key, "key_rotation_status"], value=before)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert control.look("kms", ["keys", key])["key_rotation_status"] is True
    with pytest.raises(OnboardError, match="absent"):
        control.corrupt("kms", ["keys", "absent", "enabled"], value=False)


def test_a_failing_operation_fails_once(world: World, aws: Aws) -> None:
    control = world.client()
    fault = control.fault("fail", "ec2:CreateVpc", nth=2)
    first = make_vpc(aws("ec2"))
    with pytest.raises(ClientError):
        make_vpc(aws("ec2"))
    assert control.wait(fault, seconds=1) == {"operation": "ec2:CreateVpc"}
    second = make_vpc(aws("ec2"))
    control.release()
    for vpc in (first, second):
        aws("ec2").delete_vpc(VpcId=vpc)


def test_a_held_reply_is_withheld_after_the_effect_until_released(world: World, aws: Aws) -> None:
    control, ec2, made = world.client(), aws("ec2"), []
    fault = control.fault("hold", "ec2:CreateVpc")
    caller = threading.Thread(target=lambda: made.append(make_vpc(ec2)), daemon=True)
    caller.start()
    assert control.wait(fault, seconds=10) == {"operation": "ec2:CreateVpc"}
    assert OWNED[0]["Value"] in control.count()
    assert made == []
    assert control.release(fault) == 1
    caller.join(10)
    assert len(made) == 1
    ec2.delete_vpc(VpcId=made[0])


def test_a_lost_update_is_answered_and_has_no_effect(world: World, aws: Aws) -> None:
    ec2, control = aws("ec2"), world.client()
    vpc = make_vpc(ec2)
    control.fault("lose", "ec2:ModifyVpcAttribute")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"] is False
    control.release()
    ec2.delete_vpc(VpcId=vpc)


def test_every_order_is_counted_also_when_it_was_lifted_and_mended(world: World, aws: Aws) -> None:
    control, kms = world.client(), aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    before = control.ordered()
    control.fault("fail", "ec2:CreateVpc")
    control.fault("hold", "aws:ec2/vpc:Vpc")
    control.release()
    assert control.ordered() == before + 2
    stood = control.corrupt("kms", ["keys", key, "key_rotation_status"], value=True)
    control.corrupt("kms", ["keys", key, "key_rotation_status"], value=stood)
    assert control.ordered() == before + 4
    control.count()
    control.look("kms", ["keys", key])
    with pytest.raises(OnboardError):
        control.ask("fault", action="burn", target="ec2:CreateVpc")
    assert control.ordered() == before + 4


def test_unknown_orders_are_refused(world: World) -> None:
    with pytest.raises(OnboardError, match="refused nonsense"):
        world.client().ask("nonsense")
    with pytest.raises(OnboardError, match="hold, fail or lose"):
        world.client().ask("fault", action="burn", target="ec2:CreateVpc")


@pytest.mark.slow
def test_it_survives_the_process_that_started_it_and_stops_when_told(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from toolkit.rehearsal.world import start_world;"
        "print(start_world(Path(sys.argv[1]), account='999988887777', region='eu-west-1').pid)"
    )
    root = Path(__file__).resolve().parents[3]
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "w")], check=True, capture_output=True, text=True, cwd=root
    )
    found = find_world(tmp_path / "w")
    assert found is not None
    assert found.pid == int(said.stdout)
    assert found.account == "999988887777"
    assert processes.lives(found.pid, found.started)
    found.stop()
    assert not processes.lives(found.pid, found.started)
    assert find_world(tmp_path / "w") is None


def test_a_world_that_is_gone_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(OnboardError, match="does not answer"):
        WorldControl(tmp_path / "nothing.sock").ping()
