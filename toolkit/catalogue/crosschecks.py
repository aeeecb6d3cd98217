"""What a service says must hold together: ids that are named exist, scales have no gap, the matrix has no hole.

Each check yields faults as (steps to the place, what is wrong, what mends it).
"""

from __future__ import annotations

import itertools
import zoneinfo
from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec

from toolkit.catalogue.figures import figure
from toolkit.catalogue.parts import ALWAYS, CONTACTS, wrong_step
from toolkit.model.service import Condition, CreditStep, Prerequisite, Service, Target

Steps = tuple[str | int, ...]
Fault = tuple[Steps, str, str]

EFFECTS = ("provision", "configure", "register", "verify")
"""Stages of a plan that have effects."""
DOCUMENTS = (
    "transition-plan", "statement-of-work", "initial-inventory", "high-level-design", "low-level-design",
    "project-management-plan", "requirements", "security-documents", "assessment", "implementation-plan", "test-plan",
    "test-report", "operations-runbook", "adoption-plan", "knowledge-transfer", "exit-pack", "monthly-report",
    "credit-claim", "event-run-of-show",
)  # fmt: skip
"""Templates of documents that the toolkit carries; a service that is added brings others in ``documents/``."""
RESTORED = ("P1", "P2", "P3", "P4")
"""Priorities that records of incidents may have."""
LONGEST = {"minutes": 52_596_000, "hours": 876_600, "days": 36_525, "weeks": 5_217, "months": 1_200, "years": 100}
"""A century in each unit of time."""
CHANGES = ("simple", "simple-accelerated", "complex", "complex-accelerated", "quote")
"""Kinds of change that have a time (SD-1 §1.10)."""


def faults(service: Service, *, documents: Iterable[str] = ()) -> Iterator[Fault]:
    """Every contradiction of a service that its schema cannot see; ``documents`` are ids of templates of its own."""
    yield from _sources(service)
    yield from _unique(service)
    yield from _transition(service, {*DOCUMENTS, *documents})
    yield from _windows(service)
    yield from _tiers(service)
    yield from _levels(service)
    yield from _matrix(service)
    yield from _tables(service)
    yield from _limits(service)


def _named(steps: Steps, what: str, name: str, known: Iterable[str]) -> Iterator[Fault]:
    listed = list(known)
    if name not in listed:
        yield steps, f"no {what} {name!r}", f"name one of: {', '.join(listed)}" if listed else f"list a {what} first"


def _each(steps: Steps, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    listed = list(known)
    for index, name in enumerate(names):
        yield from _named((*steps, index), what, name, listed)


def _ids(entries: Iterable[object]) -> list[str]:
    return [getattr(entry, "id") for entry in entries]  # noqa: B009 - every listed noun has one


def _sources(service: Service) -> Iterator[Fault]:
    """Every entry is from the service's own description."""
    for steps, node in _structs((), service):
        for field in ("source", "cap_source"):
            said = getattr(node, field, None)
            if said is not None and said.split(" ")[0] != service.description:
                yield (*steps, field), f"{said} is not of {service.description}", f"cite {service.description} §…"


def _structs(steps: Steps, value: object) -> Iterator[tuple[Steps, object]]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _structs((*steps, index), item)
    elif isinstance(value, msgspec.Struct):
        yield steps, value
        for name, written in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _structs((*steps, written), getattr(value, name))


def _unique(service: Service) -> Iterator[Fault]:
    """An id stands once in its list; options, offerings and tiers are named together, so once in all three."""
    for steps, node in _structs((), service):
        assert isinstance(node, msgspec.Struct)
        for name, written in zip(node.__struct_fields__, node.__struct_encode_fields__, strict=True):
            value = getattr(node, name)
            if isinstance(value, tuple) and value and hasattr(value[0], "id"):
                yield from _twice((*steps, written), _ids(value))
    bought = [*service.offerings, *service.options, *service.tiers]
    for name in {name for name in _ids(bought) if _ids(bought).count(name) > 1}:
        if all(_ids(part).count(name) < 2 for part in (service.offerings, service.options, service.tiers)):
            yield ("options",), f"{name!r} is the id of two things that can be bought", "give one of them another id"


def _twice(steps: Steps, names: list[str]) -> Iterator[Fault]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*steps, index, "id"), f"the id {name!r} stands twice", "give each entry an id of its own"


