"""What a decision brings with it: who runs the component, whether it is watched, when work is done (SD-1 §1.2-1.8)."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import msgspec

from toolkit.decide.evaluate import Facts, evaluator
from toolkit.decide.table import Outcome, load_table
from toolkit.decide.verdicts import require_rules
from toolkit.errors import Undecided
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory

WINDOWS = {
    "24x7": "at any time",
    "24x7-on-call": "at any time, on call outside business hours",
    "business-hours": "09:00-18:00, Monday to Friday, Europe/Paris, without French public holidays",
}
"""The windows of SD-1 §1.8 and §1.15 in words."""

_ASKED = ("build_model", "component.kind", "component.supervised", "tenant.environment", "tenant.management")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome of a table with the rule that gave it."""

    outcome: Outcome
    rule: str
    reason: str
    source: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One object for all components with the same facts.

    ``windows`` by activity, None for what is not managed; what is not supervised has none for ``supervision``.
    """

    management: Said
    supervision: Said
    windows: dict[str, Said] | None


def terms(inventory: Inventory, decisions: tuple[Decision, ...]) -> dict[str, Terms]:
    """The terms of every decided component, by its id.

    Raises Undecided, naming component and fact, where a table cannot be evaluated or has no rule for the facts.
    """
    day = inventory.customer.commitment.start
    tenants = {one.id: (one.environment, one.management) for one in inventory.tenants}
    by_id = {component.id: component for component in inventory.components}
    found: dict[str, Terms] = {}
    kept: dict[tuple[str, str, bool, str], Terms] = {}
    missing: list[dict[str, Any]] = []
    for decision in decisions:
        component = by_id[decision.component]
        key = (decision.build_model, component.kind, component.supervised, component.tenant)
        agreed = kept.get(key)
        if agreed is None:
            try:
                agreed = terms_on(day, (*key[:3], *tenants.get(component.tenant, (None, None))))
            except Undecided as error:
                missing.append({"component": component.id, "message": error.message, **error.details})
                continue
            kept[key] = agreed
        found[component.id] = agreed
    if missing:
        told = "; ".join(f"{one['component']}: {one['message']}" for one in missing)
        raise Undecided(told, fix="write the missing facts into the inventory", details={"components": missing})
    return found


@cache
def terms_on(day: dt.date, values: tuple[Any, ...]) -> Terms:
    """The terms of a component: build model, kind, supervised, its tenant's environment and management. Raises as ``terms``."""
    facts = dict(zip(_ASKED, values, strict=True))
    management = ask("management", facts, day)
    supervision = ask("supervision", facts, day)
    windows = None
    if management.outcome != "customer":
        windows = {
            activity: ask("window", {**facts, "activity": activity}, day)
            for activity in map(str, load_table("window").domains["activity"].values)
            if is_done(activity, management=management.outcome, supervision=supervision.outcome)
        }
    return Terms(management=management, supervision=supervision, windows=windows)


def is_done(activity: str, *, management: Outcome, supervision: Outcome) -> bool:
    """Whether the provider does this activity for a component at all: what it does not do has no window."""
    return management != "customer" and (activity != "supervision" or supervision != "none")


def ask(name: str, facts: Facts, day: dt.date) -> Said:
    """What the table ``name`` says of the facts; Undecided with the missing facts, or where no rule is theirs."""
    require_rules(load_table(name), day)
    answer = evaluator(name, day).ask(facts)
    if answer.rule is None:
        known = {fact: facts.get(fact) for fact in load_table(name).facts}
        why = answer.not_known if answer.state == "not_evaluated" else "no rule fits"
        raise Undecided(
            f"the decision table {name} is not evaluated: {why}" if answer.not_known else f"{name}: {why}",
            fix="write the missing facts into the inventory",
            details={"table": name, "facts": known, "missing": list(answer.missing), "outside": list(answer.outside)},
        )
    rule = answer.rule
    return Said(outcome=rule.then, rule=rule.id, reason=rule.reason, source=rule.source)


class Assumption(msgspec.Struct, frozen=True, kw_only=True):
    """A build input that is missing, and what an estimate takes in its place (SD-1 §1.4)."""

    build_input: str
    assumption: str
    rule: str


def assumptions(inventory: Inventory) -> tuple[Assumption, ...]:
    """The assumptions that an estimate of this inventory makes: one for each build input that it does not name.

    None where nothing is built: no component belongs to an application.
    """
    return assumed(inventory) if any(component.application for component in inventory.components) else ()


def assumed(inventory: Inventory) -> tuple[Assumption, ...]:
    """The assumptions for an inventory of which something is built, whatever its components are."""
    day = inventory.customer.commitment.start
    given = inventory.build_inputs
    found = []
    for value in load_table("assumption").domains["build_input"].values:
        name = str(value)
        facts = {"build_input": name, "given": getattr(given, name, None) is not None}
        said = ask("assumption", facts, day)
        if said.outcome is not None:
            found.append(Assumption(build_input=name, assumption=str(said.outcome), rule=said.rule))
    return tuple(found)
