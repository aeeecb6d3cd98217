"""The gates of a service's transition among the plan's steps: a stage's gate waits for what is done in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from toolkit.canonical import digest
from toolkit.catalogue.applicable import answer, prerequisites_of
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import TRANSITION_GATE, gate_name
from toolkit.model.service import Service, Stage
from toolkit.plan.meaning import decisions_digest
from toolkit.plan.steps import Draft


def scope_of(service: Service) -> str:
    """The scope of the document that holds a service's gates."""
    return f"service/{service.id}"


def with_gates(service: Service, drafts: Mapping[str, Sequence[Draft]]) -> dict[str, list[Draft]]:
    """The drafts by scope, with the service's gates before and after what its stages carry out.

    The gates stand one behind the other; the effects of a stage begin when the gate before it is passed, and its own
    gate waits for all of them. A service without gates leaves the drafts as they are.
    """
    gated = {scope: list(some) for scope, some in drafts.items()}
    gates: list[Draft] = []
    for stage in service.stages:
        before = tuple(gate.name for gate in gates[-1:])
        members = {draft.name for some in gated.values() for draft in some if draft.stage in stage.effects}
        if before:
            gated = {scope: [_after(draft, before, members) for draft in some] for scope, some in gated.items()}
        if stage.gate:
            gates.append(_gate(service, stage, needs=(*before, *sorted(members))))
    return {**gated, scope_of(service): gates} if gates else gated


def _after(draft: Draft, gate: tuple[str, ...], members: set[str]) -> Draft:
    """The first of a stage's effects wait for the gate; the others for those."""
    if draft.name not in members or members.intersection(draft.needs):
        return draft
    return msgspec.structs.replace(draft, needs=(*draft.needs, *gate))


def gate_digests(service: Service, inventory: Inventory, decisions: tuple[Decision, ...]) -> dict[str, str]:
    """By gate, the digest of what its conditions look at: a passing counts as long as this is the same."""
    return {
        gate_name(stage.id): digest(_reads(service, stage, inventory, decisions))
        for stage in service.stages
        if stage.gate
    }


def _gate(service: Service, stage: Stage, *, needs: tuple[str, ...]) -> Draft:
    return Draft(
        name=gate_name(stage.id),
        stage="transition",
        action=TRANSITION_GATE,
        kind="gate",
        scope=scope_of(service),
        inputs={
            "service": service.id,
            "stage": stage.id,
            "owner": stage.owner,
            "instruction": f"{stage.title.en} is ended by the {service.parties[stage.owner].en.lower()}"
            f" ({stage.source}); what is missing: onboard status",
            "conditions": [condition.id for condition in (*stage.entry, *stage.exit)],
        },
        needs=needs,
    )


def _reads(service: Service, stage: Stage, inventory: Inventory, decisions: tuple[Decision, ...]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for condition in (*stage.entry, *stage.exit):
        if condition.kind == "prerequisites":
            stages = condition.of or (stage.id,)
            wanted = [one for one in prerequisites_of(service, inventory) if one.stage in stages]
            # a stage may look at prerequisites at its entry and at its exit
            read.setdefault("prerequisites", {}).update({one.id: answer(one, inventory) for one in wanted})
        elif condition.kind == "decided":
            read["decisions"] = decisions_digest(decisions)
    return read
