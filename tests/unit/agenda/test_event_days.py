"""Support of an event's days: the three lengths of SD-5 §5, the days that are chosen, clock changes."""

from __future__ import annotations

import datetime as dt
import itertools

import hypothesis
import hypothesis.strategies as st
import pytest
from made_events import COMMITMENT, event, limits, planned, session

from toolkit.agenda.event_nouns import EventPlan
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.model.event import Event
from toolkit.model.inventory import Commitment

TUESDAY = "2027-06-15"


def support(start: str, end: str) -> tuple[str, str]:
    (day,) = planned(event((TUESDAY, start, end))).days
    assert day.support is not None
    return f"{day.support.starts:%H:%M}", f"{day.support.ends:%H:%M}"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("09:00", "12:00"), ("08:30", "12:30")),
        (("09:00", "17:00"), ("08:30", "17:30")),
        # 8 to 9 h: the earlier of end + 30 min and start - 30 min + 9 h
        (("09:00", "17:01"), ("08:30", "17:30")),
        (("09:00", "17:30"), ("08:30", "17:30")),
        (("09:00", "18:00"), ("08:30", "17:30")),
        # more than 9 h: 9 h on end
        (("09:00", "18:01"), ("08:30", "17:30")),
        (("08:00", "23:59"), ("07:30", "16:30")),
        # into the day before and the day after
        (("00:10", "06:00"), ("23:40", "06:30")),
        (("18:00", "23:45"), ("17:30", "00:15")),
    ],
)
def test_support_of_a_day(times: tuple[str, str], expected: tuple[str, str]) -> None:
    assert support(*times) == expected


def test_what_is_not_covered_is_told() -> None:
    plan = planned(event((TUESDAY, "09:00", "19:00")))
    (day,) = plan.days
    assert day.uncovered is not None
    assert (f"{day.uncovered.starts:%H:%M}", f"{day.uncovered.ends:%H:%M}") == ("17:30", "19:00")
    (broken,) = plan.broken
    assert (broken.limit, broken.source) == ("support-hours", "SD-5 §5")
    assert broken.figures == {
        "day": TUESDAY, "event": "10 h", "wanted": "11 h", "allowed": "9 h", "uncovered": "1 h 30 min",
    }  # fmt: skip
    assert broken.nearest.en == (
        "support ends at 17:30, the last 1 h 30 min are not covered; an end at 17:30 would be covered, "
        "one at 17:00 with the time after it"
    )
    assert plan.nearest is not None
    assert plan.nearest.days[0].end == "17:30"


@pytest.mark.parametrize("end", ["17:00", "17:30"])
def test_a_day_that_is_covered_whole_breaks_nothing(end: str) -> None:
    plan = planned(event((TUESDAY, "09:00", end)))
    assert plan.broken == ()
    assert plan.nearest is None
    assert [one.limit for one in planned(event((TUESDAY, "09:00", "17:31"))).broken] == ["support-hours"]


def test_four_days_cover_the_most_session_time() -> None:
    days = [(f"2027-06-{15 + number}", "09:00", "17:00") for number in range(4)]
    plan = planned(event(*days, sessions=[session("last", "2027-06-18", "09:00", "11:00")]))
    assert [day.number for day in plan.supported] == [2, 3, 4]
    (broken,) = plan.broken
    assert broken.limit == "support-days"
    assert broken.figures == {"days": "4", "from_first_to_last": "4", "allowed": "3"}
    assert broken.nearest.en == (
        "days 2, 3, 4: 24 h of event and 2 h of sessions covered, 2027-06-15 without support; or leave out 2027-06-15; "
        "days 1, 2, 3: 24 h of event and 0 h of sessions covered"
    )


def test_four_days_without_sessions_take_the_first_three() -> None:
    plan = planned(event(*((f"2027-06-{15 + number}", "09:00", "17:00") for number in range(4))))
    assert [day.number for day in plan.supported] == [1, 2, 3]
    assert plan.days[3].rule.en == "beyond 3 consecutive days of support"


