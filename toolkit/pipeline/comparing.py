"""From two versions of an inventory to what differs and what that does to the decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from toolkit.decide.decisions import decide
from toolkit.errors import Undecided
from toolkit.inventory.diff import compare
from toolkit.inventory.item_places import place_diff
from toolkit.inventory.load import load
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.inventory_diff import Effect, InventoryDiff, Outcome

Decided = Mapping[str, Decision | None]
"""By component; None where no rule fits."""


def compare_inventories(old: Path, new: Path) -> InventoryDiff:
    """What differs between the inventories at two paths; raises InventoryInvalid (3) and UsageError (2) for either."""
    before, after = load(old), load(new)
    diff = place_diff(compare(before, after), old, new)
    names = {one.old_id: one.new_id for one in diff.renamed if one.section == "components"}
    effects = tuple(_effects(_decided(before), _decided(after), names))
    return msgspec.structs.replace(diff, old=str(old), new=str(new), effects=effects)


def _decided(inventory: Inventory) -> Decided:
    """Every decision; an undecided component stops no comparison."""
    asked: dict[str, Decision | None] = {one.id: None for one in inventory.components if one.application}
    try:
        made = decide(inventory)
    except Undecided as undecided:
        misfits = {one["component"] for one in undecided.details.get("components", ())}
        if not misfits:
            return asked
        rest = tuple(one for one in inventory.components if one.id not in misfits)
        made = decide(msgspec.structs.replace(inventory, components=rest))
    return asked | {decision.component: decision for decision in made}


def _effects(before: Decided, after: Decided, names: Mapping[str, str]) -> Iterator[Effect]:
    old_ids = {new: old for old, new in names.items()}
    gone = {names.get(id_, id_) for id_ in before} - after.keys()
    for id_ in sorted({*after, *gone}):
        old_id = old_ids.get(id_, id_)
        was = _outcome(before[old_id]) if old_id in before else None
        becomes = _outcome(after[id_]) if id_ in after else None
        if was != becomes:
            decision = after.get(id_)
            yield Effect(
                component=id_, old_id=old_id, old=was, new=becomes, reasons=decision.reasons if decision else ()
            )


def _outcome(decision: Decision | None) -> Outcome:
    if decision is None:
        return Outcome()
    return Outcome(
        build_model=decision.build_model,
        transition_class=decision.transition_class,
        rule=decision.rule,
        class_rule=decision.class_rule,
    )
