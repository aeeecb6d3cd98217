"""The engine: what a table says about some facts, and why. Answers are kept per combination of facts and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from toolkit.decide.cells import Cell, accepts_absence, cell_text, knows, said, test_of
from toolkit.decide.table import Rule, Table, load_table
from toolkit.errors import OnboardError

Facts = Mapping[str, Any]
Verdict = Literal["holds", "fails", "unknown"]
KEPT = 65_536
"""How many answers an evaluator keeps: numbers and texts can make a combination of their own for every component."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a table says: the rule that matched, if one does, and the one that came closest of the others.

    ``not_evaluated``: a fact that a rule asks for is missing, or has a value outside its domain, so that it is not
    known which rule would match; ``missing`` and ``outside`` name them. ``failed_on`` says on which facts the nearest
    rule lost.
    """

    state: Literal["matched", "no_match", "not_evaluated"]
    rule: Rule | None
    nearest: Rule | None
    failed_on: str
    missing: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def not_known(self) -> str:
        """Which facts stand in the way, as a phrase; empty when none does."""
        words = [f"{name} is missing" for name in self.missing]
        return "; ".join([*words, *(f"{name}, which its table does not know" for name in self.outside)])


class Evaluator(dict[tuple[Any, ...], Answer]):
    """The answers of one table on one day, by the values of its facts in the table's order (None: missing).

    Indexing it with texts, truth values and None evaluates; the same values give the same object again. Raises OnboardError when a UNIQUE table has two
    matching rules: a fault of the table, not of the facts.
    """

    def __init__(self, table: Table, day: dt.date) -> None:
        super().__init__()
        self.table, self.day = table, day
        self.names = tuple(table.facts)
        self.rules = tuple(rule for rule in table.rules if rule.effective.covers(day))
        self._domains = tuple(table.domains.values())
        place = {name: index for index, name in enumerate(self.names)}
        self._cells = [[(place[name], cell, test_of(cell)) for name, cell in rule.when.items()] for rule in self.rules]

    def ask(self, facts: Facts) -> Answer:
        """The answer to facts by name; names that the table does not declare do not count."""
        values = tuple(map(facts.get, self.names))
        return self[values] if self._kept(values) else self._evaluate(values)

    def __missing__(self, values: tuple[Any, ...]) -> Answer:
        answer = self._evaluate(values)
        if self._kept(values):
            if len(self) >= KEPT:
                self.clear()
            self[values] = answer
        return answer

    @staticmethod
    def _kept(values: tuple[Any, ...]) -> bool:
        """Numbers are not kept: 1, 1.0 and True are one key, and seldom come twice."""
        return all(value is None or isinstance(value, str | bool) for value in values)

    def _evaluate(self, values: tuple[Any, ...]) -> Answer:
        missing: dict[str, None] = {}
        verdicts: list[Verdict] = []
        lost: list[tuple[Rule, list[tuple[int, Cell]]]] = []
        for rule, cells in zip(self.rules, self._cells, strict=True):
            failed, unknown = self._judge(cells, values)
            verdicts.append("fails" if failed else "unknown" if unknown else "holds")
            if failed:
                lost.append((rule, failed))
            elif unknown and not ("holds" in verdicts and self.table.hit_policy == "FIRST"):
                missing.update(dict.fromkeys(unknown))
        matching = [rule for rule, verdict in zip(self.rules, verdicts, strict=True) if verdict == "holds"]
        if self.table.hit_policy == "UNIQUE" and len(matching) > 1:
            ids = ", ".join(rule.id for rule in matching)
            raise OnboardError(
                f"decision table {self.table.id}: rules {ids} match the same facts",
                fix="make the rules' conditions exclude each other: onboard tables lint finds them",
                details={"facts": dict(zip(self.names, values, strict=True))},
            )
        outside = tuple(
            f"{name} is {said(value)}"
            for name, value, domain in zip(self.names, values, self._domains, strict=True)
            if value is not None and not knows(domain, value)
        )
        evaluated = not missing and not outside
        nearest, failed = min(lost, key=lambda one: len(one[1]), default=(None, []))
        return Answer(
            state="not_evaluated" if not evaluated else "matched" if matching else "no_match",
            rule=matching[0] if evaluated and matching else None,
            nearest=nearest,
            failed_on="; ".join(
                f"{self.names[index]} is {said(values[index])}, not {cell_text(cell)}" for index, cell in failed
            ),
            missing=tuple(missing),
            outside=outside,
        )

    def _judge(
        self, cells: list[tuple[int, Cell, Callable[[Any], bool] | None]], values: tuple[Any, ...]
    ) -> tuple[list[tuple[int, Cell]], list[str]]:
        """The cells that do not hold, and the missing facts that others would need."""
        failed: list[tuple[int, Cell]] = []
        unknown: list[str] = []
        for index, cell, test in cells:
            value = values[index]
            if value is not None:
                if test is not None and not test(value):
                    failed.append((index, cell))
            elif not accepts_absence(cell):
                if self._domains[index].optional:
                    failed.append((index, cell))
                else:
                    unknown.append(self.names[index])
        return failed, unknown


def evaluate(table: Table, facts: Facts, *, day: dt.date) -> Answer:
    """Apply the table's hit policy to the facts; only rules in force on ``day`` count."""
    return Evaluator(table, day).ask(facts)


@cache
def evaluator(name: str, day: dt.date) -> Evaluator:
    """The evaluator of a table of this installation, one for each day."""
    return Evaluator(load_table(name), day)
