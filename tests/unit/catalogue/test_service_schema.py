"""One vocabulary, written twice: schemas/service.schema.json and toolkit/model/service.py; closed, each property described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from made_up_service import made
from msgspec.inspect import (
    BoolType,
    DictType,
    Field,
    IntType,
    LiteralType,
    NoneType,
    StrType,
    StructType,
    UnionType,
    VarTupleType,
    type_info,
)

from toolkit import resources
from toolkit.catalogue.service_list import FILE, OWN
from toolkit.model.service import Service

SCHEMA: dict[str, Any] = json.loads((resources.folder("schemas") / "service.schema.json").read_text())
SHAPES = {"id", "key", "source", "decimal", "share", "time", "words"}
"""Definitions of texts."""


def structs() -> dict[str, StructType]:
    found: dict[str, StructType] = {}

    def walk(kind: Any) -> None:
        if isinstance(kind, StructType) and kind.cls.__name__ not in found:
            found[kind.cls.__name__] = kind
            for field in kind.fields:
                walk(field.type)
        elif isinstance(kind, VarTupleType):
            walk(kind.item_type)
        elif isinstance(kind, DictType):
            walk(kind.value_type)
        elif isinstance(kind, UnionType):
            for inner in kind.types:
                walk(inner)

    walk(type_info(Service))
    return found


def named(noun: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", noun).lower()


def node(noun: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA if noun == "Service" else SCHEMA["$defs"][named(noun)]
    return found


def test_every_noun_has_its_definition() -> None:
    assert set(SCHEMA["$defs"]) == SHAPES | {named(noun) for noun in structs() if noun != "Service"}


@pytest.mark.parametrize("noun", structs())
def test_same_fields_same_requirements(noun: str) -> None:
    fields = {field.encode_name: field for field in structs()[noun].fields}
    assert set(node(noun)["properties"]) == set(fields)
    assert set(node(noun)["required"]) == {name for name, field in fields.items() if field.required}
    for name, field in fields.items():
        compare(field, node(noun)["properties"][name])


def resolved(found: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in found:
        found = {**SCHEMA["$defs"][found["$ref"].rpartition("/")[2]], **{k: v for k, v in found.items() if k != "$ref"}}
    return found


def compare(field: Field, found: dict[str, Any]) -> None:
    kind: Any = field.type
    if isinstance(kind, UnionType):
        (kind,) = (inner for inner in kind.types if not isinstance(inner, NoneType))
        if "anyOf" in found:
            assert found["anyOf"][1] == {"type": "null"}
            assert field.required, "what may be null must be said"
            found = found["anyOf"][0]
    if isinstance(kind, LiteralType):
        assert set(found.get("enum", [found.get("const")])) == set(kind.values)
    elif isinstance(kind, VarTupleType) and isinstance(kind.item_type, LiteralType):
        assert set(found["items"]["enum"]) == set(kind.item_type.values)
    else:
        types = {StrType: "string", IntType: "integer", BoolType: "boolean", VarTupleType: "array"}
        assert resolved(found)["type"] == types.get(type(kind), "object")
    if not field.required and isinstance(field.default, bool | str):
        assert found["default"] == field.default


def objects(found: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, dict):
        if found.get("type") == "object":
            yield where, found
        for key, inner in found.items():
            yield from objects(inner, f"{where}/{key}")


def test_every_object_is_closed_and_every_property_described() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for where, found in objects(SCHEMA):
        if "propertyNames" in found:  # by id, each of one shape
            assert isinstance(found["additionalProperties"], dict), where
            continue
        assert found["additionalProperties"] is False, where
        assert found["description"], where
        for name, inner in found["properties"].items():
            assert inner.get("description"), f"{where}/{name}"
    assert all(SCHEMA["$defs"][name]["description"] for name in SCHEMA["$defs"])


@pytest.mark.slow
def test_another_validator_says_the_same() -> None:
    judge = jsonschema.Draft202012Validator(SCHEMA)
    for path in OWN.glob(f"*/{FILE}"):
        assert judge.is_valid(yaml.safe_load(path.read_text()))
    assert judge.is_valid(made())
    assert not judge.is_valid(made(("/surprise", 1)))


@pytest.mark.parametrize("path", sorted(OWN.glob(f"*/{FILE}")), ids=lambda path: path.parent.name)
def test_a_file_names_the_schema_for_editors(path: Any) -> None:
    (line,) = (line for line in path.read_text().splitlines() if line.startswith("# yaml-language-server"))
    assert (path.parent / line.partition("$schema=")[2]).resolve() == (
        resources.folder("schemas") / "service.schema.json"
    )
