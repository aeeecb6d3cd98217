"""The stand-in's rules without the engine: values on the wire, comparisons, defaults, differences, duplicates."""

from __future__ import annotations

from typing import Any

import pytest
from engine_bench import ACCOUNT, REGION

from toolkit.rehearsal.property_map import Property
from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.provider import HalfMade, Provider, Refused
from toolkit.rehearsal.standin.values import UNKNOWN, is_unknown, pack, same, unpack
from toolkit.rehearsal.world import World

VPC, GROUP, KEY = "aws:ec2/vpc:Vpc", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:kms/key:Key"


@pytest.fixture(scope="module")
def provider(world: World) -> Provider:
    return Provider(Cloud(endpoint=world.endpoint, region=REGION, account=ACCOUNT), {"onboard:tenant": "t"})


def known(**fields: Any) -> Property:
    return Property(name="p", cfn="/P", by="moto", **fields)


def test_values_survive_the_wire_with_secrets_and_whole_numbers() -> None:
    sent = {"n": 3, "f": 1.5, "s": "x", "list": [1, {"a": True}], "none": None, "unknown": UNKNOWN}
    plain, secret = unpack(pack(sent, {"s", "unknown"}))
    assert plain == {"n": 3, "f": 1.5, "s": "x", "list": [1, {"a": True}], "unknown": UNKNOWN}
    assert secret == {"s"}
    assert isinstance(plain["n"], int)
    assert is_unknown({"a": [UNKNOWN]})
    assert not is_unknown({"a": ["x"]})


@pytest.mark.parametrize(
    ("fields", "asked", "found", "expected"),
    [
        ({}, "a", "a", True),
        ({}, "a", "b", False),
        ({}, 64512, "64512", True),
        ({}, True, "true", True),
        ({}, False, None, True),
        ({}, True, None, False),
        ({}, [1, 2], [2, 1], False),
        ({"unordered": True}, [1, 2], [2, 1], True),
        ({"unordered": True}, [1, 1], [1, 2], False),
        ({}, {"a": 1}, {"a": 1, "filled": "by the cloud"}, True),
        ({}, {"a": 1, "b": 2}, {"a": 1}, False),
        ({}, "", None, True),
        ({}, [], None, True),
        ({"json": True}, '{"a":["x"],"b":1}', '{"b": 1, "a": "x"}', True),
        ({"json": True}, '{"Action":["a","b"]}', '{"Action":["b","a"]}', True),
        ({"json": True}, '{"a":1}', '{"a":2}', False),
        ({"json": True}, "not json", "not json", True),
    ],
)
def test_what_the_world_holds_is_compared_as_aws_would(
    fields: dict[str, Any], asked: Any, found: Any, expected: bool
) -> None:
    assert same(known(**fields), asked, found) is expected


@pytest.mark.slow
def test_check_fills_in_defaults_and_automatic_names_and_keeps_them(provider: Provider) -> None:
    inputs, failures = provider.check("aws:cloudwatch/logGroup:LogGroup", {}, {}, "flows")
    assert failures == []
    assert inputs["name"].startswith("flows-")
    assert len(inputs["name"]) == len("flows-") + 7
    again, _ = provider.check("aws:cloudwatch/logGroup:LogGroup", inputs, {}, "flows")
    assert again == inputs
    closed, _ = provider.check(GROUP, {}, {"vpcId": "vpc-1"}, "g")
    assert closed["ingress"] == []
    assert closed["egress"] == []


def test_check_demands_what_the_sdk_demands_and_refuses_another_region(provider: Provider) -> None:
    _, failures = provider.check("aws:ec2/subnet:Subnet", {}, {"region": "us-east-1"}, "s")
    assert {name for name, _ in failures} == {"vpcId", "region"}
    with pytest.raises(Refused, match="unknown property cidr of"):
        provider.check(VPC, {}, {"cidr": "10.0.0.0/8"}, "v")
    with pytest.raises(Refused, match="unknown resource type aws:ec2/instance:Instance"):
        provider.check("aws:ec2/instance:Instance", {}, {}, "i")


