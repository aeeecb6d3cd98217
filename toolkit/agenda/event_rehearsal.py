"""The rehearsal before an event, and the links of its speakers (SD-5 §5).

This project's choices: "about a week before" is the business day of metropolitan France nearest to 7 days before the
first supported day, from 9 to 5 days before it, the earlier of two that are equally near; without an agreed time it
starts when the event's first day does, but not before 09:00, and ends by 18:00. Links are made before that first day.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from toolkit.agenda.event_days import TimedDay, clock
from toolkit.agenda.event_limits import EventLimits
from toolkit.agenda.event_nouns import BrokenLimit, PlannedRehearsal, Span
from toolkit.clocks import BusinessCalendar, at, epoch, instant
from toolkit.errors import InventoryInvalid, OnboardError
from toolkit.model.event import ABOUT_DAYS, Event, Rehearsal
from toolkit.model.service import Text

EARLIEST, LATEST = "09:00", "18:00"
"""Between which a rehearsal is proposed."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was found beside the plan's parts."""

    broken: tuple[BrokenLimit, ...] = ()
    gaps: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def planned_rehearsal(event: Event, first: TimedDay, limits: EventLimits) -> tuple[PlannedRehearsal | None, Told]:
    """The rehearsal before the first supported day; None where no business day is near enough."""
    asked = event.rehearsal or Rehearsal(option="tasks-review")
    broken: list[BrokenLimit] = []
    gaps: list[Text] = []
    if event.rehearsal is None:
        gaps.append(
            Text(
                en="the rehearsal's option is not chosen; the review of the day's tasks is planned, which needs nothing",
                fr="l'option de répétition n'est pas choisie ; la revue des tâches, qui n'exige rien, est planifiée",
            )
        )
    option = asked.option
    if option == "technical-run" and event.streaming != "vendor":
        option = "tasks-review"
        broken.append(_streaming(limits))
    day, told = _day(asked.date, first, limits)
    if asked.date is not None and day != asked.date:
        broken.append(_agreed_day(asked.date, day, first, limits))
    if day is None:
        if asked.date is None:
            broken.append(_agreed_day(None, None, first, limits))
        return None, Told(broken=tuple(broken), gaps=tuple(gaps))
    starts = _starts(event, asked, day, first, limits)
    if asked.date is None or asked.start is None:
        gaps.append(
            Text(
                en=f"the rehearsal's time is not agreed; {day} at {clock(starts, event.zone)} is proposed",
                fr=f"l'horaire de la répétition n'est pas convenu ; le {day} à {clock(starts, event.zone)} est proposé",
            )
        )
    return PlannedRehearsal(
        option=option,
        time=Span(starts=at(starts, event.zone), ends=at(starts + limits.rehearsal_seconds, event.zone)),
        agreed=asked.date == day and asked.start is not None,
        told=told,
    ), Told(broken=tuple(broken), gaps=tuple(gaps))


def _day(agreed: dt.date | None, first: TimedDay, limits: EventLimits) -> tuple[dt.date | None, Text]:
    calendar, lead = BusinessCalendar(), limits.rehearsal_lead_days
    aimed = first.day.date - dt.timedelta(days=lead)
    near = [
        aimed + dt.timedelta(days=offset)
        for offset in range(-ABOUT_DAYS, ABOUT_DAYS + 1)
        if calendar.is_business_day(aimed + dt.timedelta(days=offset))
    ]
    nearest = min(near, key=lambda one: (abs(one - aimed), one), default=None)
    day = agreed if agreed in near else nearest
    if day is None:
        return None, Text(en="", fr="")
    before = (first.day.date - day).days
    closed = calendar.why_closed(aimed)
    why_en = f"; {aimed} is no business day ({closed})" if closed and day != agreed else ""
    why_fr = f" ; le {aimed} n'est pas un jour ouvré" if closed and day != agreed else ""
    return day, Text(
        en=f"{before} days before the first supported day{why_en}",
        fr=f"{before} jours avant le premier jour d'assistance{why_fr}",
    )


def _starts(event: Event, asked: Rehearsal, day: dt.date, first: TimedDay, limits: EventLimits) -> int:
    if asked.start is not None:
        return _second(event, day, asked.start)
    last = _second(event, day, LATEST) - limits.rehearsal_seconds
    return min(_second(event, day, max(first.day.start, EARLIEST)), last)


