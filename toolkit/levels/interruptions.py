"""From outages and incidents to the interruptions of each unit (SD-1 §1.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from toolkit.levels.period import Period
from toolkit.levels.records.by_id import ById
from toolkit.levels.records.kinds import Incident, Note, Outage


class Interruption(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A period in which a component was interrupted, within the month. ``key``: its incident, else its outage."""

    key: str
    start: int
    end: int
    incident: Incident | None = None
    outage: str | None = None


class Interruptions(msgspec.Struct, frozen=True, kw_only=True):
    """``by_component`` in the order of their starts; ``notes`` on what was concluded."""

    by_component: dict[str, tuple[Interruption, ...]]
    notes: tuple[Note, ...]


def interruptions(
    outages: Iterable[Outage], incidents: Iterable[Incident], by_id: ById, period: Period
) -> Interruptions:
    """Outages are the interruptions; an incident that is one and has no outage record lasted from opened to resolved.

    What has not ended counts to the month's end. ``outages`` and ``incidents``: those that touch the month.
    """
    found: dict[str, list[Interruption]] = defaultdict(list)
    notes: list[Note] = []
    for outage in outages:
        if outage.end != period.start:
            one = _of_outage(outage, by_id.incidents.get(outage.incident or ""), period, notes)
            found[outage.component].append(one)
    recorded = {outage.incident for outage in by_id.outages.values()}
    for incident in incidents:
        if incident.interruption:
            if "P1" not in {incident.first_priority, incident.priority}:
                notes.append(_note(incident, "interruption-not-p1"))
            if incident.id not in recorded:
                notes.append(_note(incident, "interruption-without-outage"))
                for component in incident.components:
                    found[component].append(_of_incident(incident, period))
    return Interruptions(by_component={id_: tuple(some) for id_, some in found.items()}, notes=tuple(notes))


def _of_outage(outage: Outage, incident: Incident | None, period: Period, notes: list[Note]) -> Interruption:
    if outage.end is None:
        notes.append(_note(outage, "outage-open"))
    if incident is None:
        notes.append(_note(outage, "outage-without-incident"))
    elif not incident.interruption:
        notes.append(_note(outage, "outage-counts", incident=incident.id))
    start, end = _within(period, outage.start, outage.end)
    return Interruption(key=outage.incident or outage.id, start=start, end=end, incident=incident, outage=outage.id)


def _of_incident(incident: Incident, period: Period) -> Interruption:
    start, end = _within(period, incident.opened, incident.resolved)
    return Interruption(key=incident.id, start=start, end=end, incident=incident)


def _within(period: Period, start: int, end: int | None) -> tuple[int, int]:
    return max(start, period.start), period.end if end is None else min(end, period.end)


def _note(record: Incident | Outage, key: str, **named: str) -> Note:
    return Note(file=record.file, line=record.line, record=record.id, key=key, named=named)
