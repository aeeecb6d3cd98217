"""Effort of a build: one figure for the first resource of a type, one for each further one (SD-1 §1.1). Data only."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from toolkit.decide.cells import exact
from toolkit.decide.provider_data import read_provider_file
from toolkit.errors import UsageError
from toolkit.model.decision import Decision
from toolkit.model.inventory import Component, Inventory


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Effort under one build model for a type: ``<kind>``, or ``<kind>/<technology or service>`` where that differs."""

    build_model: Literal["backend-build", "operations-build", "full-build"]
    type: str
    first: int | float
    further: int | float


class Efforts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's figures (schemas/effort.schema.json); ``sample``: none of theirs, only the shape."""

    schema: Literal["onboarding/effort/v1"]
    source: str
    unit: Literal["person-day", "person-hour"]
    figures: tuple[Figure, ...]
    sample: bool = False


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """Effort of one component in the file's unit; ``first``: it is the first of its type under its build model.

    ``amount`` is None where the provider's file has no figure.
    """

    type: str
    first: bool
    amount: str | None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """Every component's effort, and the sum of those that have a figure."""

    source: str
    unit: str
    sample: bool
    total: str
    without_figure: tuple[str, ...]
    efforts: dict[str, Effort]


def read_efforts(path: Path) -> Efforts:
    """The provider's figures in a file; UsageError when it does not fit, or names a type twice or a negative effort."""
    efforts = read_provider_file(path, Efforts)
    keys = [(figure.build_model, figure.type) for figure in efforts.figures]
    faults = [f"{model} {kind} occurs twice" for model, kind in sorted(set(keys)) if keys.count((model, kind)) > 1]
    faults += [
        f"{figure.build_model} {figure.type} has an effort that is no number from 0 on"
        for figure in efforts.figures
        if any((number := exact(one)) is None or number < 0 for one in (figure.first, figure.further))
    ]
    if faults:
        raise UsageError(f"{path}: {'; '.join(faults)}", fix="mend the figures")
    return efforts


def estimate(inventory: Inventory, decisions: tuple[Decision, ...], efforts: Efforts) -> Estimate:
    """The effort of every component that is built, in the order of the decisions.

    What counts as the first of a type is counted under each build model by itself, over the whole inventory: IaC is
    reused where the model and the type are the same.
    """
    figures: dict[tuple[str, str], Figure] = {(figure.build_model, figure.type): figure for figure in efforts.figures}
    by_id = {component.id: component for component in inventory.components}
    seen: set[tuple[str, str]] = set()
    found: dict[str, Effort] = {}
    total = Decimal(0)
    for decision in decisions:
        if not decision.managed:
            continue
        names = _types(by_id[decision.component])
        figure = next((f for name in names if (f := figures.get((decision.build_model, name))) is not None), None)
        kind = names[0] if figure is None else figure.type
        first = (decision.build_model, kind) not in seen
        seen.add((decision.build_model, kind))
        amount = None if figure is None else Decimal(str(figure.first if first else figure.further))
        total += amount or 0
        found[decision.component] = Effort(type=kind, first=first, amount=None if amount is None else _plain(amount))
    return Estimate(
        source=efforts.source,
        unit=efforts.unit,
        sample=efforts.sample,
        total=_plain(total),
        without_figure=tuple(id_ for id_, effort in found.items() if effort.amount is None),
        efforts=found,
    )


def _types(component: Component) -> list[str]:
    """The component's type, the most exact name first."""
    exactly = component.technology or component.service
    return [*([f"{component.kind}/{exactly}"] if exactly else []), component.kind]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
