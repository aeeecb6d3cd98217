"""Response times of cases: recorded → an engineer makes contact, in the window of the activity ``response`` (SD-4 §4).

A service that says no such window responds at any hour.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.clocks import ALWAYS, Clock, Window
from toolkit.errors import UsageError
from toolkit.levels.period import Period
from toolkit.levels.records.kinds import Case
from toolkit.levels.scale import target_of
from toolkit.levels.windows import Windows, target_seconds
from toolkit.model.levels import CaseFigure, ResponseReport, SeverityFigure
from toolkit.model.service import Service, Target


def responded(
    service: Service, cases: Iterable[Case], period: Period, *, tier: str | None, customer: str
) -> ResponseReport:
    """The cases that were recorded in the month; a tier without objectives has figures and no target.

    UsageError for a service without response times, and for an inventory that does not say which tier is bought. A case that nobody has contacted by the month's end is late when its target is over by then, else it is open.
    """
    promise = service.levels.response
    if promise is None:
        raise UsageError(
            f"{service.id} promises no response times", fix="onboard catalogue show " + service.description
        )
    if tier is None:
        raise UsageError("the inventory does not say which tier is bought", fix="add subscription: {tier: premium}")
    windows, ids = Windows(service), severities_of(service)
    promised = {
        name: _promised(service, windows, target_of(promise.targets, id_, tier), id_) for name, id_ in ids.items()
    }
    found = tuple(_figure(one, *promised[one.severity], period) for one in cases if period.has(one.recorded))
    return ResponseReport(
        customer=customer,
        service=service.id,
        description=service.description,
        month=period.name,
        tier=tier,
        source=promise.source,
        cases=found,
        severities=tuple(_severity(severity, found) for severity in sorted({one.severity for one in found})),
    )


def severities_of(service: Service) -> dict[str, str]:
    """The priorities as a record calls them, with their ids: ``1`` is ``severity-1``, any other is called by its id."""
    return {one.id.removeprefix("severity-"): one.id for one in service.priorities}


def _promised(service: Service, windows: Windows, target: Target | None, priority: str) -> tuple[Target | None, Window]:
    """A severity's target, and the window in which its clock runs."""
    if target is not None and target.window is not None:
        return target, windows.named(target.window)
    said = any(one.activity == "response" for one in service.hours)
    return target, (windows.of("response", "", priority) if said else None) or ALWAYS


def _figure(case: Case, target: Target | None, window: Window, period: Period) -> CaseFigure:
    contacted = case.contacted if case.contacted is not None and case.contacted < period.end else None
    until = period.end if contacted is None else contacted
    clock = None if window.always else Clock(window)
    elapsed = until - case.recorded if clock is None else clock.run(until) - clock.run(case.recorded)
    seconds = None if target is None else target_seconds(target, window)
    state = "no-target"
    if target is not None and seconds is not None:
        over = elapsed >= seconds if target.below else elapsed > seconds
        state = "late" if over else "open" if contacted is None else "met"
    return CaseFigure(
        id=case.id,
        severity=case.severity,
        elapsed=elapsed,
        target=seconds,
        below=target is not None and target.below,
        state=state,
    )


def _severity(severity: str, cases: tuple[CaseFigure, ...]) -> SeverityFigure:
    own = [one for one in cases if one.severity == severity]
    met, late = (sum(one.state == state for one in own) for state in ("met", "late"))
    return SeverityFigure(
        severity=severity, cases=len(own), met=met, late=late, open=sum(one.state == "open" for one in own)
    )
