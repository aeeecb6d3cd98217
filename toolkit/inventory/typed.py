"""From plain values that were found sound to the frozen model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from toolkit.errors import OnboardError
from toolkit.model.inventory import Component, Inventory, component_value


def typed(header: Any, batches: Iterable[list[Any]]) -> Inventory:
    """The model; raises OnboardError where schema and model have drifted."""
    try:
        inventory = msgspec.convert({**header, "components": []}, Inventory)
        components = tuple(typed_component(item) for batch in batches for item in batch)
    except msgspec.ValidationError as error:
        raise OnboardError(
            f"the schema accepted what the model refuses: {error}", fix="report this: schema and model have drifted"
        ) from error
    return msgspec.structs.replace(inventory, components=components)


def typed_component(item: Any) -> Component:
    """One component of the model; raises msgspec.ValidationError."""
    return msgspec.convert(component_value(item), Component)
