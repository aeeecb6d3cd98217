"""What a claim of each credit must say, as plain facts: whoever writes the document renders them (SD-1 §1.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

from toolkit.clocks import at
from toolkit.levels.period import Period
from toolkit.levels.records.by_id import ById
from toolkit.levels.texts import say
from toolkit.model.levels import Claim, Credit
from toolkit.model.service import Claim as ClaimRules

R = TypeVar("R")


def claim(
    credit: Credit,
    by_id: ById,
    period: Period,
    *,
    tenant: str,
    units: frozenset[str],
    rules: ClaimRules,
    service: str,
    language: str,
) -> Claim:
    """The claim of one credit, with the first and last instant of what happened, within the month or not.

    ``units``: the guaranteed ones of an availability credit's function. What earns another credit, or none, is no part of the claim:
    neither an outage whose incident is not among the credit's, nor what an incident touched beside the function.
    """
    # an id may be one of an incident, of an outage and of an exclusion: each credit looks for what it is made of
    incidents = _named(credit, by_id.incidents) if credit.kind != "change" else []
    told = [one for one in _named(credit, by_id.outages) if one.component in units and credit.kind == "availability"]
    own = frozenset(credit.records)
    outages = [one for one in told if one.incident is None or one.incident in own]
    changes = [by_id.changes[credit.subject]] if credit.kind == "change" else []
    times = [(one.start, one.end) for one in outages] or [(one.opened, one.resolved) for one in incidents]
    times += [(one.requested, one.notified) for one in changes]
    starts = [start for start, _ in times] or [period.start]
    ends = [period.end if end is None else end for _, end in times] or [period.end]
    touched = {part for one in incidents for part in one.components}
    resources = {one.component for one in outages} | (touched & units if credit.kind == "availability" else touched)
    resources |= {one.component for one in changes if one.component}
    elsewhere = {one.id for one in told} - {one.id for one in outages}
    return Claim(
        credit=credit.id,
        tenant=tenant,
        nature=say(language, f"nature-{credit.kind}", subject=credit.subject),
        start=at(min(starts), period.zone).isoformat(),
        end=at(max(ends), period.zone).isoformat(),
        resources=tuple(sorted(resources)),
        records=tuple(id_ for id_ in credit.records if id_ not in elsewhere),
        amount=credit.amount,
        subject=f"{rules.subject} {service}",
        until=(period.last_day + dt.timedelta(days=rules.within_days)).isoformat(),
    )


def _named(credit: Credit, records: Mapping[str, R]) -> list[R]:
    return [one for one in map(records.get, credit.records) if one is not None]
