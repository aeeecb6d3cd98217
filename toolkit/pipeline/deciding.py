"""From an inventory to all that is decided for it, and to the place of each fact that decided it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from toolkit import catalogue
from toolkit.decide.decisions import decide
from toolkit.decide.effort import Estimate, estimate, read_efforts
from toolkit.decide.explain import Explanation, explain
from toolkit.decide.impact import Impact, by_build_input, impacts, questions
from toolkit.decide.raci import raci, read_matrix
from toolkit.decide.table import TABLES, Table, load_table, read_table, table_names
from toolkit.decide.terms import Assumption, Terms, assumptions, terms
from toolkit.errors import UsageError
from toolkit.inventory.files import find_pieces
from toolkit.inventory.load import load
from toolkit.inventory.source import Source
from toolkit.model.decision import Decision
from toolkit.model.inventory import Component, Inventory
from toolkit.pipeline.workspace import Workspace


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """Every decision of an inventory; ``estimate`` and ``raci`` are None without the provider's files.

    ``nothing`` says why nothing is to be decided, where that is so.
    """

    decisions: tuple[Decision, ...]
    terms: dict[str, Terms]
    assumptions: tuple[Assumption, ...]
    estimate: Estimate | None = None
    raci: tuple[dict[str, Any], ...] | None = None
    raci_source: str = ""
    raci_sample: bool = False
    nothing: str = ""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One component's explanation; ``places`` has ``file:line:column`` (a workbook: ``file:sheet!cell``) for each pointer."""

    explanation: Explanation
    places: dict[str, str]
    decisions: Decided | None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions of ``table`` over an inventory: how many components it has that are decided, and what changes.

    ``build_inputs``: how many build inputs were asked for in place of components; None where components were.
    """

    table: str
    components: int
    build_inputs: int | None
    impacts: tuple[Impact, ...]

    @property
    def summary(self) -> str:
        if self.build_inputs is not None:
            return f"{self.table}: {len(self.impacts)} of {self.build_inputs} build inputs change"
        changing = {impact.component for impact in self.impacts}
        return f"{self.table}: {len(changing)} of {self.components} components change"


def decide_all(
    workspace: Workspace, *, effort: Path | None = None, matrix: Path | None = None, only: str | None = None
) -> Decided:
    """Load, check and decide, for one component or all; raises InventoryInvalid (3), Undecided (4) or UsageError (2)."""
    return _decided(load(workspace.root), effort=effort, matrix=matrix, only=only)


def explain_one(
    workspace: Workspace, component: str, *, effort: Path | None = None, matrix: Path | None = None
) -> Explained:
    """Explain one component, decided or not (then ``decisions`` is None); UsageError for an unknown one."""
    inventory = load(workspace.root)
    found = _component(inventory, component, workspace)
    explanation = explain(inventory, found)
    every = (*explanation.tables, *explanation.windows)
    pointers = {fact.pointer for table in every for fact in table.facts if fact.pointer}
    if explanation.class_override is not None:
        index = [one.id for one in inventory.components].index(component)
        pointers.add(f"/components/{index}/transition_class/class")
    source = Source(find_pieces(workspace.root))
    source.read()
    return Explained(
        explanation=explanation,
        places={pointer: _place(source, pointer) for pointer in sorted(pointers)},
        decisions=_decided(inventory, effort=effort, matrix=matrix, only=component) if explanation.decided else None,
    )


def table_impacts(old: str, new: str, workspace: Workspace) -> Compared:
    """What the inventory's components have of another version of a table; each is a file, or an installed table's id."""
    before, after = find_table(old), find_table(new)
    inventory = load(workspace.root)
    asked = sum(bool(component.application) for component in inventory.components)
    return Compared(
        table=before.id,
        components=asked,
        impacts=impacts(before, after, inventory),
        build_inputs=sum(1 for _ in questions(before, after, inventory)) if by_build_input(before, after) else None,
    )


def find_table(name: str) -> Table:
    """The table in the file ``name``, or the installed one of that id; UsageError when it is neither, or no table."""
    if Path(name).exists():
        return read_table(Path(name))
    if name in table_names():
        return load_table(name)
    raise UsageError(f"no decision table {name}", fix=f"name a file, or one of: {', '.join(table_names())}")


def table_files() -> tuple[Path, ...]:
    """The files of the installed tables, sorted."""
    return tuple(sorted(TABLES.glob("*.yaml")))


def _decided(inventory: Inventory, *, effort: Path | None, matrix: Path | None, only: str | None) -> Decided:
    efforts = None if effort is None else read_efforts(effort)
    shares = None if matrix is None else read_matrix(matrix)
    of = inventory
    if only is not None:
        # an effort counts which one is the first of its type, so that it needs all of them
        of = msgspec.structs.replace(inventory, components=tuple(c for c in inventory.components if c.id == only))
    decisions = decide(of)
    agreed = terms(of, decisions)
    return Decided(
        decisions=decisions,
        terms=agreed,
        assumptions=assumptions(inventory),
        estimate=None if efforts is None else estimate(inventory, decide(inventory), efforts),
        raci=None if shares is None else tuple(raci(shares, decisions, agreed)),
        raci_source="" if shares is None else shares.source,
        raci_sample=shares is not None and shares.sample,
        nothing="" if decisions else _nothing(inventory),
    )


def _nothing(inventory: Inventory) -> str:
    if not inventory.components:
        service = catalogue.service(inventory.service)
        return f"{service.title.en} ({service.description}): no components, so that there is nothing to decide"
    return "no component belongs to an application, so that there is nothing to decide (SD-2 §2)"


def _component(inventory: Inventory, id_: str, workspace: Workspace) -> Component:
    for component in inventory.components:
        if component.id == id_:
            if component.application:
                return component
            raise UsageError(
                f"{id_} belongs to no application, so that nothing is decided for it (SD-2 §2)",
                fix=f"list what is decided: onboard decide {workspace.shown}",
            )
    raise UsageError(f"the inventory has no component {id_!r}", fix=f"list them: onboard decide {workspace.shown}")


def _place(source: Source, pointer: str) -> str:
    file, place = source.locate(pointer)
    shown = Path(file)
    if shown.is_absolute() and shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    return f"{shown}:{place.sheet}!{place.cell}" if place.cell else f"{shown}:{place.line}:{place.column}"
