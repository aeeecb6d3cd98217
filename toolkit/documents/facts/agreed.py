"""What is agreed for this customer: windows by environment, RACI, prerequisites, deliverables, stages, assumptions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from toolkit.catalogue.applicable import answer, deliverables_of, prerequisites_of
from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import spaced
from toolkit.model.service import Condition, Deliverable, Prerequisite, Stage

ACTIVATION = "activation"
"""The stage whose day an order plans."""


def agreed_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``agreed_windows``, ``raci``, ``raci_sample``, ``prerequisites``, ``deliverables``, ``stages``, ``assumptions``."""
    raci, inventory = sources.raci, sources.inventory
    gap = Missing(what="raci", where="command", at="--raci FILE")
    return {
        "agreed_windows": tuple(_windows(sources)),
        "decided_alike": tuple(_alike(sources)),
        "raci": gap if raci is None else tuple(_situations(raci)),
        "raci_source": gap if raci is None else raci["source"],
        "raci_sample": raci is not None and bool(raci["sample"]),
        "assumptions": sources.assumptions,
        "prerequisites": tuple(
            _prerequisite(sources, one, language) for one in prerequisites_of(sources.service, sources.inventory)
        ),
        "deliverables": tuple(_deliverable(sources, one, language) for one in _owed(sources)),
        "stages": tuple(_stage(sources, one, language) for one in sources.service.stages),
        "bought_options": inventory.subscription.options if inventory.subscription else (),
    }


def _windows(sources: Sources) -> list[Row]:
    """The window of each activity by environment, with the components that it holds for."""
    environments = {one.id: one.environment for one in sources.inventory.tenants}
    found: dict[tuple[str, str, str], list[str]] = {}
    for component in sources.inventory.components:
        windows = sources.terms.get(component.id, {}).get("windows") or {}
        for activity, window in windows.items():
            key = (environments.get(component.tenant, "all"), activity, window)
            found.setdefault(key, []).append(component.id)
    return [
        {"environment": environment, "activity": activity, "window": window, "components": tuple(ids)}
        for (environment, activity, window), ids in found.items()
    ]


def _alike(sources: Sources) -> list[Row]:
    """What is decided, once for all components for which it is the same."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for one in sources.decisions:
        terms = sources.terms.get(one.component, {})
        key = (one.build_model, one.transition_class or NONE, terms.get("management"), terms.get("supervision"))
        found.setdefault(key, []).append(one.component)
    return [
        {
            "build_model": model,
            "transition_class": klass,
            "management": management,
            "supervision": supervision,
            "components": tuple(ids),
        }
        for (model, klass, management, supervision), ids in found.items()
    ]


def _situations(raci: Row) -> list[Row]:
    rows = []
    for situation in raci["situations"]:
        activities = tuple(
            {**one, **{part: tuple(one[part]) or (NONE,) for part in ("responsible", "consulted", "informed")}}
            for one in situation["activities"]
        )
        rows.append({**situation, "components": tuple(situation["components"]), "activities": activities})
    return rows


def _owed(sources: Sources) -> tuple[Deliverable, ...]:
    """What the customer's tier and options have; without a subscription in the inventory, everything is listed."""
    bought = sources.inventory.subscription
    return sources.service.deliverables if bought is None else deliverables_of(sources.service, sources.inventory)


def _party(sources: Sources, id_: str, language: str) -> str:
    parties = sources.service.parties
    return spaced(parties[id_].of(language), language) if id_ in parties else id_


def _stage_title(sources: Sources, id_: str, language: str) -> str:
    titles = {one.id: one.title for one in sources.service.stages}
    return spaced(titles[id_].of(language), language) if id_ in titles else id_


def _prerequisite(sources: Sources, one: Prerequisite, language: str) -> Row:
    reference, date, state = _given(sources, one, language)
    return {
        "id": one.id,
        "title": spaced(one.title.of(language), language),
        "owner": one.owner,
        "stage": one.stage,
        "stage_title": _stage_title(sources, one.stage, language),
        "source": one.source,
        "state": state,
        "reference": reference,
        "date": date,
    }


def _given(sources: Sources, one: Prerequisite, language: str) -> tuple[Any, Any, str]:
    """Reference, date and state: a document with both, a section that is written, or a gap that names its place."""
    at = one.section or f"prerequisites/{one.id}"
    found = answer(one, sources.inventory)
    if found is None:
        handed = _handed(sources, one.id)
        if handed is not None:
            return handed["reference"], handed["delivered"], "given"
        gap = Missing(what="prerequisite", of=spaced(one.title.of(language), language), at=at)
        return gap, gap, "missing"
    if hasattr(found, "reference") and hasattr(found, "date"):
        return found.reference, found.date, "given"
    return at, NONE, "given"


def _handed(sources: Sources, id_: str) -> Row | None:
    """What was handed over once, as ``deliveries.yaml`` says."""
    return next((one for one in sources.delivered if one["what"] == id_ and one["period"] is None), None)


def _deliverable(sources: Sources, one: Deliverable, language: str) -> Row:
    due = one.due
    return {
        "id": one.id,
        "title": spaced(one.title.of(language), language),
        "owner": one.owner,
        "reviewer": one.reviewer or NONE,
        "stage": one.stage,
        "stage_title": _stage_title(sources, one.stage, language),
        "recurs": one.recurs or "once",
        "due_after": due.after if due else NONE,
        "due_days": due.days if due and due.days is not None else NONE,
        "due_hours": due.hours if due and due.hours is not None else NONE,
        "has_due": due is not None,
        "delivered": (_handed(sources, one.id) or {}).get("delivered", NONE),
        "source": one.source,
    }


def stage_day(sources: Sources, stage: str) -> dt.date | None:
    """The day that the order plans for a stage, or on which it was passed: of the activation (SD-2 §2)."""
    order = sources.inventory.order
    return None if order is None or stage != ACTIVATION else order.activation or order.planned_activation


def _stage(sources: Sources, one: Stage, language: str) -> Row:
    def told(conditions: tuple[Condition, ...]) -> tuple[Row, ...]:
        return tuple(
            {"id": condition.id, "kind": condition.kind, "text": spaced(condition.text.of(language), language)}
            for condition in conditions
        )

    return {
        "id": one.id,
        "title": spaced(one.title.of(language), language),
        "owner": one.owner,
        "owner_title": _party(sources, one.owner, language),
        "entry": told(one.entry),
        "exit": told(one.exit),
        "gate": one.gate,
        "date": stage_day(sources, one.id)
        or (
            Missing(what="stage-date", of=spaced(one.title.of(language), language), where="people")
            if one.gate and one.id not in {each["stage"] for each in sources.passed or ()}
            else NONE
        ),
        "deliverables": tuple(
            spaced(found.title.of(language), language) for found in _owed(sources) if found.stage == one.id
        ),
        "prerequisites": tuple(
            spaced(found.title.of(language), language)
            for found in prerequisites_of(sources.service, sources.inventory)
            if found.stage == one.id
        ),
    }
