"""One vocabulary, written twice: the schemas of the inventory and toolkit/model/inventory.py."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.inspect import Field, IntType, LiteralType, StructType, TupleType, UnionType, VarTupleType, type_info
from schema_findings import schema_findings

from toolkit import catalogue
from toolkit.inventory.readers import read_file
from toolkit.inventory.schema_files import kinds, resolved, schema
from toolkit.model import inventory as model

ROOT = Path(__file__).resolve().parents[3]
DEFINITIONS = {
    "Contact": "contact",
    "Commitment": "commitment",
    "Customer": "customer",
    "Provider": "provider",
    "Platform": "platform",
    "LandingZone": "landing_zone",
    "SupportPeriod": "support_period",
    "Tenant": "tenant",
    "VpnEndpoint": "vpn_endpoint",
    "SiteAccess": "access",
    "Site": "site",
    "Link": "link",
    "Responsibility": "responsibility",
    "Application": "application",
    "OperatingSystem": "operating_system",
    "Licence": "licence",
    "Backup": "backup",
    "TransitionClass": "transition_class",
    "Document": "document",
    "BuildInputs": "build_inputs",
    "Order": "order",
    "ContactPoint": "contact_point",
    "Contacts": "contacts",
    "Subscription": "subscription",
    "Event": "event",
    "EventDay": "event_day",
    "Session": "session",
    "Speaker": "speaker",
    "Rehearsal": "rehearsal",
    "EventTeam": "event_team",
}
ATTRIBUTES = {"procedure", "agreement", "lifecycle", "configuration_backup"}
"""Definitions that only attributes use: the model holds those as plain values."""


def node(definition: str) -> dict[str, Any]:
    return schema() if definition == "" else schema()["$defs"][definition]


def structs() -> dict[str, StructType]:
    found: dict[str, StructType] = {}

    def walk(kind: Any) -> None:
        if isinstance(kind, StructType):
            if kind.cls.__name__ not in found:
                found[kind.cls.__name__] = kind
                for field in kind.fields:
                    walk(field.type)
        elif isinstance(kind, VarTupleType):
            walk(kind.item_type)
        elif isinstance(kind, TupleType):
            for item in kind.item_types:
                walk(item)
        elif isinstance(kind, UnionType):
            for item in kind.types:
                walk(item)

    walk(type_info(model.Inventory))
    return found


def test_every_noun_has_its_definition_and_every_definition_its_noun() -> None:
    assert set(structs()) == {"Inventory", "Component", *DEFINITIONS}
    objects = {name for name, found in schema()["$defs"].items() if found.get("type") == "object"}
    assert objects == {*DEFINITIONS.values(), *ATTRIBUTES, "component", *kinds()}


@pytest.mark.parametrize(("noun", "definition"), [("Inventory", ""), *DEFINITIONS.items()])
def test_same_fields_same_requirements(noun: str, definition: str) -> None:
    fields = {field.encode_name: field for field in structs()[noun].fields}
    assert set(node(definition)["properties"]) == set(fields)
    assert set(node(definition).get("required", ())) == {name for name, field in fields.items() if field.required}
    for name, field in fields.items():
        compare(field, node(definition)["properties"][name])


def test_component_has_the_fields_of_every_kind_and_the_rest_are_attributes() -> None:
    fields = {field.encode_name: field for field in structs()["Component"].fields}
    by_kind = {kind: node(kind) for kind in kinds()}
    assert set(fields) == {*model.COMPONENT_FIELDS, "attributes"}
    assert set().union(*(found["properties"] for found in by_kind.values())) >= model.COMPONENT_FIELDS
    required = {name for name, field in fields.items() if field.required}
    assert required == set.intersection(*(set(found["required"]) for found in by_kind.values()))
    for kind, found in by_kind.items():
        assert found["properties"]["kind"]["const"] == kind
        for name, property_schema in found["properties"].items():
            if name in model.COMPONENT_FIELDS:
                compare(fields[name], property_schema)
            else:
                # nobody fills it in, so spelling it out would change the digest
                assert "default" not in json.dumps(resolved(property_schema)), f"{kind}/{name}"


def compare(field: Field, property_schema: dict[str, Any]) -> None:
    """Types, enums and defaults of one field."""
    wanted, kind = resolved(property_schema), field.type
    if isinstance(kind, UnionType):
        kind = next(item for item in kind.types if type(item).__name__ != "NoneType")
    if isinstance(kind, LiteralType):
        known = set(wanted["enum"]) if "enum" in wanted else {wanted["const"]}
        values = set(kind.values)
        if field.encode_name in ("infrastructure", "operations", "software"):
            values -= {"none"}  # a value of backend only: SD-1 §1.1
        assert known == values if field.encode_name != "kind" or "enum" in wanted else known <= values
        return
    expected = {
        "StrType": "string",
        "DateType": "string",
        "IntType": "integer",
        "BoolType": "boolean",
        "VarTupleType": "array",
        "StructType": "object",
        "DictType": "object",
    }[type(kind).__name__]
    assert wanted.get("type", "string") == expected
    if isinstance(field.default, bool | int) and isinstance(kind, IntType) | (type(kind).__name__ == "BoolType"):
        assert wanted["default"] == field.default


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_services_are_the_catalogues() -> None:
    assert set(schema()["properties"]["service"]["enum"]) <= set(catalogue.services())


def test_policies_named_in_the_schema_exist() -> None:
    named = re.findall(r"(?:WEEKLY|MONTHLY)-[0-9]+", json.dumps(node("backup")))
    assert set(named) <= set(catalogue.backup_policies())


# --- the verdict is the same by another validator, and what passes becomes a model

SOUND = [
    read_file(path).value
    for path in sorted((ROOT / "tests/examples/valid").glob("*.*"))
    if path.suffix in (".yaml", ".json")
]
REFERENCE = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker(["date"]))
ODD = st.sampled_from(
    [None, True, 0, 1, -1, 1.5, 10**6, "", "x", "é", "10.0.0.1", "2027-02-30", [], {}, ["a", "a"], [1], {"a": 1}]
)


def paths(value: Any, *steps: Any) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(path for key, item in inner for path in paths(item, *steps, key))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    value = copy.deepcopy(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from([path for path in paths(value) if path]))
        parent = value
        for step in above:
            parent = parent[step]
        action = draw(st.sampled_from(["replace", "remove", "add", "swap"]))
        if action == "remove":
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["extra", "id", "kind", "site", "backup", "os", "port", "order"]))] = draw(ODD)
        elif action == "swap":
            parent[last] = copy.deepcopy(
                draw(st.sampled_from([item for item in walk_values(value) if item is not parent]))
            )
        else:
            parent[last] = draw(ODD)
        if not value:
            break
    return value


def walk_values(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for item in inner for found in walk_values(item))]


@given(mutated())
def test_same_verdict_as_python_jsonschema(value: Any) -> None:
    found = schema_findings(value)
    expected = list(REFERENCE.iter_errors(value))
    assert bool(found) == bool(expected)
    if not found:
        components = [model.component_value(item) for item in value.get("components", ())]
        msgspec.convert({**value, "components": components}, model.Inventory)
