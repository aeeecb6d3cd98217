"""What the service promises and leaves out: windows, priorities, service levels, credits, limits (from the catalogue)."""

from __future__ import annotations

from typing import Any

from toolkit.catalogue.figures import figure
from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import amount, duration, spaced
from toolkit.model.service import Cell, CreditStep, Service, Target


def promise_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``windows``, ``hours``, ``priorities``, ``matrix``, ``guarantees``, ``restores`` … ``limits``, ``exclusions``.

    Service levels are those of the support levels that the customer's tenants have; all where there are no tenants.
    """
    service = sources.service
    levels = service.levels
    return {
        "windows": tuple(_windows(service, language)),
        "hours": tuple(_hours(service, language)),
        "priorities": tuple(
            {
                "id": one.id,
                "name": spaced(one.name.of(language), language) if one.name else one.id,
                "title": spaced(one.title.of(language), language),
                "committed": one.committed,
            }
            for one in service.priorities
        ),
        "matrix": _matrix(service, language),
        "guarantees": tuple(_guarantees(sources, language)),
        "restores": tuple(_targets(levels.restore, sources, language)),
        "changes": tuple(_targets(levels.change, sources, language)),
        "responses": tuple(_targets(levels.response, sources, language)),
        "availability_credits": _scale(levels.availability.scale if levels.availability else ()),
        "restore_credits": _scale(levels.restore.scale if levels.restore else ()),
        "credit_rules": _credit_rules(service),
        "levels_known": bool(levels.availability or levels.restore or levels.change or levels.response)
        or Missing(what="service-levels", where="provider"),
        "change_rules": _change_rules(service),
        "offerings": _entries(service.offerings, language),
        "options": _entries(service.options, language),
        "products": _entries(service.products, language),
        "tiers": tuple(
            {
                "id": one.id,
                "title": spaced(one.title.of(language), language),
                "contents": tuple(spaced(text.of(language), language) for text in one.contents),
            }
            for one in service.tiers
        ),
        "limits": tuple(
            {**row, "value": amount(one.value, one.unit, language), "bound": one.bound}
            for row, one in zip(_entries(service.limits, language), service.limits, strict=True)
        ),
        "exclusions": tuple(
            {**row, "unless_quoted": one.unless_quoted}
            for row, one in zip(_entries(service.exclusions, language), service.exclusions, strict=True)
        ),
        "choices": _entries(service.choices, language),
        "provider_data": _entries(service.provider_data, language),
        "tables": _tables(service, language),
    }


def _entries(entries: Any, language: str) -> tuple[Row, ...]:
    return tuple(
        {"id": one.id, "title": spaced(one.title.of(language), language), "source": one.source} for one in entries
    )


def _windows(service: Service, language: str) -> list[Row]:
    rows = []
    for one in service.windows:
        gap = Missing(what="window", of=one.id, where="provider")
        known = one.always or (one.from_ and one.to)
        rows.append(
            {
                "id": one.id,
                "title": spaced(one.title.of(language), language),
                "from": "00:00" if one.always else one.from_ or gap,
                "to": "24:00" if one.always else one.to or gap,
                "days": one.days or ("mon", "tue", "wed", "thu", "fri", "sat", "sun") if known else gap,
                "zone": one.zone,
                "country": one.country or NONE,
                "always": one.always,
            }
        )
    return rows


def _hours(service: Service, language: str) -> list[Row]:
    titles = {one.id: spaced(one.title.of(language), language) for one in service.windows}
    return [
        {
            "activity": one.activity,
            "environments": one.environments or ("all",),
            "priorities": one.priorities or ("all",),
            "window": titles.get(one.window, one.window),
        }
        for one in service.hours
    ]


def _matrix(service: Service, language: str) -> Any:
    """The priority matrix as a grid; empty for a service without one."""
    matrix = service.priority_matrix
    if matrix is None:
        return ()
    return {
        "columns": ("", *(spaced(name.of(language), language) for name in matrix.impacts.values())),
        "rows": tuple(
            (spaced(title.of(language), language), *(matrix.cells[id_][impact] for impact in matrix.impacts))
            for id_, title in matrix.urgencies.items()
        ),
    }


def _bought(sources: Sources) -> set[str]:
    """The levels whose promises concern this customer; empty: all of them."""
    levels: set[str] = {tenant.support_level for tenant in sources.inventory.tenants}
    tier = sources.inventory.subscription.tier if sources.inventory.subscription else None
    return levels | ({tier} if tier else set())


def _guarantees(sources: Sources, language: str) -> list[Row]:
    availability, bought = sources.service.levels.availability, _bought(sources)
    titles = {one.id: spaced(one.title.of(language), language) for one in sources.service.levels.functions}
    rows = []
    for one in availability.guarantees if availability else ():
        levels = tuple(level for level in one.levels if not bought or level in bought)
        if levels or not one.levels:
            rows.append(
                {
                    "functions": tuple(titles.get(id_, id_) for id_ in one.functions),
                    "levels": levels or ("all",),
                    "percent": one.percent,
                }
            )
    return rows


def _targets(part: Any, sources: Sources, language: str) -> list[Row]:
    bought = _bought(sources)
    targets: tuple[Target, ...] = part.targets if part else ()
    return [
        {"of": one.of, "level": one.level, "time": duration(one, language)}
        for one in targets
        if not bought or one.level in bought
    ]


def _scale(steps: tuple[CreditStep, ...]) -> tuple[Row, ...]:
    return tuple({"above": one.above, "up_to": one.up_to or "", "percent": one.percent} for one in steps)


def _credit_rules(service: Service) -> tuple[Row, ...]:
    """One row with the figures around credits; none where the service has no credits."""
    levels, claim = service.levels, service.levels.claim
    if levels.monthly_cap_percent is None or claim is None or levels.restore is None or levels.change is None:
        return ()
    return (
        {
            "cap": levels.monthly_cap_percent,
            "within_days": claim.within_days,
            "answered_days": claim.answered_within_days,
            "met_percent": levels.restore.met_percent,
            "at_least": levels.restore.at_least,
            "late_percent": levels.change.late_percent,
        },
    )


def _change_rules(service: Service) -> tuple[Row, ...]:
    rules = service.changes
    if rules is None:
        return ()
    return (
        {
            "token_minutes": rules.token_minutes,
            "simple_tokens": rules.simple_tokens,
            "out_of_hours_factor": rules.out_of_hours_factor,
            "accelerated_factor": rules.accelerated_factor,
            "accelerated_per_year": rules.accelerated_per_year,
        },
    )


def _tables(service: Service, language: str) -> dict[str, Row]:
    """The tables of the service description as grids, by id."""
    return {
        table.id: {
            "title": spaced(table.title.of(language), language),
            "columns": tuple(spaced(title.of(language), language) for title in table.columns.values()),
            "rows": tuple(
                tuple(_cell(service, row.cells.get(column), language) for column in table.columns) for row in table.rows
            ),
        }
        for table in service.tables
    }


def _cell(service: Service, cell: Cell | None, language: str) -> str:
    if cell is None:
        return NONE
    if cell.figure is not None:
        found = figure(service, cell.figure, unit=cell.unit)
        return NONE if found is None else amount(found.value, found.unit, language)
    return spaced((cell.fr if language == "fr" else cell.en) or NONE, language)