def test_diff_knows_replacements_and_leaves_what_the_cloud_may_choose(provider: Provider) -> None:
    old = {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True}
    changed = provider.diff(VPC, old, {}, {"cidrBlock": "10.1.0.0/16", "enableDnsSupport": False})
    assert changed.changed == ("cidrBlock", "enableDnsSupport")
    assert changed.replace == ("cidrBlock",)
    assert provider.diff(VPC, old, {}, {**old, "cidrBlock": UNKNOWN}).replace == ("cidrBlock",)
    assert provider.diff(VPC, old, {"tagsAll": {"onboard:tenant": "t"}}, old).changed == ()
    assert provider.diff(VPC, old, {"tagsAll": {"onboard:tenant": "other"}}, old).changed == ("tags",)


def test_preview_says_what_is_not_known_yet(provider: Provider) -> None:
    guessed = provider.preview(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    assert guessed["defaultSecurityGroupId"] == UNKNOWN
    assert guessed["cidrBlock"] == "10.0.0.0/16"
    assert guessed["tagsAll"] == {"onboard:tenant": "t", "a": "b"}


@pytest.mark.slow
def test_a_second_create_is_refused_or_shows_as_a_duplicate_but_never_adopts(provider: Provider, world: World) -> None:
    tagged = {"cidrBlock": "10.7.0.0/16", "tags": {"onboard:urn": "urn:twice"}}
    first, _ = provider.create(VPC, tagged)
    second, _ = provider.create(VPC, tagged)
    assert first != second
    assert world.client().count()["urn:twice"] == 2
    for token, inputs in {
        "aws:s3/bucket:Bucket": {"bucket": "twice"},
        "aws:iam/role:Role": {"name": "twice", "assumeRolePolicy": '{"Statement":[],"Version":"2012-10-17"}'},
        "aws:cloudwatch/logGroup:LogGroup": {"name": "twice"},
        "aws:backup/vault:Vault": {"name": "twice"},
    }.items():
        provider.create(token, inputs)
        with pytest.raises(Exception, match=r"[Aa]lready"):
            provider.create(token, inputs)


@pytest.mark.slow
def test_what_is_gone_reads_as_gone_and_is_deleted_twice_without_complaint(provider: Provider) -> None:
    identity, state = provider.create(VPC, {"cidrBlock": "10.8.0.0/16"})
    provider.delete(VPC, identity, state)
    provider.delete(VPC, identity, state)
    assert provider.read(VPC, identity, {}) is None
    with pytest.raises(Refused, match="does not exist"):
        provider.update(VPC, identity, {"cidrBlock": "10.8.0.0/16"}, {"cidrBlock": "10.8.0.0/16"})


def test_a_half_made_object_is_told_with_its_id(provider: Provider, world: World) -> None:
    inputs, _ = provider.check(KEY, {}, {"enableKeyRotation": True, "tags": {"onboard:urn": "urn:half-key"}}, "k")
    world.client().fault("fail", "kms:EnableKeyRotation")
    with pytest.raises(HalfMade, match="fault ordered by the rehearsal") as caught:
        provider.create(KEY, inputs)
    world.client().release()
    assert caught.value.identity
    assert caught.value.state["keyId"] == caught.value.identity
    assert world.client().count()["urn:half-key"] == 1


def test_rules_of_the_default_group_are_replaced_and_drift_shows(provider: Provider) -> None:
    vpc, _ = provider.create(VPC, {"cidrBlock": "10.6.0.0/16"})
    inputs, _ = provider.check(GROUP, {}, {"vpcId": vpc}, "closed")
    group, state = provider.create(GROUP, inputs)
    assert state["ingress"] == []
    assert state["egress"] == []
    opened = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    provider.cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=opened)
    found = provider.read(GROUP, group, inputs)
    assert found is not None
    assert provider.diff(GROUP, found[1], found[0], inputs).changed == ("ingress",)
    assert provider.update(GROUP, group, found[1], inputs)["ingress"] == []
