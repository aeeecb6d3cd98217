"""The facts of an inventory that tables may ask for, each with the place in the inventory that says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from toolkit.model.inventory import Component, Inventory

LAYERS = ("infrastructure", "operations", "backend", "software")

FACTS = (
    *(f"responsibility.{layer}" for layer in LAYERS),
    "component.kind",
    "component.management_level",
    "component.supervised",
    "component.technology",
    "component.service",
    "application.criticality",
    "tenant.environment",
    "tenant.management",
    "tenant.support_level",
    "tenant.support_chain",
    "tenant.platform",
    "customer.language",
)
"""Every fact that is read from an inventory; ``build_model`` and the like are what other tables decide."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A value and the JSON pointer of the inventory where it stands; None where it is a default or decided."""

    value: Any
    pointer: str | None


def pointers_of(inventory: Inventory) -> Callable[[Component], dict[str, Fact]]:
    """A function that gives all facts of a component of this inventory, with their places."""
    places = {component.id: index for index, component in enumerate(inventory.components)}
    applications = {one.id: (index, one) for index, one in enumerate(inventory.applications)}
    tenants = {one.id: (index, one) for index, one in enumerate(inventory.tenants)}

    def facts(component: Component) -> dict[str, Fact]:
        found: dict[str, Fact] = {}

        def note(name: str, value: Any, pointer: str, *, written: bool = True) -> None:
            if value is not None:
                found[name] = Fact(value=value, pointer=pointer if written else None)

        own = f"/components/{places[component.id]}"
        if component.application:
            index, application = applications[component.application]
            owner = own if component.responsibility else f"/applications/{index}"
            responsibility = component.responsibility or application.responsibility
            for layer in LAYERS:
                note(f"responsibility.{layer}", getattr(responsibility, layer), f"{owner}/responsibility/{layer}")
            note("application.criticality", application.criticality, f"/applications/{index}/criticality")
        for name in ("kind", "management_level", "technology", "service"):
            note(f"component.{name}", getattr(component, name), f"{own}/{name}")
        # true is what the schema takes where nothing is written
        note("component.supervised", component.supervised, f"{own}/supervised", written=not component.supervised)
        if component.tenant:
            index, tenant = tenants[component.tenant]
            for name in ("environment", "management", "support_level", "support_chain"):
                note(f"tenant.{name}", getattr(tenant, name), f"/tenants/{index}/{name}")
            note("tenant.platform", tenant.platform.kind, f"/tenants/{index}/platform/kind")
        note("customer.language", inventory.customer.language, "/customer/language")
        return found

    return facts
