"""The engine's own preview against the approved plan: nothing more, nothing else. Pure.

The engine's inputs are compared where the plan has them: beside them stand defaults and the default tags that the
provider adds. That the program itself asks for nothing else is ``toolkit.provision.witness``'s part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource

STACK_TYPE = "pulumi:pulumi:Stack"
ENGINES_OWN = (STACK_TYPE, "pulumi:providers:pulumi")
"""What the engine registers itself: the stack, and the provider behind stack references."""
REFERENCE_TYPE = "pulumi:pulumi:StackReference"
PROVIDER_PREFIX = "pulumi:providers:"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's text for a value that is not known before an update (pulumi/sdk, plugin.UnknownStringValue)."""
SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret, not one
ALLOWED = ("same", "create", "update", "read", "read-replacement", "refresh", "import")


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine would do with one resource; ``inputs`` are as it prints them, secrets blinded."""

    operation: str
    urn: str
    type: str
    inputs: dict[str, Any]


def compare(planned: Iterable[Resource], previews: Iterable[Preview], witnessed: Iterable[str] = ()) -> None:
    """Raise PlanRefused with every difference between the plan's resources and the engine's preview.

    ``witnessed`` are the problems that the witness of the same preview found.
    """
    wanted = {resource.urn: resource for resource in planned}
    tags = default_tags(wanted.values())
    problems = list(witnessed)
    seen: set[str] = set()
    for preview in previews:
        if preview.type in ENGINES_OWN:
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
            fix="make the plan again and have it approved; this version neither deletes nor replaces an object, so put "
            "back what would need it",
            details={"problems": sorted(problems)},
        )


def has_effects(previews: Iterable[Preview]) -> bool:
    """Whether an apply would do anything to an object."""
    return any(preview.operation not in {"same", "read"} for preview in previews)


def default_tags(resources: Iterable[Resource]) -> dict[str, str]:
    """The tags that the planned provider adds to every object."""
    for resource in resources:
        if resource.type.startswith(PROVIDER_PREFIX) and "defaultTags" in resource.inputs:
            found: dict[str, str] = json.loads(resource.inputs["defaultTags"]).get("tags", {})
            return found
    return {}


def input_differences(resource: Resource, inputs: Mapping[str, Any], tags: Mapping[str, str]) -> list[str]:
    """What differs between a resource's planned inputs and those of the preview, as sentences without values."""
    if resource.type == REFERENCE_TYPE:
        return []  # its outputs are shown as inputs; the witness saw what the program asked for
    planned, found = dict(resource.inputs), dict(inputs)
    if "tags" in planned and isinstance(found.get("tags"), Mapping):
        if any(found["tags"].get(key, value) != value for key, value in tags.items()):
            return ["tags: a default tag has another value"]
        extra = set(found["tags"]) - set(planned["tags"]) - set(tags)
        if extra:
            return [f"tags.{key}: not in the plan" for key in sorted(extra)]
    return _differences(planned, found, "")


def _differences(planned: Any, found: Any, path: str) -> list[str]:
    if isinstance(planned, dict) and "$secret" in planned:
        return (
            []
            if found == UNKNOWN or is_secret(found)
            else [f"{path.lstrip('.')}: planned as a secret, the engine would show it"]
        )
    if isinstance(planned, dict) and "$from" in planned:
        return []  # unknown, or known by now: the witness holds it against the named source
    if isinstance(planned, (dict, list)):
        if isinstance(planned, dict) and isinstance(found, Mapping):
            found = {key: value for key, value in found.items() if key in planned}
        members = paired(planned, found)
        if members is not None:
            return [text for key, one, two in members for text in _differences(one, two, path + key)]
    elif same(planned, found):
        return []
    return [f"{path.lstrip('.') or 'inputs'}: another value than planned"]


def is_secret(value: Any) -> bool:
    """Whether the engine marks a value as secret, on the wire, in an event or in its state."""
    return isinstance(value, Mapping) and value.get(SIGNATURE_KEY) == SECRET_SIGNATURE


def paired(planned: Any, found: Any) -> list[tuple[str, Any, Any]] | None:
    """Members of two dictionaries or lists side by side, each with its step in a path; None for different shapes."""
    if isinstance(planned, dict) and isinstance(found, Mapping) and set(planned) == set(found):
        return [(f".{key}", value, found[key]) for key, value in planned.items()]
    if isinstance(planned, list) and isinstance(found, list) and len(planned) == len(found):
        return [(f"[{at}]", one, two) for at, (one, two) in enumerate(zip(planned, found, strict=True))]
    return None


def same(planned: Any, found: Any) -> bool:
    """Equality of two JSON scalars; the wire has one kind of number, but a truth value is none."""
    return bool(planned == found) and isinstance(planned, bool) == isinstance(found, bool)


def is_output(value: Any, given: Any) -> bool:
    """Whether ``value`` is one of the values that a resource gave back, whole and unchanged.

    What a program makes of an output is no output: the plan cannot show it, so nobody approved it.
    """
    if same(given, value):
        return True
    members = given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else ()
    return any(is_output(value, member) for member in members)
