"""One managed tenant's month, a service of its own: functions, incidents, changes, credits, cap (SD-1 §1.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from toolkit.levels.amounts import cents
from toolkit.levels.assignment import Case, assign
from toolkit.levels.availability import FunctionMeasure, function_figure, measure_unit
from toolkit.levels.change import changed
from toolkit.levels.excluded import Excluded
from toolkit.levels.explain import availability_credit, change_credit, restore_credit, shared_lines
from toolkit.levels.interruptions import Interruption
from toolkit.levels.period import Period, Subscribed
from toolkit.levels.records.by_id import ById
from toolkit.levels.records.kinds import Incident, Outage, Records
from toolkit.levels.restore import Restored, gap_figure, restored
from toolkit.levels.scale import NONE, guaranteed_percent
from toolkit.levels.units import Function, Scope
from toolkit.levels.windows import Windows
from toolkit.model.inventory import Tenant
from toolkit.model.levels import ChangeFigure, Credit, FunctionFigure, RestoreGap, Shared, TenantFigures
from toolkit.model.service import Availability, ChangeTimes, Restore, Service


class Promises(msgspec.Struct, frozen=True, kw_only=True):
    """What the service promises and where: all three, as SD-1 does."""

    availability: Availability
    restore: Restore
    change: ChangeTimes
    cap_percent: Fraction | None
    windows: Windows

    @classmethod
    def of(cls, service: Service) -> Promises | None:
        """None for a service that promises no availability, restore and change times."""
        levels = service.levels
        if levels.availability is None or levels.restore is None or levels.change is None:
            return None
        return cls(
            availability=levels.availability,
            restore=levels.restore,
            change=levels.change,
            cap_percent=None if levels.monthly_cap_percent is None else Fraction(levels.monthly_cap_percent),
            windows=Windows(service),
        )


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What every tenant's figures are made from."""

    records: Records
    by_id: ById
    period: Period
    incidents: Sequence[Incident]
    outages: Sequence[Outage]
    """Those that touch the month."""
    incidents_of: Mapping[str, Sequence[Incident]]
    """Of them, by tenant."""
    interrupted: dict[str, tuple[Interruption, ...]]
    subscribed: Subscribed
    language: str


def tenant_figures(scope: Scope, promises: Promises, month: Month) -> TenantFigures:
    """Everything of one tenant."""
    level = level_at(scope.tenant, month.period)
    excluded = Excluded(scope, month.records.exclusions, until=month.period.end)
    charges = _charges(scope, month)
    measured = tuple(
        measure_function(
            one, scope, promises.availability, level=level, month=month, excluded=excluded, charge=charges.get(one.id)
        )
        for one in scope.functions
    )
    found = restored(
        month.incidents_of[scope.tenant.id],
        scope,
        level=level,
        promise=promises.restore,
        windows=promises.windows,
        excluded=excluded,
        period=month.period,
    )
    changes = changed(
        month.records.changes,
        scope,
        level=level,
        promise=promises.change,
        windows=promises.windows,
        excluded=excluded,
        period=month.period,
    )
    functions = {one.id for one in scope.functions}
    base = sum((amount for id_, amount in charges.items() if id_ in functions), NONE) if scope.production else NONE
    shared = _shared(measured, found, promises.restore, base) if scope.production else Shared()
    return _assembled(
        scope,
        promises,
        month,
        level=level,
        measured=measured,
        found=found,
        shared=shared,
        changes=changes,
        charges=charges,
        base=base,
    )


def measure_function(
    function: Function,
    scope: Scope | None,
    promise: Availability,
    *,
    level: str,
    month: Month,
    excluded: Excluded | None,
    charge: Fraction | None,
) -> FunctionMeasure:
    """A function's units; ``scope`` and ``excluded`` are None for what belongs to no tenant."""
    units = tuple(
        measure_unit(
            unit,
            function,
            scope,
            interruptions=month.interrupted.get(unit.id, ()),
            excluded=excluded,
            subscribed=month.subscribed,
        )
        for unit in function.units
    )
    return FunctionMeasure(
        function=function,
        units=units,
        guaranteed=guaranteed_percent(promise, function.function, level),
        scale=promise.scale,
        charge=charge,
    )


def level_at(tenant: Tenant, period: Period) -> str:
    """The support level in that month: changes take effect on the first of a calendar month (SD-1 §1.6)."""
    return tenant.level_on(period.last_day)


