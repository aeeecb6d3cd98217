"""The published formats say of the reports what the model says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from toolkit.model import levels

FOLDER = Path(__file__).parents[3] / "schemas"
ROOTS = {"levels": "LevelsReport", "response-times": "ResponseReport", "priorities": "PriorityReport"}


@pytest.mark.parametrize(("name", "root"), list(ROOTS.items()))
def test_schema_and_model_have_the_same_properties(name: str, root: str) -> None:
    schema: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    objects = {root: schema, **{key: value for key, value in schema["$defs"].items() if key != "exact"}}
    for noun, said in objects.items():
        fields = [one.encode_name for one in msgspec.structs.fields(getattr(levels, noun))]
        assert list(said["properties"]) == fields, noun
        assert said["required"] == fields
        assert said["additionalProperties"] is False
        assert all(one["description"] for one in said["properties"].values())
