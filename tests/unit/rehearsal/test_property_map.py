"""The property map against its sources: pulumi_aws for names, CloudFormation's registry for what replaces and what is computed."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from toolkit.rehearsal.property_map import enforcement_table, load_map
from toolkit.rehearsal.standin.kinds import KINDS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
REGION = "eu-west-3"
TOKENS = sorted(load_map())
ROOT = Path(__file__).resolve().parents[3]


@cache
def schema(cloudformation: str) -> dict[str, Any]:
    """The registry schema of a type, as the cfn-lint package carries it for one region."""
    package = importlib.util.find_spec("cfnlint")  # its data only: importing it takes seconds
    assert package is not None
    assert package.origin is not None
    data = Path(package.origin).parent / "data" / "schemas"
    name = json.loads((data / "providers" / f"{REGION}.json").read_text())[cloudformation]
    return json.loads((data / "resources" / f"{name}.json").read_text())


def resource_class(token: str) -> type:
    """pulumi_aws's class of a type token."""
    _, module, name = token.split(":")
    return getattr(importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}"), name)


def arguments(token: str) -> dict[str, bool]:
    """Input names of the SDK's class, as the wire has them, each with whether it is required."""
    initial = resource_class(token)._internal_init
    names = [
        name
        for name in inspect.signature(initial).parameters
        if name not in ("__self__", "resource_name", "opts", "__props__", "self")
    ]
    required = {name for name in names if f"Missing required property '{name}'" in inspect.getsource(initial)}
    return {camel(token, name): name in required for name in names}


@cache
def camel(token: str, name: str) -> str:
    """The wire name of an input: the getter's own, as the SDK declares it."""
    found = getattr(resource_class(token), name, None)
    declared = getattr(getattr(found, "fget", None), "_pulumi_name", None)
    if declared:
        return str(declared)
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def pointer_exists(found: dict[str, Any], pointer: str) -> bool:
    """Whether a property pointer leads somewhere in a registry schema (through references and arrays)."""
    node: Any = {"properties": found["properties"]}
    for step in pointer.strip("/").split("/"):
        node = resolved(found, node)
        if step == "*":
            node = node.get("items", {})
            continue
        if "properties" not in node or step not in node["properties"]:
            return False
        node = node["properties"][step]
    return True


def resolved(found: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = found
        for step in node["$ref"].lstrip("#/").split("/"):
            target = target[step]
        node = target
    return node


def pointers(found: dict[str, Any], kind: str) -> set[str]:
    return {pointer.removeprefix("/properties") for pointer in found.get(kind, [])}


def test_every_mapped_type_has_a_handler_and_the_other_way_round() -> None:
    assert set(KINDS) == set(TOKENS)


@pytest.mark.parametrize("token", TOKENS)
def test_names_and_required_ones_come_from_the_sdk(token: str) -> None:
    known, asked = load_map()[token], arguments(token)
    assert set(known.properties) <= set(asked), "no such input in pulumi_aws"
    assert {name for name, entry in known.properties.items() if entry.required} == {
        name for name, needed in asked.items() if needed
    }


@pytest.mark.parametrize("token", TOKENS)
def test_outputs_are_the_sdks(token: str) -> None:
    shown = {
        camel(token, name) for name, member in inspect.getmembers(resource_class(token)) if isinstance(member, property)
    }
    assert set(load_map()[token].outputs) <= shown


@pytest.mark.parametrize("token", TOKENS)
def test_pointers_exist_and_what_replaces_agrees_with_cloudformation(token: str) -> None:
    known = load_map()[token]
    found = schema(known.cfn)
    create_only = pointers(found, "createOnlyProperties")
    for name, entry in known.properties.items():
        if entry.cfn.startswith("none: "):
            agrees = not entry.replace
        else:
            assert pointer_exists(found, entry.cfn), f"{name}: {entry.cfn} is not in {known.cfn}"
            covered = any(entry.cfn == pointer or entry.cfn.startswith(f"{pointer}/") for pointer in create_only)
            agrees = covered == entry.replace
        assert agrees or entry.differs, (
            f"{name}: replaces {entry.replace}, CloudFormation says otherwise; give the reason"
        )
        assert not (agrees and entry.differs), f"{name}: agrees with CloudFormation, the reason is stale"


@pytest.mark.parametrize("token", TOKENS)
def test_outputs_are_computed_in_cloudformation_too(token: str) -> None:
    known = load_map()[token]
    found = schema(known.cfn)
    computed = pointers(found, "readOnlyProperties")
    for name, pointer in known.outputs.items():
        if pointer.startswith("none: "):
            continue
        assert pointer_exists(found, pointer), f"{name}: {pointer} is not in {known.cfn}"
        assert pointer in computed or pointer not in pointers(found, "writeOnlyProperties"), name


@pytest.mark.parametrize("token", TOKENS)
def test_every_property_says_who_keeps_it(token: str) -> None:
    for name, entry in load_map()[token].properties.items():
        assert entry.by in ("moto", "ours", "not verified"), name
        assert (entry.by == "not verified") == entry.local, (
            f"{name}: what nobody keeps is local, and the other way round"
        )


@pytest.mark.parametrize("layer", ["foundation", "network", "vpn", "backup"])
def test_every_property_that_the_programs_use_is_mapped(layer: str) -> None:
    recorded = json.loads((ROOT / "tests" / "golden" / "stacks" / f"{layer}.json").read_text())
    used = {
        (resource["type"], name)
        for resource in recorded
        if resource["type"].startswith("aws:")
        for name in resource["inputs"]
    }
    assert used
    assert used <= {(token, name) for token, known in load_map().items() for name in known.properties}


def test_the_table_is_printed_as_markdown_and_json() -> None:
    def printed(*arguments: str) -> str:
        command = [sys.executable, "-m", "toolkit.rehearsal.property_map", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout

    rows = enforcement_table()
    assert json.loads(printed("--format", "json")) == rows
    assert len(printed().splitlines()) == len(rows) + 2
    assert {row["kept_by"] for row in rows} == {"moto", "ours", "not verified"}
