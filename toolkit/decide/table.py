"""Decision tables: rules as ordered data, and the engine that evaluates them. Knows nothing of any service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from toolkit.canonical import digest
from toolkit.errors import OnboardError

TABLES = Path(__file__).resolve().parent / "tables"

Outcome = str | int | None
Facts = Mapping[str, str]


class Effective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First and last day in force; ``until`` is None while open."""

    from_: dt.date = msgspec.field(name="from")
    until: dt.date | None

    def covers(self, day: dt.date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row: when every named fact has one of the listed values, the outcome is ``then``."""

    id: str
    version: int
    owner: str
    effective: Effective
    rationale: str
    source: str
    when: dict[str, tuple[str, ...]]
    then: Outcome
    reason: str

    def failed_on(self, facts: Facts) -> tuple[str, ...]:
        """Names of the facts whose condition does not hold, in the rule's order."""
        return tuple(name for name, values in self.when.items() if facts.get(name) not in values)


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision table; the format is schemas/decision-table.schema.json."""

    schema: Literal["onboarding/decision-table/v1"]
    id: str
    title: str
    version: int
    hit_policy: Literal["FIRST", "UNIQUE"]
    source: str
    facts: dict[str, tuple[str, ...]]
    outcome: str
    rules: tuple[Rule, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a table says: the rule that matched (None: no rule does) and the one that came closest of the others.

    ``failed_on`` says on which facts the nearest rule lost.
    """

    rule: Rule | None
    nearest: Rule | None
    failed_on: str


def evaluate(table: Table, facts: Facts, *, day: dt.date) -> Answer:
    """Apply the table's hit policy to the facts; only rules in force on ``day`` count.

    Raises OnboardError when a UNIQUE table has two matching rules: a fault of the table, not of the facts.
    """
    in_force = [rule for rule in table.rules if rule.effective.covers(day)]
    failures = {rule.id: rule.failed_on(facts) for rule in in_force}
    matching = [rule for rule in in_force if not failures[rule.id]]
    if table.hit_policy == "UNIQUE" and len(matching) > 1:
        ids = ", ".join(rule.id for rule in matching)
        raise OnboardError(
            f"decision table {table.id}: rules {ids} match the same facts",
            fix="make the rules' conditions exclude each other",
            details={"facts": dict(facts)},
        )
    lost = [rule for rule in in_force if failures[rule.id]]
    nearest = min(lost, key=lambda rule: len(failures[rule.id]), default=None)
    return Answer(
        rule=matching[0] if matching else None,
        nearest=nearest,
        failed_on="" if nearest is None else _failure_text(nearest, failures[nearest.id], facts),
    )


def _failure_text(rule: Rule, names: tuple[str, ...], facts: Facts) -> str:
    return "; ".join(f"{name} is {facts.get(name, 'absent')}, not {' or '.join(rule.when[name])}" for name in names)


@cache
def load_table(name: str) -> Table:
    """Read the table ``name`` of this installation and check that its rules are usable.

    Raises OnboardError when the file is not a decision table, or its rules name unknown facts or values.
    """
    path = TABLES / f"{name}.yaml"
    try:
        table = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Table, strict=True)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise OnboardError(f"decision table {name}: {error}", fix="reinstall the toolkit, or mend the table") from error
    check_table(table)
    return table


def check_table(table: Table) -> None:
    """Refuse (OnboardError) repeated rule ids, and conditions on facts or values that the table does not declare."""
    faults = []
    if len({rule.id for rule in table.rules}) != len(table.rules):
        faults.append("a rule id occurs twice")
    for rule in table.rules:
        for name, values in rule.when.items():
            unknown = sorted(set(values) - set(table.facts.get(name, ())))
            if name not in table.facts:
                faults.append(f"{rule.id}: unknown fact {name}")
            elif unknown:
                faults.append(f"{rule.id}: {name} is never {', '.join(unknown)}")
    if faults:
        raise OnboardError(f"decision table {table.id}: {'; '.join(faults)}", fix="mend the table")


def tables_digest() -> str:
    """Digest of the meaning of every table of this installation (comments and layout do not count)."""
    names = sorted(path.stem for path in TABLES.glob("*.yaml"))
    return digest({name: load_table(name) for name in names})
