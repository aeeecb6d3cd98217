"""The engine's preview against the plan, without an engine."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource
from toolkit.provision.compare import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    Preview,
    compare,
    has_effects,
    is_output,
)

PREFIX = "urn:pulumi:s::p::"
PROVIDER = Resource(
    urn=f"{PREFIX}pulumi:providers:aws::aws",
    type="pulumi:providers:aws",
    name="aws",
    inputs={"region": "eu-west-3", "defaultTags": '{"tags":{"onboard:tenant":"t"}}'},
)
VPC = Resource(
    urn=f"{PREFIX}aws:ec2/vpc:Vpc::vpc",
    type="aws:ec2/vpc:Vpc",
    name="vpc",
    inputs={
        "cidrBlock": "10.20.0.0/16",
        "enableDnsSupport": True,
        "tags": {"onboard:urn": "u"},
        "key": {"$from": f"{PREFIX}aws:kms/key:Key::k"},
        "psk": {"$secret": "secretref://psk/l/1"},
        "list": [{"a": 1}],
    },
)
GOOD: dict[str, Any] = {
    "cidrBlock": "10.20.0.0/16",
    "enableDnsSupport": True,
    "tags": {"onboard:urn": "u"},
    "key": UNKNOWN,
    "psk": {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": "[secret]"},
    "list": [{"a": 1.0}],
}


def previews(operation: str = "create", **changed: Any) -> list[Preview]:
    inputs = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
    return [
        Preview(operation="create", urn=f"{PREFIX}pulumi:pulumi:Stack::s", type="pulumi:pulumi:Stack", inputs={}),
        Preview(operation="create", urn=PROVIDER.urn, type=PROVIDER.type, inputs={**PROVIDER.inputs, "version": "7"}),
        Preview(operation=operation, urn=VPC.urn, type=VPC.type, inputs=inputs),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"tags": {"onboard:urn": "u", "onboard:tenant": "t"}},
        {"instanceTenancy": "default"},
        {"key": "arn:aws:kms:known"},
        {"list": [{"a": 1, "providersDefault": 2}]},
    ],
)
def test_what_the_plan_says_passes(changed: dict[str, Any]) -> None:
    compare([PROVIDER, VPC], previews(**changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cidrBlock": "10.21.0.0/16"}, "cidrBlock: another value"),
        ({"enableDnsSupport": 1}, "enableDnsSupport: another value"),
        ({"cidrBlock": None}, "another value"),
        ({"psk": "in-clear"}, "psk: planned as a secret"),
        ({"list": []}, "list: another value"),
        ({"tags": {"onboard:urn": "u", "more": "x"}}, "tags.more: not in the plan"),
        ({"tags": {"onboard:urn": "v"}}, "another value"),
        ({"tags": {"onboard:urn": "u", "onboard:tenant": "other"}}, "default tag"),
    ],
)
def test_another_input_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanRefused, match=message) as caught:
        compare([PROVIDER, VPC], previews(**changed))
    assert "in-clear" not in str(caught.value.details)
    assert "approval by name" not in caught.value.fix


@pytest.mark.parametrize("operation", ["delete", "replace", "create-replacement", "delete-replaced", "discard"])
def test_an_unplanned_operation_is_refused(operation: str) -> None:
    with pytest.raises(PlanRefused, match=f"would {operation}"):
        compare([PROVIDER, VPC], previews(operation))


def test_more_and_less_than_the_plan_are_refused() -> None:
    with pytest.raises(PlanRefused, match="does not have it"):
        compare([PROVIDER], previews())
    with pytest.raises(PlanRefused, match="unknown to the engine"):
        compare([PROVIDER, VPC], previews()[:2])


def test_what_the_witness_saw_is_refused() -> None:
    with pytest.raises(PlanRefused, match="seen by the witness"):
        compare([PROVIDER, VPC], previews(), ["seen by the witness"])


def test_every_problem_is_listed() -> None:
    with pytest.raises(PlanRefused, match="and 1 more") as caught:
        compare([PROVIDER, VPC], previews(cidrBlock="x", list=[]))
    assert len(caught.value.details["problems"]) == 2


def test_has_effects() -> None:
    assert has_effects(previews("update"))
    assert not has_effects(
        [Preview(operation=operation, urn="u", type="t", inputs={}) for operation in ("same", "read")]
    )


@pytest.mark.parametrize(
    ("value", "given", "expected"),
    [
        ("vpc-1234", ["vpc-1234", {}], True),
        ("subnet-1", ["", {"ids": ["subnet-1", "subnet-2"]}], True),
        (["subnet-1", "subnet-2"], ["", {"ids": ["subnet-1", "subnet-2"]}], True),
        (64512, ["", {"asn": 64512.0}], True),
        ("the-key", ["", {"psk": {SIGNATURE_KEY: SECRET_SIGNATURE, "value": "the-key"}}], True),
        ("vpc-9999", ["vpc-1234", {"arn": "arn:aws"}], False),
        ("arn:x:vpc-1234/part", ["vpc-1234", {}], False),
        ("arn:aws:kms:eu-west-3:1:key/other", ["key-1", {"region": "eu-west-3"}], False),
        ("80", ["vpc-1234", {}], False),
        (22, ["vpc-1234", {"port": 443}], False),
        (True, ["vpc-1234", {"count": 1}], False),
        (["subnet-1"], ["", {"ids": ["subnet-1", "subnet-2"]}], False),
        ("vpc-1234", [None], False),
    ],
)
def test_an_output_is_passed_whole_and_unchanged(value: Any, given: Any, expected: bool) -> None:
    assert is_output(value, given) is expected
