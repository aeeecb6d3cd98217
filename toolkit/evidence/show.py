"""A verified bundle in a few lines of text, or as JSON; and the proof that one component is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import UsageError
from toolkit.evidence import bundle, merkle
from toolkit.evidence.verify import open_bundle
from toolkit.signing import Trust
from toolkit.visible import visible


def show_json(folder: Path, trust: Trust | None = None) -> dict[str, Any]:
    """The verdict with decisions and steps, as ``evidence show --format json`` prints it (onboarding/evidence-summary/v1).

    Raises EvidenceInvalid as ``verify_bundle`` does: nothing is shown of a bundle that does not hold.
    """
    opened = open_bundle(folder, trust)
    return {
        "schema": "onboarding/evidence-summary/v1",
        "verdict": {**_json(opened.verdict), "summary": opened.verdict.summary},
        "started": opened.predicate.started,
        "finished": opened.predicate.finished,
        "toolkit": opened.predicate.toolkit,
        "decisions": opened.decisions,
        "steps": _json(opened.predicate.steps),
    }


def show_text(folder: Path, trust: Trust | None = None) -> str:
    """The same for people: at most a screen, and every NOT PROVEN. Raises EvidenceInvalid."""
    opened = open_bundle(folder, trust)
    verdict, predicate = opened.verdict, opened.predicate
    faults = " (faults were injected: nothing may be concluded)" if verdict.faulted else ""
    signer = verdict.signer_name or "a key that no trust file was given for"
    lines = [
        f"run {verdict.run} of {verdict.customer}: {verdict.result}{faults}",
        f"  world      {verdict.world.kind} {verdict.world.id}, hosts {verdict.world.hosts}",
        f"  plan       {verdict.plan}",
        f"  time       {predicate.started} to {predicate.finished}",
        f"  bundle     {verdict.summary}",
        f"  signed by  {signer} ({verdict.signer[:16]}…)",
        f"  holds      {verdict.records} records, {verdict.components} components, {verdict.files} files",
        f"  root       {verdict.root}",
    ]
    lines += [f"PROVEN: {what}" for what in verdict.coverage.proven]
    lines += [f"NOT PROVEN: {gap.what}: {gap.reason}" for gap in verdict.coverage.not_proven]
    lines += [f"ONLY THE REAL CLOUD CAN PROVE: {what}" for what in verdict.coverage.only_real_cloud]
    return "\n".join(visible(line) for line in lines) + "\n"


def component_proof(folder: Path, component: str, trust: Trust | None = None) -> dict[str, Any]:
    """That one component stands in the bundle, checkable with the root alone (RFC 6962 §2.1.1).

    Gives the leaf as canonical JSON text, its index, the size of the tree, the path (hex) and the root. Raises
    EvidenceInvalid as ``verify_bundle`` does, UsageError for a component that is not in the bundle.
    """
    opened = open_bundle(folder, trust)
    leaves = bundle.component_leaves(opened.inventory, opened.decisions)
    ids = sorted(str(found["id"]) for found in opened.inventory.get("components", []))
    if component not in ids:
        raise UsageError(f"no component {component!r} in this bundle", fix=f"it holds: {', '.join(ids)}")
    index = ids.index(component)
    return {
        "schema": "onboarding/inclusion-proof/v1",
        "component": component,
        "leaf": leaves[index].decode(),
        "index": index,
        "size": len(leaves),
        "path": [found.hex() for found in merkle.proof(leaves, index)],
        "root": opened.verdict.root,
    }


def proof_text(proof: dict[str, Any]) -> str:
    """What ``component_proof`` gave, for people: the leaf, and the hashes that lead from it to the root."""
    lines = [
        f"component {proof['component']} is leaf {proof['index']} of {proof['size']}",
        f"  leaf  {proof['leaf']}",
        *(f"  path  {found}" for found in proof["path"]),
        f"  root  {proof['root']}",
        "  the path leads from the leaf to the root (RFC 6962 §2.1.1); the leaf's exact bytes: --format json",
    ]
    return "\n".join(visible(line) for line in lines) + "\n"


def _json(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))
