"""From an event to its plan: rehearsal, support, deadlines, who does what, and what of it keeps no limit (SD-5 §5)."""

from __future__ import annotations

import datetime as dt

import msgspec

from toolkit.agenda.commitment import check_covered, last_day
from toolkit.agenda.event_days import TimedDay, chosen, clock, planned_day, timed_days, too_long, too_many
from toolkit.agenda.event_limits import EventLimits
from toolkit.agenda.event_nouns import BrokenLimit, EventPlan, PlannedDay, PlannedRehearsal, Recording
from toolkit.agenda.event_recordings import planned_recordings
from toolkit.agenda.event_rehearsal import planned_links, planned_rehearsal
from toolkit.agenda.event_tasks import tasks_of
from toolkit.errors import InventoryInvalid
from toolkit.model.event import Event, Rehearsal, Session
from toolkit.model.inventory import Commitment
from toolkit.model.months import months_later
from toolkit.model.service import Text


def plan_event(event: Event, *, commitment: Commitment, limits: EventLimits) -> EventPlan:
    """The plan that keeps every limit and covers the most session time; the event's own faults raise InventoryInvalid.

    It depends on no present day: an event in the past is planned in the same way. InventoryInvalid also where no plan
    fits: no event day lies in the kit's term.
    """
    check_covered("event/days", *(day.date for day in event.days))
    days = timed_days(event, limits)
    until = min(last_day(commitment), months_later(commitment.start, limits.term_months) - dt.timedelta(days=1))
    inside = tuple(day for day in days if commitment.start <= day.day.date <= until)
    if not inside:
        raise InventoryInvalid(
            f"event/days: no event day lies in the term of the kit, {commitment.start} to {until} ({limits.source})",
            fix="mend the event's days or the start of the commitment",
        )
    taken = chosen(inside, limits)
    rehearsal, of_rehearsal = planned_rehearsal(event, taken[0], limits)
    links, of_links = planned_links(event, taken[0], limits)
    recordings, too_much = planned_recordings(event, limits)
    broken = (
        _term(days, inside, commitment, until, limits),
        too_many(inside, taken, limits),
        *(too_long(day, event, limits) for day in taken),
        *of_rehearsal.broken,
        *of_links.broken,
        too_much,
        _team(event, limits),
    )
    found = tuple(one for one in broken if one is not None)
    planned = tuple(_planned(day, event, limits, taken=taken, inside=inside) for day in days)
    return EventPlan(
        name=event.name,
        zone=event.zone,
        days=planned,
        rehearsal=rehearsal,
        speaker_links=links,
        recordings=recordings,
        tasks=tasks_of(event, planned, rehearsal=rehearsal, links=links, recordings=recordings),
        broken=found,
        gaps=(*of_rehearsal.gaps, *of_links.gaps, *_missing(event)),
        notes=(*of_rehearsal.notes, *of_links.notes, *_astray(event)),
        nearest=_nearest(event, taken, rehearsal, recordings, limits) if found else None,
    )


def _planned(
    day: TimedDay, event: Event, limits: EventLimits, *, taken: tuple[TimedDay, ...], inside: tuple[TimedDay, ...]
) -> PlannedDay:
    if day in inside:
        why = Text(
            en=f"beyond {limits.support_days} consecutive days of support",
            fr=f"au-delà de {limits.support_days} jours consécutifs d'assistance",
        )
    else:
        why = Text(en="outside the term of the kit", fr="hors de la durée du kit")
    return planned_day(day, event, limits, supported=day in taken, why_not=why)


def _term(
    days: tuple[TimedDay, ...],
    inside: tuple[TimedDay, ...],
    commitment: Commitment,
    until: dt.date,
    limits: EventLimits,
) -> BrokenLimit | None:
    outside = ", ".join(day.day.date.isoformat() for day in days if day not in inside)
    if not outside:
        return None
    return BrokenLimit(
        limit="term",
        source=limits.source,
        figures={"from": commitment.start.isoformat(), "until": until.isoformat(), "months": str(limits.term_months)},
        told=Text(
            en=f"the term of the kit is {commitment.start} to {until}; not in it: {outside}",
            fr=f"la durée du kit va du {commitment.start} au {until} ; en dehors : {outside}",
        ),
        nearest=Text(en=f"without support on {outside}", fr=f"sans assistance le {outside}"),
    )


def _team(event: Event, limits: EventLimits) -> BrokenLimit | None:
    team = event.team
    if team is None or team.project_manager is None or team.solutions_analyst is None:
        return None
    if team.project_manager.email.casefold() != team.solutions_analyst.email.casefold():
        return None
    return BrokenLimit(
        limit="solutions-analysts",
        source=limits.source,
        figures={"people": "1", "needed": "2"},
        told=Text(
            en="one person is project manager and solutions analyst; the project manager works before the event only",
            fr="une même personne est chef de projet et analyste ; le chef de projet ne travaille qu'avant l'événement",
        ),
        nearest=Text(en="name another solutions analyst", fr="nommer un autre analyste de solutions"),
    )


def _missing(event: Event) -> tuple[Text, ...]:
    named = event.team
    found = []
    if named is None or named.project_manager is None:
        found.append(Text(en="the project manager is not named", fr="le chef de projet n'est pas nommé"))
    if named is None or named.solutions_analyst is None:
        found.append(Text(en="the solutions analyst is not named", fr="l'analyste de solutions n'est pas nommé"))
    return tuple(found)


def _astray(event: Event) -> tuple[Text, ...]:
    dates = {day.date for day in event.days}
    return tuple(
        Text(
            en=f"the session {one.id} on {one.date} is on no event day: no support",
            fr=f"la session {one.id} du {one.date} n'est sur aucun jour d'événement : pas d'assistance",
        )
        for one in sorted(event.sessions, key=lambda one: (one.date, one.start, one.id))
        if one.date not in dates
    )


def _nearest(
    event: Event,
    taken: tuple[TimedDay, ...],
    rehearsal: PlannedRehearsal | None,
    recordings: tuple[Recording, ...],
    limits: EventLimits,
) -> Event:
    """The event as it would keep every limit: these days, no longer than their support, and what fits into them."""
    handled = {one.session for one in recordings if one.due is not None}
    links = taken[0].day.date - dt.timedelta(days=limits.links_days + 1)
    agenda = event.agenda_final if event.agenda_final is None or event.agenda_final <= links else links
    return msgspec.structs.replace(
        event,
        agenda_final=agenda if event.speakers and event.streaming == "vendor" else event.agenda_final,
        rehearsal=rehearsal
        and Rehearsal(
            option=rehearsal.option,
            date=rehearsal.time.starts.date(),
            start=rehearsal.time.starts.strftime("%H:%M"),
        ),
        days=tuple(msgspec.structs.replace(day.day, end=clock(min(day.ends, day.closes), event.zone)) for day in taken),
        sessions=tuple(
            _kept(session, min(ends, day.ends, day.closes), handled, event.zone)
            for day in taken
            for session, starts, ends in day.sessions
            if day.starts <= starts < min(day.ends, day.closes)
        ),
        team=event.team
        if event.team is None or _team(event, limits) is None
        else msgspec.structs.replace(event.team, solutions_analyst=None),
    )


def _kept(session: Session, ends: int, handled: set[str], zone: str) -> Session:
    return msgspec.structs.replace(session, end=clock(ends, zone), recorded=session.id in handled)
