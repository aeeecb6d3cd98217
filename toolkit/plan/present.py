"""A plan as the JSON object and the lines that ``onboard plan`` prints. Pure."""

from __future__ import annotations

from typing import Any

from toolkit.canonical import plain
from toolkit.model.plan import Plan

_SIGN = {"add": "+", "change": "~", "remove": "-"}


def plan_json(plan: Plan) -> dict[str, Any]:
    """``onboarding/plan-summary/v1``: the digest, the index, and how many steps and resources each document has."""
    return {
        "schema": "onboarding/plan-summary/v1",
        "digest": plan.digest,
        "index": plain(plan.index),
        "documents": {
            document.scope: {
                "steps": [step.name for step in document.steps],
                "resources": {name: len(resources) for name, resources in document.stacks.items()},
            }
            for document in plan.documents
        },
    }


def plan_text(plan: Plan) -> str:
    """Changes, steps and what is not covered, in plain lines."""
    lines = [f"plan {plan.digest}", ""]
    for document in plan.documents:
        lines.append(document.scope)
        lines += [f"  {step.name}{' (gate)' if step.kind == 'gate' else ''}" for step in document.steps]
        lines += [f"  stack {name}: {len(resources)} resources" for name, resources in sorted(document.stacks.items())]
    lines += ["", "changes against the base plan" if plan.index.base else "changes (there is no base plan)"]
    lines += [f"  {_SIGN[change.operation]} {change.kind} {change.name}" for change in plan.index.changes]
    if not plan.index.changes:
        lines.append("  none")
    lines += [f"NOT COVERED: {component}: no step of this version reaches it" for component in plan.index.uncovered]
    return "\n".join(lines)
