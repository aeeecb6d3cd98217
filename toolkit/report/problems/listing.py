"""What every format of problems is made from, and how many problems of each rule a short form shows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Protocol

import msgspec

from toolkit.model.inventory_diff import Where
from toolkit.model.problem import Problem


class RuleText(Protocol):
    """What a format says of a rule."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def section(self) -> str: ...

    @property
    def fix(self) -> str: ...


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Problems in the order of the files, and what is known around them.

    ``problems`` may be anything that can be gone through several times; no format holds them all.
    ``snippets``: the line of a problem by ``(file, line)``; ``rules`` by id; ``limit``: at most so many problems in a
    form for people, None for all. ``here`` is the folder that the files' names begin in, ``root`` the one that a
    repository's tools expect them to begin in.
    """

    problems: Iterable[Problem]
    files: int
    components: int
    snippets: Mapping[tuple[str, int], str] = {}
    rules: Mapping[str, RuleText] = {}
    here: PurePath = PurePath()
    root: PurePath = PurePath()
    limit: int | None = None
    color: bool = False


class Tally(msgspec.Struct, kw_only=True):
    """The problems of one rule: their number, in how many components (0: not all are in one), and the first."""

    rule: str
    severity: str
    count: int
    components: int
    first: Problem

    def said(self) -> str:
        """``9,812 components``, or the number of problems where they are not one to a component."""
        if self.components == self.count:
            return counted(self.count, "component")
        if self.components:
            return f"{counted(self.count, 'problem')} in {counted(self.components, 'component')}"
        return counted(self.count, "problem")


def tallies(problems: Iterable[Problem]) -> list[Tally]:
    """One tally a rule and severity, errors first, by rule id."""
    found: dict[tuple[str, str], Tally] = {}
    last: dict[tuple[str, str], tuple[str, str]] = {}
    outside: set[tuple[str, str]] = set()
    for problem in problems:
        key: tuple[str, str] = (problem.severity, problem.rule)
        if key not in found:
            found[key] = Tally(rule=problem.rule, severity=problem.severity, count=0, components=0, first=problem)
        tally, where = found[key], _item(problem)
        tally.count += 1
        if where is None:
            outside.add(key)
        elif last.get(key) != where:
            # the problems of a component stand beside each other
            tally.components += 1
            last[key] = where
    for key in outside:
        found[key].components = 0
    return [found[key] for key in sorted(found)]


def _item(problem: Problem) -> tuple[str, str] | None:
    """File and index of the component that a problem stands in."""
    steps = problem.path.split("/", 3)
    return (problem.file, steps[2]) if len(steps) > 2 and steps[1] == "components" else None


def total(found: Iterable[Tally]) -> int:
    """Problems in all."""
    return sum(tally.count for tally in found)


def shares(found: Iterable[Tally], limit: int) -> dict[tuple[str, str], int]:
    """How many problems of each severity and rule make up ``limit`` in all: rare rules whole, the others alike.

    Where there are more rules than ``limit`` the first have one each.
    """
    shared: dict[tuple[str, str], int] = {}
    waiting = sorted(found, key=lambda tally: tally.count)
    left = limit
    for index, tally in enumerate(waiting):
        fair = -(-left // (len(waiting) - index))
        shared[tally.severity, tally.rule] = min(tally.count, fair, left)
        left -= shared[tally.severity, tally.rule]
    return shared


def within(problems: Iterable[Problem], shared: Mapping[tuple[str, str], int]) -> Iterator[Problem]:
    """The first problems of each rule, as many as its share, in their order."""
    left = dict(shared)
    waiting = sum(left.values())
    for problem in problems:
        if not waiting:
            return
        key = (problem.severity, problem.rule)
        if left.get(key):
            left[key] -= 1
            waiting -= 1
            yield problem


def relative(file: str, listing: Listing) -> str:
    """A file's name as a repository's tools want it: relative to ``root`` where it is below, with slashes."""
    path = PurePath(os.path.normpath(listing.here / file))
    return path.relative_to(listing.root).as_posix() if path.is_relative_to(listing.root) else path.as_posix()


def place(problem: Problem | Where) -> str:
    """``file:line:column``, or ``file:sheet!B2`` in a workbook; not yet made visible."""
    if problem.cell is not None:
        return f"{problem.file}:" + (f"{problem.sheet}!" if problem.sheet else "") + problem.cell
    where = [problem.file] + ([problem.sheet] if problem.sheet else [])
    return ":".join([*where, *(str(number) for number in (problem.line, problem.column) if number is not None)])


def snippet(problem: Problem, listing: Listing) -> str:
    """The line of a problem, empty where there is none to show: of a sheet's row the cell's name says more."""
    if problem.line is None or problem.sheet is not None:
        return ""
    return listing.snippets.get((problem.file, problem.line), "")


def counted(count: int, noun: str) -> str:
    """``1 file``, ``9,812 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