def _transition(service: Service, documents: set[str]) -> Iterator[Fault]:
    """Owners are parties, stages exist, documents have a template, sections belong to the inventory."""
    stages, sections = _ids(service.stages), service.inventory.sections
    yield from _each(("inventory", "required"), "section", service.inventory.required, sections)
    for index, prerequisite in enumerate(service.prerequisites):
        at: Steps = ("prerequisites", index)
        yield from _named((*at, "owner"), "party", prerequisite.owner, service.parties)
        yield from _named((*at, "stage"), "stage", prerequisite.stage, stages)
        yield from _answered(at, prerequisite, sections)
    for index, deliverable in enumerate(service.deliverables):
        at = ("deliverables", index)
        yield from _named((*at, "owner"), "party", deliverable.owner, service.parties)
        yield from _named((*at, "stage"), "stage", deliverable.stage, stages)
        if deliverable.reviewer is not None:
            yield from _named((*at, "reviewer"), "party", deliverable.reviewer, service.parties)
        if deliverable.document is not None:
            yield from _named((*at, "document"), "document", deliverable.document, sorted(documents))
        due = deliverable.due
        if due is not None and (due.days is None) == (due.hours is None):
            yield (*at, "due"), "a due rule has either days or hours", "say one of days and hours"
    for index, stage in enumerate(service.stages):
        at = ("stages", index)
        yield from _named((*at, "owner"), "party", stage.owner, service.parties)
        if not stage.gate and any(later.gate for later in service.stages[index + 1 :]):
            # nobody would ever leave it: a stage is ended by the passing of its gate
            yield (
                (*at, "gate"),
                "a stage that no gate ends has gates after it",
                "leave gate out, or move the stage last",
            )
        yield from _each((*at, "effects"), "stage of a plan", stage.effects, EFFECTS)
        for part, conditions in (("entry", stage.entry), ("exit", stage.exit)):
            for number, condition in enumerate(conditions):
                yield from _condition((*at, part, number), condition, stages)


def _answered(at: Steps, prerequisite: Prerequisite, sections: Iterable[str]) -> Iterator[Fault]:
    """What answers a prerequisite is a section that inventories of the service have, or a part of one."""
    way, place = prerequisite.section or "prerequisites", (*at, "section")
    unknown = list(_named(place, "section of the inventory", way.partition("/")[0], (*sections, *ALWAYS)))
    yield from unknown
    wrong = None if unknown else wrong_step(way)
    if wrong is not None:
        step, known = wrong
        fix = (
            f"name one of: {', '.join(known)}" if known else f"say {way.partition('/')[0]} alone, or a role of contacts"
        )
        yield place, f"no part {step!r} of the inventory at {way}", fix
    if prerequisite.each_has and not way.startswith(CONTACTS):
        yield (*at, "each_has"), "only contacts have it", f"say section: {CONTACTS}<role>, or leave each_has out"


def _condition(at: Steps, condition: Condition, stages: list[str]) -> Iterator[Fault]:
    if condition.kind == "steps":
        if not condition.of:
            yield at, "no stages of the plan whose steps must be done", f"say of: some of {', '.join(EFFECTS)}"
        yield from _each((*at, "of"), "stage of a plan", condition.of, EFFECTS)
    elif condition.kind in ("prerequisites", "deliverables"):
        yield from _each((*at, "of"), "stage", condition.of, stages)
    elif condition.of:
        yield (*at, "of"), f"a condition {condition.kind!r} names nothing", "leave of out"


