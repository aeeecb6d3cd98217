"""Problems of an inventory for people and for programs. Every text of the customer's is shown escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from toolkit.model.problem import Problem
from toolkit.visible import visible

_WIDTH = 100
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}
_RESET = "\x1b[0m"


def as_json(problems: Sequence[Problem], *, files: int, components: int) -> dict[str, Any]:
    """The object of ``validate --format json``: schema ``onboarding/problems/v1``, every field present."""
    return {
        "schema": "onboarding/problems/v1",
        "summary": {"files": files, "components": components, "problems": len(problems)},
        "problems": [msgspec.to_builtins(problem) for problem in problems],
    }


def as_text(
    problems: Sequence[Problem],
    *,
    files: int,
    components: int,
    snippets: Mapping[tuple[str, int], str] | None = None,
    color: bool = False,
) -> str:
    """Each problem with its place, its line where ``snippets`` has it by ``(file, line)``, its fix; then the counts."""
    blocks = [_block(problem, (snippets or {}).get((problem.file, problem.line or 0)), color) for problem in problems]
    counts = ", ".join((_counted(files, "file"), _counted(components, "component"), _counted(len(problems), "problem")))
    return "\n".join([*blocks, counts]) + "\n"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _block(problem: Problem, snippet: str | None, color: bool) -> str:
    head = f"{problem.severity}[{problem.rule}]"
    if color:
        head = f"{_COLOURS[problem.severity]}{head}{_RESET}"
    subject = f" (component {visible(problem.component)})" if problem.component else ""
    place = [visible(problem.file)]
    place += [str(number) for number in (problem.line, problem.column) if number is not None]
    named = (("sheet", problem.sheet), ("cell", problem.cell))
    place += [f"{name} {visible(where)}" for name, where in named if where is not None]
    rows = [f"{head}: {visible(problem.message)}{subject}", f"  --> {':'.join(place)}"]
    if snippet is not None and snippet.strip() and problem.line is not None:
        rows += _snippet(snippet, problem.line, problem.column)
    if problem.fix:
        rows.append(f"  fix: {visible(problem.fix)}")
    return "\n".join(rows) + "\n"


def _snippet(line: str, number: int, column: int | None) -> list[str]:
    """The line under its number, a window of it where it is long, with a caret below the column."""
    at = min((column or 1) - 1, len(line))
    begin = max(0, at - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[begin : begin + _WIDTH].replace("\t", " ")
    before = visible(("…" if begin else "") + shown[: at - begin])
    after = visible(shown[at - begin :]) + ("…" if begin + _WIDTH < len(line) else "")
    margin = " " * len(str(number))
    rows = [f"{number} | {before}{after}".rstrip()]
    if column is not None:
        rows.append(f"{margin} | {' ' * _columns(before)}^")
    return [f"  {row}" for row in rows]


def _columns(text: str) -> int:
    """Cells that a terminal gives to a text: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
