"""Who of the provider's team does what, and when (SD-5 §5): the project manager before the event, the analyst during it."""

from __future__ import annotations

import datetime as dt

from toolkit.agenda.event_nouns import PlannedDay, PlannedRehearsal, Recording, Role, Task
from toolkit.model.event import Event
from toolkit.model.service import Text


def tasks_of(
    event: Event,
    days: tuple[PlannedDay, ...],
    *,
    rehearsal: PlannedRehearsal | None,
    links: dt.date | None,
    recordings: tuple[Recording, ...],
) -> tuple[Task, ...]:
    """The tasks in the order of their days; none of the project manager's is on the event's first day or later."""
    supported = [day for day in days if day.support is not None]
    first = days[0].date
    eve = first - dt.timedelta(days=1)
    found = [_task(event, "run-of-show", Text(en="Run of show", fr="Conducteur de l'événement"), day=eve, first=first)]
    if rehearsal is not None:
        words = (
            Text(en="Rehearsal: technical run with speakers", fr="Répétition : essai technique avec les intervenants")
            if rehearsal.option == "technical-run"
            else Text(en="Rehearsal: review of the day's tasks", fr="Répétition : revue des tâches de la journée")
        )
        role: Role = _role(rehearsal.time.starts.date(), first)
        found.append(Task(id="rehearsal", title=words, role=role, who=_who(event, role), time=rehearsal.time))
    if links is not None:
        title = Text(en="Speaker links", fr="Liens des intervenants")
        found.append(_task(event, "speaker-links", title, day=links, first=first))
    analyst = _who(event, "solutions_analyst")
    for day in supported:
        title = Text(
            en="Support of staff and speakers, minor changes",
            fr="Assistance à l'équipe et aux intervenants, modifications mineures",
        )
        found.append(
            Task(id=f"support-{day.date}", title=title, role="solutions_analyst", who=analyst, time=day.support)
        )
    for recording in recordings:
        if recording.due is not None:
            title = Text(
                en=f"Recording linked: {recording.title}", fr=f"Enregistrement mis en lien : {recording.title}"
            )
            due = recording.due.date()
            found.append(
                Task(id=f"recording-{recording.session}", title=title, role="solutions_analyst", who=analyst, day=due)
            )
    title = Text(en="Attendance reports", fr="Rapports de participation")
    found.append(Task(id="attendance-reports", title=title, role="solutions_analyst", who=analyst))
    return tuple(sorted(found, key=lambda task: (when(task) or dt.date.max, task.id)))


def when(task: Task) -> dt.date | None:
    """The day of a task; None where no day is promised."""
    return task.time.starts.date() if task.time is not None else task.day


def _task(event: Event, id_: str, title: Text, *, day: dt.date, first: dt.date) -> Task:
    role = _role(day, first)
    return Task(id=id_, title=title, role=role, who=_who(event, role), day=day)


def _role(day: dt.date, first: dt.date) -> Role:
    return "project_manager" if day < first else "solutions_analyst"


def _who(event: Event, role: Role) -> str | None:
    person = getattr(event.team, role) if event.team is not None else None
    return None if person is None else person.name
