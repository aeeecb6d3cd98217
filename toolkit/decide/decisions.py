"""Build model and transition class of every component (SD-1 §1.1-1.2)."""

from __future__ import annotations

import datetime as dt

from toolkit.decide.table import Answer, Facts, Rule, Table, evaluate, load_table
from toolkit.errors import Undecided
from toolkit.model.decision import Decision, Nearest
from toolkit.model.inventory import Component, Inventory, Responsibility

LAYERS = ("infrastructure", "operations", "backend", "software")


def decide(inventory: Inventory) -> tuple[Decision, ...]:
    """One decision per component of an application, in the order of their ids.

    The kinds of SD-2 belong to none and have no build model: their service description says who does what (SD-2 §2).

    Only rules in force at the start of the customer's commitment count, so that a decision depends on the inventory
    and the tables alone. Raises Undecided, naming every component whose scope fits no rule, with the rule that came
    nearest, and also where a table has no rule in force on that day; there is no default.
    """
    decisions: list[Decision] = []
    misfits: list[tuple[Component, Facts, Answer]] = []
    day = inventory.customer.commitment.start
    build_models, classes = _table_on("build_model", day), _table_on("transition_class", day)
    for component in sorted((one for one in inventory.components if one.application), key=lambda one: one.id):
        facts = facts_of(inventory.responsibility(component))
        answer = evaluate(build_models, facts, day=day)
        decision = (
            None if answer.rule is None else _decision(inventory, component, answer, classes=classes, facts=facts)
        )
        if decision is None:
            misfits.append((component, facts, answer))
        else:
            decisions.append(decision)
    if misfits:
        raise _undecided(misfits)
    return tuple(decisions)


def facts_of(responsibility: Responsibility) -> dict[str, str]:
    """The facts that the build model depends on."""
    return {f"responsibility.{layer}": str(getattr(responsibility, layer)) for layer in LAYERS}


def _table_on(name: str, day: dt.date) -> Table:
    """The table, unless none of its rules is in force on ``day``: then the day is wrong, not the customer's scope."""
    table = load_table(name)
    if any(rule.effective.covers(day) for rule in table.rules):
        return table
    spans = sorted({f"from {rule.effective.from_} {_until(rule)}" for rule in table.rules})
    raise Undecided(
        f"no rule of the decision table {name} is in force on {day}, the start of the customer's commitment",
        fix=f"correct customer.commitment.start (the table holds {', '.join(spans)}), or add the rules of that day",
        details={"table": name, "day": day.isoformat()},
    )


def _until(rule: Rule) -> str:
    return "on" if rule.effective.until is None else f"until {rule.effective.until}"


def _decision(
    inventory: Inventory, component: Component, answer: Answer, *, classes: Table, facts: dict[str, str]
) -> Decision | None:
    assert answer.rule is not None
    build_model = str(answer.rule.then)
    klass = evaluate(classes, {"build_model": build_model}, day=inventory.customer.commitment.start)
    if klass.rule is None:
        return None
    origin = "component" if component.responsibility else f"application {component.application}"
    return Decision(
        component=component.id,
        build_model=build_model,
        transition_class=klass.rule.then if isinstance(klass.rule.then, int) else None,
        managed=build_model != "no-build",
        rule=answer.rule.id,
        class_rule=klass.rule.id,
        facts=facts,
        reasons=(
            f"{answer.rule.reason} ({answer.rule.source}; responsibilities of the {origin})",
            f"{klass.rule.reason} ({klass.rule.source})",
        ),
        nearest=None if answer.nearest is None else Nearest(rule=answer.nearest.id, failed_on=answer.failed_on),
    )


def _undecided(misfits: list[tuple[Component, Facts, Answer]]) -> Undecided:
    lines = []
    for component, _, answer in misfits:
        near = f" (nearest: {answer.nearest.id}, but {answer.failed_on})" if answer.nearest else ""
        lines.append(f"{component.id}: no rule fits{near}")
    return Undecided(
        "the scope of these components fits no build model and needs a bespoke scope of work: " + "; ".join(lines),
        fix="agree a bespoke scope of work with the customer, or correct the component's responsibility",
        details={
            "components": [
                {
                    "component": component.id,
                    "facts": dict(facts),
                    "nearest": None
                    if answer.nearest is None
                    else {"rule": answer.nearest.id, "failed_on": answer.failed_on},
                }
                for component, facts, answer in misfits
            ]
        },
    )
