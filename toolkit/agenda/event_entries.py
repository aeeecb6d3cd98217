"""The entries of an event: what its plan has of days, times and deadlines (SD-5 §5)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.agenda.entries import Entry, uid_of
from toolkit.agenda.event_nouns import EventPlan, Span, Task
from toolkit.model.inventory import Inventory
from toolkit.model.service import Text


def event_entries(inventory: Inventory, plan: EventPlan, *, source: str) -> Iterator[Entry]:
    """One for each task that has a day; a recording's is the instant by which it is linked."""
    due = {f"recording-{one.session}": one for one in plan.recordings if one.due is not None}
    kinds = {"rehearsal", "speaker-links", "run-of-show"}
    for task in plan.tasks:
        recording = due.get(task.id)
        time = task.time
        if recording is not None and recording.due is not None:
            time = Span(starts=recording.due, ends=recording.due)
        day = time.starts.date() if time is not None else task.day
        if day is None:
            continue
        kind = "recording" if recording is not None else task.id if task.id in kinds else "event-support"
        yield Entry(
            uid=uid_of(inventory, "event", task.id),
            kind=kind,
            day=day,
            time=time,
            title=_title(plan, task),
            owner="provider",
            source=source,
            reference=recording.session if recording is not None else None,
            note=_note(plan, task),
        )


def _title(plan: EventPlan, task: Task) -> Text:
    return Text(en=f"{plan.name}: {task.title.en}", fr=f"{plan.name} : {task.title.fr}")


def _note(plan: EventPlan, task: Task) -> Text:
    """Who does it, and by which rule it is when it is."""
    role = (
        Text(en="project manager", fr="chef de projet")
        if task.role == "project_manager"
        else Text(en="solutions analyst", fr="analyste de solutions")
    )
    named = f" ({task.who})" if task.who else ""
    rule = None
    if task.id == "rehearsal" and plan.rehearsal is not None:
        rule = plan.rehearsal.told
    for day in plan.supported:
        if task.id == f"support-{day.date}":
            rule = day.rule
    en, fr = f"{role.en}{named}", f"{role.fr}{named}"
    return Text(en=en, fr=fr) if rule is None else Text(en=f"{en}; {rule.en}", fr=f"{fr} ; {rule.fr}")
