"""Which recordings of an event are handled, and by when they are linked (SD-5 §5).

This project's choice: a recording counts with the length of its session; where they are longer than the limit together,
those are handled that use most of it, of equal ones the earliest sessions.
"""

from __future__ import annotations

from toolkit.agenda.event_days import seconds_of
from toolkit.agenda.event_limits import EventLimits
from toolkit.agenda.event_nouns import BrokenLimit, Recording
from toolkit.clocks import at, duration_words
from toolkit.model.event import Event
from toolkit.model.service import Text


def planned_recordings(event: Event, limits: EventLimits) -> tuple[tuple[Recording, ...], BrokenLimit | None]:
    """Every recorded session, by time; of those over the limit ``due`` is None."""
    timed = sorted(
        (*seconds_of(event, f"event/sessions/{one.id}", one.date, (one.start, one.end)), one.id, one.title)
        for one in event.sessions
        if one.recorded
    )
    handled = set(most_of([ends - starts for starts, ends, _, _ in timed], limits.recordings_seconds))
    found = tuple(
        Recording(
            session=id_,
            title=title,
            seconds=ends - starts,
            due=at(ends + limits.linked_seconds, event.zone) if number in handled else None,
        )
        for number, (starts, ends, id_, title) in enumerate(timed)
    )
    left = [one.session for one in found if one.due is None]
    if not left:
        return found, None
    total = duration_words(sum(one.seconds for one in found))
    most = duration_words(limits.recordings_seconds)
    used = duration_words(sum(one.seconds for one in found if one.due is not None))
    names = ", ".join(left)
    return found, BrokenLimit(
        limit="recordings-length",
        source=limits.source,
        figures={"recorded": total, "allowed": most, "handled": used},
        told=Text(
            en=f"{total} are recorded, at most {most} of recordings are handled",
            fr=f"{total} sont enregistrées, {most} d'enregistrements au plus sont traitées",
        ),
        nearest=Text(en=f"{used} are handled, without: {names}", fr=f"{used} sont traitées, sans : {names}"),
    )


def most_of(lengths: list[int], limit: int) -> tuple[int, ...]:
    """Positions of the lengths whose sum is the largest within ``limit``; of equal sums the earliest positions."""
    if sum(lengths) <= limit:
        return tuple(range(len(lengths)))
    # from the last to the first: a set with an earlier position comes before one without it
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for position in range(len(lengths) - 1, -1, -1):
        longer = {
            total + lengths[position]: (position, *taken)
            for total, taken in reached.items()
            if total + lengths[position] <= limit
        }
        reached = {**reached, **longer}
    return reached[max(reached)]
