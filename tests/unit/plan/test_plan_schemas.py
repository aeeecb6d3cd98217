"""The schemas of plans and bindings say what the model says, and describe every property."""

import json
from typing import get_args

import jsonschema
import msgspec
import pytest

from toolkit import resources
from toolkit.canonical import canonical_bytes
from toolkit.model.bindings import AwsBinding, Bindings, HostBinding
from toolkit.model.plan import Change, Coverage, Document, Index, Resource, Step
from toolkit.plan.approval import Approval
from toolkit.signing import RequireRehearsal, Trust, TrustedKey
from toolkit.signing.trust import Role

SCHEMAS = resources.folder("schemas")


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


PLAN, BINDINGS, TRUST = schema("plan"), schema("bindings"), schema("trust")


@pytest.mark.parametrize("name", ["plan", "bindings", "trust", "decision-table"])
def test_a_schema_is_one_and_describes_everything(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))

    def walk(node, path):
        if isinstance(node, dict):
            for key, value in node.get("properties", {}).items():
                assert value.get("description") or "$ref" in value, f"{path}/{key}"
            if "properties" in node:
                assert node["additionalProperties"] is False, path
                assert set(node["required"]) <= set(node["properties"]), path
            for key, value in node.items():
                walk(value, f"{path}/{key}")
        elif isinstance(node, list):
            for value in node:
                walk(value, path)

    walk(schema(name), name)


@pytest.mark.parametrize(
    ("noun", "node"),
    [
        (Index, PLAN),
        (Document, PLAN["$defs"]["document"]),
        (Step, PLAN["$defs"]["step"]),
        (Resource, PLAN["$defs"]["resource"]),
        (Change, PLAN["$defs"]["change"]),
        (Approval, PLAN["$defs"]["approval"]),
        (Bindings, BINDINGS),
        (HostBinding, BINDINGS["$defs"]["host"]),
        (AwsBinding, BINDINGS["$defs"]["aws"]),
        (Trust, TRUST),
        (TrustedKey, TRUST["$defs"]["key"]),
        (RequireRehearsal, TRUST["properties"]["require_rehearsal"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_schema_and_its_noun_have_the_same_fields(noun, node):
    assert set(node["properties"]) == {field.encode_name for field in msgspec.structs.fields(noun)}


def test_the_kinds_of_coverage_are_the_models():
    policy = TRUST["properties"]["require_rehearsal"]["properties"]["coverage"]
    for node in (PLAN["properties"]["coverage"], policy):
        assert tuple(node["items"]["enum"]) == get_args(Coverage)


def test_the_roles_are_the_models():
    assert tuple(TRUST["$defs"]["key"]["properties"]["roles"]["items"]["enum"]) == get_args(Role)


def test_bindings_follow_their_schema():
    bindings = Bindings(
        world="rehearsal",
        id="ab12",
        nonce="n",
        hosts="lab",
        time_scale="fast",
        aws=AwsBinding(endpoint="http://127.0.0.1:1"),
        state="/s",
        secrets="/x",
        console_command={"acme-hq": ("sh", "-c")},
        host_bindings={
            "erp-vm-1": HostBinding(address="10.60.0.11", port=22, user="onboard", host_key="ssh-ed25519 A")
        },
    )
    validator = jsonschema.Draft202012Validator(BINDINGS)
    written = json.loads(canonical_bytes(bindings))
    assert list(validator.iter_errors(written)) == []
    assert list(validator.iter_errors({**written, "hosts": "some"})) != []
    assert list(validator.iter_errors({**written, "more": 1})) != []
