"""Response times of a service that is no SD-4: its own priorities, its own window."""

from __future__ import annotations

import datetime as dt

import msgspec

from toolkit import catalogue
from toolkit.levels.period import period
from toolkit.levels.records.kinds import Case
from toolkit.levels.response import responded, severities_of
from toolkit.model.service import Hours, OpeningHours, Priority, Response, Service, Target, Text

WORDS = Text(en="one", fr="un")
SD4 = catalogue.service("collaboration-support")


def second(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp())


def served(*hours: Hours, window: str | None = None) -> Service:
    target = Target(of="P1", level="basic", hours=2, window=window)
    day = OpeningHours(
        id="day",
        title=WORDS,
        source="SD-4 §4",
        days=("mon", "tue", "wed", "thu", "fri"),
        from_="09:00",
        to="18:00",
        country="FR",
    )
    return msgspec.structs.replace(
        SD4,
        priorities=(Priority(id="P1", title=WORDS, source="SD-4 §4"),),
        windows=(*SD4.windows, day),
        hours=hours,
        levels=msgspec.structs.replace(SD4.levels, response=Response(source="SD-4 §4", targets=(target,))),
    )


def told(service: Service) -> tuple[str, int]:
    # from Friday 17:30 to Monday 10:00
    case = Case(
        file="cases.csv",
        line=2,
        id="C-1",
        severity="P1",
        recorded=second("2027-03-05T17:30:00+01:00"),
        contacted=second("2027-03-08T10:00:00+01:00"),
    )
    (found,) = responded(service, [case], period("2027-03"), tier="basic", customer="c").cases
    return found.state, found.elapsed


def test_severities_are_called_as_people_call_them() -> None:
    assert severities_of(SD4) == {str(one): f"severity-{one}" for one in range(1, 5)}
    assert severities_of(served()) == {"P1": "P1"}


def test_the_clock_runs_in_the_window_of_the_response() -> None:
    assert told(served()) == ("late", 232_200)
    assert told(served(Hours(activity="response", window="day", source="SD-4 §4"))) == ("met", 5400)
    assert told(served(window="day")) == ("met", 5400)
