"""Figures that a cell names by the way to them: ``limits/term``, ``changes/token_minutes``, ``levels/claim/within_days``."""

from __future__ import annotations

import re

import msgspec

from toolkit.model.service import Limit, Service

_EXACT = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """An exact number as text, and its unit (empty for a count)."""

    value: str
    unit: str


def figure(service: Service, way: str, *, unit: str = "") -> Figure | None:
    """The figure at ``way``: fields by name, list entries by id; None where no number stands there."""
    found: object = service
    for step in way.split("/"):
        if isinstance(found, tuple):
            found = next((item for item in found if getattr(item, "id", None) == step), None)
        elif isinstance(found, dict):
            found = found.get(step)
        else:
            found = getattr(found, step, None) if step in getattr(found, "__struct_fields__", ()) else None
    if isinstance(found, Limit):
        return Figure(value=found.value, unit=found.unit)
    if isinstance(found, int) and not isinstance(found, bool):
        return Figure(value=str(found), unit=unit)
    return Figure(value=found, unit=unit) if isinstance(found, str) and _EXACT.fullmatch(found) else None