def test_days_apart_are_no_consecutive_ones() -> None:
    plan = planned(event(("2027-06-15", "09:00", "12:00"), ("2027-06-17", "09:00", "13:00")))
    assert [day.number for day in plan.supported] == [2]
    assert plan.broken[0].figures == {"days": "2", "from_first_to_last": "3", "allowed": "3"}
    gap = planned(event(*((f"2027-06-{date}", "09:00", "12:00") for date in (14, 15, 17))))
    assert [day.number for day in gap.supported] == [1, 2]


def test_elapsed_time_counts_where_an_hour_is_skipped() -> None:
    """On 2027-03-28 an event from 00:30 to 10:00 lasts 8.5 h; 9 h from 00:00 end at 10:00 summer time."""
    plan = planned(event(("2027-03-28", "00:30", "10:00")))
    (day,) = plan.days
    assert day.seconds == 8 * 3600 + 1800
    assert day.support is not None
    assert day.support.starts.isoformat() == "2027-03-28T00:00:00+01:00"
    assert day.support.ends.isoformat() == "2027-03-28T10:00:00+02:00"
    assert day.uncovered is None


def test_elapsed_time_counts_where_an_hour_is_repeated() -> None:
    plan = planned(event(("2027-10-31", "01:00", "10:00")))
    (day,) = plan.days
    assert day.seconds == 10 * 3600
    assert day.support is not None
    assert day.support.ends.isoformat() == "2027-10-31T08:30:00+01:00"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([("2027-03-28", "02:30", "10:00")], "event/days/2027-03-28/start: .*does not exist in Europe/Paris"),
        ([("2027-10-31", "00:30", "02:30")], "event/days/2027-10-31/end: .*comes twice in Europe/Paris"),
        ([(TUESDAY, "09:00", "09:00")], "not after its start"),
        ([(TUESDAY, "17:00", "09:00")], "it ends at 09:00, not after its start at 17:00"),
        ([(TUESDAY, "09:00", "10:00"), (TUESDAY, "11:00", "12:00")], "2027-06-15 stands there twice"),
        ([("2028-06-15", "09:00", "10:00")], "no event day lies in the term of the kit, 2027-01-01 to 2027-12-31"),
    ],
)
def test_days_that_no_plan_fits(days: list[tuple[str, str, str]], told: str) -> None:
    with pytest.raises(InventoryInvalid, match=told):
        planned(event(*days))


def test_a_session_that_ends_before_it_starts() -> None:
    with pytest.raises(InventoryInvalid, match="event/sessions/late: it ends at 09:00"):
        planned(event((TUESDAY, "09:00", "17:00"), sessions=[session("late", TUESDAY, "10:00", "09:00")]))


def test_an_unknown_zone() -> None:
    with pytest.raises(InventoryInvalid, match="'Europe/Nowhere' is no time zone"):
        planned(event((TUESDAY, "09:00", "17:00"), zone="Europe/Nowhere"))


def test_days_outside_the_term_are_left_out() -> None:
    plan = planned(event(("2027-12-31", "09:00", "17:00"), ("2028-01-01", "09:00", "17:00")))
    assert [day.number for day in plan.supported] == [1]
    assert [one.limit for one in plan.broken] == ["term"]
    assert plan.days[1].rule.en == "outside the term of the kit"


def test_an_event_in_the_past_is_planned_in_the_same_way() -> None:
    plan = planned(event(("2005-06-15", "09:00", "17:00")), Commitment(start=dt.date(2005, 1, 1), months=12))
    assert plan.broken == ()


def test_a_session_on_no_event_day_is_told() -> None:
    plan = planned(event((TUESDAY, "09:00", "17:00"), sessions=[session("stray", "2027-06-20", "09:00", "10:00")]))
    assert [note.en for note in plan.notes] == ["the session stray on 2027-06-20 is on no event day: no support"]


def test_a_service_without_events() -> None:
    from toolkit.agenda.event_limits import limits_of
    from toolkit.catalogue import service

    with pytest.raises(UsageError, match=r"managed-applications .* supports no events"):
        limits_of(service("managed-applications"))


