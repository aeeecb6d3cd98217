"""Whether the conditions of a gate hold, from what is known of inventory, deliveries and run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from toolkit.catalogue.applicable import answer, deliverables_of, prerequisites_of
from toolkit.model.inventory import Inventory
from toolkit.model.service import Condition, Deliverable, Service, Stage
from toolkit.transition.deliveries import Delivery

Verdict = Literal["holds", "missing", "attested"]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a gate is looked at.

    ``inventory`` None: it has problems (``problems`` counts them). ``open_steps`` are the plan's effects, by stage, that
    are not done yet; None where no plan was begun.
    """

    inventory: Inventory | None
    problems: int = 0
    undecided: str = ""
    deliveries: Mapping[str, Delivery] = {}
    open_steps: Mapping[str, tuple[str, ...]] | None = None


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing at a gate, the party that gives it, and how."""

    what: str
    owner: str
    fix: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A condition's verdict; ``attested`` is for the person who passes the gate to judge."""

    condition: Condition
    verdict: Verdict
    missing: tuple[Missing, ...] = ()


def held(service: Service, stage: Stage, known: Known, *, provider: str = "provider") -> tuple[Held, ...]:
    """The verdict on every condition of a stage's gate: those of its entry, then those of its exit."""
    return tuple(
        _held(service, stage, condition, known, provider=provider) for condition in (*stage.entry, *stage.exit)
    )


def _held(service: Service, stage: Stage, condition: Condition, known: Known, *, provider: str) -> Held:
    if condition.kind == "attested":
        return Held(condition=condition, verdict="attested")
    if condition.kind == "steps":
        missing = _steps(condition, known, provider)
    elif condition.kind == "decided":
        missing = _decided(known, provider)
    elif condition.kind == "valid" or known.inventory is None:
        missing = _valid(known, provider)
    elif condition.kind == "prerequisites":
        missing = _prerequisites(service, condition.of or (stage.id,), known)
    else:
        missing = _deliverables(service, condition.of or (stage.id,), known.inventory, known.deliveries)
    return Held(condition=condition, verdict="missing" if missing else "holds", missing=missing)


def _valid(known: Known, provider: str) -> tuple[Missing, ...]:
    if known.inventory is not None:
        return ()
    what = f"the inventory has {known.problems} problem(s)"
    return (Missing(what=what, owner=provider, fix="onboard validate PATH"),)


def _decided(known: Known, provider: str) -> tuple[Missing, ...]:
    if known.inventory is None:
        return _valid(known, provider)
    if known.undecided:
        return (Missing(what=known.undecided, owner=provider, fix="onboard decide PATH"),)
    return ()


def _steps(condition: Condition, known: Known, provider: str) -> tuple[Missing, ...]:
    if known.open_steps is None:
        return (Missing(what="no plan was applied yet", owner=provider, fix="onboard apply PLAN"),)
    return tuple(
        Missing(what=f"{name} is not done", owner=provider, fix="onboard runs resume RUN")
        for stage in condition.of
        for name in known.open_steps.get(stage, ())
    )


def _prerequisites(service: Service, stages: tuple[str, ...], known: Known) -> tuple[Missing, ...]:
    inventory = known.inventory
    if inventory is None:
        return ()
    return tuple(
        Missing(
            what=one.title.en,
            owner=one.owner,
            fix=f"add {one.section or f'prerequisites/{one.id}'} to the inventory, or note it in deliveries.yaml as {one.id}",
        )
        for one in prerequisites_of(service, inventory)
        if one.stage in stages and answer(one, inventory) is None and one.id not in known.deliveries
    )


def _deliverables(
    service: Service, stages: tuple[str, ...], inventory: Inventory, deliveries: Mapping[str, Delivery]
) -> tuple[Missing, ...]:
    missing: list[Missing] = []
    for one in deliverables_of(service, inventory):
        # what is only delivered if needed, or again and again, is nothing to wait for
        if one.stage in stages and one.recurs is None and one.condition is None:
            missing += _undelivered(one, deliveries.get(one.id))
    return tuple(missing)


def _undelivered(one: Deliverable, delivery: Delivery | None) -> list[Missing]:
    if delivery is None:
        write = f"onboard documents PATH --only {one.document}, then " if one.document else ""
        return [
            Missing(
                what=f"{one.title.en}: not delivered",
                owner=one.owner,
                fix=f"{write}note it in deliveries.yaml as {one.id}",
            )
        ]
    if one.reviewer is not None and delivery.accepted is None:
        return [
            Missing(
                what=f"{one.title.en}: not accepted yet ({delivery.reference})",
                owner=one.reviewer,
                fix="note accepted and accepted_by in deliveries.yaml",
            )
        ]
    return []
