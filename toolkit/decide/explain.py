"""Why a component is decided as it is: rules, facts with their places, the nearest loser, and what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from toolkit.decide.counterfactual import Counterfactual, counterfactuals
from toolkit.decide.decisions import class_override
from toolkit.decide.evaluate import evaluator
from toolkit.decide.facts import Fact, pointers_of
from toolkit.decide.table import Outcome, load_table
from toolkit.decide.terms import is_done
from toolkit.decide.verdicts import require_rules
from toolkit.model.decision import ClassOverride
from toolkit.model.inventory import Component, Inventory

EXPLAINED = ("build_model", "transition_class", "management", "supervision")
"""The tables of an explanation, in the order in which one's outcome becomes another's fact."""


class NamedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a table asked for; ``pointer`` into the inventory, or ``decided_by`` a rule of another table."""

    fact: str
    value: Any
    pointer: str | None
    decided_by: str | None = None


class TableExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """What one table says of the component; ``rule`` and ``nearest`` as the table's own words.

    ``activity`` is what a window is of; other tables are not asked by activity.
    """

    table: str
    activity: str | None = None
    state: Literal["matched", "no_match", "not_evaluated"]
    outcome: Outcome
    rule: dict[str, Any] | None
    facts: tuple[NamedFact, ...]
    missing: tuple[str, ...]
    outside: tuple[str, ...]
    nearest: dict[str, str] | None
    would_change: tuple[Counterfactual, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One component through all tables that follow from its facts; a table whose facts are not decided is left out.

    ``windows``: the table of windows for each activity that the provider does.
    """

    component: str
    day: dt.date
    tables: tuple[TableExplanation, ...]
    windows: tuple[TableExplanation, ...]
    class_override: ClassOverride | None

    @property
    def decided(self) -> bool:
        every = (*self.tables, *self.windows)
        return len(self.tables) == len(EXPLAINED) and all(table.state == "matched" for table in every)


def explain(inventory: Inventory, component: Component) -> Explanation:
    """Explain one component on the day on which the commitment starts; one without a decision is explained too.

    Raises Undecided when a table has no rule in force on that day.
    """
    day = inventory.customer.commitment.start
    facts = pointers_of(inventory)(component)
    decided_by: dict[str, str] = {}
    tables = []
    for name in EXPLAINED:
        if name != "build_model" and "build_model" not in facts:
            break
        told = _table(name, facts, decided_by, day)
        tables.append(told)
        if told.rule is not None:
            facts[name] = Fact(value=told.outcome, pointer=None)
            decided_by[name] = str(told.rule["id"])
    return Explanation(
        component=component.id,
        day=day,
        tables=tuple(tables),
        windows=tuple(_windows(facts, day)),
        class_override=class_override(component),
    )


def _windows(facts: dict[str, Fact], day: dt.date) -> Iterator[TableExplanation]:
    management, supervision = facts.get("management"), facts.get("supervision")
    if management is None or supervision is None:
        return
    for activity in map(str, load_table("window").domains["activity"].values):
        if is_done(activity, management=management.value, supervision=supervision.value):
            yield _table("window", {**facts, "activity": Fact(value=activity, pointer=None)}, {}, day)


def _table(name: str, facts: dict[str, Fact], decided_by: dict[str, str], day: dt.date) -> TableExplanation:
    table = load_table(name)
    require_rules(table, day)
    values = {fact: found.value for fact, found in facts.items()}
    answer = evaluator(name, day).ask(values)
    rule = answer.rule
    return TableExplanation(
        table=name,
        activity=values.get("activity"),
        state=answer.state,
        outcome=None if rule is None else rule.then,
        rule=None
        if rule is None
        else {part: getattr(rule, part) for part in ("id", "version", "owner", "source", "reason", "rationale")},
        facts=tuple(
            NamedFact(
                fact=fact,
                value=values.get(fact),
                pointer=facts[fact].pointer if fact in facts else None,
                decided_by=decided_by.get(fact),
            )
            for fact in table.facts
            if fact != "activity"
        ),
        missing=answer.missing,
        outside=answer.outside,
        nearest=None if answer.nearest is None else {"rule": answer.nearest.id, "failed_on": answer.failed_on},
        would_change=counterfactuals(table, values, day=day, fixed=frozenset({"activity"})),
    )