def _windows(service: Service) -> Iterator[Fault]:
    """A window has hours, or is the provider's to define; what is done in which window is known."""
    left = _ids(service.provider_data)
    for index, window in enumerate(service.windows):
        at: Steps = ("windows", index)
        said = (bool(window.days), window.from_ is not None, window.to is not None)
        if window.always and any(said):
            yield at, "a window that is always open has no hours", "leave always out, or days, from and to"
        elif not window.always and any(said) and not all(said):
            yield at, "a window has days, from and to", "say all three, or always: true"
        elif not window.always and not any(said) and window.id not in left:
            yield at, "a window without hours is the provider's to define", f"list {window.id!r} in provider_data"
        if window.from_ is not None and window.to is not None and window.from_ >= window.to:
            yield (*at, "to"), "the window ends before it begins", "say a later time"
        if window.zone not in zoneinfo.available_timezones():
            yield (*at, "zone"), f"no time zone {window.zone!r}", "say its IANA name: Europe/Paris"
    for index, hours in enumerate(service.hours):
        at = ("hours", index)
        yield from _named((*at, "window"), "window", hours.window, _ids(service.windows))
        yield from _each((*at, "environments"), "environment", hours.environments, _ids(service.environments))
        yield from _each((*at, "priorities"), "priority", hours.priorities, _ids(service.priorities))


def _tiers(service: Service) -> Iterator[Fault]:
    tiers, options = _ids(service.tiers), _ids(service.options)
    for index, tier in enumerate(service.tiers):
        # a tier includes those before it, so that none includes itself by way of another
        yield from _each(("tiers", index, "includes"), "lower tier", tier.includes, tiers[:index])
    for index, option in enumerate(service.options):
        bought = [*options, *_ids(service.offerings), *tiers]
        yield from _each(("options", index, "only_with"), "option, offering or tier", option.only_with, bought)
    for index, prerequisite in enumerate(service.prerequisites):
        yield from _each(("prerequisites", index, "tiers"), "tier", prerequisite.tiers, tiers)
    for index, deliverable in enumerate(service.deliverables):
        yield from _each(("deliverables", index, "tiers"), "tier", deliverable.tiers, tiers)
        yield from _each(("deliverables", index, "options"), "option", deliverable.options, options)


def _levels(service: Service) -> Iterator[Fault]:
    levels, tiers = service.levels, _ids(service.tiers)
    if (levels.monthly_cap_percent is None) != (levels.cap_source is None):
        yield ("levels",), "a cap has its source, and a source its cap", "say monthly_cap_percent and cap_source"
    if levels.availability is not None:
        at: Steps = ("levels", "availability")
        yield from _scale((*at, "scale"), levels.availability.scale)
        seen: set[tuple[str, str]] = set()
        for index, guarantee in enumerate(levels.availability.guarantees):
            here = (*at, "guarantees", index)
            yield from _each((*here, "levels"), "tier", guarantee.levels, tiers)
            yield from _each((*here, "functions"), "managed function", guarantee.functions, _ids(levels.functions))
            if Fraction(guarantee.percent) > 100:
                yield (*here, "percent"), "more than 100 percent is no availability", "say at most 100"
            pairs = set(itertools.product(guarantee.functions or ("",), guarantee.levels or tiers or ("",)))
            if pairs & seen:
                yield here, "another guarantee is for the same tier and function", "merge them, or name others"
            seen |= pairs
    for name, known in (
        ("restore", [name for name in _ids(service.priorities) if name in RESTORED]),
        ("change", CHANGES),
        ("response", _ids(service.priorities)),
    ):
        part = getattr(levels, name)
        if part is not None:
            yield from _targets(("levels", name, "targets"), part.targets, known, service)
    if levels.restore is not None:
        yield from _scale(("levels", "restore", "scale"), levels.restore.scale)


def _targets(at: Steps, targets: tuple[Target, ...], known: Iterable[str], service: Service) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    listed = list(known)
    for index, target in enumerate(targets):
        yield from _named((*at, index, "of"), "priority or change", target.of, listed)
        yield from _named((*at, index, "level"), "tier", target.level, _ids(service.tiers))
        if target.window is not None:
            yield from _named((*at, index, "window"), "window", target.window, _ids(service.windows))
        if [target.hours, target.business_days, target.minutes].count(None) != 2:
            yield (*at, index), "a target is one of hours, business_days and minutes", "say exactly one of them"
        if (target.of, target.level) in seen:
            yield (*at, index), f"two targets for {target.of} {target.level}", "leave one of them out"
        seen.add((target.of, target.level))


