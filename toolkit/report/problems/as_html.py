"""One self-contained HTML page of the problems, gathered by rule: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from toolkit.model.problem import Problem
from toolkit.report.page import page_template
from toolkit.report.problems.listing import Listing, place, snippet, tallies, total

MOST_ROWS = 100
"""Problems that the page lists of a rule; it says how many more there are."""


def write(listing: Listing) -> Iterator[str]:
    """The page."""
    found = tallies(listing.problems)
    rows: dict[tuple[str, str], list[Problem]] = {}
    for problem in listing.problems:
        listed = rows.setdefault((problem.severity, problem.rule), [])
        if len(listed) < MOST_ROWS:
            listed.append(problem)
    groups = [(tally, listing.rules.get(tally.rule), rows[tally.severity, tally.rule]) for tally in found]
    stream = page_template("problems.html.jinja").stream(
        groups=groups, listing=listing, count=total(found), place=place, snippet=partial(_line, listing)
    )
    yield from (str(part) for part in stream)
    yield "\n"


def _line(listing: Listing, problem: Problem) -> str:
    return snippet(problem, listing).strip()[:400]
