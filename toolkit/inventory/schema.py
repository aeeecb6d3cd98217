"""The JSON Schema's verdict in words that a person can act on; each component is judged by its own kind's schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from toolkit.inventory.finding import Finding, did_you_mean, shown
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.schema_files import (
    definition,
    kinds,
    kinds_of,
    per_catalogue,
    resolved,
    schema,
    whole,
    with_definitions,
)

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


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One keyword that does not hold: at which steps, with what it wants, and the node of the schema that says so."""

    steps: tuple[str | int, ...]
    keyword: str
    wanted: Any
    instance: Any
    node: dict[str, Any]


def service_of(value: Any) -> str | None:
    """The service that an inventory names, if it is text."""
    service = value.get("service") if isinstance(value, dict) else None
    return service if isinstance(service, str) else None


def check_header(value: Any) -> list[Finding]:
    """Every violation of everything but the items of ``components``."""
    return _told(_header_violations(value))


def sound(item: Any, service: str | None) -> bool:
    """Whether a component keeps to the schema of its kind and the kind is one of the service's; microseconds."""
    kind = item.get("kind") if isinstance(item, dict) else None
    judge = judge_of(kind, service) if isinstance(kind, str) else None
    return judge is not None and judge(item)


def judge_of(kind: str, service: str | None) -> Callable[[Any], bool] | None:
    """The verdict on components of a kind, in a microsecond; None where the service has no such kind."""
    if kind not in kinds_of(service):
        return None
    judge: Callable[[Any], bool] = _by_kind(kind).validator.is_valid
    return judge


def check_component(item: Any, service: str | None, *, index: int) -> list[Finding]:
    """Every violation of one component, by the schema of its kind; pointers begin with ``/components/<index>``."""
    return _told(_component_violations(item, service, index=index))


def violations(value: Any) -> Iterator[Violation]:
    """Every keyword of the schema that does not hold, untranslated; one may come twice."""
    yield from _header_violations(value)
    components = value.get("components") if isinstance(value, dict) else None
    for index, item in enumerate(components if isinstance(components, list) else ()):
        yield from _component_violations(item, service_of(value), index=index)


def _header_violations(value: Any) -> Iterator[Violation]:
    return _violations(_header(), value)


def _component_violations(item: Any, service: str | None, *, index: int) -> Iterator[Violation]:
    steps, kind = ("components", index), item.get("kind") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in kinds():
        yield from _violations(_any_kind(service), item, *steps)
        return
    yield from _violations(_by_kind(kind), item, *steps)
    wanted = list(kinds_of(service))
    if wanted and kind not in wanted:
        yield Violation(steps=(*steps, "kind"), keyword="enum", wanted=wanted, instance=kind, node={})


class _Compiled(msgspec.Struct, frozen=True):
    """A schema beside the validator made of it."""

    root: dict[str, Any]
    validator: Any


def _compiled(root: dict[str, Any]) -> _Compiled:
    import jsonschema_rs

    return _Compiled(root, jsonschema_rs.Draft202012Validator(root, validate_formats=True))


@per_catalogue
def _header() -> _Compiled:
    joined = schema()
    properties = {**joined["properties"], "components": {**joined["properties"]["components"]}}
    del properties["components"]["items"]
    definitions = dict(joined["$defs"])
    for service in joined["properties"]["service"]["enum"]:
        own = definitions[service]
        kept = {name: node for name, node in own["properties"].items() if name != "components" or node is False}
        definitions[service] = {**own, "properties": kept}
    return _compiled({**joined, "properties": properties, "$defs": definitions})


@per_catalogue
def _by_kind(kind: str) -> _Compiled:
    return _compiled(whole(kind))


@per_catalogue
def _any_kind(service: str | None) -> _Compiled:
    """What holds for a component whatever it is; its kind is one of the service's."""
    node = {key: inner for key, inner in definition("component").items() if key != "allOf"}
    kind = {**node["properties"]["kind"], "enum": list(kinds_of(service) or kinds())}
    return _compiled(with_definitions({**node, "properties": {**node["properties"], "kind": kind}}))


