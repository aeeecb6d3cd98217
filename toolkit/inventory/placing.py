"""Findings become problems: each with its file, its line or cell, its component and its advice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from toolkit.inventory.finding import Finding
from toolkit.inventory.readers.place import Place, ReadRefused
from toolkit.inventory.rules import RULES
from toolkit.inventory.secret_rules import SECRET_NAME
from toolkit.inventory.source import Source
from toolkit.model.problem import Problem

_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{32,}|-----BEGIN.*")
_AFTER_NAME = re.compile(r"([\"']?[A-Za-z0-9_.-]+[\"']?\s*[:=]\s*)\S.*")


def refusal(file: str, refused: ReadRefused) -> Problem:
    """What cannot be read, as a problem."""
    place = refused.place or Place(0, 0)
    return Problem(
        rule=refused.rule,
        file=file,
        line=place.line or None,
        column=place.column or None,
        sheet=place.sheet,
        cell=place.cell,
        message=refused.message,
        fix=refused.fix or RULES[refused.rule].fix,
    )


def problem(finding: Finding, file: str, place: Place, component: str | None = None) -> Problem:
    """A finding at its place."""
    return Problem(
        rule=finding.rule,
        severity=finding.severity,
        file=file,
        line=place.line,
        column=place.column,
        sheet=place.sheet,
        cell=place.cell,
        component=component,
        path=finding.path,
        message=finding.message,
        fix=finding.fix or RULES[finding.rule].fix,
    )


def in_order(problems: Iterable[Problem], files: list[str]) -> list[Problem]:
    """As they stand in the files."""
    order = {file: index for index, file in enumerate(files)}
    return sorted(problems, key=lambda p: (order[p.file], p.line or 0, p.column or 0, p.rule, p.path))


def snippets(source: Source, problems: list[Problem]) -> dict[tuple[str, int], str]:
    """The lines of the problems, without what a name or a shape gives away as a secret."""
    masked = {(problem.file, problem.line) for problem in problems if problem.rule in ("INV-040", "INV-041")}
    found: dict[tuple[str, int], str] = {}
    for problem in problems:
        # of a row in a workbook the cell's name says more
        if problem.line is None or problem.sheet is not None or (problem.file, problem.line) in found:
            continue
        line = source.line(problem.file, problem.line, problem.sheet)
        if (problem.file, problem.line) in masked or SECRET_NAME.search(line.lower()):
            line = _AFTER_NAME.sub(r"\1***", line, count=1) if _AFTER_NAME.search(line) else "***"
        # as long as what it hides, so that columns stay true
        found[problem.file, problem.line] = _BLOB.sub(lambda blob: "*" * len(blob[0]), line)
    return found