TIMES = st.integers(0, 23 * 60 + 58).flatmap(
    lambda start: st.integers(start + 1, 23 * 60 + 59).map(lambda end: (start, end))
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of up to six days in June 2027, with sessions on and beside its days."""
    dates = draw(st.lists(st.integers(7, 25), min_size=1, max_size=6, unique=True))
    days = [(f"2027-06-{date:02}", *map(_clock, draw(TIMES))) for date in dates]
    sessions = []
    for number in range(draw(st.integers(0, 6))):
        start, end = draw(TIMES)
        date = draw(st.sampled_from([*dates, 26]))
        one = session(f"session-{number}", f"2027-06-{date:02}", _clock(start), _clock(end))
        sessions.append({**one, "recorded": draw(st.booleans())})
    people = draw(st.sampled_from([(), ("a", "b"), ("a", "a")]))
    roles = ("project_manager", "solutions_analyst")
    named = {role: {"name": who, "email": f"{who}@x.example"} for role, who in zip(roles, people, strict=False)}
    return event(
        *days,
        sessions=sessions,
        speakers=draw(st.sampled_from([[], [{"id": "ada", "name": "Ada", "email": "ada@x.example"}]])),
        streaming=draw(st.sampled_from(["vendor", "customer"])),
        agenda_final=draw(st.sampled_from([None, "2027-05-01", "2027-06-20"])),
        rehearsal=draw(
            st.sampled_from(
                [
                    None,
                    {"option": "technical-run"},
                    {"option": "tasks-review", "date": "2027-06-05", "start": "10:00"},
                    {"option": "tasks-review", "date": "2027-06-09", "start": "20:00"},
                ]
            )
        ),
        team=named or None,
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@hypothesis.given(events())
def test_no_support_is_longer_than_the_limits(made: Event) -> None:
    plan = planned(made)
    supported = [day for day in plan.days if day.support is not None]
    assert 1 <= len(supported) <= 3
    assert (supported[-1].date - supported[0].date).days == len(supported) - 1
    for day in supported:
        assert day.support is not None
        assert 0 < day.support.seconds <= 9 * 3600
        assert day.time.starts - day.support.starts == dt.timedelta(minutes=30)
        assert day.support.ends - day.time.ends <= dt.timedelta(minutes=30)


@hypothesis.given(events())
def test_the_chosen_days_cover_as_much_session_time_as_any(made: Event) -> None:
    """Against every three days on end, counted minute by minute."""
    plan = planned(made)

    dates = {day.date.day for day in made.days}

    def run_from(first: int) -> list[int]:
        return list(itertools.takewhile(dates.__contains__, range(first, first + 3)))

    def minutes(first: int) -> int:
        total = 0
        for day in made.days:
            if day.date.day not in run_from(first):
                continue
            opens = _minute(day.start) - 30
            closes = min(_minute(day.end) + 30, opens + 540)
            for one in made.sessions:
                if one.date == day.date:
                    total += sum(opens <= minute < closes for minute in range(_minute(one.start), _minute(one.end)))
        return total

    got = sum(day.covered_sessions for day in plan.supported) // 60
    assert got == max(minutes(first) for first in range(5, 27))


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@hypothesis.given(events())
def test_the_nearest_plan_keeps_every_limit(made: Event) -> None:
    plan = planned(made)
    if plan.nearest is None:
        assert plan.broken == ()
        return
    again = planned(plan.nearest)
    assert again.broken == ()
    assert again.nearest is None
    assert spans(again) == spans(plan)
    assert again.rehearsal == plan.rehearsal or plan.rehearsal is None or same_time(again, plan)


def spans(plan: EventPlan) -> list[tuple[dt.datetime, dt.datetime]]:
    return [(day.support.starts, day.support.ends) for day in plan.supported if day.support is not None]


def same_time(one: EventPlan, other: EventPlan) -> bool:
    assert one.rehearsal is not None
    assert other.rehearsal is not None
    return one.rehearsal.time == other.rehearsal.time


def test_the_figures_are_the_catalogues() -> None:
    found = limits()
    assert (found.support_days, found.support_seconds, found.rehearsal_lead_days) == (3, 9 * 3600, 7)
    assert COMMITMENT.months == found.term_months
