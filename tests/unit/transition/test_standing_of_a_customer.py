"""Conditions of gates and the state of stages, on a small service made for the tests."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.catalogue.applicable import answer
from toolkit.errors import InventoryInvalid
from toolkit.model.inventory import Inventory
from toolkit.model.recurrence import PeriodDue
from toolkit.model.run import Passing
from toolkit.model.service import Prerequisite, Service
from toolkit.transition.conditions import Known
from toolkit.transition.deliveries import Deliveries, Delivery, read_deliveries
from toolkit.transition.recurring import recurring, undue
from toolkit.transition.standing import standing

ROOT = Path(__file__).parents[3]
INVENTORY = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)


def both(words: str) -> dict[str, str]:
    return {"en": words, "fr": words}


def condition(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": kind, "kind": kind, "text": both(kind), "source": "SD-1 §1.4", **more}


def named(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "title": both(id_), "source": "SD-1 §1.4", **more}


SERVICE = msgspec.convert(
    {
        "schema": "onboarding/service/v1",
        "id": "made-up",
        "description": "SD-9",
        "title": both("Made up"),
        "summary": both("Made up"),
        "source": "SD-9",
        "parties": {"provider": both("Provider"), "customer": both("Customer")},
        "inventory": {},
        "prerequisites": [
            named("topology", owner="customer", stage="inputs", section="build_inputs/topology"),
            named("letter", owner="customer", stage="inputs"),
        ],
        "deliverables": [
            named("runbook", owner="provider", stage="handover", reviewer="customer", document="operations-runbook"),
            named("weekly-review", owner="provider", stage="handover", recurs="weekly"),
            named("change-request", owner="provider", stage="handover", condition=both("if needed")),
        ],
        "stages": [
            named("inputs", owner="provider", exit=[condition("valid"), condition("prerequisites")]),
            named("build", owner="provider", exit=[condition("steps", of=["configure"])], effects=["configure"]),
            named("handover", owner="customer", exit=[condition("deliverables"), condition("attested")]),
            named("run", owner="provider", gate=False),
        ],
    },
    Service,
)
GIVEN = msgspec.structs.replace(
    INVENTORY, prerequisites={"letter": msgspec.convert({"reference": "D", "date": "2026-01-01"}, type(INVENTORY.build_inputs.topology))}  # type: ignore[union-attr]
)  # fmt: skip
DELIVERED = Delivery(what="runbook", delivered=dt.date(2027, 1, 1), reference="DOC-1")
ADA = Passing(by="Ada")


def test_what_is_missing_is_named_with_its_owner() -> None:
    now = standing(SERVICE, Known(inventory=INVENTORY), {})
    assert [one.state for one in now.stages] == ["current", "later", "later", "later"]
    assert [(miss.what, miss.owner) for miss in now.stages[0].missing] == [("letter", "customer")]
    assert now.turn == ("customer",)


def test_nothing_passes_a_gate_by_itself() -> None:
    now = standing(SERVICE, Known(inventory=GIVEN), {})
    assert now.stages[0].missing == ()
    assert now.stages[0].state == "current"
    assert now.turn == ("provider",)  # who passes it


def test_an_inventory_with_problems_is_the_providers_to_mend() -> None:
    now = standing(SERVICE, Known(inventory=None, problems=3), {})
    assert {miss.what for miss in now.stages[0].missing} == {"the inventory has 3 problem(s)"}


def test_the_build_waits_for_its_steps() -> None:
    passed = {"inputs": ADA}
    before = standing(SERVICE, Known(inventory=GIVEN), passed)
    assert [miss.what for miss in before.stages[1].missing] == ["no plan was applied yet"]
    steps = {"configure": ("configure/hq/hub",), "verify": ("verify/hq",)}
    during = standing(SERVICE, Known(inventory=GIVEN, open_steps=steps), passed)
    assert [miss.what for miss in during.stages[1].missing] == ["configure/hq/hub is not done"]
    after = standing(SERVICE, Known(inventory=GIVEN, open_steps={"configure": ()}), passed)
    assert after.stages[1].missing == ()


@pytest.mark.parametrize(
    ("delivery", "turn"),
    [
        (None, ("provider",)),
        (DELIVERED, ("customer",)),
        (msgspec.structs.replace(DELIVERED, accepted=dt.date(2027, 1, 2), accepted_by="Bo"), ("customer",)),
    ],
)
def test_a_deliverable_is_delivered_then_accepted(delivery: Delivery | None, turn: tuple[str, ...]) -> None:
    known = Known(inventory=GIVEN, deliveries={"runbook": delivery} if delivery else {})
    now = standing(SERVICE, known, {"inputs": ADA, "build": ADA})
    assert now.current is not None
    assert now.current.stage.id == "handover"
    assert now.turn == turn
    assert bool(now.current.missing) == (delivery is None or delivery.accepted is None)


def test_the_run_is_the_stage_after_every_gate() -> None:
    now = standing(SERVICE, Known(inventory=GIVEN), dict.fromkeys(["inputs", "build", "handover"], ADA))
    assert now.current is not None
    assert now.current.stage.id == "run"


@settings(max_examples=50)
@given(st.sets(st.sampled_from(["inputs", "build", "handover", "run", "odd"])))
def test_stages_are_passed_in_order_and_one_is_current(passed: set[str]) -> None:
    now = standing(SERVICE, Known(inventory=GIVEN), dict.fromkeys(passed, ADA))
    states = [one.state for one in now.stages]
    assert states == sorted(states, key=["passed", "current", "later"].index)
    assert states.count("current") == 1


GOOD = "schema: onboarding/deliveries/v1\ndeliveries:\n  - {what: runbook, delivered: 2027-01-15, reference: D%s}\n"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("deliveries: [", "deliveries.yaml:2:1"),
        ("schema: onboarding/deliveries/v2\ndeliveries: []", "Invalid"),
        (GOOD.replace("runbook", "runbok") % "", "deliveries.yaml:3: .*no deliverable or prerequisite 'runbok'"),
        (GOOD % "" + GOOD.splitlines()[2] % "", "twice"),
        (GOOD % ", accepted: 2027-01-16", "go together"),
        (GOOD % ", accepted: 2027-01-14, accepted_by: Ada", "before it was delivered"),
        (GOOD % ", odd: 1", "unknown field"),
        (GOOD % ", period: 2027-W03", "deliveries.yaml:3: runbook: it is delivered once"),
        (
            GOOD.replace("runbook", "weekly-review") % "",
            "deliveries.yaml:3: weekly-review: period is missing, and it is weekly",
        ),
        (GOOD.replace("runbook", "weekly-review") % ", period: 2027-03", "period '2027-03' is no week"),
        (GOOD.replace("runbook", "weekly-review") % ", period: 2027", "period '2027' is no week"),
        (GOOD.replace("runbook", "weekly-review") % ", period: []", r"period '\[\]' is no week"),
        (
            GOOD.replace("runbook", "weekly-review") % ", period: 2027-W03"
            + (GOOD.splitlines()[2] % ", period: 2027-W03").replace("runbook", "weekly-review"),
            "weekly-review 2027-W03 stands there twice",
        ),
        (GOOD % ", what: runbook", "stands twice"),
        (GOOD.replace("D%s", "''%s") % "", r"deliveries.yaml:3: deliveries\[0\].reference: .*regex"),
        (GOOD % ", accepted: 2027-01-16, accepted_by: ' '", "deliveries.yaml:3: .*accepted_by"),
        (GOOD.replace("2027-01-15", "2027-13-15") % "", r"deliveries.yaml:3:\d+: month must be in 1..12"),
        (GOOD.replace("2027-01-15", "2027-01-15T10:00:00") % "", "deliveries.yaml:3: .*got `datetime`"),
        ("[" * 100_000, "deliveries.yaml"),
        ("\x00", "deliveries.yaml"),
        (GOOD.replace("2027-01-15", "soon") % "", "Invalid"),
    ],
)
def test_a_faulty_file_of_deliveries_is_refused(tmp_path: Path, written: str, reason: str) -> None:
    path = tmp_path / "deliveries.yaml"
    path.write_text(written)
    with pytest.raises(InventoryInvalid, match=reason):
        read_deliveries(path, known=["runbook", "weekly-review"], recurring={"weekly-review": "weekly"})


def test_what_recurs_is_delivered_for_its_periods(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.yaml"
    kinds = {"watch": ("daily", "2027-03-01"), "review": ("weekly", "2027-W09"), "report": ("monthly", "2027-03")}
    kinds |= {"training": ("quarterly", "2027-Q1"), "audit": ("yearly", "2027")}
    lines = [
        f"  - {{what: {what}, period: {period}, delivered: 2027-03-02, reference: D}}"
        for what, (_, period) in kinds.items()
    ]
    path.write_text("\n".join(["schema: onboarding/deliveries/v1", "deliveries:", *lines]))
    found = read_deliveries(path, known=kinds, recurring={what: recurs for what, (recurs, _) in kinds.items()})  # type: ignore[misc]
    assert list(found) == [f"{what} {period}" for what, (_, period) in kinds.items()]


def weekly(*delivered: tuple[str, str]) -> dict[str, Delivery]:
    listed = [
        Delivery(what="weekly-review", period=period, delivered=dt.date.fromisoformat(day), reference="D")
        for period, day in delivered
    ]
    return {one.key: one for one in listed}


WEEKS = {
    "weekly-review": tuple(
        PeriodDue(period=f"2027-W0{week}", day=dt.date.fromisocalendar(2027, week, 1)) for week in range(1, 5)
    )
}


@pytest.mark.parametrize(
    ("on", "given", "late"),
    [
        (None, ["2027-W01", "2027-W03"], []),
        ("2027-01-04", ["2027-W01"], []),
        # the third week is noted, but delivered a day later
        ("2027-01-19", ["2027-W01"], ["2027-W02", "2027-W03"]),
        ("2027-01-20", ["2027-W01", "2027-W03"], ["2027-W02"]),
        # what is due on the day itself is not late
        ("2027-01-25", ["2027-W01", "2027-W03"], ["2027-W02"]),
        ("2028-01-01", ["2027-W01", "2027-W03"], ["2027-W02", "2027-W04"]),
    ],
)
def test_what_recurs_is_overdue_the_day_after_its_day(on: str | None, given: list[str], late: list[str]) -> None:
    handed = weekly(("2027-W01", "2027-01-04"), ("2027-W03", "2027-01-20"))
    day = None if on is None else dt.date.fromisoformat(on)
    (found,) = recurring(SERVICE.deliverables, WEEKS, handed, on=day)
    assert list(found.delivered) == given
    assert [one.period for one in found.overdue] == late


def test_a_period_that_the_commitment_does_not_have() -> None:
    assert undue(WEEKS, weekly(("2027-W01", "2027-01-04"))) is None
    assert undue(WEEKS, weekly(("2027-W01", "2027-01-04"), ("2027-W53", "2027-01-04"))) == 1
    assert undue({}, weekly(("2027-W01", "2027-01-04"))) == 0


def test_deliveries_that_are_no_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.yaml"
    path.symlink_to("/dev/zero")
    with pytest.raises(InventoryInvalid, match=r"deliveries.yaml: is no file"):
        read_deliveries(path, known=[])
    path.unlink()
    path.mkdir()
    with pytest.raises(InventoryInvalid, match=r"deliveries.yaml: is no file"):
        read_deliveries(path, known=[])
    path.rmdir()
    path.symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(InventoryInvalid, match="No such file"):
        read_deliveries(path, known=[])


def test_deliveries_are_read(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.yaml"
    assert read_deliveries(path, known=[]) == {}
    path.write_text(GOOD % ", accepted: 2027-01-16, accepted_by: Ada")
    assert read_deliveries(path, known=["runbook"])["runbook"].accepted_by == "Ada"


def test_the_schema_says_the_same_of_the_file() -> None:
    schema = json.loads((ROOT / "schemas/deliveries.schema.json").read_text())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    good = {"what": "runbook", "delivered": "2027-01-15", "reference": "D"}
    for change, fits in (
        ({}, True),
        ({"accepted": "2027-01-16", "accepted_by": "Ada"}, True),
        ({"odd": 1}, False),
        ({"period": "2027-W03"}, True),
        ({"period": 2027}, True),
        ({"delivered": "soon"}, False),
        ({"reference": ""}, False),
        ({"reference": " "}, False),
    ):
        file = {"schema": "onboarding/deliveries/v1", "deliveries": [{**good, **change}]}
        assert validator.is_valid(file) is fits
        try:
            msgspec.convert(file, Deliveries)
        except msgspec.ValidationError:
            assert not fits
        else:
            assert fits
    assert set(schema["$defs"]["delivery"]["properties"]) == set(Delivery.__struct_fields__)


@pytest.mark.parametrize(
    ("section", "present"),
    [
        ("build_inputs/topology", True),
        ("links", True),
        ("order", False),
        ("contacts/partner", False),
        (None, False),
        ("customer/contacts/technical", True),
        ("customer/contacts/main", False),
    ],
)
def test_a_section_of_the_inventory_may_answer(section: str | None, present: bool) -> None:
    wanted = msgspec.convert(named("odd", owner="customer", stage="inputs", section=section), Prerequisite)
    assert (answer(wanted, INVENTORY) is not None) is present


def test_contacts_that_lack_what_each_has_are_no_answer() -> None:
    wanted = msgspec.convert(
        named("odd", owner="customer", stage="inputs", section="customer/contacts/technical", each_has=["phone"]),
        Prerequisite,
    )
    found = answer(wanted, INVENTORY)
    assert found is not None
    customer = INVENTORY.customer
    mute = tuple(msgspec.structs.replace(one, phone=None) for one in customer.contacts[:1]) + customer.contacts
    silent = msgspec.structs.replace(INVENTORY, customer=msgspec.structs.replace(customer, contacts=mute))
    assert answer(wanted, silent) is None