def _second(event: Event, day: dt.date, time: str) -> int:
    try:
        return epoch(instant(f"{day}T{time}", event.zone))
    except OnboardError as error:
        raise InventoryInvalid(
            f"event/rehearsal/start: {error.message}", fix="write a time that the day has once"
        ) from error


def _streaming(limits: EventLimits) -> BrokenLimit:
    return BrokenLimit(
        limit="rehearsal-technical-run",
        source=limits.source,
        figures={"streaming": "customer", "needed": "vendor"},
        told=Text(
            en="a technical run with speakers needs the vendor's own streaming, the event brings the customer's",
            fr="un essai technique avec les intervenants exige la diffusion de l'éditeur, l'événement apporte celle du client",
        ),
        nearest=Text(
            en="the rehearsal is a review of the day's tasks; or use the vendor's streaming",
            fr="la répétition est une revue des tâches de la journée ; ou utiliser la diffusion de l'éditeur",
        ),
    )


def _agreed_day(agreed: dt.date | None, day: dt.date | None, first: TimedDay, limits: EventLimits) -> BrokenLimit:
    lead = limits.rehearsal_lead_days
    low, high = lead - ABOUT_DAYS, lead + ABOUT_DAYS
    figures = {"lead_days": str(lead), "from": str(low), "to": str(high)}
    if agreed is not None:
        figures |= {"agreed": agreed.isoformat(), "days_before": str((first.day.date - agreed).days)}
    told_en = "no rehearsal day is agreed" if agreed is None else f"the rehearsal is agreed for {agreed}"
    told_fr = (
        "aucun jour de répétition n'est convenu" if agreed is None else f"la répétition est convenue pour le {agreed}"
    )
    return BrokenLimit(
        limit="rehearsal-lead",
        source=limits.source,
        figures=figures,
        told=Text(
            en=f"{told_en}; it is on a business day about a week ({low} to {high} days) before {first.day.date}",
            fr=f"{told_fr} ; elle a lieu un jour ouvré, environ une semaine ({low} à {high} jours) avant le {first.day.date}",
        ),
        nearest=Text(
            en="no business day is near enough: no rehearsal" if day is None else f"{day}",
            fr="aucun jour ouvré n'est assez proche : pas de répétition" if day is None else f"{day}",
        ),
    )


def planned_links(event: Event, first: TimedDay, limits: EventLimits) -> tuple[dt.date | None, Told]:
    """The last day for the speakers' links; None without speakers, the vendor's streaming or a final agenda."""
    if not event.speakers:
        return None, Told()
    if event.streaming != "vendor":
        note = Text(
            en="no speaker links are made: they need the vendor's own streaming",
            fr="aucun lien d'intervenant n'est créé : il exige la diffusion de l'éditeur",
        )
        return None, Told(notes=(note,))
    latest = first.day.date - dt.timedelta(days=limits.links_days + 1)
    if event.agenda_final is None:
        gap = Text(
            en=f"the day on which the agenda is final is missing; {latest} is the last one for links in time",
            fr=f"la date du programme définitif manque ; le {latest} est la dernière pour des liens à temps",
        )
        return None, Told(gaps=(gap,))
    due = event.agenda_final + dt.timedelta(days=limits.links_days)
    if event.agenda_final <= latest:
        return due, Told()
    return due, Told(
        broken=(
            BrokenLimit(
                limit="speaker-links",
                source=limits.source,
                figures={
                    "agenda_final": event.agenda_final.isoformat(),
                    "within_days": str(limits.links_days),
                    "due": due.isoformat(),
                    "first_day": first.day.date.isoformat(),
                },
                told=Text(
                    en=f"the agenda is final on {event.agenda_final}: links are promised by {due}, not before the first day {first.day.date}",
                    fr=f"le programme est définitif le {event.agenda_final} : liens promis pour le {due}, et non avant le premier jour {first.day.date}",
                ),
                nearest=Text(
                    en=f"an agenda that is final on {latest} or before",
                    fr=f"un programme définitif au plus tard le {latest}",
                ),
            ),
        )
    )
