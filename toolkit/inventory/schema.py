"""The JSON Schema's verdict in words that a person can act on."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from toolkit import resources
from toolkit.inventory.finding import Finding, did_you_mean, shown
from toolkit.inventory.readers.place import pointer

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_BOUNDS = {
    "minimum": "is below the least value, {0}",
    "maximum": "is above the greatest value, {0}",
    "minItems": "needs at least {0} item(s)",
    "maxItems": "takes at most {0} item(s)",
    "minLength": "needs at least {0} character(s)",
    "maxLength": "takes at most {0} characters",
}


@cache
def schema() -> dict[str, Any]:
    """``schemas/inventory.schema.json``."""
    loaded: dict[str, Any] = json.loads((resources.folder("schemas") / "inventory.schema.json").read_bytes())
    return loaded


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


def check_schema(value: Any) -> list[Finding]:
    """Every violation of the schema, each once."""
    found: list[Finding] = []
    for error in _validator().iter_errors(value):
        found.extend(_translate(error))
    # a misspelt field is one fault, not an unknown field and a missing one
    meant = {(f.path.rpartition("/")[0], f.fix) for f in found if f.rule == "INV-010"}
    found = [f for f in found if f.rule != "INV-011" or (f.path, _meaning(f)) not in meant]
    # nor is a value of the wrong type also one that is not known
    mistyped = {f.path for f in found if f.rule == "INV-013"}
    found = [f for f in found if f.rule == "INV-013" or f.path not in mistyped]
    return list(dict.fromkeys(found))


def _meaning(missing: Finding) -> str:
    name = missing.message.split('"')[1]
    return f'did you mean "{name}"?'


def _translate(error: Any) -> list[Finding]:
    path, name, wanted, instance = pointer(*error.instance_path), error.kind.name, error.kind.value, error.instance
    node = _schema_at(error.schema_path[:-1])
    field = f'"{error.instance_path[-1]}"' if error.instance_path else "the inventory"
    if error.instance_path and isinstance(error.instance_path[-1], int):
        field = "this item"
    if name == "additionalProperties":
        return [_unknown(path, key, node) for key in wanted]
    if name == "required":
        return [_missing(path, wanted, node)]
    if name == "type":
        return [_type(path, field, wanted if isinstance(wanted, list) else [wanted], instance)]
    return [_value(path, field, error, node)]


def _value(path: str, field: str, error: Any, node: dict[str, Any]) -> Finding:
    name, wanted, instance = error.kind.name, error.kind.value, error.instance
    if name in ("enum", "const"):
        known = [str(item) for item in (wanted if isinstance(wanted, list) else [wanted])]
        message = f"{field}: {shown(instance)} is not a known value"
        return Finding(rule="INV-014", path=path, message=message, fix=did_you_mean(instance, known))
    if name in _BOUNDS:
        return Finding(rule="INV-016", path=path, message=f"{field} {_BOUNDS[name].format(wanted)}")
    if name == "uniqueItems":
        return Finding(rule="INV-016", path=path, message=f"{field} holds the same item twice", fix="keep one of them")
    about = str(node.get("description", ""))
    message = f"{field}: {shown(instance)} has the wrong shape"
    return Finding(rule="INV-015", path=path, message=message, fix=f"write: {about}" if about else "")


def _missing(path: str, name: str, node: dict[str, Any]) -> Finding:
    about = _property(node, name).get("description", "")
    fix = f'add "{name}"' + (f": {about}" if about else "")
    return Finding(rule="INV-011", path=path, message=f'the field "{name}" is missing', fix=fix)


def _unknown(path: str, key: str, node: dict[str, Any]) -> Finding:
    known = list(node.get("properties", {}))
    kind = node.get("properties", {}).get("kind", {}).get("const")
    elsewhere = kind and any(
        key in definition.get("properties", {}) and "const" in definition["properties"].get("kind", {})
        for definition in schema()["$defs"].values()
    )
    message = f'the field "{key[:60]}" does not belong to a {kind}' if elsewhere else f'unknown field "{key[:60]}"'
    fix = "remove it, or change the kind" if elsewhere else did_you_mean(key, known)
    return Finding(rule="INV-010", path=path + pointer(key), message=message, fix=fix, key=True)


def _type(path: str, field: str, types: list[str], instance: Any) -> Finding:
    wanted = " or ".join(_TYPES[name] for name in types)
    if instance is None:
        return Finding(
            rule="INV-013", path=path, message=f"{field} has no value", fix=f"give {wanted}, or remove the field"
        )
    fix = ""
    if "string" in types and isinstance(instance, int | float):
        fix = "put the value in quotes, so that it is text"
    elif "array" in types and not isinstance(instance, dict | list):
        fix = "write a list: [" + (str(instance) if isinstance(instance, str) and len(instance) < 40 else "…") + "]"
    elif isinstance(instance, str):
        fix = "write it without quotes" if instance.lstrip("-").isdigit() else f"write {wanted}"
    return Finding(rule="INV-013", path=path, message=f"{field}: {shown(instance)} is not {wanted}", fix=fix)


def _property(node: dict[str, Any], name: str) -> dict[str, Any]:
    found = node.get("properties", {}).get(name, {})
    return found if "description" in found or "$ref" not in found else _schema_at(found["$ref"][2:].split("/"))


def _schema_at(steps: Any) -> dict[str, Any]:
    """The subschema at a path of keywords that may pass through ``$ref``."""
    node: Any = schema()
    for step in steps:
        if step == "$ref":
            node = _schema_at(node["$ref"][2:].split("/"))
        elif isinstance(node, dict):
            node = node.get(step, {})
        else:
            node = node[int(step)]
    return node if isinstance(node, dict) else {}
