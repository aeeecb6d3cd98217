"""Steps before and after they have their content-addressed ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from toolkit.canonical import digest
from toolkit.errors import OnboardError
from toolkit.model.plan import Step


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A step whose ``needs`` are still names."""

    name: str
    stage: Literal["transition", "provision", "configure", "register", "verify"]
    action: str
    kind: Literal["effect", "gate"] = "effect"
    scope: str
    inputs: dict[str, Any]
    needs: tuple[str, ...] = ()


def step_id(step: Step) -> str:
    """``<name>@<12 hex digits>`` of the digest over everything but the id."""
    content = {name: getattr(step, name) for name in step.__struct_fields__ if name != "id"}
    return f"{step.name}@{digest(content).removeprefix('sha256:')[:12]}"


def finish(drafts: Mapping[str, Sequence[Draft]]) -> dict[str, tuple[Step, ...]]:
    """Give every step its id; the ids of what it needs are part of what it is. Keys are scopes.

    Raises OnboardError when steps need each other, or one that is not there, or two have one name.
    """
    by_name = {draft.name: draft for some in drafts.values() for draft in some}
    if len(by_name) != sum(len(some) for some in drafts.values()):
        raise OnboardError("two steps of the plan have one name")
    steps: dict[str, Step] = {}
    waiting = list(by_name)
    while waiting:
        ready = [name for name in waiting if all(need in steps for need in by_name[name].needs)]
        if not ready:
            raise OnboardError(f"steps wait for each other or for a missing one: {', '.join(sorted(waiting))}")
        for name in ready:
            steps[name] = _with_id(by_name[name], steps)
        waiting = [name for name in waiting if name not in steps]
    return {scope: tuple(steps[draft.name] for draft in some) for scope, some in drafts.items()}


def _with_id(draft: Draft, steps: Mapping[str, Step]) -> Step:
    step = Step(
        id="",
        name=draft.name,
        stage=draft.stage,
        action=draft.action,
        kind=draft.kind,
        scope=draft.scope,
        inputs=draft.inputs,
        needs=tuple(sorted(steps[need].id for need in draft.needs)),
    )
    return msgspec.structs.replace(step, id=step_id(step))
