"""What one more incident would cost: put where nothing else happens, and all of the month computed again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from toolkit.clocks import ALWAYS, BUSINESS_HOURS, at, duration
from toolkit.clocks.instants import first_reading
from toolkit.errors import UsageError
from toolkit.levels.amounts import cents
from toolkit.levels.month import month_figures
from toolkit.levels.period import Period
from toolkit.levels.records.cells import nearest
from toolkit.levels.records.kinds import PRIORITIES, Incident, Outage, Records
from toolkit.levels.spans import Span, Spans, intersection, union
from toolkit.levels.units import record_ids
from toolkit.model.inventory import Inventory
from toolkit.model.levels import LevelsReport, WhatIf
from toolkit.model.service import Service

ID = "what-if"
_SHAPE = re.compile(r"(P[1-4])\s+(\d\w*)(?:\s+([a-z][a-z0-9/-]*))?", re.ASCII)


def what_if(
    asked: str,
    report: LevelsReport,
    *,
    inventory: Inventory,
    service: Service,
    records: Records,
    period: Period,
    language: str,
) -> WhatIf:
    """``P1 3h [component]``: from the first business day on at 10:00, where the component has neither outage nor exclusion.

    A P1 interrupts the component for all of the time, others do not. Without a component, the first unit of each
    function is tried and the dearest told. UsageError for other text, and where the month has no room.
    """
    shape = _SHAPE.fullmatch(asked.strip())
    if shape is None:
        raise UsageError(f"{asked!r} is no incident", fix='write priority, duration and a component: "P1 3h erp-vm-1"')
    priority, seconds, component = shape[1], duration(shape[2], ALWAYS), shape[3]
    known = record_ids(inventory, service)
    if component is not None and component not in known:
        raise UsageError(f"the inventory has no component {component!r}", fix=nearest(component, known))
    best: WhatIf | None = None
    for one in (component,) if component else _firsts(report):
        start = _room(one, seconds, records, period)
        more = _with(records, one, priority=priority, start=start, end=start + seconds)
        after = month_figures(inventory, service, more, period, language=language)
        found = _told(asked, one, (start, start + seconds), before=report, after=after)
        if best is None or Fraction(found.after) > Fraction(best.after):
            best = found
    if best is None:
        raise UsageError("no production unit is guaranteed: nothing could be interrupted", fix="name a component")
    return best


def _told(asked: str, component: str, when: Span, *, before: LevelsReport, after: LevelsReport) -> WhatIf:
    had = {credit.id: credit.amount for one in before.tenants for credit in one.credits}
    changed = tuple(credit for one in after.tenants for credit in one.credits if had.get(credit.id) != credit.amount)
    return WhatIf(
        asked=asked,
        incident=ID,
        component=component,
        start=at(when[0]).isoformat(),
        end=at(when[1]).isoformat(),
        before=before.payable,
        after=after.payable,
        difference=cents(Fraction(after.payable) - Fraction(before.payable)),
        credits=changed,
    )


def _firsts(report: LevelsReport) -> Iterator[str]:
    for tenant in report.tenants:
        for function in tenant.functions if tenant.penalty else ():
            yield from (unit.id for unit in function.units[:1] if unit.not_guaranteed is None)


def _with(records: Records, component: str, *, priority: str, start: int, end: int) -> Records:
    interrupts = priority == PRIORITIES[0]
    incident = Incident(
        file=ID,
        line=0,
        id=ID,
        priority=priority,
        first_priority=priority,
        opened=start,
        resolved=end,
        components=(component,),
        interruption=interrupts,
        cause="provider",
    )
    outage = Outage(file=ID, line=0, id=f"{ID}-outage", component=component, start=start, end=end, incident=ID)
    return msgspec.structs.replace(
        records,
        incidents=(*records.incidents, incident),
        outages=(*records.outages, outage) if interrupts else records.outages,
    )


def _room(component: str, seconds: int, records: Records, period: Period) -> int:
    """The first 10:00 of a business day from which nothing else happens to the component for so long."""
    taken = union(_taken(component, records, period))
    day = at(period.start, period.zone).date()
    while day <= period.last_day:
        start = first_reading(day, 10 * 3600, period.zone)
        wanted: Spans = ((start, start + seconds),)
        if (
            BUSINESS_HOURS.calendar.is_business_day(day)
            and start + seconds < period.end
            and not intersection(wanted, taken)
        ):
            return start
        day += dt.timedelta(days=1)
    raise UsageError(
        f"{period.name} has no room for such an incident of {component} beside what is recorded",
        fix="take a shorter one, or another component",
    )


def _taken(component: str, records: Records, period: Period) -> Iterator[Span]:
    for outage in records.outages:
        if outage.component == component:
            yield outage.start, period.end if outage.end is None else outage.end
    for incident in records.incidents:
        if component in incident.components and incident.interruption:
            yield incident.opened, period.end if incident.resolved is None else incident.resolved
    for exclusion in records.exclusions:
        if not exclusion.components or component in exclusion.components:
            yield exclusion.start, period.end if exclusion.end is None else exclusion.end
