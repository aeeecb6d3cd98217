"""What the schema says of the value at a JSON pointer: for corrections, completion and hover."""

from __future__ import annotations

from typing import Any

from toolkit.inventory.finding import Mapping, text
from toolkit.inventory.schema_files import definition, kinds, kinds_of, resolved, schema, with_definitions

Steps = tuple[str | int, ...]


def node_at(value: Any, steps: Steps) -> dict[str, Any] | None:
    """The schema of what stands (or would stand) at ``steps`` of an inventory's plain value; None where nothing may.

    Conditions (``if``) are judged by the value; a component's node is that of its kind.
    """
    node, item, rest = _start(value, steps)
    for step in rest:
        node = _applied(node, item)
        found = node.get("items") if isinstance(step, int) else _member(node, step)
        if not isinstance(found, dict):
            return None
        node, item = found, inner(item, step)
    return _applied(node, item)


def _member(node: Mapping, name: str) -> Any:
    """The schema of a property: by its name, else that of any property."""
    return node.get("properties", {}).get(name, node.get("additionalProperties"))


def _start(value: Any, steps: Steps) -> tuple[dict[str, Any], Any, Steps]:
    if steps[:1] == ("components",) and len(steps) > 1:
        item = inner(inner(value, "components"), steps[1])
        return _component(item, text(value, "service")), item, steps[2:]
    return schema(), value, steps


def _component(item: Any, service: str | None) -> dict[str, Any]:
    kind = text(item, "kind")
    node = definition(kind) if kind in kinds() else definition("component")
    known = {**resolved(node["properties"]["kind"]), "type": "string", "enum": list(kinds_of(service))}
    known.pop("const", None)
    return {
        **{key: found for key, found in node.items() if key != "allOf"},
        "properties": {**node["properties"], "kind": known},
    }


def inner(value: Any, step: str | int) -> Any:
    """A member or an item, None where there is none."""
    if isinstance(step, int):
        return value[step] if isinstance(value, list) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def _applied(node: dict[str, Any], item: Any) -> dict[str, Any]:
    """A node with what it refers to filled in, and the properties of the conditions that hold for ``item``."""
    node = resolved(node)
    for branch in node.pop("allOf", ()):
        if "if" in branch and _holds(branch["if"], item):
            own = resolved(branch.get("then", {})).get("properties", {})
            node = {**node, "properties": _joined(node.get("properties", {}), own)}
    return node


def _joined(base: Mapping, own: Mapping) -> dict[str, Any]:
    joined = dict(base)
    for name, found in own.items():
        if found is False:
            joined.pop(name, None)
        elif isinstance(found, dict) and "items" not in found:
            joined[name] = {**resolved(base.get(name, {})), **resolved(found)}
    return joined


def _holds(condition: dict[str, Any], item: Any) -> bool:
    import jsonschema_rs

    return bool(jsonschema_rs.is_valid(condition, item))


def known_values(node: dict[str, Any]) -> tuple[str, ...]:
    """The words that a value may be: of an enumeration, a constant, or a boolean."""
    if "const" in node:
        return (node["const"],) if isinstance(node["const"], str) else ()
    if node.get("type") == "boolean":
        return ("true", "false")
    return tuple(word for word in node.get("enum", ()) if isinstance(word, str))


def fits(node: dict[str, Any], value: Any) -> bool:
    """Whether a value keeps to the schema at its place."""
    import jsonschema_rs

    return bool(jsonschema_rs.Draft202012Validator(with_definitions(node), validate_formats=True).is_valid(value))
