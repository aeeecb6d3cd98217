"""JUnit XML: each rule is a test case, which fails where the rule is broken; warnings are its output."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from toolkit.model.problem import Problem
from toolkit.report.problems.listing import Listing, Tally, place, tallies
from toolkit.visible import visible

MOST_ROWS = 100
"""Problems that a test case lists; it says how many more there are."""


def write(listing: Listing) -> Iterator[str]:
    """One suite with every rule of ``listing.rules``, and those that a problem names besides."""
    found = tallies(listing.problems)
    rows: dict[tuple[str, str], list[str]] = {}
    for problem in listing.problems:
        listed = rows.setdefault((problem.rule, problem.severity), [])
        if len(listed) < MOST_ROWS:
            listed.append(_row(problem))
    by_rule: dict[str, list[Tally]] = {name: [] for name in listing.rules}
    for tally in found:
        by_rule.setdefault(tally.rule, []).append(tally)
    failed = sum(any(tally.severity == "error" for tally in broken) for broken in by_rule.values())
    counts = f'tests="{len(by_rule)}" failures="{failed}" errors="0"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="onboard validate" {counts}>\n'
    yield f'<testsuite name="inventory" {counts} skipped="0">\n'
    for name, broken in by_rule.items():
        rule = listing.rules.get(name)
        title = f"{name} {rule.title}" if rule else name
        yield f"<testcase classname={_attribute(rule.section if rule else 'inventory')} name={_attribute(title)}>"
        for tally in broken:
            yield _part(tally, rows[name, tally.severity])
        yield "</testcase>\n"
    yield "</testsuite>\n</testsuites>\n"


def _part(tally: Tally, rows: list[str]) -> str:
    more = tally.count - len(rows)
    text = escape("\n".join([*rows, *([f"… and {more:,} more"] if more else [])]))
    if tally.severity != "error":
        return f"<system-out>{text}</system-out>"
    said = _attribute(f"{tally.said()}, first at {place(tally.first)}")
    return f'<failure type="{tally.severity}" message={said}>{text}</failure>'


def _row(problem: Problem) -> str:
    subject = f" (component {problem.component})" if problem.component else ""
    fix = f" [fix: {problem.fix}]" if problem.fix else ""
    return visible(f"{place(problem)}: {problem.message}{subject}{fix}")


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
