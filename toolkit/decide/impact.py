"""What another version of a table would change: each component whose outcome differs, and which rule and cell did it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from toolkit.decide.cells import cell_text, said
from toolkit.decide.evaluate import Answer, Evaluator
from toolkit.decide.facts import FACTS, pointers_of
from toolkit.decide.table import Outcome, Rule, Table
from toolkit.decide.terms import ask, is_done
from toolkit.decide.verdicts import verdicts
from toolkit.errors import Undecided, UsageError
from toolkit.model.inventory import Component, Inventory


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One table's answer; ``outcome`` only means something where ``state`` is ``matched``."""

    state: Literal["matched", "no_match", "not_evaluated"]
    outcome: Outcome
    rule: str | None
    missing: tuple[str, ...]

    @property
    def text(self) -> str:
        if self.state == "matched":
            return f"{said(self.outcome) if self.outcome is not None else 'none'} [{self.rule}]"
        return "no rule" if self.state == "no_match" else f"not evaluated ({', '.join(self.missing)})"


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome that changes, and why, one sentence for each rule and cell that matters.

    It is a component's, of one ``activity`` where the tables ask for it; or the inventory's, of one ``build_input``.
    """

    component: str | None
    activity: str | None = None
    build_input: str | None = None
    old: Side
    new: Side
    why: tuple[str, ...]

    @property
    def subject(self) -> str:
        if self.component is None:
            return f"build input {self.build_input}"
        return self.component + (f", {self.activity}" if self.activity is not None else "")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What both tables are asked once."""

    component: str | None = None
    activity: str | None = None
    build_input: str | None = None
    facts: dict[str, Any]


def impacts(old: Table, new: Table, inventory: Inventory) -> tuple[Impact, ...]:
    """Every component of an application whose outcome differs between the tables, in the order of their ids.

    Tables that ask for ``activity`` are asked once for each activity that the provider does for the component; tables
    that ask for ``build_input`` once for each build input, of no component. Both are evaluated on the start of the
    commitment; a fact that another table decides (``build_model``) is taken from the installed one. Raises UsageError
    for tables of different decisions, and where both ask for a fact that nothing here knows.
    """
    if old.id != new.id or old.outcome != new.outcome:
        raise UsageError(
            f"{old.id} and {new.id} decide different things", fix="name two versions of the same decision table"
        )
    day = inventory.customer.commitment.start
    _require_known(old, new)
    before, after = Evaluator(old, day), Evaluator(new, day)
    found = []
    for question in questions(old, new, inventory):
        one, other = before.ask(question.facts), after.ask(question.facts)
        if _outcome(one) != _outcome(other):
            found.append(
                Impact(
                    component=question.component,
                    activity=question.activity,
                    build_input=question.build_input,
                    old=_side(one),
                    new=_side(other),
                    why=tuple(_why(old, new, question.facts, day=day, was=one, becomes=other)),
                )
            )
    return tuple(found)


def by_build_input(old: Table, new: Table) -> bool:
    """Whether the tables are asked of build inputs, not of components."""
    return "build_input" in old.facts or "build_input" in new.facts


def questions(old: Table, new: Table, inventory: Inventory) -> Iterator[Question]:
    """What the inventory has both tables asked, in the order of components, activities and build inputs."""
    day = inventory.customer.commitment.start
    components = sorted((one for one in inventory.components if one.application), key=lambda one: one.id)
    if by_build_input(old, new):
        # nothing is estimated where nothing is built
        for name in _values("build_input", old, new) if components else ():
            given = getattr(inventory.build_inputs, name, None) is not None
            yield Question(build_input=name, facts={"build_input": name, "given": given})
        return
    read, activities = pointers_of(inventory), _values("activity", old, new)
    asked = {*old.facts, *new.facts}
    for component in components:
        facts = {name: fact.value for name, fact in read(component).items()}
        if {"build_model", "activity"} & asked:
            facts["build_model"] = _build_model(inventory, component, day)
        if not activities:
            yield Question(component=component.id, facts=facts)
            continue
        try:
            party = {name: ask(name, facts, day).outcome for name in ("management", "supervision")}
        except Undecided:
            continue  # what is not decided has no windows, whatever their table says
        for activity in activities:
            if is_done(activity, **party):
                yield Question(component=component.id, activity=activity, facts={**facts, "activity": activity})


