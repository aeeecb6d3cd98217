"""From two versions of an inventory to what differs and what that does to the decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from toolkit.decide.decisions import decide
from toolkit.decide.terms import Said, Terms, assumptions, terms
from toolkit.errors import Undecided
from toolkit.inventory.diff import compare
from toolkit.inventory.item_places import place_diff
from toolkit.inventory.load import load
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.inventory_diff import AssumptionChange, Effect, InventoryDiff, Outcome, Term

Decided = Mapping[str, tuple[Decision, Terms] | None]
"""By component; None where no rule fits."""


def compare_inventories(old: Path, new: Path) -> InventoryDiff:
    """What differs between the inventories at two paths; raises InventoryInvalid (3) and UsageError (2) for either."""
    before, after = load(old), load(new)
    diff = place_diff(compare(before, after), old, new)
    names = {one.old_id: one.new_id for one in diff.renamed if one.section == "components"}
    effects = tuple(_effects(_decided(before), _decided(after), names))
    assumed = tuple(_assumption_changes(before, after))
    return msgspec.structs.replace(diff, old=str(old), new=str(new), effects=effects, assumptions=assumed)


def _decided(inventory: Inventory) -> Decided:
    """Every decision with its terms; an undecided component stops no comparison."""
    asked: dict[str, tuple[Decision, Terms] | None] = {one.id: None for one in inventory.components if one.application}
    try:
        made = decide(inventory)
        agreed = terms(inventory, made)
    except Undecided as undecided:
        misfits = {one["component"] for one in undecided.details.get("components", ())}
        if not misfits:
            return asked
        rest = tuple(one for one in inventory.components if one.id not in misfits)
        # once more: what is decided may still lack a fact that its terms ask for
        return asked | dict(_decided(msgspec.structs.replace(inventory, components=rest)))
    return asked | {decision.component: (decision, agreed[decision.component]) for decision in made}


def _effects(before: Decided, after: Decided, names: Mapping[str, str]) -> Iterator[Effect]:
    old_ids = {new: old for old, new in names.items()}
    gone = {names.get(id_, id_) for id_ in before} - after.keys()
    for id_ in sorted({*after, *gone}):
        old_id = old_ids.get(id_, id_)
        was = _outcome(before[old_id]) if old_id in before else None
        becomes = _outcome(after[id_]) if id_ in after else None
        if was != becomes:
            reasons = tuple(dict.fromkeys(_reasons(before.get(old_id), after.get(id_))))
            yield Effect(component=id_, old_id=old_id, old=was, new=becomes, reasons=reasons)


def _outcome(decided: tuple[Decision, Terms] | None) -> Outcome:
    if decided is None:
        return Outcome()
    decision, agreed = decided
    windows = agreed.windows
    return Outcome(
        build_model=decision.build_model,
        transition_class=decision.transition_class,
        rule=decision.rule,
        class_rule=decision.class_rule,
        management=_term(agreed.management),
        supervision=_term(agreed.supervision),
        windows=None if windows is None else {activity: _term(said) for activity, said in windows.items()},
    )


def _term(said: Said) -> Term:
    return Term(outcome=str(said.outcome), rule=said.rule)


def _reasons(was: tuple[Decision, Terms] | None, becomes: tuple[Decision, Terms] | None) -> Iterator[str]:
    """The later side's reasons; where something was decided before, those of the terms only for what differs."""
    if becomes is None:
        return
    decision, agreed = becomes
    if was is None:
        yield from decision.reasons
        return
    former = was[0]
    if (former.build_model, former.transition_class, former.rule, former.class_rule) != (
        decision.build_model,
        decision.transition_class,
        decision.rule,
        decision.class_rule,
    ):
        yield from decision.reasons
    pairs = [(was[1].management, agreed.management), (was[1].supervision, agreed.supervision)]
    windows = was[1].windows or {}
    pairs += [(windows[activity], said) for activity, said in (agreed.windows or {}).items() if activity in windows]
    yield from (f"{said.reason} ({said.source})" for old, said in pairs if old.outcome != said.outcome)


def _assumption_changes(before: Inventory, after: Inventory) -> Iterator[AssumptionChange]:
    old, new = _assumed(before), _assumed(after)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield AssumptionChange(build_input=name, old=old.get(name), new=new.get(name))


def _assumed(inventory: Inventory) -> dict[str, Term]:
    try:
        return {one.build_input: Term(outcome=one.assumption, rule=one.rule) for one in assumptions(inventory)}
    except Undecided:
        return {}  # the table has no rule in force yet
