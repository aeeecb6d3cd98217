"""Times to change: requested → completion notified in the administration window (SD-1 §1.10, §1.16)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from toolkit.levels.excluded import Excluded
from toolkit.levels.period import Period
from toolkit.levels.records.kinds import Change
from toolkit.levels.scale import NONE, target_of
from toolkit.levels.units import Scope
from toolkit.levels.windows import Windows, target_seconds
from toolkit.model.levels import ChangeFigure
from toolkit.model.service import ChangeTimes

QUOTE = "quote"


def changed(
    changes: Iterable[Change],
    scope: Scope,
    *,
    level: str,
    promise: ChangeTimes,
    windows: Windows,
    excluded: Excluded,
    period: Period,
) -> tuple[ChangeFigure, ...]:
    """Each change of the tenant in the month of its notification; the one that is still open is named, and earns nothing."""
    found = []
    for change in changes:
        if change.tenant != scope.tenant.id or not period.touches(change.requested, change.notified):
            continue
        figure = _figure(change, scope, level=level, promise=promise, windows=windows, excluded=excluded, period=period)
        found.append(figure)
    return tuple(found)


def kind_of(change: Change) -> str:
    """As the catalogue's targets call it: ``simple``, ``complex-accelerated``, ``quote``."""
    return f"{change.catalogue}-accelerated" if change.accelerated and change.catalogue != QUOTE else change.catalogue


def _figure(
    change: Change,
    scope: Scope,
    *,
    level: str,
    promise: ChangeTimes,
    windows: Windows,
    excluded: Excluded,
    period: Period,
) -> ChangeFigure:
    kind = kind_of(change)
    target = target_of(promise.targets, kind, level)
    window = windows.of("administration", scope.tenant.environment, None)
    reason = None
    if change.notified is None or not period.has(change.notified):
        reason = "not-notified"
    elif not change.validated:
        reason = "not-validated"
    elif target is None or window is None:
        reason = "no-target"
    if reason or target is None or window is None or change.notified is None:
        return ChangeFigure(
            id=change.id,
            kind=kind,
            requested=change.requested,
            notified=change.notified,
            price=change.price_eur,
            reason=reason,
        )
    components = (change.component,) if change.component else ("",)
    clock = excluded.clock("change", excluded.named(components), window)
    elapsed = clock.run(change.notified) - clock.run(change.requested)
    seconds = target_seconds(target, window)
    late = elapsed > seconds
    if late:
        reason = _no_credit(change, scope)
    credit = Fraction(promise.late_percent) / 100 * (change.price_eur or NONE) if late and reason is None else NONE
    stopped = elapsed < excluded.whole(window, change.requested, change.notified)
    return ChangeFigure(
        id=change.id,
        kind=kind,
        requested=change.requested,
        notified=change.notified,
        elapsed=elapsed,
        target=seconds,
        late=late,
        price=change.price_eur,
        credit=credit,
        reason=reason,
        stopped_by=excluded.of("change", components[0], change.requested, change.notified) if stopped else (),
    )


def _no_credit(change: Change, scope: Scope) -> str | None:
    """Why a late change earns nothing."""
    if not scope.production:
        return "non-production"
    if change.catalogue == QUOTE:
        return "late-quote"
    return "no-price" if change.price_eur is None else None
