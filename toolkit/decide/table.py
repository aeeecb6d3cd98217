"""Decision tables: rules as ordered data (schemas/decision-table.schema.json). Knows nothing of any service."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit.canonical import digest
from toolkit.decide.cells import Cell, Domain, Scalar, cell_faults, domain_faults, domain_of
from toolkit.errors import OnboardError, UsageError
from toolkit.strict_yaml import YamlFault, read_typed

TABLES = Path(__file__).resolve().parent / "tables"

Outcome = bool | int | str | None


class Effective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First and last day in force; ``until`` is None while open."""

    from_: dt.date = msgspec.field(name="from")
    until: dt.date | None

    def covers(self, day: dt.date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)

    @property
    def text(self) -> str:
        """The span as a message says it."""
        return f"from {self.from_} {'on' if self.until is None else f'until {self.until}'}"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One row: when every named fact's cell holds, the outcome is ``then``.

    ``overridable``: an inventory may put another outcome in its place, with a recorded reason.
    """

    id: str
    version: int
    owner: str
    effective: Effective
    rationale: str
    source: str
    when: dict[str, Cell]
    then: Outcome
    reason: str
    overridable: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A decision table. ``gaps: bespoke`` says that what no rule covers is left to a scope of work of its own."""

    schema: Literal["onboarding/decision-table/v1"]
    id: str
    title: str
    version: int
    hit_policy: Literal["FIRST", "UNIQUE"]
    source: str
    facts: dict[str, tuple[Scalar, ...] | Domain]
    outcome: str
    rules: tuple[Rule, ...]
    gaps: Literal["none", "bespoke"] = "none"
    effective: Effective | None = None

    @property
    def domains(self) -> dict[str, Domain]:
        """What each fact may be; a plain list of values is a domain of these values."""
        return {name: domain_of(said) for name, said in self.facts.items()}


@cache
def load_table(name: str) -> Table:
    """The table ``name`` of this installation; raises OnboardError when its file is no usable decision table."""
    try:
        return read_table(TABLES / f"{name}.yaml")
    except UsageError as error:
        raise OnboardError(error.message, fix="reinstall the toolkit, or mend the table") from error


def read_table(path: Path) -> Table:
    """The table in a file; raises UsageError when it cannot be read, is no decision table, or contradicts itself."""
    if not path.exists():
        raise UsageError(f"no such file: {path}", fix="check the path")
    try:
        table = read_typed(path, Table)
    except YamlFault as fault:
        raise UsageError(
            f"decision table {fault.at(path.stem)}", fix="see schemas/decision-table.schema.json"
        ) from fault
    faults = table_faults(table)
    if faults:
        raise UsageError(f"decision table {table.id}: {'; '.join(faults)}", fix="mend the table")
    return table


def table_names() -> tuple[str, ...]:
    """The ids of the tables of this installation, sorted."""
    return tuple(sorted(path.stem for path in TABLES.glob("*.yaml")))


def table_faults(table: Table) -> list[str]:
    """What contradicts itself in a table, as sentences; lint's questions (overlaps, gaps) are not asked here."""
    faults = [f"the table has no {part}" for part in ("facts", "rules") if not getattr(table, part)]
    if len({rule.id for rule in table.rules}) != len(table.rules):
        faults.append("a rule id occurs twice")
    for name, domain in table.domains.items():
        faults += [f"fact {name}: {fault}" for fault in domain_faults(domain)]
    for rule in table.rules:
        if rule.effective.until is not None and rule.effective.until < rule.effective.from_:
            faults.append(f"{rule.id}: ends before it begins")
        for name, cell in rule.when.items():
            if name not in table.facts:
                faults.append(f"{rule.id}: unknown fact {name}")
            else:
                faults += [f"{rule.id}: {name} {fault}" for fault in cell_faults(cell, table.domains[name])]
    return faults


def tables_digest() -> str:
    """Digest of the meaning of every table of this installation (comments and layout do not count)."""
    return digest({name: load_table(name) for name in table_names()})


def outcomes(table: Table) -> tuple[Outcome, ...]:
    """Every outcome of the table once, in the order of its rules; ``1`` and ``true`` are two."""
    found: dict[tuple[type[Any], Outcome], Outcome] = {(type(rule.then), rule.then): rule.then for rule in table.rules}
    return tuple(found.values())
