"""What differs between two versions of an inventory, for people: text and one self-contained HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from toolkit.model.inventory_diff import (
    AssumptionChange,
    Effect,
    FieldChange,
    InventoryDiff,
    Item,
    ItemChange,
    Outcome,
    Rename,
    Term,
)
from toolkit.report.page import page_template
from toolkit.report.problems.listing import counted, place

_LONGEST = 200
"""Characters of a value that are shown."""


def as_lines(diff: InventoryDiff) -> Iterator[str]:
    """What was added, removed, renamed, moved and changed, with places, then what is decided otherwise; then counts."""
    for word, items in (("added", diff.added), ("removed", diff.removed)):
        for item in items:
            yield f"{word} {noun(item)}{_at(place(item.at) if item.at else '')}"
    for rename in diff.renamed:
        between = _at(" → ".join(place(at) for at in (rename.old_at, rename.new_at) if at))
        yield f"{noun(rename)}: this looks like a rename to {rename.new_id}{between}"
        yield from _fields(rename)
    for word, changes in (("moved", diff.moved), ("changed", diff.changed)):
        for change in changes:
            yield f"{word} {noun(change)}"
            yield from _fields(change)
    for effect in diff.effects:
        yield f"decided otherwise: {subject(effect)}"
        yield from (f"  {line}" for line in effect_lines(effect))
        yield from (f"  because {reason}" for reason in effect.reasons)
    for guess in diff.assumptions:
        yield f"assumed otherwise: {guess.build_input}"
        yield f"  {assumed(guess)}"
    yield summary(diff)


def as_html(diff: InventoryDiff) -> str:
    """The page."""
    names = {"noun": noun, "place": place, "field": field_name, "between": between}
    names |= {"effect_lines": effect_lines, "assumed": assumed}
    page: str = page_template("inventory-diff.html.jinja").render(
        diff=diff, summary=summary(diff), subject=subject, value=value, **names
    )
    return page + "\n"


def summary(diff: InventoryDiff) -> str:
    """``1 added, 0 removed, …, 2 decisions affected``, assumptions where there are any, or that nothing differs."""
    if not diff.differs:
        return "no difference in meaning"
    named = ("added", "removed", "renamed", "moved", "changed")
    counts = [f"{len(getattr(diff, name)):,} {name}" for name in named]
    counts.append(f"{counted(len(diff.effects), 'decision')} affected")
    if diff.assumptions:
        counts.append(f"{counted(len(diff.assumptions), 'assumption')} affected")
    return ", ".join(counts)


def noun(item: Item | ItemChange | Rename) -> str:
    """``vm erp-vm-1``, ``tenant acme-prod``, ``customer``."""
    id_ = item.old_id if isinstance(item, Rename) else item.id
    if not id_:
        return item.section.replace("_", " ")
    return f"{item.kind or item.section.removesuffix('s')} {id_}"


def subject(effect: Effect) -> str:
    """The component, with its former name where it looks renamed."""
    return effect.component + (f" (was {effect.old_id})" if effect.old_id != effect.component else "")


def field_name(change: FieldChange) -> str:
    """``os.version`` for ``/os/version``."""
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in change.path.split("/")[1:])


def between(change: FieldChange) -> str:
    """Old and new value; of a list only what came and went."""
    if isinstance(change.old, list) and isinstance(change.new, list):
        gone = [f"- {value(one)}" for one in change.old if one not in change.new]
        come = [f"+ {value(one)}" for one in change.new if one not in change.old]
        return ", ".join(gone + come)
    return f"{value(change.old)} → {value(change.new)}"


def value(given: Any) -> str:
    """A value on one line, as JSON; long ones are cut."""
    if given is None:
        return "not given"
    written = json.dumps(given, ensure_ascii=False)
    return written if len(written) <= _LONGEST else written[: _LONGEST - 1] + "…"


def effect_lines(effect: Effect) -> list[str]:
    """What differs, one line each; activities whose window changes alike share one."""
    old, new = effect.old, effect.new
    decided = f"{outcome(old)} → {outcome(new)}"
    if old is None or new is None or old.build_model is None or new.build_model is None:
        return [decided]
    lines = [] if outcome(old) == outcome(new) else [decided]
    for name in ("management", "supervision"):
        was, becomes = getattr(old, name), getattr(new, name)
        if was != becomes:
            lines.append(f"{name}: {term(was)} → {term(becomes)}")
    groups: dict[str, list[str]] = {}
    before, after = old.windows or {}, new.windows or {}
    for activity in dict.fromkeys([*after, *before]):
        if before.get(activity) != after.get(activity):
            said = f"{term(before.get(activity))} → {term(after.get(activity))}"
            groups.setdefault(said, []).append(activity)
    return lines + [f"window of {', '.join(activities)}: {said}" for said, activities in groups.items()]


def assumed(change: AssumptionChange) -> str:
    """Old and new assumption, or that the build input is given."""
    was, becomes = ("given, nothing assumed" if one is None else term(one) for one in (change.old, change.new))
    return f"{was} → {becomes}"


def term(found: Term | None) -> str:
    """``fully-managed [MG-002]``."""
    return "none" if found is None else f"{found.outcome} [{found.rule}]"


def outcome(found: Outcome | None) -> str:
    """``full-build [BM-1], class 5 [TC-5]``."""
    if found is None:
        return "nothing decided"
    if found.build_model is None:
        return "undecided (no rule fits)"
    klass = "no class" if found.transition_class is None else f"class {found.transition_class}"
    return f"{found.build_model} [{found.rule}], {klass} [{found.class_rule}]"


def _fields(change: ItemChange | Rename) -> Iterator[str]:
    for field in change.fields:
        told = " (follows the rename)" if field.follows else ""
        where = _at(" → ".join(place(at) for at in (field.old_at, field.new_at) if at))
        yield f"  {field_name(field)}: {between(field)}{told}{where}"


def _at(places: str) -> str:
    return f" ({places})" if places else ""