def _violations(by: _Compiled, value: Any, *steps: str | int) -> Iterator[Violation]:
    for error in by.validator.iter_errors(value):
        yield Violation(
            steps=(*steps, *error.instance_path),
            # the validator calls both by one name
            keyword="dependentRequired" if error.schema_path[-1:] == ["dependentRequired"] else error.kind.name,
            wanted=getattr(error.kind, "value", None),
            instance=error.instance,
            node=_node_at(by.root, error.schema_path[:-1]),
        )


def _told(found: Iterator[Violation]) -> list[Finding]:
    findings = [finding for violation in found for finding in _translate(violation)]
    # a misspelt field is one fault, not an unknown field and a missing one
    meant = {(f.path.rpartition("/")[0], f.fix) for f in findings if f.rule == "INV-010"}
    findings = [f for f in findings if f.rule != "INV-011" or (f.path, _meaning(f)) not in meant]
    # nor is a value of the wrong type also one that is not known
    mistyped = {f.path for f in findings if f.rule == "INV-013"}
    findings = [f for f in findings if f.rule == "INV-013" or f.path not in mistyped]
    return list(dict.fromkeys(findings))


def _meaning(missing: Finding) -> str:
    name = missing.message.split('"')[1]
    return f'did you mean "{name}"?'


def _translate(violation: Violation) -> list[Finding]:
    steps, node, wanted = violation.steps, violation.node, violation.wanted
    path, field = pointer(*steps), f'"{steps[-1]}"' if steps else "the inventory"
    if steps and isinstance(steps[-1], int):
        field = "this item"
    if violation.keyword == "additionalProperties":
        return [_unknown(path, key, node) for key in wanted]
    if violation.keyword == "falseSchema":
        message = f"the field {field} does not belong to an inventory of this service"
        return [Finding(rule="INV-010", path=path, message=message, fix="remove it, or change the service", key=True)]
    if violation.keyword in ("required", "dependentRequired"):
        return [_missing(path, wanted, node)]
    if violation.keyword == "type":
        return [_type(path, field, wanted if isinstance(wanted, list) else [wanted], violation.instance)]
    return [_value(path, field, violation)]


def _value(path: str, field: str, violation: Violation) -> Finding:
    name, wanted, instance, node = violation.keyword, violation.wanted, violation.instance, violation.node
    if name in ("enum", "const"):
        known = [str(item) for item in (wanted if isinstance(wanted, list) else [wanted])]
        message = f"{field}: {shown(instance)} is not a known value"
        if name == "enum" and violation.steps[2:] == ("kind",) and instance in kinds():
            message = f"a {instance} does not belong to an inventory of this service"
        return Finding(rule="INV-014", path=path, message=message, fix=did_you_mean(instance, known))
    if name in _BOUNDS:
        return Finding(rule="INV-016", path=path, message=f"{field} {_BOUNDS[name].format(wanted)}")
    if name == "uniqueItems":
        return Finding(rule="INV-016", path=path, message=f"{field} holds the same item twice", fix="keep one of them")
    about = str(node.get("x-shape") or node.get("description", ""))
    message = f"{field}: {shown(instance)} has the wrong shape"
    return Finding(rule="INV-015", path=path, message=message, fix=f"write: {about}" if about else "")


def _missing(path: str, name: str, node: dict[str, Any]) -> Finding:
    own = node.get("properties", {}).get(name) or schema()["properties"].get(name, {})
    about = resolved(own).get("description", "")
    fix = f'add "{name}"' + (f": {about}" if about else "")
    return Finding(rule="INV-011", path=path, message=f'the field "{name}" is missing', fix=fix)


def _unknown(path: str, key: str, node: dict[str, Any]) -> Finding:
    known = list(node.get("properties", {}))
    kind = node.get("properties", {}).get("kind", {}).get("const")
    elsewhere = kind and any(key in definition(other)["properties"] for other in kinds())
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


def _node_at(root: dict[str, Any], steps: list[str | int]) -> dict[str, Any]:
    """The subschema at a path of keywords."""
    node: Any = root
    for step in steps:
        node = node.get(step, {}) if isinstance(node, dict) else node[int(step)]
    return node if isinstance(node, dict) else {}
