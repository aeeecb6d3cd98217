"""Rehearsal, speaker links, recordings and team of an event (SD-5 §5)."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from made_events import event, planned, session

from toolkit.agenda.event_recordings import most_of
from toolkit.agenda.present_event import event_json, event_lines
from toolkit.cli.main import cli
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.inventory.load import check
from toolkit.model.event import Event
from toolkit.pipeline.scheduling import PLANNED_TO_FIT

ADA = {"id": "ada", "name": "Ada Martin", "email": "ada@summit.example"}
DAY = ("2027-06-15", "09:00", "17:00")
ROOT = Path(__file__).parents[3]
SCHEMA = Path(__file__).parents[3] / "schemas/event-plan.schema.json"


def test_a_week_before_is_a_business_day() -> None:
    plan = planned(event(DAY))
    assert plan.rehearsal is not None
    assert plan.rehearsal.time.starts.isoformat() == "2027-06-08T09:00:00+02:00"
    assert plan.rehearsal.time.seconds == 2 * 3600
    assert not plan.rehearsal.agreed


@pytest.mark.parametrize(
    ("first", "day"),
    [
        ("2027-06-19", "2027-06-11"),  # a Saturday: the Friday before, not the Monday
        ("2027-06-20", "2027-06-14"),  # a Sunday: the Monday is nearer
        ("2027-05-13", "2027-05-05"),  # 6 May is Ascension Day: the day before it, of two equally near
        ("2027-07-21", "2027-07-13"),  # 14 July is a public holiday
    ],
)
def test_the_nearest_business_day(first: str, day: str) -> None:
    plan = planned(event((first, "09:00", "12:00")))
    assert plan.rehearsal is not None
    assert plan.rehearsal.time.starts.date() == dt.date.fromisoformat(day)


def test_a_rehearsal_is_proposed_in_business_hours() -> None:
    late, early = (planned(event(("2027-06-15", start, "23:00"))) for start in ("20:00", "06:00"))
    assert late.rehearsal is not None
    assert early.rehearsal is not None
    assert f"{late.rehearsal.time.starts:%H:%M}" == "16:00"
    assert f"{early.rehearsal.time.starts:%H:%M}" == "09:00"


def test_an_agreed_rehearsal_stays() -> None:
    plan = planned(event(DAY, rehearsal={"option": "technical-run", "date": "2027-06-10", "start": "18:30"}))
    assert plan.broken == ()
    assert plan.rehearsal is not None
    assert plan.rehearsal.agreed
    assert plan.rehearsal.time.starts.isoformat() == "2027-06-10T18:30:00+02:00"


@pytest.mark.parametrize("agreed", ["2027-06-04", "2027-06-14", "2027-06-16", "2027-06-06"])
def test_an_agreed_rehearsal_too_far_away_or_on_a_sunday(agreed: str) -> None:
    plan = planned(event(DAY, rehearsal={"option": "tasks-review", "date": agreed, "start": "10:00"}))
    (broken,) = plan.broken
    assert broken.limit == "rehearsal-lead"
    assert broken.figures["agreed"] == agreed
    assert broken.nearest.en == "2027-06-08"


def test_an_agreed_time_that_is_none() -> None:
    with pytest.raises(InventoryInvalid, match=r"event/rehearsal/start: .*25:00"):
        planned(event(DAY, rehearsal={"option": "tasks-review", "date": "2027-06-08", "start": "25:00"}))


def test_an_agreed_time_stays_on_another_day() -> None:
    plan = planned(event(DAY, rehearsal={"option": "tasks-review", "date": "2027-06-01", "start": "19:00"}))
    assert plan.rehearsal is not None
    assert plan.rehearsal.time.starts.isoformat() == "2027-06-08T19:00:00+02:00"
    assert not plan.rehearsal.agreed


def test_a_technical_run_needs_the_vendors_streaming() -> None:
    plan = planned(event(DAY, streaming="customer", rehearsal={"option": "technical-run"}))
    (broken,) = plan.broken
    assert broken.figures == {"streaming": "customer", "needed": "vendor"}
    assert plan.rehearsal is not None
    assert plan.rehearsal.option == "tasks-review"


def test_links_are_due_five_days_after_the_agenda() -> None:
    plan = planned(event(DAY, speakers=[ADA], agenda_final="2027-06-01"))
    assert plan.speaker_links == dt.date(2027, 6, 6)
    (task,) = (task for task in plan.tasks if task.id == "speaker-links")
    assert task.role == "project_manager"


def test_an_agenda_that_is_final_too_late() -> None:
    in_time = planned(event(DAY, speakers=[ADA], agenda_final="2027-06-09"))
    assert in_time.broken == ()
    late = planned(event(DAY, speakers=[ADA], agenda_final="2027-06-10"))
    assert [one.limit for one in late.broken] == ["speaker-links"]
    assert late.broken[0].nearest.en == "an agenda that is final on 2027-06-09 or before"
    # the project manager works before the event only
    (task,) = (task for task in late.tasks if task.id == "speaker-links")
    assert task.role == "solutions_analyst"


def test_no_links_without_the_vendors_streaming_or_a_final_agenda() -> None:
    assert planned(event(DAY, agenda_final="2027-06-01")).speaker_links is None
    plan = planned(event(DAY, speakers=[ADA], streaming="customer", agenda_final="2027-06-01"))
    assert plan.speaker_links is None
    assert [note.en for note in plan.notes] == ["no speaker links are made: they need the vendor's own streaming"]
    open_agenda = planned(event(DAY, speakers=[ADA]))
    assert any("2027-06-09 is the last one" in gap.en for gap in open_agenda.gaps)


def test_recordings_are_linked_48_hours_after_the_session_across_a_clock_change() -> None:
    day = ("2027-03-27", "09:00", "17:00")
    plan = planned(event(day, sessions=[session("talk", "2027-03-27", "09:00", "10:00", recorded=True)]))
    (recording,) = plan.recordings
    assert recording.due is not None
    assert recording.due.isoformat() == "2027-03-29T11:00:00+02:00"


def test_more_than_eight_hours_of_recordings() -> None:
    lengths = {"a": ("08:00", "13:00"), "b": ("08:00", "12:00"), "c": ("08:00", "12:00")}
    sessions = [session(name, DAY[0], *times, recorded=True) for name, times in lengths.items()]
    plan = planned(event(DAY, sessions=sessions))
    assert [one.session for one in plan.recordings if one.due is not None] == ["b", "c"]
    (broken,) = plan.broken
    assert broken.figures == {"recorded": "13 h", "allowed": "8 h", "handled": "8 h"}
    assert broken.nearest.en == "8 h are handled, without: a"


@hypothesis.given(st.lists(st.integers(1, 20), max_size=8), st.integers(1, 40))
def test_the_recordings_use_the_most_of_the_limit(lengths: list[int], limit: int) -> None:
    taken = most_of(lengths, limit)
    every = (chosen for size in range(len(lengths) + 1) for chosen in itertools.combinations(range(len(lengths)), size))
    sums = {chosen: sum(lengths[position] for position in chosen) for chosen in every}
    best = max(total for total in sums.values() if total <= limit)
    assert sums[taken] == best
    assert taken == min(chosen for chosen, total in sums.items() if total == best)


def test_two_thousand_recordings_are_chosen_at_once() -> None:
    assert sum(most_of([1800] * 1000 + [1740] * 1000, 8 * 3600)) > 0


def test_the_project_manager_works_before_the_event_only() -> None:
    team = {
        role: {"name": role, "email": f"{role}@provider.example"} for role in ("project_manager", "solutions_analyst")
    }
    sessions = [session("talk", DAY[0], "09:00", "10:00", recorded=True)]
    plan = planned(event(DAY, team=team, speakers=[ADA], agenda_final="2027-06-01", sessions=sessions))
    assert plan.gaps == (plan.gaps[0],)
    roles = {task.id: task.role for task in plan.tasks}
    assert roles == {
        "speaker-links": "project_manager",
        "rehearsal": "project_manager",
        "run-of-show": "project_manager",
        "support-2027-06-15": "solutions_analyst",
        "recording-talk": "solutions_analyst",
        "attendance-reports": "solutions_analyst",
    }
    for task in plan.tasks:
        day = task.time.starts.date() if task.time else task.day
        if task.role == "project_manager":
            assert day is not None
            assert day < dt.date(2027, 6, 15)


def test_one_person_cannot_be_the_team() -> None:
    both = {"name": "Ada", "email": "ada@provider.example"}
    plan = planned(
        event(DAY, team={"project_manager": both, "solutions_analyst": {**both, "email": "ADA@provider.example"}})
    )
    assert [one.limit for one in plan.broken] == ["solutions-analysts"]


def test_the_json_keeps_its_schema_and_the_lines_name_every_session() -> None:
    made = event(
        ("2027-03-26", "09:00", "17:30"),
        ("2027-03-27", "09:00", "19:00"),
        ("2027-03-28", "00:30", "10:00"),
        ("2027-03-29", "09:00", "12:00"),
        streaming="customer",
        rehearsal={"option": "technical-run"},
        speakers=[ADA],
        sessions=[
            session("opening", "2027-03-26", "09:00", "10:00", speakers=["ada"], recorded=True),
            session("closing", "2027-03-29", "10:00", "12:00"),
        ],
    )
    plan = planned(made)
    judge = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for one in (plan, planned(event(DAY))):
        told = json.loads(json.dumps(event_json(one)))
        assert list(judge.iter_errors(told)) == []
    text = "\n".join(event_lines(plan))
    assert "09:00-10:00  opening  Opening (Ada Martin; recorded" in text
    assert "closing  Closing" in text
    assert "00:00+0100-" in text
    assert text.count("nearest plan: ") == len(plan.broken)
    assert [one.limit for one in plan.broken] == [
        "support-days", "support-hours", "rehearsal-technical-run",
    ]  # fmt: skip


def test_an_inventory_of_another_service_is_refused() -> None:
    told = CliRunner().invoke(cli, ["event", str(ROOT / "examples/acme")])
    assert isinstance(told.exception, UsageError)
    assert told.exception.message == "managed-applications (SD-1) supports no events"


def workspace(folder: Path, made: Event) -> Path:
    """An inventory of SD-5 with that event, as a file."""
    (folder / "inventory.json").write_text(
        json.dumps(
            {
                "schema": "onboarding/inventory/v1",
                "service": "event-support",
                "customer": {
                    "id": "summit",
                    "name": "Summit SA",
                    "language": "fr",
                    "contacts": [{"role": "technical", "name": "Events", "email": "events@summit.example"}],
                    "commitment": {"start": "2027-01-01", "months": 12},
                },
                "provider": {"profile": "paris-1"},
                "event": msgspec.to_builtins(made),
            }
        )
    )
    return folder


BEYOND = event(
    *((f"2027-06-{date}", "08:00", "18:00") for date in (14, 15, 16, 17, 20)),
    ("2028-01-03", "09:00", "10:00"),
    streaming="customer",
    agenda_final="2027-06-20",
    rehearsal={"option": "technical-run", "date": "2027-06-01", "start": "10:00"},
    speakers=[ADA],
    sessions=[
        session("long", "2027-06-15", "08:00", "17:00", recorded=True),
        session("short", "2027-06-16", "08:00", "10:00", recorded=True),
    ],
)


def test_what_exceeds_the_limits_is_planned_to_fit_and_passes_validation_so(tmp_path: Path) -> None:
    place = workspace(tmp_path, BEYOND)
    assert {problem.rule for problem in check([place]).errors} <= PLANNED_TO_FIT
    told = CliRunner().invoke(cli, ["event", str(place), "--format", "json"])
    assert told.exit_code == 0, told.output
    plan = json.loads(told.stdout)
    assert not plan["fits"]
    assert [one["limit"] for one in plan["broken"]] == [
        "term", "support-days", *["support-hours"] * 3, "rehearsal-technical-run", "rehearsal-lead", "recordings-length",
    ]  # fmt: skip
    workspace(tmp_path, msgspec.convert(plan["nearest"], Event))
    assert check([place]).errors == ()
    again = json.loads(CliRunner().invoke(cli, ["event", str(place), "--format", "json"]).stdout)
    assert again["fits"]
    assert again["nearest"] is None


def test_the_command_warns_that_the_plan_is_cut(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["event", str(workspace(tmp_path, BEYOND))])
    assert told.exit_code == 0
    assert told.stderr == "warning: 8 limits not kept; the plan is cut to fit\n"


def test_no_plan_fits_an_event_outside_its_term(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["event", str(workspace(tmp_path, event(("2028-06-15", "09:00", "17:00"))))])
    assert isinstance(told.exception, InventoryInvalid)


def test_every_other_error_of_the_inventory_is_refused(tmp_path: Path) -> None:
    broken = event(DAY, sessions=[session("stray", "2027-06-20", "09:00", "10:00")])
    told = CliRunner().invoke(cli, ["event", str(workspace(tmp_path, broken))])
    assert isinstance(told.exception, InventoryInvalid)
    assert [problem["rule"] for problem in told.exception.details["problems"]] == ["INV-144"]