def _scale(at: Steps, scale: tuple[CreditStep, ...]) -> Iterator[Fault]:
    """Each step begins where the one before ends; the last has no end; credits rise."""
    if not scale or scale[-1].up_to is not None:
        yield at, "the last step of a scale has no upper bound", "say up_to: null there"
    for index, step in enumerate(scale):
        if step.up_to is None and index < len(scale) - 1:
            yield (*at, index, "up_to"), "a step without upper bound is the last one", "say where the step ends"
        elif step.up_to is not None and Fraction(step.up_to) <= Fraction(step.above):
            yield (*at, index, "up_to"), "the step ends before it begins", f"say more than {step.above}"
    for index, (before, after) in enumerate(itertools.pairwise(scale), start=1):
        if before.up_to is not None and Fraction(before.up_to) != Fraction(after.above):
            yield (*at, index, "above"), f"the step before ends at {before.up_to}", f"say above: {before.up_to!r}"
        if Fraction(after.percent) <= Fraction(before.percent):
            yield (*at, index, "percent"), "a larger gap earns a larger credit", f"say more than {before.percent}"


def _matrix(service: Service) -> Iterator[Fault]:
    matrix, at = service.priority_matrix, ("priority_matrix",)
    if matrix is None:
        return
    for name, known in (("meanings", matrix.urgencies), ("above", matrix.impacts), ("at_least", matrix.impacts)):
        for key in getattr(matrix, name):
            yield from _named((*at, name, key), "urgency" if name == "meanings" else "impact", key, known)
    for urgency in matrix.cells:
        yield from _named((*at, "cells", urgency), "urgency", urgency, matrix.urgencies)
        for impact in matrix.cells[urgency]:
            yield from _named((*at, "cells", urgency, impact), "impact", impact, matrix.impacts)
    for urgency, impact in itertools.product(matrix.urgencies, matrix.impacts):
        found = matrix.cells.get(urgency, {}).get(impact)
        if found is None:
            yield (*at, "cells"), f"no priority for {urgency} and {impact}", f"say cells/{urgency}/{impact}"
        else:
            yield from _named((*at, "cells", urgency, impact), "priority", found, _ids(service.priorities))
    yield from _bounds(at, matrix.above, matrix.at_least, list(matrix.impacts))


def _bounds(at: Steps, above: dict[str, str], at_least: dict[str, str], impacts: list[str]) -> Iterator[Fault]:
    """Each impact has one lower bound, each below the one before, the last at 0: every share has one impact."""
    lowest: Fraction | None = None
    for impact in impacts:
        if (impact in above) == (impact in at_least):
            yield at, f"{impact} has one lower bound", "say it in above or in at_least"
            return
        bound = Fraction(above.get(impact) or at_least[impact])
        if lowest is not None and bound >= lowest:
            yield at, f"{impact} begins where a larger impact does", f"say less than {lowest}"
        lowest = bound
    if lowest != 0 or impacts[-1] not in at_least:
        yield at, "a share may belong to no impact", "let the last impact have at_least: 0"


def _tables(service: Service) -> Iterator[Fault]:
    for index, table in enumerate(service.tables):
        for number, row in enumerate(table.rows):
            for column, cell in row.cells.items():
                at: Steps = ("tables", index, "rows", number, "cells", column)
                yield from _named(at, "column", column, table.columns)
                words = (cell.en is not None, cell.fr is not None)
                if any(words) == (cell.figure is not None) or any(words) != all(words):
                    yield at, "a cell has words in both languages or a figure", "say en and fr, or figure"
                elif cell.figure is not None and figure(service, cell.figure) is None:
                    yield (*at, "figure"), f"no figure at {cell.figure!r}", "name a limit: limits/<id>"


def _limits(service: Service) -> Iterator[Fault]:
    """A length of time is one that a calendar can hold."""
    for index, one in enumerate(service.limits):
        most = LONGEST.get(one.unit)
        if most is not None and Fraction(one.value) > most:
            yield ("limits", index, "value"), f"{one.value} {one.unit} is longer than a century", f"say at most {most}"
