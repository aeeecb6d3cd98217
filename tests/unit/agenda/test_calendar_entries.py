"""Entries of every calendar: sorted, unique, the same twice; as a table and JSON; of any service."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import hypothesis
import jsonschema
import msgspec
import pytest
from agenda_cases import calendar_for, content_lines
from made_calendars import CASES, COMMITMENTS, ROOT, begun, changed, days
from made_events import event

from toolkit.agenda.entries import chosen
from toolkit.agenda.ics import ics_bytes
from toolkit.agenda.present_calendar import calendar_json, calendar_lines
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.inventory.load import load
from toolkit.model.inventory import Commitment, Subscription


@pytest.mark.parametrize("name", sorted(CASES))
@hypothesis.given(commitment=COMMITMENTS)
@hypothesis.settings(max_examples=10)
def test_entries_are_sorted_unique_and_the_same_twice(name: str, commitment: Commitment) -> None:
    inventory = changed(name, commitment=commitment)
    if inventory.event is not None:
        day = commitment.start + dt.timedelta(days=12)
        inventory = msgspec.structs.replace(inventory, event=event((day.isoformat(), "09:00", "12:00")))
    first, second = calendar_for(inventory), calendar_for(inventory)
    assert first == second
    assert [one.day for one in first.entries] == sorted(one.day for one in first.entries)
    assert len({one.uid for one in first.entries}) == len(first.entries)


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_uid_is_another_customers(name: str) -> None:
    inventory = CASES[name]
    other = msgspec.structs.replace(inventory, customer=msgspec.structs.replace(inventory.customer, id="other"))
    uids = [{one.uid for one in calendar_for(found).entries} for found in (inventory, other)]
    assert not uids[0] & uids[1]


def test_an_entry_that_moves_keeps_its_uid() -> None:
    earlier, later = (begun("acme", start, 12) for start in ("2027-01-01", "2027-02-01"))
    for kind in ("commitment-start", "commitment-end", "exit-end"):
        assert len({one.uid for found in (earlier, later) for one in found.entries if one.kind == kind}) == 1


def test_a_calendar_is_cut_by_days_and_owner() -> None:
    whole = calendar_for(CASES["acme"])
    cut = chosen(whole, since=dt.date(2027, 3, 2), until=dt.date(2027, 4, 1), owner="customer")
    assert days(cut, "deadline") == ["2027-03-02", "2027-03-30"]
    assert {one.owner for one in cut.entries} == {"customer"}
    assert chosen(whole, until=dt.date(1999, 1, 1)).entries == ()
    assert chosen(whole) == whole


def test_a_party_that_is_none_and_days_the_wrong_way_round() -> None:
    whole = calendar_for(CASES["acme"])
    with pytest.raises(UsageError, match="managed-applications has no party 'partner'"):
        chosen(whole, owner="partner")
    with pytest.raises(UsageError, match="2027-01-01 is before 2027-02-01"):
        chosen(whole, since=dt.date(2027, 2, 1), until=dt.date(2027, 1, 1))


def test_the_past_has_a_calendar_too() -> None:
    assert days(begun("acme", "2005-01-01", 12), "commitment-end") == ["2005-12-31"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_json_keeps_its_schema(name: str) -> None:
    judge = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/calendar.schema.json").read_text()))
    told = json.loads(json.dumps(calendar_json(calendar_for(CASES[name]))))
    assert list(judge.iter_errors(told)) == []


def test_the_table_shows_a_run_of_days_as_one_line() -> None:
    lines = list(calendar_lines(calendar_for(CASES["support-desk"]), "en"))
    assert any(line.startswith("2027-02-15 to 2027-03-26  provider  Case watch ") for line in lines)
    assert all("\n" not in line for line in lines)


VALID = [
    path
    for path in sorted((ROOT / "tests/examples/valid").iterdir()) + sorted((ROOT / "examples").iterdir())
    if path.is_dir() or path.suffix in {".yaml", ".json"}
]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_every_valid_inventory_has_a_calendar(path: Path) -> None:
    calendar = calendar_for(load(path))
    assert {"commitment-start", "commitment-end"} <= {entry.kind for entry in calendar.entries}
    assert {entry.owner for entry in calendar.entries} <= set(calendar.parties)
    for language in ("en", "fr"):
        content_lines(ics_bytes(calendar, language))


ADDED = """
schema: onboarding/service/v1
id: print-rooms
description: SD-6
title: {en: Print rooms, fr: Salles d'impression}
summary: {en: Made up., fr: Inventé.}
source: SD-6 §6
parties:
  provider: {en: provider, fr: fournisseur}
  customer: {en: customer, fr: client}
inventory: {sections: [subscription]}
tiers:
  - {id: plain, title: {en: Plain, fr: Simple}, source: SD-6 §6}
deliverables:
  - {id: toner, title: {en: Toner, fr: Encre}, source: SD-6 §6, owner: provider, stage: run, recurs: monthly, tiers: [plain]}
  - {id: survey, title: {en: Survey, fr: Enquête}, source: SD-6 §6, owner: customer, stage: run, due: {after: commitment-end, days: -14, source: SD-6 §6}}
stages:
  - {id: run, title: {en: Run, fr: Exploitation}, source: SD-6 §6, owner: provider, gate: false}
limits:
  - {id: customer-notice, title: {en: Notice, fr: Préavis}, source: SD-6 §6, value: "60", unit: days}
"""


def test_an_added_service_has_a_calendar_without_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "print-rooms").mkdir()
    (tmp_path / "print-rooms/service.yaml").write_text(ADDED)
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    inventory = changed(
        "support-desk",
        service="print-rooms",
        subscription=Subscription(tier="plain"),
        commitment=Commitment(start=dt.date(2027, 1, 1), months=3),
    )
    told = [(entry.day.isoformat(), entry.kind, entry.reference) for entry in calendar_for(inventory).entries]
    assert told == [
        ("2027-01-01", "commitment-start", None),
        ("2027-01-04", "deliverable", "toner"),
        ("2027-01-31", "notice", None),
        ("2027-02-01", "deliverable", "toner"),
        ("2027-03-01", "deliverable", "toner"),
        ("2027-03-17", "deadline", "survey"),
        ("2027-03-31", "commitment-end", None),
    ]


@pytest.mark.parametrize(("start", "months"), [("1950-01-01", 12), ("2000-06-01", 12), ("2099-06-01", 12)])
def test_years_without_known_business_days_are_a_fault_of_the_inventory(start: str, months: int) -> None:
    with pytest.raises(
        InventoryInvalid, match=r"customer/commitment: .* is not in a calendar of business days"
    ) as caught:
        begun("acme", start, months)
    assert "2001 to 2099" in caught.value.fix
