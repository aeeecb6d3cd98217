"""What a service of the catalogue adds to the inventory's schema: its definition, its place in the dispatch, its kinds.

On disk schemas/inventory.schema.json has it of the toolkit's own services (a test holds the file against the catalogue);
a service of the folder that ONBOARD_CATALOGUE names is joined in memory, with the ``$defs`` of the
``inventory.schema.json`` beside its ``service.yaml``: closed schemas of kinds, and what these share.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit import catalogue
from toolkit.errors import InventoryInvalid
from toolkit.inventory.schema_files import localised
from toolkit.model.inventory import COMPONENT_FIELDS
from toolkit.model.service import Service

FILE = "inventory.schema.json"
AROUND = ("schema", "service", "customer", "provider")
"""What every inventory has, whatever its service."""

_NEEDED = ("id", "kind", "owner")
_SAID = ("title", "description", "examples")


def definition_of(service: Service, sections: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a service: what it requires, has not, and the kinds of its components.

    ``sections`` are the properties of an inventory. Raises InventoryInvalid for a shape that no inventory can have.
    """
    shape = service.inventory
    of_inventory = [name for name in sections if name not in AROUND]
    unknown = sorted(set(shape.sections) - set(of_inventory))
    if unknown:
        raise _refused(service, f"no section {', '.join(unknown)} of an inventory", f"use: {', '.join(of_inventory)}")
    if bool(shape.kinds) != ("components" in shape.sections):
        raise _refused(service, "components and kinds go together", "name both in inventory, or neither")
    found: dict[str, Any] = {
        "title": f"{service.title.en} ({service.description})",
        "description": "What an inventory of this service holds beside the rest.",
    }
    if shape.required:
        found["required"] = list(shape.required)
    found["properties"] = {name: False for name in of_inventory if name not in shape.sections}
    if shape.kinds:
        found["properties"]["components"] = {"items": {"properties": {"kind": {"enum": list(shape.kinds)}}}}
    return found


def dispatched(property_: str, name: str, target: str) -> dict[str, Any]:
    """The branch that picks a definition where a property has that value."""
    return {"if": {"properties": {property_: {"const": name}}, "required": [property_]}, "then": {"$ref": target}}


def with_service(entry: dict[str, Any], service: Service) -> dict[str, Any]:
    """The joined schema with one service more; raises InventoryInvalid for one that does not fit, naming its file."""
    shapes, own_part = _shapes(service), definition_of(service, entry["properties"])
    known, kinds = entry["$defs"], list(entry["$defs"]["component"]["properties"]["kind"]["enum"])
    taken = sorted({service.id, *shapes} & {*known, *kinds} | ({service.id} & set(shapes)))
    if taken:
        raise _refused(service, f"the schema has a definition called {', '.join(taken)}", "give it another name")
    own = [kind for kind in service.inventory.kinds if kind in shapes]
    missing = [kind for kind in service.inventory.kinds if kind not in shapes and kind not in kinds]
    if missing:
        raise _refused(service, f"no kind {', '.join(missing)}", f"describe it in {FILE} beside it, under $defs")
    component = known["component"]
    kind = component["properties"]["kind"]
    component = {
        **component,
        "properties": {**component["properties"], "kind": {**kind, "enum": [*kinds, *own]}},
        "allOf": [*component["allOf"], *(dispatched("kind", name, f"#/$defs/{name}") for name in own)],
    }
    properties, named = entry["properties"], entry["properties"]["service"]
    found = {
        **entry,
        "properties": {**properties, "service": {**named, "enum": [*named["enum"], service.id]}},
        "allOf": [*entry["allOf"], dispatched("service", service.id, f"#/$defs/{service.id}")],
        "$defs": {**known, **shapes, "component": component, service.id: own_part},
    }
    # what others refer to comes before them, so that the fault is told where it is
    for name in sorted(shapes, key=lambda one: len(_reached(one, found["$defs"]))):
        _check_shape(service, name, found["$defs"])
    for name in own:
        _check_kind(service, name, found["$defs"], kinds)
    return found


