"""What an explanation says is what is decided, and what it says would change it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from toolkit.decide.decisions import decide
from toolkit.decide.explain import explain
from toolkit.decide.terms import terms
from toolkit.inventory.load import load
from toolkit.model.inventory import Inventory

ACME = load(Path(__file__).parents[3] / "examples/acme")


def windows(inventory: Inventory, component: str) -> dict[str, tuple[Any, str]] | None:
    agreed = terms(inventory, decide(inventory))[component].windows
    return None if agreed is None else {activity: (said.outcome, said.rule) for activity, said in agreed.items()}


def in_environment(environment: Any) -> Inventory:
    tenants = tuple(msgspec.structs.replace(tenant, environment=environment) for tenant in ACME.tenants)
    return msgspec.structs.replace(ACME, tenants=tenants)


def test_every_window_is_explained_with_what_would_change_it() -> None:
    component = next(one for one in ACME.components if one.id == "erp-db-1")
    told = explain(ACME, component)
    assert told.decided
    assert {
        one.activity: (one.outcome, one.rule["id"]) for one in told.windows if one.activity and one.rule
    } == windows(ACME, component.id)
    changing = [(window, other) for window in told.windows for other in window.would_change]
    assert {window.activity for window, _ in changing} == {"incident-P1", "incident-P2"}
    for window, other in changing:
        (change,) = other.changes
        assert (change.fact, change.now) == ("tenant.environment", "production")
        then = windows(in_environment(change.example), component.id)
        assert then is not None
        assert then[str(window.activity)] == (other.outcome, other.rule)
    assert {fact.pointer for window in told.windows for fact in window.facts} == {"/tenants/0/environment"}


def test_what_is_not_supervised_has_no_window_of_supervision() -> None:
    component = msgspec.structs.replace(ACME.components[0], supervised=False)
    inventory = msgspec.structs.replace(ACME, components=(component,))
    assert windows(inventory, component.id) is not None
    assert [one.activity for one in explain(inventory, component).windows] == list(
        windows(inventory, component.id) or ()
    )
