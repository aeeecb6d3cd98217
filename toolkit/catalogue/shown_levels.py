"""Hours, priorities and service levels as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.catalogue.shown_tables import ShownTable, table
from toolkit.catalogue.words import Language, quantity, word
from toolkit.model.service import ChangeTimes, CreditStep, Response, Restore, Service, Target


def level_tables(service: Service, language: Language) -> Iterator[ShownTable]:
    """Every table that is made of what is typed about hours, priorities and levels."""
    yield from _hours(service, language)
    yield from _priorities(service, language)
    yield from _matrix(service, language)
    yield from _availability(service, language)
    yield from _times(service, language)
    yield from _claim(service, language)


def _heads(language: Language, *columns: str) -> list[str]:
    return [word(column, language) for column in columns]


def _hours(service: Service, language: Language) -> Iterator[ShownTable]:
    """A row for each activity and priority, a column for each group of environments that the hours tell apart."""
    if not service.hours:
        return
    windows = {window.id: window.title.of(language) for window in service.windows}
    names = {environment.id: environment.title.of(language).lower() for environment in service.environments}
    groups = [group for group in dict.fromkeys(hours.environments for hours in service.hours) if group] or [()]
    titles = [
        word("hours", language)
        if not group
        else word("other environments", language)
        if index and len(group) > 1 and len(groups) == 2
        else ", ".join(names[name] for name in group)
        for index, group in enumerate(groups)
    ]
    rows: dict[tuple[str, str], list[str]] = {}
    for hours in service.hours:
        for priority in hours.priorities or ("",):
            row = rows.setdefault((hours.activity, priority), [""] * len(groups))
            for index, group in enumerate(groups):
                if not hours.environments or hours.environments == group:
                    row[index] = windows[hours.window]
    yield table(
        "hours",
        word("Hours", language),
        service.hours[0].source,
        [*_heads(language, "window", "priority"), *titles],
        ([word(activity, language), priority, *cells] for (activity, priority), cells in rows.items()),
    )


def _priorities(service: Service, language: Language) -> Iterator[ShownTable]:
    if service.priorities:
        yield table(
            "priorities",
            word("Priorities of incidents", language),
            service.priorities[0].source,
            _heads(language, "priority", "name", "criterion"),
            ([one.id, one.name.of(language) if one.name else "", one.title.of(language)] for one in service.priorities),
        )


def _matrix(service: Service, language: Language) -> Iterator[ShownTable]:
    matrix = service.priority_matrix
    if matrix is None:
        return
    impacts = {name: title.of(language) for name, title in matrix.impacts.items()}
    yield table(
        "urgencies",
        word("Urgencies", language),
        matrix.source,
        _heads(language, "urgency", "meaning"),
        (
            [title.of(language), matrix.meanings[name].of(language) if name in matrix.meanings else ""]
            for name, title in matrix.urgencies.items()
        ),
    )
    rows, upper, upper_in = [], "", ""
    yes, no = word("yes", language), word("no", language)
    for name, title in impacts.items():
        lower = matrix.above.get(name) or matrix.at_least[name]
        bound = ["", ""] if lower == "0" else [lower, yes if name in matrix.at_least else no]
        rows.append([title, *bound, upper, upper_in])
        upper, upper_in = lower, no if name in matrix.at_least else yes
    columns = _heads(language, "impact", "from", "from included", "to", "to included")
    yield table("impacts", word("Impacts", language), matrix.source, columns, rows)
    yield table(
        "priority-matrix",
        word("Priority matrix", language),
        matrix.source,
        [word("urgency", language), *impacts.values()],
        (
            [title.of(language), *(matrix.cells[name][impact] for impact in impacts)]
            for name, title in matrix.urgencies.items()
        ),
    )


def _availability(service: Service, language: Language) -> Iterator[ShownTable]:
    levels, tiers = service.levels, {tier.id: tier.title.of(language).lower() for tier in service.tiers}
    if levels.functions:
        yield table(
            "managed-functions",
            word("What availability is measured for", language),
            levels.functions[0].source,
            _heads(language, "function", "counts"),
            ([one.title.of(language), word(one.units, language)] for one in levels.functions),
        )
    if levels.availability is None:
        return
    names = {one.id: one.title.of(language) for one in levels.functions}
    rows: dict[str, dict[str, str]] = {}
    for guarantee in levels.availability.guarantees:
        for function in guarantee.functions or ("",):
            row = rows.setdefault(names.get(function) or word("managed function", language), {})
            row.update(dict.fromkeys(guarantee.levels or tiers, quantity(guarantee.percent, "", language)))
    yield table(
        "availability-guarantees",
        word("Availability that is guaranteed, in percent", language),
        levels.availability.source,
        [word("function", language), *tiers.values()],
        ([name, *(found.get(tier, "") for tier in tiers)] for name, found in rows.items()),
    )
    yield _scale("availability", levels.availability.source, levels.availability.scale, language)


def _scale(name: str, source: str, scale: Iterable[CreditStep], language: Language) -> ShownTable:
    unit = "points" if name == "availability" else "percent"
    return table(
        f"{name}-credits",
        word(f"Credits of {name}", language),
        source,
        _heads(language, f"above {unit}", f"up to and with {unit}", "credit percent"),
        (
            [quantity(said, "", language) if said else "" for said in (one.above, one.up_to, one.percent)]
            for one in scale
        ),
    )


def _times(service: Service, language: Language) -> Iterator[ShownTable]:
    levels = service.levels
    if levels.restore is not None:
        yield _targets("restore-targets", levels.restore, service, language, title="Time to restore", what="priority")
        yield _scale("restore", levels.restore.source, levels.restore.scale, language)
    if levels.change is not None:
        yield _targets("change-targets", levels.change, service, language, title="Time to change", what="change")
    if levels.response is not None:
        yield _targets("response", levels.response, service, language, title="Initial response", what="priority")


def _targets(
    name: str, of: Restore | ChangeTimes | Response, service: Service, language: Language, *, title: str, what: str
) -> ShownTable:
    tiers = {tier.id: tier.title.of(language).lower() for tier in service.tiers}
    rows: dict[str, dict[str, str]] = {}
    for target in of.targets:
        rows.setdefault(target.of, {})[target.level] = _time(target, name, language)
    return table(
        name,
        word(title, language),
        of.source,
        [word(what, language), *tiers.values()],
        ([word(key, language), *(found.get(tier, "") for tier in tiers)] for key, found in rows.items()),
        whole=True,
    )


def _time(target: Target, name: str, language: Language) -> str:
    parts = ((target.hours, "hours"), (target.business_days, "business days"), (target.minutes, "minutes"))
    said = next(quantity(str(count), unit, language) for count, unit in parts if count is not None)
    if name != "response":
        return said
    return f"{word('less than' if target.below else 'within', language)} {said}"


def _claim(service: Service, language: Language) -> Iterator[ShownTable]:
    claim = service.levels.claim
    if claim is not None:
        rows = ([text.of(language)] for text in claim.states)
        title = word("What a claim gives", language)
        yield table("claim-contents", title, claim.source, _heads(language, "what"), rows)