def _shared(measured: tuple[FunctionMeasure, ...], found: Restored, promise: Restore, base: Fraction) -> Shared:
    """Late incidents that also interrupted a guaranteed unit, and how they are given to the two sides."""
    touched = frozenset().union(*(one.incidents() for one in measured))
    candidates = tuple(one.id for one in sorted(found.late, key=lambda one: (one.opened, one.id)) if one.id in touched)
    case = Case(
        functions=tuple(one for one in measured if not one.incidents().isdisjoint(candidates)),
        candidates=candidates,
        fixed_late=len(found.late) - len(candidates),
        resolved=len(found.counted),
        promise=promise,
        base=base,
    )
    others = sum((one.credit() for one in measured if one not in case.functions), NONE)
    return _with(assign(case), others)


def _with(shared: Shared, others: Fraction) -> Shared:
    """The assignments with the availability credit of the functions that no candidate touches."""

    def more(one: msgspec.Struct) -> msgspec.Struct:
        add = {name: getattr(one, name) + others for name in ("availability_credit", "total")}
        return msgspec.structs.replace(one, **add)

    if shared.chosen is None:
        return shared
    return msgspec.structs.replace(
        shared, chosen=more(shared.chosen), compared=tuple(more(one) for one in shared.compared)
    )


def _assembled(
    scope: Scope,
    promises: Promises,
    month: Month,
    *,
    level: str,
    measured: tuple[FunctionMeasure, ...],
    found: Restored,
    shared: Shared,
    changes: tuple[ChangeFigure, ...],
    charges: dict[str, Fraction],
    base: Fraction,
) -> TenantFigures:
    to_restore = frozenset(shared.chosen.restore if shared.chosen else ())
    to_availability = frozenset(shared.chosen.availability if shared.chosen else ())
    reason = None if scope.production else "non-production"
    functions = tuple(
        function_figure(one, restored=to_restore, source=promises.availability.source, reason=reason)
        for one in measured
    )
    restore = gap_figure(found, promises.restore, moved=to_availability, base=base, reason=reason)
    earned = _credits(
        promises,
        tenant=scope.tenant.id,
        figures=tuple(zip(functions, measured, strict=True)),
        restore=restore,
        shared=shared,
        changes=changes,
        language=month.language,
    )
    sums = {
        kind: sum((one.amount for one in earned if one.kind == kind), NONE)
        for kind in ("availability", "restore", "change")
    }
    total, charge = sum(sums.values(), NONE), sum(charges.values(), NONE)
    cap = None if promises.cap_percent is None else promises.cap_percent * charge / 100
    exact = total if cap is None else min(total, cap)
    own = [one for one in month.records.charges if one.month == month.period.name and one.tenant == scope.tenant.id]
    return TenantFigures(
        id=scope.tenant.id,
        environment=scope.tenant.environment,
        support_level=level,
        penalty=scope.production,
        functions=functions,
        restore=restore,
        shared=msgspec.structs.replace(shared, explanation=shared_lines(shared, month.language)),
        changes=changes,
        availability_credit=sums["availability"],
        restore_credit=sums["restore"],
        change_credit=sums["change"],
        before_cap=total,
        service_charge=charge,
        cap=cap,
        capped=cap is not None and total > cap,
        exact=exact,
        payable=cents(exact),
        credits=earned,
        sample=any(one.sample for one in own),
    )


def _credits(
    promises: Promises,
    *,
    tenant: str,
    figures: tuple[tuple[FunctionFigure, FunctionMeasure], ...],
    restore: RestoreGap,
    shared: Shared,
    changes: tuple[ChangeFigure, ...],
    language: str,
) -> tuple[Credit, ...]:
    to_restore = frozenset(shared.chosen.restore if shared.chosen else ())
    found = [
        availability_credit(figure, measured, tenant=tenant, restored=to_restore, language=language)
        for figure, measured in figures
        if figure.credit
    ]
    if restore.credit:
        found.append(restore_credit(restore, promise=promises.restore, tenant=tenant, language=language))
    percent = Fraction(promises.change.late_percent)
    found += [
        change_credit(one, source=promises.change.source, late_percent=percent, tenant=tenant, language=language)
        for one in changes
        if one.credit
    ]
    return tuple(found)


def _charges(scope: Scope, month: Month) -> dict[str, Fraction]:
    """The month's charge of each function that has one."""
    return {
        one.function: one.amount_eur
        for one in month.records.charges
        if one.month == month.period.name and one.tenant == scope.tenant.id and one.amount_eur is not None
    }
