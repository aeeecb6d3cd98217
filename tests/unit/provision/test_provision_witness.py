"""The witness against a monitor that gives every resource an id: the program's own inputs, before the engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import resource_pb2

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource
from toolkit.provision.compare import SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN
from toolkit.provision.witness import Witness, _Monitor

VPC = "urn:pulumi:s::p::aws:ec2/vpc:Vpc::vpc"
VPN = "urn:pulumi:s::p::aws:ec2/vpnConnection:VpnConnection::vpn"
PLANNED = (
    Resource(urn=VPC, type="aws:ec2/vpc:Vpc", name="vpc", inputs={"cidrBlock": "10.20.0.0/16"}),
    Resource(
        urn=VPN,
        type="aws:ec2/vpnConnection:VpnConnection",
        name="vpn",
        inputs={"psk": {"$secret": "secretref://psk/l/1"}, "vpcId": {"$from": VPC}, "dh": [20]},
    ),
)
SECRET = {SIGNATURE_KEY: SECRET_SIGNATURE, "value": "the-key"}


class Engine:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        self.heard.append(request.name)
        return SimpleNamespace(id=f"{request.name}-0001", object=Struct(), urn="")

    def SupportsFeature(self) -> str:  # noqa: N802 - the engine's name
        return "passed on"


def register(monitor: Any, type_: str, name: str, inputs: dict[str, Any], **sources: list[str]) -> Any:
    properties = Struct()
    properties.update(inputs)
    dependencies = {
        key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=urns) for key, urns in sources.items()
    }
    return monitor.RegisterResource(
        resource_pb2.RegisterResourceRequest(
            type=type_, name=name, object=properties, propertyDependencies=dependencies
        )
    )


def witness(*, refuse: bool = False) -> tuple[Witness, Any, Engine]:
    engine = Engine()
    seen = Witness(PLANNED, stack="s", project="p", secrets={"secretref://psk/l/1": "the-key"}, refuse=refuse)
    return seen, _Monitor(engine, seen), engine


def both(monitor: Any, **changed: Any) -> None:
    register(monitor, "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.20.0.0/16"})
    inputs = {"psk": SECRET, "vpcId": "vpc-0001", "dh": [20], **changed}
    register(monitor, "aws:ec2/vpnConnection:VpnConnection", "vpn", inputs, vpcId=[VPC])


@pytest.mark.parametrize("changed", [{}, {"vpcId": UNKNOWN}])
def test_the_planned_registrations_pass(changed: dict[str, Any]) -> None:
    seen, monitor, engine = witness(refuse=True)
    both(monitor, **changed)
    assert seen.problems == seen.missing() == []
    assert engine.heard == ["vpc", "vpn"]
    assert monitor.SupportsFeature() == "passed on"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"psk": "the-key"}, "given in clear"),
        ({"psk": {**SECRET, "value": "another"}}, "not the secret that the plan names"),
        ({"vpcId": "vpc-9999"}, "is not an output"),
        ({"vpcId": "arn:vpc-0001"}, "is not an output"),
        ({"vpcId": "22"}, "is not an output"),
        ({"vpcId": 22}, "is not an output"),
        ({"dh": [2]}, "dh\\[0\\]: another value"),
        ({"dh": [20, 2]}, "dh: another value"),
        ({"more": 1}, "more: not in the plan"),
    ],
)
def test_another_input_never_reaches_the_engine(changed: dict[str, Any], message: str) -> None:
    _, monitor, engine = witness(refuse=True)
    with pytest.raises(PlanRefused, match=message) as caught:
        both(monitor, **changed)
    assert engine.heard == ["vpc"]
    assert "the-key" not in str(caught.value)


def test_a_preview_collects_every_problem() -> None:
    seen, monitor, engine = witness()
    both(monitor, dh=[2], psk="x")
    register(monitor, "aws:ec2/vpc:Vpc", "other", {})
    assert len(seen.problems) == 3
    assert engine.heard == ["vpc", "vpn", "other"]


def test_another_source_is_a_problem() -> None:
    seen, monitor, _ = witness()
    register(monitor, "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.20.0.0/16"})
    inputs = {"psk": SECRET, "vpcId": "vpc-0001", "dh": [20]}
    register(monitor, "aws:ec2/vpnConnection:VpnConnection", "vpn", inputs)
    assert "does not come from" in seen.problems[0]


def test_each_member_of_a_list_comes_from_one_of_its_sources() -> None:
    either = {"$from": [VPC, VPN]}
    both_ids = Resource(
        urn="urn:pulumi:s::p::aws:x/y:Y::y", type="aws:x/y:Y", name="y", inputs={"ids": [either, either]}
    )
    seen = Witness(
        (*PLANNED, both_ids), stack="s", project="p", secrets={"secretref://psk/l/1": "the-key"}, refuse=True
    )
    monitor = _Monitor(Engine(), seen)
    both(monitor)
    register(monitor, "aws:x/y:Y", "y", {"ids": ["vpc-0001", "vpn-0001"]}, ids=[VPC, VPN])
    with pytest.raises(PlanRefused, match="is not an output"):
        register(monitor, "aws:x/y:Y", "y", {"ids": ["vpc-0001", "vpn-0002"]}, ids=[VPC, VPN])


def test_what_is_not_registered_is_missing() -> None:
    seen, monitor, _ = witness()
    register(monitor, "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.20.0.0/16"})
    assert [problem for problem in seen.missing() if VPN in problem]
    register(monitor, "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.20.0.0/16"})
    assert seen.problems == [f"{VPC}: registered twice"]
