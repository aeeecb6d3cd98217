"""Build model and transition class of every component (SD-1 §1.1-1.2)."""

from __future__ import annotations

from typing import Any

import msgspec

from toolkit.decide.verdicts import Verdict, verdicts
from toolkit.errors import Undecided
from toolkit.model.decision import ClassOverride, Decision
from toolkit.model.inventory import Component, Inventory


def decide(inventory: Inventory) -> tuple[Decision, ...]:
    """One decision per component of an application, in the order of their ids.

    The kinds of SD-2 belong to none and have no build model: their service description says who does what (SD-2 §2).

    Only rules in force at the start of the customer's commitment count, so that a decision depends on the inventory
    and the tables alone. Raises Undecided, naming every component whose scope fits no rule, with the rule that came
    nearest, every missing fact, every class that may not be overridden, and also where a table has no rule in force on
    that day; there is no default.
    """
    decisions: list[Decision] = []
    misfits: list[tuple[Component, Verdict]] = []
    refused: list[tuple[Component, Verdict]] = []
    known = verdicts(inventory.customer.commitment.start)
    applications = {one.id: one.responsibility for one in inventory.applications}
    for component in sorted((one for one in inventory.components if one.application), key=lambda one: one.id):
        own = component.responsibility
        said = own or applications.get(component.application) or inventory.responsibility(component)
        origin = "component" if own else f"application {component.application}"
        verdict = known[said.infrastructure, said.operations, said.backend, said.software, origin]
        override = class_override(component)
        if verdict.build_model is None:
            misfits.append((component, verdict))
        elif override is not None and not _may(override, verdict):
            refused.append((component, verdict))
        else:
            decisions.append(_decision(component.id, verdict, override))
    if misfits or refused:
        raise _undecided(misfits, refused)
    return tuple(decisions)


def class_override(component: Component) -> ClassOverride | None:
    """The transition class that the inventory puts in the place of the table's, with its reason (SD-1 §1.2)."""
    said = component.transition_class
    return None if said is None else ClassOverride(transition_class=said.class_, reason=said.reason)


def _may(override: ClassOverride, verdict: Verdict) -> bool:
    return verdict.class_overridable or override.transition_class == verdict.transition_class


def _decision(component: str, verdict: Verdict, override: ClassOverride | None) -> Decision:
    assert verdict.build_model is not None
    decision = Decision(
        component=component,
        build_model=verdict.build_model,
        transition_class=verdict.transition_class,
        managed=verdict.managed,
        rule=verdict.rule,
        class_rule=verdict.class_rule,
        facts=verdict.facts,
        reasons=verdict.reasons,
        nearest=verdict.nearest,
    )
    if override is None or override.transition_class == verdict.transition_class:
        return decision
    told = f"class {override.transition_class} in place of {verdict.transition_class}: {override.reason} (SD-1 §1.2)"
    return msgspec.structs.replace(
        decision,
        transition_class=override.transition_class,
        class_override=override,
        reasons=(*verdict.reasons, told),
    )


def _undecided(misfits: list[tuple[Component, Verdict]], refused: list[tuple[Component, Verdict]]) -> Undecided:
    """One error about all of them: facts that are missing first, for they say nothing about the scope."""
    lines, details = [], []
    for component, verdict in misfits:
        answer = verdict.answer
        near = f" (nearest: {answer.nearest.id}, but {answer.failed_on})" if answer.nearest else ""
        lines.append(
            f"{component.id}: not evaluated, {answer.not_known}"
            if answer.state == "not_evaluated"
            else f"{component.id}: no rule fits{near}"
        )
        told: dict[str, Any] = {"component": component.id, "facts": dict(verdict.facts)}
        told["nearest"] = {"rule": answer.nearest.id, "failed_on": answer.failed_on} if answer.nearest else None
        if answer.state == "not_evaluated":
            told |= {"missing": list(answer.missing), "outside": list(answer.outside)}
        details.append(told)
    for component, verdict in refused:
        lines.append(f"{component.id}: {verdict.class_rule} fixes the transition class of {verdict.build_model}")
        details.append({"component": component.id, "facts": dict(verdict.facts), "rule": verdict.class_rule})
    if not misfits:
        what, fix = "these transition classes may not be overridden", "take transition_class out of the component"
    elif all(verdict.answer.state == "not_evaluated" for _, verdict in misfits):
        what, fix = "facts of these components are missing", "write the missing facts into the inventory"
    else:
        what = "the scope of these components fits no build model and needs a bespoke scope of work"
        fix = "agree a bespoke scope of work with the customer, or correct the component's responsibility"
    return Undecided(f"{what}: {'; '.join(lines)}", fix=fix, details={"components": details})
