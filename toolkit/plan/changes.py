"""What a plan changes against the plan before it; removals are listed one by one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from toolkit.canonical import digest
from toolkit.errors import PlanRefused
from toolkit.model.plan import Change, Document, Plan

Kind = Literal["scope", "component", "link", "stack", "resource", "step"]


def list_changes(before: Iterable[Document], after: Iterable[Document]) -> tuple[Change, ...]:
    """Additions, changes and removals by kind and name.

    What is new as a whole (a scope, a stack) stands for all that it contains; what is gone is listed with every part.
    """
    old, new = _facts(before), _facts(after)
    changes: set[tuple[str, Kind, str]] = set()
    for kind, name in new.keys() - old.keys():
        if not any(container not in old for container in new[kind, name][1]):
            changes.add(("add", kind, name))
    for kind, name in old.keys() - new.keys():
        changes.add(("remove", kind, name))
    for kind, name in old.keys() & new.keys():
        if old[kind, name][0] != new[kind, name][0]:
            changes.add(("change", kind, name))
    return tuple(
        Change(operation=operation, kind=kind, name=name)  # type: ignore[arg-type]  # the three words above
        for operation, kind, name in sorted(changes)
    )


Facts = dict[tuple[Kind, str], tuple[str, tuple[tuple[Kind, str], ...]]]


def _facts(documents: Iterable[Document]) -> Facts:
    """Every named thing with its digest and the things that contain it."""
    facts: Facts = {}
    for document in documents:
        scope: tuple[Kind, str] = ("scope", document.scope)
        facts[scope] = ("", ())
        _add(facts, "component", document.components, (scope,))
        # A link lies in two documents; it is new as part of a scope only when every document of it is.
        _add(facts, "link", document.links, ())
        _add(facts, "step", {step.name: step.id for step in document.steps}, (scope,))
        for name, resources in document.stacks.items():
            stack: tuple[Kind, str] = ("stack", name)
            facts[stack] = (digest(resources), (scope,))
            _add(facts, "resource", {one.urn: digest(one) for one in resources}, (scope, stack))
    return facts


def _add(facts: Facts, kind: Kind, digests: Mapping[str, str], containers: tuple[Any, ...]) -> None:
    for name, content in digests.items():
        facts[kind, name] = (content, containers)


def removals(plan: Plan) -> tuple[str, ...]:
    """What the plan removes, as ``<kind>/<name>``."""
    return tuple(f"{change.kind}/{change.name}" for change in plan.index.changes if change.operation == "remove")


def check_removals(plan: Plan) -> None:
    """PlanRefused, listing them, when the plan removes anything."""
    gone = removals(plan)
    if gone:
        raise PlanRefused(
            f"the plan removes what the last one had: {', '.join(gone)}",
            fix="put it back into the inventory: this version removes nothing, it only says what would have to go",
            details={"removals": list(gone)},
        )


def check_base(plan: Plan, *, applied: str | None) -> None:
    """PlanRefused unless the plan changes what was applied last (its digest; None: nothing yet), or is that plan.

    Without this, a plan made against an older one, or against none, would not list what it removes.
    """
    if applied not in {plan.digest, plan.index.base}:
        then = "nothing" if plan.index.base is None else f"{plan.index.base[:19]}…"
        now = "nothing" if applied is None else f"{applied[:19]}…"
        raise PlanRefused(
            f"the plan is stale: it changes {then}, but what was applied last is {now}",
            fix="make the plan again: it is compared with what was applied last",
            details={"base": plan.index.base, "applied": applied},
        )
