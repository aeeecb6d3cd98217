"""A service as tables that people read: those of its file, and those made from what is typed in it.

A table's id is what ``--section`` and its readers know it by; every word comes from the service's file but the headings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from toolkit.catalogue.figures import figure
from toolkit.catalogue.policies import backup_policies
from toolkit.catalogue.shown_levels import level_tables
from toolkit.catalogue.shown_tables import ShownTable, bounded, sentence, table
from toolkit.catalogue.words import Language, quantity, word
from toolkit.model.service import Cell, Condition, Deliverable, Entry, Service, Table

POLICIES = "SD-1 §1.7"
"""Section of the backup policies, which stand in a file of their own."""


def shown_tables(service: Service, language: Language = "en") -> tuple[ShownTable, ...]:
    """Every table of a service, in the order of the sections of its description."""
    made = [found for make in _MAKERS for found in make(service, language)]
    made += level_tables(service, language)
    written = [_written(service, found, language) for found in service.tables]
    return tuple(sorted((found for found in (*made, *written) if found.rows), key=lambda found: _section(found.source)))


def _section(source: str) -> tuple[int, ...]:
    return tuple(int(part) for part in source.partition("§")[2].split("."))


def _source(entries: Sequence[Entry], service: Service) -> str:
    """The section that all entries have; the whole description where they have several."""
    sources = {entry.source for entry in entries}
    return sources.pop() if len(sources) == 1 else service.source


def _written(service: Service, written: Table, language: Language) -> ShownTable:
    """A table of the file; a figure that a cell names stands in its place."""
    return table(
        written.id,
        written.title.of(language),
        written.source,
        tuple(title.of(language) for title in written.columns.values()),
        (
            [_cell(service, row.cells.get(column, Cell()), language) for column in written.columns]
            for row in written.rows
        ),
    )


def _cell(service: Service, cell: Cell, language: Language) -> str:
    if cell.figure is not None:
        found = figure(service, cell.figure, unit=cell.unit)
        return "" if found is None else quantity(found.value, found.unit, language)
    return (cell.fr if language == "fr" else cell.en) or ""


def _parties(service: Service, language: Language) -> Iterator[ShownTable]:
    rows = ([name.of(language)] for name in service.parties.values())
    yield table("parties", word("Parties", language), service.source, (word("party", language),), rows)


def _offered(service: Service, language: Language) -> Iterator[ShownTable]:
    def titled(name: str, title: str, columns: Iterable[str], rows: Iterable[list[str]], source: str) -> ShownTable:
        return table(name, word(title, language), source, [word(column, language) for column in columns], rows)

    for offerings in filter(None, (service.offerings,)):
        rows = [[one.title.of(language), one.covers.of(language) if one.covers else ""] for one in offerings]
        yield titled("offerings", "What is offered", ("offering", "covers"), rows, _source(offerings, service))
    for options in filter(None, (service.options,)):
        names = {one.id: one.title.of(language) for one in (*service.offerings, *service.options, *service.tiers)}
        rows = [
            [
                one.title.of(language),
                one.condition.of(language) if one.condition else "",
                ", ".join(names[name] for name in one.only_with),
            ]
            for one in options
        ]
        yield titled("options", "Options", ("option", "condition", "only with one of"), rows, _source(options, service))
    for products in filter(None, (service.products,)):
        rows = [[one.id, one.title.of(language)] for one in products]
        yield titled("product-ids", "Products by id", ("id", "product"), rows, _source(products, service))
    for tiers in filter(None, (service.tiers,)):
        names = {one.id: one.title.of(language) for one in tiers}
        rows = [[names[one.id], ", ".join(names[name] for name in one.includes)] for one in tiers]
        yield titled("tiers", "Tiers", ("tier", "contains"), rows, _source(tiers, service))
        rows = [[names[one.id], text.of(language)] for one in tiers for text in one.contents]
        yield titled("tier-contents", "What each tier adds", ("tier", "adds"), rows, _source(tiers, service))
    for environments in filter(None, (service.environments,)):
        rows = [[one.title.of(language)] for one in environments]
        yield titled("environments", "Environments", ("environment",), rows, _source(environments, service))
    for exclusions in filter(None, (service.exclusions,)):
        yes = word("yes", language)
        rows = [[one.title.of(language), yes if one.unless_quoted else ""] for one in exclusions]
        yield titled("excluded", "What is excluded", ("excluded", "unless quoted"), rows, _source(exclusions, service))
    for choices in filter(None, (service.choices,)):
        rows = [[one.id, one.title.of(language)] for one in choices]
        yield titled(
            "choices", "Choices made where the document is open", ("id", "choice"), rows, _source(choices, service)
        )
    for left in filter(None, (service.provider_data,)):
        rows = [[one.title.of(language)] for one in left]
        yield titled("provider-data", "What is left to the provider", ("what",), rows, _source(left, service))


def _transition(service: Service, language: Language) -> Iterator[ShownTable]:
    stages = {stage.id: stage.title.of(language) for stage in service.stages}
    parties = {name: title.of(language) for name, title in service.parties.items()}

    def headed(columns: Iterable[str]) -> list[str]:
        return [word(column, language) for column in columns]

    def when(conditions: tuple[Condition, ...]) -> str:
        return " ".join(condition.text.of(language) for condition in conditions)

    def first(deliverable: Deliverable) -> str:
        return next((tier.title.of(language) for tier in service.tiers if tier.id in deliverable.tiers), "")

    if service.prerequisites:
        rows = [
            [
                one.title.of(language),
                word("ensure" if one.ensured else "give", language),
                parties[one.owner],
                stages[one.stage],
                ", ".join(tier.title.of(language) for tier in service.tiers if tier.id in one.tiers),
            ]
            for one in service.prerequisites
        ]
        columns = headed(("prerequisite", "verb", "owner", "before the gate of", "tiers"))
        yield table(
            "prerequisites", word("Prerequisites", language), _source(service.prerequisites, service), columns, rows
        )
    once = [one for one in service.deliverables if one.recurs is None]
    if once:
        rows = [
            [
                one.title.of(language),
                stages[one.stage],
                one.condition.of(language) if one.condition else "",
                parties[one.owner],
                parties.get(one.reviewer or "", ""),
                ", ".join(tier.title.of(language) for tier in service.tiers if tier.id in one.tiers),
                _due(one, language),
            ]
            for one in once
        ]
        columns = headed(("deliverable", "stage", "condition", "owner", "accepted by", "tiers", "due"))
        yield table("deliverables", word("Deliverables", language), _source(once, service), columns, rows)
    again = [one for one in service.deliverables if one.recurs is not None]
    if again:
        rows = [
            [one.title.of(language), first(one), word(str(one.recurs), language), parties[one.owner]] for one in again
        ]
        columns = headed(("deliverable", "tier", "rhythm", "owner"))
        title = word("Recurring deliverables", language)
        yield table("recurring-deliverables", title, _source(again, service), columns, rows)
    if service.stages:
        rows = [
            [
                stage.title.of(language),
                parties[stage.owner],
                when(stage.entry),
                when(stage.exit) if stage.gate else word("no gate", language),
            ]
            for stage in service.stages
        ]
        columns = headed(("stage", "owner", "begins when", "gate is passed when"))
        yield table("stages", word("Stages of the transition", language), service.source, columns, rows)


def _due(deliverable: Deliverable, language: Language) -> str:
    due = deliverable.due
    if due is None:
        return ""
    count, unit = (due.days, "days") if due.days is not None else (due.hours or 0, "hours")
    after = word(due.after, language)
    return f"{quantity(str(abs(count or 0)), unit, language)} {word('after' if (count or 0) >= 0 else 'before', language)} {after}"


def _limits(service: Service, language: Language) -> Iterator[ShownTable]:
    """Limits that no table of the file shows, section by section."""
    told = {cell.figure for found in service.tables for row in found.rows for cell in row.cells.values()}
    left = [limit for limit in service.limits if f"limits/{limit.id}" not in told]
    columns = [word(column, language) for column in ("limit", "bound", "value")]
    for source in dict.fromkeys(limit.source for limit in left):
        rows = (
            [sentence(limit.title.of(language)), *bounded(limit, language)] for limit in left if limit.source == source
        )
        name = "other-limits" if any(found.id == "limits" for found in service.tables) else "limits"
        yield table(name, word("Limits", language), source, columns, rows)
    if service.changes is not None and not any(str(way).startswith("changes/") for way in told):
        figures = msgspec.to_builtins(service.changes)
        rows = ([word(name, language), str(value)] for name, value in figures.items() if name != "source")
        heads = [word(column, language) for column in ("rule", "value")]
        yield table("change-figures", word("Figures of changes", language), service.changes.source, heads, rows)


def _policies(service: Service, language: Language) -> Iterator[ShownTable]:
    if service.description != POLICIES.partition(" ")[0]:
        return
    yes = word("yes", language)
    rows = (
        [
            policy.name,
            word(policy.cadence, language),
            quantity(str(policy.kept), f"{policy.unit}s", language),
            yes if "file" in policy.kinds else "",
            yes if "office-365" in policy.kinds else "",
        ]
        for policy in backup_policies().values()
    )
    columns = [word(name, language) for name in ("policy", "cadence", "kept", "file backup", "Office 365 backup")]
    yield table("backup-policies", word("Backup policies", language), POLICIES, columns, rows)


_MAKERS: tuple[Callable[[Service, Language], Iterator[ShownTable]], ...] = (
    _parties,
    _offered,
    _transition,
    _limits,
    _policies,
)
