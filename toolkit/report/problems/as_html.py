"""One self-contained HTML page of the problems, gathered by rule: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.model.problem import Problem
from toolkit.report.problems.listing import Listing, place, tallies, total
from toolkit.visible import visible

MOST_ROWS = 100
"""Problems that the page lists of a rule; it says how many more there are."""


def write(listing: Listing) -> Iterator[str]:
    """The page. Every text passes autoescaping after its control characters were made visible."""
    import jinja2

    found = tallies(listing.problems)
    rows: dict[tuple[str, str], list[Problem]] = {}
    for problem in listing.problems:
        listed = rows.setdefault((problem.severity, problem.rule), [])
        if len(listed) < MOST_ROWS:
            listed.append(problem)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).resolve().parents[1] / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    template = environment.get_template("problems.html.jinja")
    groups = [(tally, listing.rules.get(tally.rule), rows[tally.severity, tally.rule]) for tally in found]
    stream = template.stream(
        groups=groups, listing=listing, count=total(found), place=place, snippet=_snippets(listing)
    )
    yield from (str(part) for part in stream)
    yield "\n"


def _snippets(listing: Listing) -> Any:
    return lambda problem: listing.snippets.get((problem.file, problem.line or 0), "").strip()[:400]


def _finalized(value: Any) -> Any:
    """Make every printed text visible; what the template itself marks safe is left alone."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value
