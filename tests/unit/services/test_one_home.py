"""What the service descriptions say once: decision tables, schema and rules that say it too agree with the catalogue."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from toolkit import catalogue
from toolkit.catalogue import limits
from toolkit.catalogue.figures import figure
from toolkit.decide.evaluate import evaluate
from toolkit.decide.table import Rule, load_table
from toolkit.decide.terms import WINDOWS
from toolkit.inventory.rules.levels import NEED_OS
from toolkit.inventory.rules.support import RANK
from toolkit.inventory.rules.support_contacts import IT, MAIN
from toolkit.model.inventory import BuildInputs
from toolkit.model.service import Table

ROOT = Path(__file__).resolve().parents[3]
SD1, SD4, SD5 = (catalogue.service(name) for name in ("managed-applications", "collaboration-support", "event-support"))
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas/inventory.schema.json").read_bytes())["$defs"]
DAY = dt.date(2027, 1, 1)
LAYERS = ("infrastructure", "operations", "backend", "software")
AS_DECIDED = {"always": "24x7", "business-hours": "business-hours"}
"""The catalogue's windows as the decision table names them."""


def table(name: str) -> Table:
    return next(one for one in SD1.tables if one.id == name)


def decided(name: str, **facts: str) -> Rule:
    """The rule of a decision table that matches; a double underscore stands for the dot in a fact's name."""
    answer = evaluate(load_table(name), {key.replace("__", "."): value for key, value in facts.items()}, day=DAY)
    assert answer.rule is not None
    return answer.rule


@pytest.mark.parametrize("environment", [one.id for one in SD1.environments])
@pytest.mark.parametrize(
    ("asked", "activity", "priority"),
    [
        ("supervision", "supervision", None),
        ("incident-P1", "operation", "P1"),
        ("incident-P2", "operation", "P2"),
        ("incident-P3", "operation", "P3"),
        ("change", "administration", None),
    ],
)
def test_the_decided_window_is_the_catalogues(
    environment: str, asked: str, activity: str, priority: str | None
) -> None:
    (hours,) = (
        one
        for one in SD1.hours
        if one.activity == activity
        and (not one.environments or environment in one.environments)
        and (priority is None or priority in one.priorities)
    )
    assert decided("window", activity=asked, tenant__environment=environment).then == AS_DECIDED[hours.window]


def test_the_hours_of_the_support_tiers_are_the_catalogues() -> None:
    named = {"24x7": "24x7", "24x7, on call outside business hours": "24x7-on-call", "business hours": "business-hours"}
    for row in table("support-tiers").rows:
        asked = decided("window", activity=f"support-{row.cells['tier'].en}", tenant__environment="production")
        assert asked.then == named[str(row.cells["hours"].en).replace("\N{MULTIPLICATION SIGN}", "x")]


def test_the_words_of_the_windows_say_the_catalogues_times() -> None:
    (window,) = (one for one in SD1.windows if one.id == "business-hours")
    assert f"{window.from_}-{window.to}, Monday to Friday, {window.zone}" in WINDOWS["business-hours"]
    assert window.days == ("mon", "tue", "wed", "thu", "fri")
    assert limits.whole(SD1, "business-day", "hours") == int(str(window.to)[:2]) - int(str(window.from_)[:2])


@pytest.mark.parametrize("row", table("build-models").rows, ids=lambda row: row.id)
def test_the_decided_build_model_is_the_catalogues(row: Any) -> None:
    who = {f"responsibility__{name}": str(row.cells[name].en) for name in LAYERS}
    assert decided("build_model", **who).then == row.id


@pytest.mark.parametrize("row", table("class-of-build-model").rows, ids=lambda row: row.id)
def test_the_decided_transition_class_is_the_catalogues(row: Any) -> None:
    rule = decided("transition_class", build_model=row.id)
    assert rule.then == (int(row.cells["class"].en) if "class" in row.cells else None)
    assert rule.overridable == (row.cells["overridable"].en == "yes")


def test_the_inputs_of_a_build_are_the_catalogues_prerequisites() -> None:
    asked = [str(one.section) for one in SD1.prerequisites if one.stage == "inputs"]
    assert asked == [f"build_inputs/{name}" for name in BuildInputs.__struct_fields__]
    assert asked == [f"build_inputs/{name}" for name in load_table("assumption").facts["build_input"]]


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        (SCHEMA["tenant"]["properties"]["subscribed_levels"]["items"]["enum"], [one.id for one in SD1.offerings]),
        (SCHEMA["tenant"]["properties"]["support_level"]["enum"], [one.id for one in SD1.tiers]),
        (SCHEMA["tenant"]["properties"]["environment"]["enum"], [one.id for one in SD1.environments]),
        (
            SCHEMA["tenant"]["properties"]["support_chain"]["enum"],
            [row.cells["chain"].en for row in table("support-chains").rows],
        ),
        (SCHEMA["tenant"]["properties"]["management"]["enum"], [row.id for row in table("tenants").rows]),
        (SCHEMA["rehearsal"]["properties"]["option"]["enum"], [one.id for one in SD5.options]),
        (list(RANK), [one.id for one in SD1.tiers]),
        (list(NEED_OS), [row.id.removesuffix("-os") for row in table("level-prerequisites").rows[:2]]),
    ],
)
def test_the_inventory_takes_what_the_catalogue_offers(written: list[str], offered: list[str]) -> None:
    assert written == offered


def test_the_contacts_that_the_rules_ask_for_answer_the_prerequisites() -> None:
    sections = {one.id: one.section for one in SD4.prerequisites}
    assert sections["main-contact"] == f"customer/contacts/{MAIN}"
    assert sections["it-contacts"] == f"customer/contacts/{IT}"


@pytest.mark.parametrize(
    ("service", "deliverable", "way"),
    [
        (SD5, "speaker-links", "limits/speaker-links"),
        (SD5, "rehearsal", "limits/rehearsal-lead"),
        (SD5, "recordings", "limits/recordings-linked"),
        (SD1, "credit-claim", "levels/claim/within_days"),
    ],
)
def test_a_deliverable_is_due_as_the_limit_says(service: Any, deliverable: str, way: str) -> None:
    (due,) = (one.due for one in service.deliverables if one.id == deliverable)
    said = figure(service, way, unit="days")
    assert said is not None
    hours = int(said.value) * {"weeks": 168, "days": 24, "hours": 1}[said.unit]
    assert abs(due.days) * 24 == hours if due.days is not None else due.hours == hours


def test_every_due_rule_is_held_to_its_limit() -> None:
    found = {one.id for service in catalogue.services().values() for one in service.deliverables if one.due is not None}
    assert found == {"speaker-links", "rehearsal", "recordings", "credit-claim"}


def test_both_factors_together_are_their_product() -> None:
    assert SD1.changes is not None
    both = limits.whole(SD1, "out-of-hours-and-accelerated", "times")
    assert both == SD1.changes.out_of_hours_factor * SD1.changes.accelerated_factor
    assert limits.whole(SD1, "build-at-order", "percent") + limits.whole(SD1, "build-at-end", "percent") == 100
