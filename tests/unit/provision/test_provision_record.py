"""Recording small programs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource
from toolkit.provision.record import record_stack, urn_of


def record(folder: Path, source: str, **config: Any) -> tuple[Resource, ...]:
    (folder / "__main__.py").write_text("import pulumi\n" + source)
    return record_stack(folder, stack="s", project="p", config=config)


RESOURCE = 'r = lambda n, p, **o: pulumi.CustomResource("x:y/z:Z", n, p, pulumi.ResourceOptions(**o))\n'


def test_unknown_secret_and_plain(tmp_path: Path) -> None:
    found = record(
        tmp_path,
        RESOURCE
        + "class A(pulumi.CustomResource):\n"
        + "    arn: pulumi.Output[str]\n"
        + '    def __init__(self): super().__init__("x:y/a:A", "a", {"arn": None})\n'
        + "a = A()\n"
        + 'c = pulumi.Config(); n = c.require_int("n")\n'
        + 'r("b", {"id": a.id, "made": pulumi.Output.concat("arn:", a.id), "deep": [{"arn": a.arn}], "n": n,'
        + ' "s": c.require_secret("s"), "o": c.require_object("o")})\n',
        n=3,
        s={"$secret": "secretref://psk/x/1"},
        o={"k": [1, 2.5]},
    )
    urn = "urn:pulumi:s::p::x:y/a:A::a"
    assert {resource.name: resource.inputs for resource in found}["b"] == {
        "id": {"$from": urn},
        "made": {"$from": urn},
        "deep": [{"arn": {"$from": urn}}],
        "n": 3,
        "s": {"$secret": "secretref://psk/x/1"},
        "o": {"k": [1, 2.5]},
    }


def test_parents_are_in_the_urn(tmp_path: Path) -> None:
    found = record(
        tmp_path,
        RESOURCE
        + 'c = pulumi.ComponentResource("my:c", "c"); d = pulumi.ComponentResource("my:d", "d", None,'
        + " pulumi.ResourceOptions(parent=c))\n"
        + 'r("leaf", {}, parent=d, protect=True)\n',
    )
    leaf = next(resource for resource in found if resource.name == "leaf")
    assert leaf.urn == "urn:pulumi:s::p::my:c$my:d$x:y/z:Z::leaf"
    assert leaf.parent == "urn:pulumi:s::p::my:c$my:d::d"
    assert leaf.protect
    assert [resource.urn for resource in found] == sorted(resource.urn for resource in found)


def test_urn_under_the_stack() -> None:
    stack = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
    assert urn_of(stack="s", project="p", type_="t", name="n", parent=stack) == "urn:pulumi:s::p::t::n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (RESOURCE + 'r("a", {}); r("a", {})\n', "two resources have one URN"),
        ("raise RuntimeError('no such thing')\n", "no such thing"),
        ("pulumi.Config().require('absent')\n", "absent"),
        ("this is no python\n", "syntax"),
        ('import pulumi\npulumi.runtime.invoke("aws:ec2/getAmi:getAmi", {})\n', "asks the cloud"),
        (RESOURCE + 'r("a", {"x": pulumi.FileAsset("/etc/hostname")})\n', "special type"),
    ],
)
def test_what_cannot_be_planned_is_refused(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(PlanRefused, match=message):
        record(tmp_path, source)


def test_many_resources_are_fast(tmp_path: Path) -> None:
    began = time.process_time()
    assert len(record(tmp_path, RESOURCE + 'for i in range(150): r(f"n{i}", {"i": i})\n')) == 150
    assert time.process_time() - began < 4
