"""Times to restore of a tenant's incidents: ticket opened to resolved in the operation window (SD-1 §1.10)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from toolkit.clocks import Clock, Window, at
from toolkit.levels.causes import restore_excluded
from toolkit.levels.excluded import Excluded
from toolkit.levels.period import Period
from toolkit.levels.records.kinds import PRIORITIES, Incident
from toolkit.levels.scale import NONE, credit_percent, target_of
from toolkit.levels.units import Scope
from toolkit.levels.windows import Windows, target_seconds
from toolkit.model.levels import LeftOut, LiteralCount, RestoreFigure, RestoreGap
from toolkit.model.service import Restore

NO_INCIDENT = "P4"
"""The priority without a commitment (SD-1 §1.9)."""


_Promised = tuple[Window, int, bool]
"""The window of the clock, the target's seconds, and whether the time must be less than it, not at most."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's incidents of the month: those that count for the gap, and the others with their reasons."""

    counted: tuple[RestoreFigure, ...]
    late: tuple[RestoreFigure, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def literal(self) -> int:
        """How many incidents the literal count has (SD-1 §1.16)."""
        return len(self.counted) + sum(one.literal for one in self.left_out)


def restored(
    incidents: Iterable[Incident],
    scope: Scope,
    *,
    level: str,
    promise: Restore,
    windows: Windows,
    excluded: Excluded,
    period: Period,
) -> Restored:
    """Each of the tenant's ``incidents`` of the month, in that of its resolution; exactly the target is in time.

    Those of one component only are taken to be of the tenant (``Month.incidents_of``).
    """
    promised = {one: _promised(one, scope, level=level, promise=promise, windows=windows) for one in PRIORITIES}
    # by priority and components: found here at once, where ``excluded`` would hash a window each time
    clocks: dict[tuple[str, tuple[str, ...]], Clock] = {}
    counted: list[RestoreFigure] = []
    left_out: list[LeftOut] = []
    for incident in incidents:
        own = incident.components
        if len(own) > 1:
            own = tuple(one for one in own if one in scope.components)
        reason = _left_out(incident, scope, own, excluded, period)
        target = promised[incident.priority]
        if reason is None and target is not None:
            clock = clocks.get((incident.priority, own))
            if clock is None:
                clock = excluded.clock("restore", excluded.named(own), target[0])
                clocks[incident.priority, own] = clock
            counted.append(_figure(incident, own, target, clock, excluded))
        else:
            reason = reason or "no-target"
            literal = reason not in {NO_INCIDENT, "not-resolved"}
            left_out.append(LeftOut(id=incident.id, reason=reason, literal=literal))
    late = tuple(one for one in counted if one.late)
    return Restored(counted=tuple(counted), late=late, left_out=tuple(left_out))


def gap_figure(
    found: Restored, promise: Restore, *, moved: frozenset[str], base: Fraction, reason: str | None
) -> RestoreGap:
    """The tenant's gap: counted late by max(resolved, 5); ``moved`` earn availability credit and leave the numerator."""
    late = sum(one.id not in moved for one in found.late)
    resolved = len(found.counted)
    gap, percent = gap_and_percent(promise, late, resolved)
    literal_gap, literal_percent = gap_and_percent(promise, late, found.literal)
    if reason:
        percent = literal_percent = NONE
    promised = Fraction(promise.met_percent)
    in_time = Fraction(100 * (resolved - len(found.late)), resolved) if resolved else None
    return RestoreGap(
        incidents=found.counted,
        left_out=found.left_out,
        resolved=resolved,
        late=len(found.late),
        promised_percent=promised,
        in_time_percent=in_time,
        met=None if in_time is None else in_time >= promised,
        moved_to_availability=tuple(one.id for one in found.late if one.id in moved),
        counted_late=late,
        denominator=max(resolved, promise.at_least),
        gap=gap,
        credit_percent=percent,
        base=base,
        credit=percent * base / 100,
        literal=LiteralCount(
            resolved=found.literal,
            denominator=max(found.literal, promise.at_least),
            gap=literal_gap,
            credit_percent=literal_percent,
            credit=literal_percent * base / 100,
        ),
        source=promise.source,
        reason=reason,
    )


def gap_and_percent(promise: Restore, late: int, resolved: int) -> tuple[Fraction, Fraction]:
    """The gap as a share, and its credit in percent."""
    gap = Fraction(late, max(resolved, promise.at_least))
    return gap, credit_percent(promise.scale, 100 * gap)


def _left_out(
    incident: Incident, scope: Scope, components: tuple[str, ...], excluded: Excluded, period: Period
) -> str | None:
    if incident.priority == NO_INCIDENT:
        return NO_INCIDENT
    if incident.resolved is None or not period.has(incident.resolved):
        return "not-resolved"
    reason = restore_excluded(incident, scope, components)
    if reason is not None:
        return reason
    if excluded.kinds_over("customer-iaas", components, incident.opened, incident.resolved):
        return "customer-iaas"
    return "exit" if excluded.began_in("exit", components, incident.opened) else None


def _promised(priority: str, scope: Scope, *, level: str, promise: Restore, windows: Windows) -> _Promised | None:
    """None without a target at the support level, or a window of the priority."""
    target = target_of(promise.targets, priority, level)
    if target is None:
        return None
    if target.window:
        window = windows.named(target.window)
    else:
        found = windows.of("operation", scope.tenant.environment, priority)
        if found is None:
            return None
        window = found
    return window, target_seconds(target, window), target.below


def _figure(
    incident: Incident, components: tuple[str, ...], promised: _Promised, clock: Clock, excluded: Excluded
) -> RestoreFigure:
    window, seconds, below = promised
    opened, resolved = incident.opened, incident.resolved
    assert resolved is not None
    elapsed = clock.run(resolved) - clock.run(opened)
    stopped: tuple[str, ...] = ()
    if clock.excluded and elapsed < excluded.whole(window, opened, resolved):
        stopped = excluded.of("restore", components[0], opened, resolved)
    named: tuple[str, ...] = ()
    if incident.priority_changes:
        later = (f"{one.priority} {at(one.at).isoformat()}" for one in incident.priority_changes)
        named = (incident.first_priority, *later)
    return RestoreFigure(
        id=incident.id,
        priority=incident.priority,
        opened=opened,
        resolved=resolved,
        window=window.id,
        elapsed=elapsed,
        target=seconds,
        late=elapsed >= seconds if below else elapsed > seconds,
        priorities=named,
        stopped_by=stopped,
    )
