"""What a claim of each credit must say, as plain facts: whoever writes the document renders them (SD-1 §1.10)."""

from __future__ import annotations

import datetime as dt

from toolkit.clocks import at
from toolkit.levels.period import Period
from toolkit.levels.records.kinds import Change, Incident, Records
from toolkit.levels.texts import say
from toolkit.model.levels import Claim, Credit
from toolkit.model.service import Claim as ClaimRules


def claims(
    credits_: tuple[Credit, ...],
    records: Records,
    period: Period,
    *,
    tenant: str,
    rules: ClaimRules,
    service: str,
    language: str,
) -> tuple[Claim, ...]:
    """One for each credit; the records' times, cut to nothing: a claim tells what happened, when and to what."""
    return tuple(
        _claim(one, records, period, tenant=tenant, rules=rules, service=service, language=language) for one in credits_
    )


def _claim(
    credit: Credit, records: Records, period: Period, *, tenant: str, rules: ClaimRules, service: str, language: str
) -> Claim:
    named = set(credit.records)
    incidents: list[Incident] = [one for one in records.incidents if one.id in named]
    outages = [one for one in records.outages if one.id in named]
    changes: list[Change] = [one for one in records.changes if one.id in named]
    times = [(one.start, one.end) for one in outages] if credit.kind == "availability" else []
    times = times or [(one.opened, one.resolved) for one in incidents]
    times += [(one.requested, one.notified) for one in changes]
    starts = [start for start, _ in times] or [period.start]
    ends = [period.end if end is None else end for _, end in times] or [period.end]
    resources = {one.component for one in outages} | {part for one in incidents for part in one.components}
    resources |= {one.component for one in changes if one.component}
    return Claim(
        credit=credit.id,
        tenant=tenant,
        nature=say(language, f"nature-{credit.kind}", subject=credit.subject),
        start=at(min(starts), period.zone).isoformat(),
        end=at(max(ends), period.zone).isoformat(),
        resources=tuple(sorted(resources)),
        records=credit.records,
        amount=credit.amount,
        subject=f"{rules.subject} {service}",
        until=(period.last_day + dt.timedelta(days=rules.within_days)).isoformat(),
    )
