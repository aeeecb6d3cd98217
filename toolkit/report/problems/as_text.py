"""Problems for people: place, line, caret and fix; beyond a limit, one row a rule."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from toolkit.model.problem import Problem
from toolkit.report.problems.listing import Listing, Tally, counted, place, shares, snippet, tallies, total, within
from toolkit.visible import visible

_WIDTH = 100
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}
_RESET = "\x1b[0m"


def write(listing: Listing) -> Iterator[str]:
    """Each problem with its place, its line and its fix, at most ``limit`` of them; then every rule once; the counts."""
    found = tallies(listing.problems)
    count = total(found)
    limit = count if listing.limit is None else listing.limit
    for problem in within(listing.problems, shares(found, limit)):
        yield _block(problem, snippet(problem, listing), listing.color) + "\n"
    if count > limit:
        yield from (_row(tally, listing) for tally in found)
        yield f"\n{limit:,} of {count:,} problems are shown; --output problems.ndjson writes all of them\n"
    counts = (
        counted(listing.files, "file"),
        counted(listing.components, "component"),
        counted(count, "problem"),
    )
    yield ", ".join(counts) + "\n"


def _row(tally: Tally, listing: Listing) -> str:
    """``INV-012: 9,812 components, first at inv.yaml:10:16 (an unknown backup policy)``."""
    rule = listing.rules.get(tally.rule)
    head = _colored(tally.rule, tally.severity, color=listing.color)
    about = f" ({rule.title})" if rule else ""
    return f"{head}: {tally.said()}, first at {visible(place(tally.first))}{about}\n"


def _colored(text: str, severity: str, *, color: bool) -> str:
    return f"{_COLOURS[severity]}{text}{_RESET}" if color else text


def _block(problem: Problem, line: str, color: bool) -> str:
    head = _colored(f"{problem.severity}[{problem.rule}]", problem.severity, color=color)
    subject = f" (component {visible(problem.component)})" if problem.component else ""
    rows = [f"{head}: {visible(problem.message)}{subject}", f"  --> {visible(place(problem))}"]
    if line.strip() and problem.line is not None:
        rows += _snippet(line, problem.line, problem.column)
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