def _values(fact: str, *tables: Table) -> tuple[str, ...]:
    """Every value that one of the tables lists for the fact."""
    found = [value for table in tables if fact in table.facts for value in table.domains[fact].values]
    return tuple(dict.fromkeys(map(str, found)))


def _require_known(old: Table, new: Table) -> None:
    """Without a fact that both ask for, neither would answer, and they would look the same."""
    known = {"build_input", "given"} if by_build_input(old, new) else {*FACTS, "build_model", "activity"}
    unknown = [name for name in old.facts if name in new.facts and name not in known]
    unknown += [name for name in ("activity", "build_input") if name in old.facts and not _values(name, old, new)]
    if unknown:
        raise UsageError(
            f"{old.id} cannot be compared over an inventory: nothing says {', '.join(unknown)}",
            fix=f"ask for facts that are known here: {', '.join(sorted(known))}",
        )


def _build_model(inventory: Inventory, component: Component, day: dt.date) -> str | None:
    party = inventory.responsibility(component)
    try:
        known = verdicts(day)
    except Undecided:
        return None
    return known[party.infrastructure, party.operations, party.backend, party.software, "component"].build_model


def _outcome(answer: Answer) -> tuple[Any, ...]:
    return (answer.state, None if answer.rule is None else (type(answer.rule.then), answer.rule.then))


def _side(answer: Answer) -> Side:
    rule = answer.rule
    return Side(
        state=answer.state,
        outcome=None if rule is None else rule.then,
        rule=None if rule is None else rule.id,
        missing=(*answer.missing, *answer.outside),
    )


def _why(old: Table, new: Table, facts: dict[str, Any], *, day: dt.date, was: Answer, becomes: Answer) -> list[str]:
    """Why the old rule does not answer any more, and why the new one does."""
    before, after = ({rule.id: rule for rule in table.rules} for table in (old, new))
    lines = []
    if was.rule is not None and becomes.rule is not None and was.rule.id == becomes.rule.id:
        return [f"{was.rule.id}: the outcome was {said(was.rule.then)} and is {said(becomes.rule.then)}"]
    if becomes.state == "not_evaluated":
        lines.append(f"the new table asks for what is not known: {becomes.not_known}")
    if was.state == "not_evaluated":
        lines.append(f"the old table asked for what is not known: {was.not_known}")
    if was.rule is not None:
        lines += _lost(was.rule, after.get(was.rule.id), facts, day)
    if becomes.rule is not None:
        lines += _won(becomes.rule, before.get(becomes.rule.id), facts, day)
    return lines or ["the order of the rules is another one"]


def _lost(rule: Rule, now: Rule | None, facts: dict[str, Any], day: dt.date) -> list[str]:
    if now is None:
        return [f"{rule.id} is not in the new table"]
    if not now.effective.covers(day):
        return [f"{rule.id} is in force {now.effective.text}, not on {day}"]
    return [f"{rule.id} no longer holds: {line}" for line in _cells(rule, now, facts)]


def _won(rule: Rule, was: Rule | None, facts: dict[str, Any], day: dt.date) -> list[str]:
    if was is None:
        return [f"{rule.id} is new"]
    if not was.effective.covers(day):
        return [f"{rule.id} was in force {was.effective.text}, not on {day}"]
    return [f"{rule.id} holds now: {line}" for line in _cells(was, rule, facts)]


def _cells(was: Rule, now: Rule, facts: dict[str, Any]) -> list[str]:
    """The cells that differ between two versions of a rule, with the component's own value."""
    return [
        f"{name} must be {cell_text(now.when.get(name, '-'))}, was {cell_text(was.when.get(name, '-'))}"
        f" (here {said(facts.get(name))})"
        for name in dict.fromkeys([*was.when, *now.when])
        if was.when.get(name, "-") != now.when.get(name, "-")
    ]