def _shapes(service: Service) -> dict[str, Any]:
    """The definitions that lie beside a service; none without such a file."""
    path = catalogue.service_folder(service.id) / FILE
    try:
        shapes = json.loads(path.read_bytes())["$defs"] if path.exists() else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _refused(service, f"{FILE} has no $defs in JSON: {error}", "write a JSON Schema with $defs") from error
    if not isinstance(shapes, dict) or not all(isinstance(shape, dict) for shape in shapes.values()):
        raise _refused(service, f"$defs of {FILE} is no mapping of schemas", "write a schema under each name")
    local: dict[str, Any] = localised(shapes)
    return local


def _check_shape(service: Service, name: str, definitions: Mapping[str, Any]) -> None:
    """Refuse a definition that no inventory can be checked against."""
    import jsonschema_rs

    node = definitions[name]
    lost = sorted({target for target in _targets(node) if target not in definitions})
    if lost:
        raise _refused(service, f"{name} refers to {', '.join(lost)}, which is not there", "define it")
    if name in _reached(name, definitions):
        message = f"{name} refers to itself, and an inventory is of a depth that is known"
        raise _refused(service, message, "name what lies in it without a circle of $ref")
    properties = node.get("properties", {})
    try:
        jsonschema_rs.meta.validate(node)
        jsonschema_rs.Draft202012Validator({"$defs": {**definitions}, "$ref": f"#/$defs/{name}"})
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise _refused(service, f"{name} is no JSON Schema: {reason}", "mend it") from error
    odd = [key for key, inner in properties.items() if not isinstance(inner, dict)]
    if odd:
        raise _refused(service, f"{', '.join(odd)} of {name} has no schema of its own", "write one with its type")


def _reached(name: str, definitions: Mapping[str, Any]) -> frozenset[str]:
    """The definitions that one refers to, by whatever way."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for target in _targets(definitions.get(waiting.pop(), {})):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def _check_kind(service: Service, name: str, definitions: Mapping[str, Any], kinds: list[str]) -> None:
    """Refuse a kind that the checks, the tables or the model could not live with."""
    node = definitions[name]
    properties = node.get("properties", {})
    if node.get("additionalProperties") is not False or not {*_NEEDED} <= {*node.get("required", ())} & {*properties}:
        fix = f"set additionalProperties: false, and require {', '.join(_NEEDED)}"
        raise _refused(service, f"the kind {name} is not closed, or a component of it has no owner", fix)
    if properties["kind"].get("const") != name:
        raise _refused(service, f"the kind {name} is called otherwise in its schema", f"set kind: {{const: {name}}}")
    for title, inner in (("itself", node), *properties.items()):
        filled = _filled(inner, definitions)
        missing = [word for word in _SAID if word not in filled and not (title == "itself" and word == "examples")]
        if missing:
            raise _refused(service, f"{title} of the kind {name} has no {', '.join(missing)}", "add it")
    shared: dict[str, Any] = {}
    for kind in kinds:
        shared |= {key: inner for key, inner in definitions[kind]["properties"].items() if key in COMPONENT_FIELDS}
    for key in sorted(COMPONENT_FIELDS & set(properties) - {"kind"}):
        if _meant(properties[key], definitions) != _meant(shared[key], definitions):
            fix = "refer to the definition that the toolkit's own kinds have for it, or give it another name"
            raise _refused(service, f"{key} of the kind {name} is not what the toolkit reads under that name", fix)


def _filled(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(node)
    while "$ref" in found:
        found = {**definitions[found.pop("$ref").rpartition("/")[2]], **found}
    return found


def _meant(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """What a property asks for, without words about it."""
    filled = _filled(node, definitions)
    found = {key: inner for key, inner in filled.items() if key not in (*_SAID, "x-refers-to", "enum")}
    return {**found, "items": _meant(found["items"], definitions)} if "items" in found else found


def _targets(node: Any) -> Iterator[str]:
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _targets(inner)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"].rpartition("/")[2]


def _refused(service: Service, message: str, fix: str) -> InventoryInvalid:
    path = catalogue.service_folder(service.id)
    fault = {"rule": "CAT-003", "file": str(path), "line": None, "column": None, "path": "", "message": message}
    return InventoryInvalid(
        f"the service {service.id!r} has no inventory: {message}",
        fix=f"{path}: {fix}",
        details={"problems": [{**fault, "fix": fix}]},
    )
