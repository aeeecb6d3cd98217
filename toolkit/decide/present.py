"""Decisions, explanations and what lint and diff find, as JSON objects and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.canonical import plain
from toolkit.decide.cells import said
from toolkit.decide.counterfactual import Counterfactual
from toolkit.decide.explain import Explanation, TableExplanation
from toolkit.decide.impact import Impact
from toolkit.decide.lint import Linted
from toolkit.decide.terms import WINDOWS, Terms
from toolkit.model.decision import Decision


def decisions_json(decisions: tuple[Decision, ...], terms: Mapping[str, Terms] | None = None) -> dict[str, Any]:
    """``onboarding/decisions/v1``: every decision with its rule, facts, reasons and the nearest rule that lost.

    With ``terms`` each has ``management``, ``supervision`` and ``windows`` too. ``effort`` and ``raci`` come with the
    provider's files only: they are the provider's data, and the document has none.
    """
    told = [
        {**plain(decision), **(plain(terms[decision.component]) if terms is not None else {})} for decision in decisions
    ]
    return {"schema": "onboarding/decisions/v1", "decisions": told}


def decision_lines(decision: Decision, terms: Terms) -> Iterator[str]:
    """One decision as text."""
    klass = "no class" if decision.transition_class is None else f"class {decision.transition_class}"
    yield f"{decision.component}: {decision.build_model}, {klass} [{decision.rule}, {decision.class_rule}]"
    for reason in decision.reasons:
        yield f"  because {reason}"
    run, watch = terms.management, terms.supervision
    yield f"  management: {run.outcome} [{run.rule}]; supervision: {watch.outcome} [{watch.rule}]"
    if terms.windows is not None:
        groups: dict[str, list[str]] = {}
        for activity, window in terms.windows.items():
            groups.setdefault(str(window.outcome), []).append(f"{activity} [{window.rule}]")
        for name, activities in groups.items():
            yield f"  {WINDOWS[name]}: {', '.join(activities)}"
    if decision.nearest is not None:
        yield f"  nearest other rule: {decision.nearest.rule}, but {decision.nearest.failed_on}"


def explanation_json(explanation: Explanation, places: Mapping[str, str]) -> dict[str, Any]:
    """``onboarding/decision-explanation/v1``: every table with its facts, each with its ``place`` where it has one."""
    told = plain(explanation)
    for table in (*told["tables"], *told["windows"]):
        for fact in table["facts"]:
            fact["place"] = places.get(fact["pointer"])
    return {"schema": "onboarding/decision-explanation/v1", **told}


def explanation_lines(explanation: Explanation, places: Mapping[str, str]) -> Iterator[str]:
    """An explanation as text: table by table, the facts with their places, then what would have to change."""
    yield f"{explanation.component}, by the rules of {explanation.day}"
    for table in explanation.tables:
        yield from _table_lines(table, places)
    yield from _window_lines(explanation.windows, places)
    override = explanation.class_override
    if override is not None:
        place = next((f" ({where})" for at, where in places.items() if at.endswith("/transition_class/class")), "")
        yield f"  class overridden: {override.transition_class}{place}, because {override.reason}"


def _table_lines(table: TableExplanation, places: Mapping[str, str]) -> Iterator[str]:
    if table.rule is not None:
        rule = table.rule
        yield f"  {table.table} = {said(table.outcome) if table.outcome is not None else 'none'}"
        yield f"    rule {rule['id']} version {rule['version']} of {rule['owner']} ({rule['source']}): {rule['reason']}"
    else:
        yield f"  {_undecided(table.table, table)}"
    yield from _fact_lines(table, places)
    if table.nearest is not None:
        yield f"    nearest other rule: {table.nearest['rule']}, but {table.nearest['failed_on']}"
    for other in table.would_change:
        yield f"    {_would(other)}"


def _undecided(what: str, table: TableExplanation) -> str:
    if table.state == "not_evaluated":
        return f"{what} is not evaluated: missing {', '.join([*table.missing, *table.outside])}"
    return f"{what}: no rule fits"


def _fact_lines(table: TableExplanation, places: Mapping[str, str]) -> Iterator[str]:
    for fact in table.facts:
        where = places.get(fact.pointer or "") or (f"by {fact.decided_by}" if fact.decided_by else "as by default")
        yield f"    fact {fact.fact} = {said(fact.value)} ({where if fact.value is not None else 'nowhere'})"


def _window_lines(windows: tuple[TableExplanation, ...], places: Mapping[str, str]) -> Iterator[str]:
    """What is asked of each activity alike stands once: the facts, then what would change which of them."""
    said_of: dict[str, list[str]] = {}
    facts: dict[str, None] = {}
    for window in windows:
        rule, of = window.rule, f"window of {window.activity}"
        if rule is not None:
            yield f"  {of} = {window.outcome} [{rule['id']}]: {rule['reason']}"
        else:
            yield f"  {_undecided(of, window)}"
        facts.update(dict.fromkeys(_fact_lines(window, places)))
        for other in window.would_change:
            said_of.setdefault(_would(other), []).append(str(window.activity))
    yield from facts
    for would, activities in said_of.items():
        yield f"    {', '.join(activities)} {would}"


def _would(other: Counterfactual) -> str:
    changes = " and ".join(f"{change.fact} {change.needed}, not {said(change.now)}" for change in other.changes)
    outcome = "none" if other.outcome is None else said(other.outcome)
    return f"would be {outcome} [{other.rule}] with {changes}"


def lint_json(linted: list[tuple[str, Linted]]) -> dict[str, Any]:
    """``onboarding/tables-lint/v1``: per file the counts and findings."""
    return {
        "schema": "onboarding/tables-lint/v1",
        "tables": [{"file": file, **plain(one)} for file, one in linted],
    }


def lint_lines(linted: list[tuple[str, Linted]]) -> Iterator[str]:
    for file, one in linted:
        count = len(one.findings) + sum(one.more.values())
        holds = "complete and free of contradiction" if not count else f"{count} finding{'s' if count != 1 else ''}"
        yield f"{file}: {one.table}, {one.rules} rules over {one.regions} regions: {holds}"
        for finding in one.findings:
            yield f"  {finding.kind}: {finding.message}"
            if finding.facts or finding.day is not None:
                facts = ", ".join(f"{name} = {said(value) or '(empty text)'}" for name, value in finding.facts.items())
                yield f"    for example on {finding.day}: {facts}"
        for kind, more in one.more.items():
            yield f"  and {more} more of {kind}"


def impacts_json(found: tuple[Impact, ...], *, table: str, components: int) -> dict[str, Any]:
    """``onboarding/tables-diff/v1``: how many components there are, and every outcome that changes."""
    return {"schema": "onboarding/tables-diff/v1", "table": table, "components": components, "changes": plain(found)}


def impact_lines(found: tuple[Impact, ...]) -> Iterator[str]:
    for impact in found:
        yield f"{impact.subject}: {impact.old.text} → {impact.new.text}"
        for line in impact.why:
            yield f"  because {line}"
