"""The engine's own preview against the approved plan: nothing more, nothing else. Pure.

Compared is what the program says: a provider adds defaults (it lists them in ``__defaults``), the provider's default
tags and values that only it computes; none of these may change or replace a planned input.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource

STACK_TYPE = "pulumi:pulumi:Stack"
REFERENCE_TYPE = "pulumi:pulumi:StackReference"
PROVIDER_PREFIX = "pulumi:providers:"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's text for a value that is not known before an update (pulumi/sdk, plugin.UnknownStringValue)."""
SECRET = "[secret]"  # noqa: S105 - what the engine prints in a secret's place
ALLOWED = ("same", "create", "update", "read", "read-replacement", "refresh", "import")
_PROVIDER_ADDS = ("version", "pluginDownloadURL", "pluginChecksums")


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine would do with one resource; ``inputs`` are as it prints them, secrets blinded."""

    operation: str
    urn: str
    type: str
    inputs: dict[str, Any]


def compare(planned: Iterable[Resource], previews: Iterable[Preview]) -> None:
    """Raise PlanRefused with every difference between the plan's resources and the engine's preview."""
    wanted = {resource.urn: resource for resource in planned}
    tags = default_tags(wanted.values())
    problems: list[str] = []
    seen: set[str] = set()
    for preview in previews:
        if preview.type == STACK_TYPE:
            continue
        seen.add(preview.urn)
        resource = wanted.get(preview.urn)
        if preview.operation not in ALLOWED:
            problems.append(f"{preview.urn}: the engine would {preview.operation} it")
        elif resource is None:
            problems.append(f"{preview.urn}: the engine would {preview.operation} it, the plan does not have it")
        else:
            problems.extend(f"{preview.urn}: {text}" for text in input_differences(resource, preview.inputs, tags))
    problems.extend(f"{urn}: planned, but unknown to the engine" for urn in wanted if urn not in seen)
    if problems:
        raise PlanRefused(
            f"the engine's preview is not the plan: {problems[0]}"
            + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""),
            fix="make the plan again and have it approved; what vanished or must be replaced needs an approval by name",
            details={"problems": sorted(problems)},
        )


def default_tags(resources: Iterable[Resource]) -> dict[str, str]:
    """The tags that the planned provider adds to every object."""
    for resource in resources:
        if resource.type.startswith(PROVIDER_PREFIX) and "defaultTags" in resource.inputs:
            found: dict[str, str] = json.loads(resource.inputs["defaultTags"]).get("tags", {})
            return found
    return {}


def input_differences(resource: Resource, inputs: Mapping[str, Any], tags: Mapping[str, str]) -> list[str]:
    """What differs between a resource's planned inputs and those of the preview, as sentences without values."""
    ignored = set(_PROVIDER_ADDS) if resource.type.startswith(PROVIDER_PREFIX) else set()
    if resource.type == REFERENCE_TYPE:
        ignored = {"outputs", "secretOutputNames"}
    planned, found = dict(resource.inputs), {key: value for key, value in inputs.items() if key not in ignored}
    if "tags" in planned and isinstance(found.get("tags"), Mapping):
        given = {key: value for key, value in found["tags"].items() if key not in tags or key in planned["tags"]}
        if any(found["tags"].get(key, value) != value for key, value in tags.items()):
            return ["tags: a default tag has another value"]
        found["tags"] = given
    return _differences(planned, found, "")


def _differences(planned: Any, found: Any, path: str) -> list[str]:
    where = path or "inputs"
    if isinstance(planned, dict) and "$secret" in planned:
        return [] if found == SECRET else [f"{where}: planned as a secret, the engine would show it"]
    if isinstance(planned, dict) and "$from" in planned:
        return []  # unknown, or known by now: ``check_sources`` holds it against the named source
    if isinstance(planned, dict):
        if not isinstance(found, Mapping):
            return [f"{where}: another value than planned"]
        defaults = {"__defaults", "__internal", *found.get("__defaults", ())}
        problems = [
            f"{_join(path, key)}: not in the plan" for key in found if key not in planned and key not in defaults
        ]
        for key, value in planned.items():
            if key in found:
                problems += _differences(value, found[key], _join(path, key))
            else:
                problems.append(f"{_join(path, key)}: planned, but not given")
        return problems
    if isinstance(planned, list):
        if not isinstance(found, list) or len(found) != len(planned):
            return [f"{where}: another value than planned"]
        pairs = enumerate(zip(planned, found, strict=True))
        return [text for index, (one, other) in pairs for text in _differences(one, other, f"{path}[{index}]")]
    return [] if planned == found and type(planned) is type(found) else [f"{where}: another value than planned"]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def check_sources(planned: Iterable[Resource], deployed: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold every input that was unknown at plan time against the outputs of the resource it was to come from.

    ``deployed`` maps a URN to the checkpoint's record (``id``, ``inputs``, ``outputs``). An input equals an output of
    its source, or, made from it by the program, contains one. Raises PlanRefused naming every other one.
    """
    wanted = list(planned)
    problems = []
    for resource in wanted:
        record = deployed.get(resource.urn)
        if record is None:
            problems.append(f"{resource.urn}: planned, but not in the engine's state")
            continue
        for path, sources, value in _sourced(resource.inputs, record.get("inputs", {}), ""):
            for source in sources:
                if not _comes_from(value, deployed.get(source, {})):
                    problems.append(f"{resource.urn}: {path} does not come from {source}")  # noqa: PERF401
    if problems:
        raise PlanRefused(
            f"an applied input is not what the plan says: {problems[0]}",
            fix="verify the tenant and plan again",
            details={"problems": sorted(problems)},
        )


def _sourced(planned: Any, found: Any, path: str) -> Iterable[tuple[str, list[str], Any]]:
    if isinstance(planned, dict) and "$from" in planned:
        sources = planned["$from"]
        yield path, [sources] if isinstance(sources, str) else sources, found
    elif isinstance(planned, dict) and isinstance(found, Mapping):
        for key, value in planned.items():
            yield from _sourced(value, found.get(key), _join(path, key))
    elif isinstance(planned, list) and isinstance(found, list):
        for index, (one, other) in enumerate(zip(planned, found, strict=False)):
            yield from _sourced(one, other, f"{path}[{index}]")


def _comes_from(value: Any, source: Mapping[str, Any]) -> bool:
    outputs = set(_texts([source.get("id"), source.get("outputs", {})]))
    return any(text in outputs or any(output in text for output in outputs) for text in _texts(value))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        if len(value) > 3:  # a shorter text proves nothing
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
