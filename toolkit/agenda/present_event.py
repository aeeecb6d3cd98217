"""An event's plan as ``onboarding/event-plan/v1`` and as a run of show in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit.agenda.event_nouns import EventPlan, PlannedDay, PlannedSession, Span, Task
from toolkit.canonical import plain
from toolkit.clocks import duration_words
from toolkit.visible import visible

SCHEMA = "onboarding/event-plan/v1"
ROLES = {"project_manager": "project manager", "solutions_analyst": "solutions analyst"}


def event_json(plan: EventPlan) -> dict[str, Any]:
    """The plan as plain JSON values; ``fits`` says whether the event keeps every limit as it is."""
    return {"schema": SCHEMA, "fits": not plan.broken, **plain(plan)}


def event_lines(plan: EventPlan) -> Iterator[str]:
    """The run of show: before the event, each day, after it, and what does not fit; one line each, whatever names hold."""
    return (visible(line) for line in _lines(plan))


def _lines(plan: EventPlan) -> Iterator[str]:
    yield f"{plan.name} ({plan.zone})"
    if plan.rehearsal is not None:
        how = "agreed" if plan.rehearsal.agreed else "proposed"
        yield f"rehearsal: {_day_and_time(plan.rehearsal.time)}, {plan.rehearsal.option}, {how}: {plan.rehearsal.told.en}"
    if plan.speaker_links is not None:
        yield f"speaker links: by {plan.speaker_links}"
    for day in plan.days:
        yield ""
        yield from _day_lines(day)
    if plan.recordings:
        yield ""
        yield "recordings"
        for one in plan.recordings:
            due = "not handled" if one.due is None else f"linked by {one.due:%Y-%m-%d %H:%M}"
            yield f"  {one.session}  {duration_words(one.seconds)}  {due}  {one.title}"
    yield ""
    yield "who does what"
    width = max(len(_task_time(task)) for task in plan.tasks)
    for task in plan.tasks:
        person = task.who or "not named"
        yield f"  {_task_time(task):{width}}  {ROLES[task.role]} ({person})  {task.title.en}"
    yield from _findings(plan)


def _findings(plan: EventPlan) -> Iterator[str]:
    if plan.broken:
        yield ""
        yield "what does not fit"
    for one in plan.broken:
        yield f"  {one.limit} ({one.source}): {one.told.en}"
        yield f"    nearest plan: {one.nearest.en}"
    if plan.gaps or plan.notes:
        yield ""
    yield from (f"missing: {gap.en}" for gap in plan.gaps)
    yield from (f"note: {note.en}" for note in plan.notes)


def _day_lines(day: PlannedDay) -> Iterator[str]:
    yield f"day {day.number}, {day.date}: event {_times(day.time)}, {duration_words(day.seconds)}"
    if day.support is None:
        yield f"  no support: {day.rule.en}"
    else:
        yield f"  support {_times(day.support)}, {duration_words(day.support.seconds)}: {day.rule.en}"
        if day.uncovered is not None:
            yield f"  not covered: {_times(day.uncovered)}"
    for session in day.sessions:
        yield f"    {_times(session.time)}  {session.id}  {session.title}{_about(session)}"


def _about(session: PlannedSession) -> str:
    parts = list(session.speakers)
    if session.recorded:
        parts.append("recorded")
    if session.covered < session.seconds:
        left = duration_words(session.seconds - session.covered)
        parts.append("not covered" if not session.covered else f"{left} not covered")
    return f" ({'; '.join(parts)})" if parts else ""


def _task_time(task: Task) -> str:
    if task.time is not None:
        return _day_and_time(task.time)
    return "after the event" if task.day is None else f"by {task.day}"


def _day_and_time(span: Span) -> str:
    return f"{span.starts:%Y-%m-%d} {_times(span)}"


def _times(span: Span) -> str:
    """``08:30-17:30``; with the offsets where clocks are changed between the two."""
    if span.starts.utcoffset() != span.ends.utcoffset():
        return f"{span.starts:%H:%M%z}-{span.ends:%H:%M%z}"
    return f"{span.starts:%H:%M}-{span.ends:%H:%M}"
