"""What differs between two versions of an inventory, by meaning (schemas/inventory-diff.schema.json)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Where(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place in one of the files; ``line`` and ``column`` count from 1; in a workbook also ``sheet`` and ``cell``."""

    file: str
    line: int
    column: int
    sheet: str | None = None
    cell: str | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is in one version only.

    ``section`` is the inventory's (``components``, ``tenants``, ``customer``, …; ``inventory`` for what stands beside
    them), ``id`` empty where the section is one thing and no list; ``kind`` is a component's.
    """

    section: str
    id: str
    kind: str | None = None
    at: Where | None = None


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One value that differs; ``path`` is a JSON pointer inside the item; None: not given.

    A list counts as a whole, without its order. ``follows``: nothing but the names of renamed items differs.
    """

    path: str
    old: Any
    new: Any
    old_at: Where | None = None
    new_at: Where | None = None
    follows: bool = False


class ItemChange(msgspec.Struct, frozen=True, kw_only=True):
    """What differs in an item that is in both versions."""

    section: str
    id: str
    kind: str | None = None
    fields: tuple[FieldChange, ...]


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """An item that looks renamed: gone under one id, new under another, with a content that no other item has.

    ``fields`` differ only because they follow other renames.
    """

    section: str
    old_id: str
    new_id: str
    kind: str | None = None
    old_at: Where | None = None
    new_at: Where | None = None
    fields: tuple[FieldChange, ...] = ()


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of a decision table and the rule that gave it."""

    outcome: str
    rule: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided for a component; every field is None where no rule fits.

    ``windows`` by activity, also None for what is not managed.
    """

    build_model: str | None = None
    transition_class: int | None = None
    rule: str | None = None
    class_rule: str | None = None
    management: Term | None = None
    supervision: Term | None = None
    windows: dict[str, Term] | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A component that is decided otherwise; a side without the component, or without a decision for it, is None.

    ``old_id`` differs from ``component`` where it looks renamed; ``reasons`` are the new side's, for what differs.
    """

    component: str
    old_id: str
    old: Outcome | None
    new: Outcome | None
    reasons: tuple[str, ...] = ()


class AssumptionChange(msgspec.Struct, frozen=True, kw_only=True):
    """A build input of which an estimate assumes something else; a side is None where the input is given."""

    build_input: str
    old: Term | None
    new: Term | None


class InventoryDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs, each list in the order of sections and ids; ``old`` and ``new`` name what was compared.

    ``moved`` holds a component's other tenant, site, application or host; ``changed`` every other field.
    """

    schema: Literal["onboarding/inventory-diff/v1"] = "onboarding/inventory-diff/v1"
    old: str = ""
    new: str = ""
    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    renamed: tuple[Rename, ...] = ()
    moved: tuple[ItemChange, ...] = ()
    changed: tuple[ItemChange, ...] = ()
    effects: tuple[Effect, ...] = ()
    assumptions: tuple[AssumptionChange, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the two mean different things, or are decided otherwise."""
        found = (self.added, self.removed, self.renamed, self.moved, self.changed, self.effects, self.assumptions)
        return any(found)
