"""The engine's checkpoint of a stack, as far as a resume reads and mends it.

An operation that was under way when the engine died stands in ``pending_operations`` with everything that the cloud
was told. ``settle`` turns each into a resource with the id that was found, or drops it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


def checkpoint_file(state: Path, *, project: str, stack: str) -> Path:
    """Where the engine's file backend keeps a stack's checkpoint."""
    return state / ".pulumi" / "stacks" / project / f"{stack}.json"


def read_checkpoint(file: Path) -> dict[str, Any]:
    """The deployment in a checkpoint, what ``pulumi stack export`` gives; empty for a stack without resources."""
    found: dict[str, Any] = json.loads(file.read_bytes())["checkpoint"].get("latest") or {}
    return found


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """One operation whose end nobody saw: ``operation`` is creating, updating, deleting, reading or importing."""

    operation: str
    urn: str
    type: str
    inputs: dict[str, Any]


def pending_operations(deployment: Mapping[str, Any]) -> tuple[Pending, ...]:
    """The uncertain operations of an exported deployment, in its order."""
    return tuple(
        Pending(
            operation=one["type"],
            urn=one["resource"]["urn"],
            type=one["resource"]["type"],
            inputs=one["resource"].get("inputs", {}),
        )
        for one in deployment.get("pending_operations") or ()
    )


def settle(deployment: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """A copy without pending operations; one that was creating becomes a resource when ``found`` has its URN's id."""
    settled: dict[str, Any] = copy.deepcopy(dict(deployment))
    resources: list[dict[str, Any]] = settled.get("resources") or []
    known = {resource["urn"] for resource in resources if not resource.get("delete")}
    for one in settled.pop("pending_operations", None) or ():
        resource = one["resource"]
        urn = resource["urn"]
        if one["type"] == "creating" and urn in found and urn not in known:
            # only the id is certain: the refresh that follows reads the rest
            resources.append({**resource, "id": found[urn], "outputs": dict(resource.get("inputs", {}))})
            known.add(urn)
    settled["resources"] = resources
    return settled


def by_urn(deployment: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The live resources of a deployment by URN."""
    return {resource["urn"]: resource for resource in deployment.get("resources") or () if not resource.get("delete")}
