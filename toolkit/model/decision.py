"""What was decided for a component, by which rule, from which facts (SD-1 §1.1-1.2)."""

from __future__ import annotations

from typing import Any

import msgspec


class Nearest(msgspec.Struct, frozen=True, kw_only=True):
    """The rule that came closest without matching, and the fact it failed on."""

    rule: str
    failed_on: str


class ClassOverride(msgspec.Struct, frozen=True, kw_only=True):
    """The class that the inventory puts in the place of the table's, and the recorded reason (SD-1 §1.2)."""

    transition_class: int
    reason: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Build model and transition class of one component; ``transition_class`` is None for No Build.

    ``class_override`` is there only where the inventory overrides the class that ``class_rule`` says.
    """

    component: str
    build_model: str
    transition_class: int | None
    managed: bool
    rule: str
    class_rule: str
    facts: dict[str, Any]
    reasons: tuple[str, ...]
    nearest: Nearest | None = None
    class_override: ClassOverride | msgspec.UnsetType = msgspec.UNSET
