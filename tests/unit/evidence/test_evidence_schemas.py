"""The published format: the schemas describe what is written, and every property of it."""

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from evidence_case import ROOT
from jsonschema import Draft202012Validator

from toolkit.evidence import statement
from toolkit.evidence.records import Record

GOLDEN = ROOT / "tests/golden/evidence/passed"


def schema(name: str) -> dict[str, Any]:
    value = json.loads((ROOT / f"schemas/evidence-{name}.schema.json").read_text())
    Draft202012Validator.check_schema(value)
    return value


def payload(folder: Path) -> Any:
    return json.loads(base64.b64decode(json.loads((folder / "statement.dsse.json").read_bytes())["payload"]))


def test_the_test_vector_is_what_the_schemas_describe():
    Draft202012Validator(schema("envelope")).validate(json.loads((GOLDEN / "statement.dsse.json").read_bytes()))
    Draft202012Validator(schema("statement")).validate(payload(GOLDEN))
    Draft202012Validator(schema("coverage")).validate(json.loads((GOLDEN / "coverage.json").read_bytes()))
    for line in (GOLDEN / "records.ndjson").read_bytes().splitlines():
        Draft202012Validator(schema("record")).validate(json.loads(line))


@pytest.mark.parametrize("name", ["envelope", "statement", "coverage", "record"])
def test_every_property_is_described_and_every_object_closed(name: str):
    def walk(node: Any, where: str) -> None:
        if node.get("type") == "object" and "properties" in node:
            assert node["additionalProperties"] is False, where
        for key, inner in node.get("properties", {}).items():
            assert inner.get("description"), f"{where}/{key}"
            walk(inner, f"{where}/{key}")
        if "items" in node:
            walk(node["items"], f"{where}/items")

    walk(schema(name), name)


def test_schemas_and_models_have_the_same_fields():
    top = schema("statement")["properties"]
    predicate = top["predicate"]["properties"]
    pairs = [
        (statement.Statement, top),
        (statement.Subject, top["subject"]["items"]["properties"]),
        (statement.Predicate, predicate),
        (statement.World, predicate["world"]["properties"]),
        (statement.PlanReference, predicate["plan"]["properties"]),
        (statement.Coverage, predicate["coverage"]["properties"]),
        (statement.NotProven, predicate["coverage"]["properties"]["not_proven"]["items"]["properties"]),
        (statement.Chain, predicate["records"]["properties"]),
        (statement.Components, predicate["components"]["properties"]),
        (statement.StepOutcome, predicate["steps"]["items"]["properties"]),
        (Record, schema("record")["properties"]),
    ]
    for model, properties in pairs:
        assert {field.encode_name for field in msgspec.structs.fields(model)} == set(properties), model
