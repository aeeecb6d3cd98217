"""Annotations of a GitHub Actions log (GitHub Docs, "Workflow commands"): ten errors and ten warnings a step are shown."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.model.problem import Problem
from toolkit.report.problems.listing import Listing, place, relative, shares, tallies, within
from toolkit.visible import visible

MOST_OF_A_KIND = 10


def write(listing: Listing) -> Iterator[str]:
    """A command for each problem, the shown ones shared among the rules; then one notice that says what is left out."""
    found = tallies(listing.problems)
    rows: list[str] = []
    for severity in ("error", "warning"):
        own = [tally for tally in found if tally.severity == severity]
        shared = shares(own, MOST_OF_A_KIND)
        for problem in within(listing.problems, shared):
            yield _annotation(problem, listing)
        rows += [
            f"{tally.rule}: {tally.said()}, first at {visible(place(tally.first))}"
            for tally in own
            if tally.count > shared[severity, tally.rule]
        ]
    if rows:
        title = _property("onboard validate: more problems than GitHub shows")
        yield f"::notice title={title}::{_data(chr(10).join(rows))}\n"


def _annotation(problem: Problem, listing: Listing) -> str:
    named = {
        "file": relative(problem.file, listing),
        "line": problem.line if problem.cell is None else None,
        "col": problem.column if problem.cell is None else None,
        "title": problem.rule,
    }
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in named.items() if value is not None)
    where = f" (at {place(problem)})" if problem.cell is not None else ""
    subject = f" (component {problem.component})" if problem.component else ""
    rows = [f"{problem.message}{subject}{where}"] + ([f"fix: {problem.fix}"] if problem.fix else [])
    return f"::{problem.severity} {properties}::{_data(chr(10).join(map(visible, rows)))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
