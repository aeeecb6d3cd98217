"""What another version of a table changes, and which rule and cell did it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from toolkit.decide.impact import impacts
from toolkit.decide.present import impact_lines, impacts_json
from toolkit.decide.table import TABLES, Table, load_table
from toolkit.errors import UsageError
from toolkit.inventory.load import load
from toolkit.model.inventory import BuildInputs, Inventory
from toolkit.model.inventory import Document as Paper
from toolkit.pipeline.deciding import table_impacts
from toolkit.pipeline.workspace import find

CUSTOMER, PROVIDER = ["customer"], ["provider"]


@pytest.fixture(scope="module")
def acme() -> Inventory:
    return load(Path(__file__).parents[3] / "examples/acme")


def changed(name: str, change: Callable[[dict[str, Any]], Any]) -> Table:
    value = yaml.safe_load((TABLES / f"{name}.yaml").read_text())
    change(value)
    return msgspec.convert(value, Table)


def rule(value: dict[str, Any], id_: str) -> dict[str, Any]:
    return next(one for one in value["rules"] if one["id"] == id_)


def why(inventory: Inventory, name: str, change: Callable[[dict[str, Any]], Any]) -> tuple[str, ...]:
    found = impacts(load_table(name), changed(name, change), inventory)
    assert [impact.component for impact in found] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
    return found[0].why


def test_the_same_table_changes_nothing(acme: Inventory) -> None:
    for name in ("build_model", "transition_class", "management", "supervision"):
        assert impacts(load_table(name), load_table(name), acme) == ()


def test_a_new_outcome_of_the_same_rule(acme: Inventory) -> None:
    assert why(acme, "build_model", lambda v: rule(v, "BM-004").update(then="special-build")) == (
        "BM-004: the outcome was full-build and is special-build",
    )


def test_a_cell_that_no_longer_holds_is_named_with_the_components_own_value(acme: Inventory) -> None:
    def narrow(value: dict[str, Any]) -> None:
        rule(value, "BM-004")["when"]["responsibility.software"] = PROVIDER

    assert why(acme, "build_model", narrow) == (
        "BM-004 no longer holds: responsibility.software must be provider, was customer (here customer)",
    )


def test_a_cell_that_holds_now(acme: Inventory) -> None:
    def swap(value: dict[str, Any]) -> None:
        rule(value, "BM-004")["when"]["responsibility.infrastructure"] = CUSTOMER
        rule(value, "BM-003")["when"]["responsibility.infrastructure"] = PROVIDER

    assert why(acme, "build_model", swap) == (
        "BM-004 no longer holds: responsibility.infrastructure must be customer, was provider (here provider)",
        "BM-003 holds now: responsibility.infrastructure must be provider, was customer (here provider)",
    )


def test_rules_that_come_and_go_and_days(acme: Inventory) -> None:
    assert why(acme, "build_model", lambda v: v["rules"].remove(rule(v, "BM-004"))) == (
        "BM-004 is not in the new table",
    )
    ended = {"from": "2020-01-01", "until": "2026-12-31"}
    assert why(acme, "build_model", lambda v: rule(v, "BM-004").update(effective=ended)) == (
        "BM-004 is in force from 2020-01-01 until 2026-12-31, not on 2027-01-01",
    )

    def renamed(value: dict[str, Any]) -> None:
        rule(value, "MG-002").update(id="MG-009", then="run-by-us")

    assert why(acme, "management", renamed) == ("MG-002 is not in the new table", "MG-009 is new")


def test_a_fact_that_nobody_knows_is_told(acme: Inventory) -> None:
    def ask_more(value: dict[str, Any]) -> None:
        value["facts"]["moon"] = ["full", "new"]
        rule(value, "MG-002")["when"]["moon"] = ["full"]

    found = impacts(load_table("management"), changed("management", ask_more), acme)
    assert found[0].new.text == "not evaluated (moon)"
    assert found[0].why[0] == "the new table asks for what is not known: moon is missing"


def test_the_order_of_first(acme: Inventory) -> None:
    def last_first(value: dict[str, Any]) -> None:
        value["rules"].insert(
            0, {**rule(value, "SV-004"), "id": "SV-009", "when": {"build_model": "-"}, "then": "none"}
        )

    assert why(acme, "supervision", last_first) == ("SV-009 is new",)

    def reverse(value: dict[str, Any]) -> None:
        rule(value, "SV-003")["when"]["component.kind"] = "-"
        rule(value, "SV-003")["when"] = {"build_model": ["full-build"]}
        rule(value, "SV-003")["then"] = "none"

    assert any("holds now" in line for line in why(acme, "supervision", reverse))


def test_tables_of_different_decisions_are_not_compared(acme: Inventory) -> None:
    with pytest.raises(UsageError, match="decide different things"):
        impacts(load_table("management"), load_table("supervision"), acme)


def test_the_text_and_json_forms(acme: Inventory) -> None:
    new = changed("build_model", lambda v: v["rules"].remove(rule(v, "BM-004")))
    found = impacts(load_table("build_model"), new, acme)
    assert next(iter(impact_lines(found))) == "erp-db-1: full-build [BM-004] → no rule"
    shown = impacts_json(found, table="build_model", components=3)
    assert (shown["schema"], shown["components"], len(shown["changes"])) == ("onboarding/tables-diff/v1", 3, 3)
    assert shown["changes"][0]["new"] == {"state": "no_match", "outcome": None, "rule": None, "missing": ()}


def test_windows_are_asked_for_each_activity(acme: Inventory) -> None:
    new = changed("window", lambda v: rule(v, "WN-002").update(then="business-hours"))
    found = impacts(load_table("window"), new, acme)
    assert [(one.component, one.activity) for one in found] == [
        (component, activity)
        for component in ("erp-db-1", "erp-vm-1", "erp-vm-2")
        for activity in ("incident-P1", "incident-P2")
    ]
    assert list(impact_lines(found))[:2] == [
        "erp-db-1, incident-P1: 24x7 [WN-002] → business-hours [WN-002]",
        "  because WN-002: the outcome was 24x7 and is business-hours",
    ]
    assert impacts(load_table("window"), load_table("window"), acme) == ()


def test_an_activity_that_is_not_done_has_no_window_to_change(acme: Inventory) -> None:
    new = changed("window", lambda v: rule(v, "WN-001").update(then="business-hours"))
    unwatched = tuple(msgspec.structs.replace(one, supervised=one.id == "erp-db-1") for one in acme.components)
    found = impacts(load_table("window"), new, msgspec.structs.replace(acme, components=unwatched))
    assert [(one.component, one.activity) for one in found] == [("erp-db-1", "supervision")]
    own = msgspec.structs.replace(
        acme.applications[0].responsibility, infrastructure="customer", operations="customer", backend="none"
    )
    theirs = (msgspec.structs.replace(acme.applications[0], responsibility=own),)
    assert impacts(load_table("window"), new, msgspec.structs.replace(acme, applications=theirs)) == ()


def test_assumptions_are_asked_for_each_build_input(acme: Inventory) -> None:
    new = changed("assumption", lambda v: rule(v, "AS-006").update(then="there is one flat network"))
    without = msgspec.structs.replace(acme, build_inputs=None)
    (found,) = impacts(load_table("assumption"), new, without)
    assert (found.component, found.build_input) == (None, "topology")
    assert next(iter(impact_lines((found,)))).startswith("build input topology: the networks, sites and links")
    paper = Paper(reference="DOC-1", date=acme.customer.commitment.start)
    given = msgspec.structs.replace(acme, build_inputs=BuildInputs(topology=paper))
    assert impacts(load_table("assumption"), new, given) == ()
    assert impacts(load_table("assumption"), new, msgspec.structs.replace(without, components=())) == ()


@pytest.mark.parametrize(
    ("name", "id_", "summary"),
    [
        ("window", "WN-002", "window: 3 of 3 components change"),
        ("assumption", "AS-001", r"assumption: \d of 7 build inputs"),
    ],
)
def test_a_component_counts_once_and_build_inputs_as_such(name: str, id_: str, summary: str, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    value = yaml.safe_load((TABLES / f"{name}.yaml").read_text())
    rule(value, id_).update(then="other")
    new.write_text(yaml.safe_dump(value))
    compared = table_impacts(name, str(new), find(Path(__file__).parents[3] / "examples/acme"))
    assert re.match(summary, compared.summary)


def test_a_fact_unknown_to_both_is_refused(acme: Inventory) -> None:
    def ask_more(value: dict[str, Any]) -> None:
        value["facts"]["moon"] = ["full", "new"]
        rule(value, "MG-002")["when"]["moon"] = ["full"]

    table = changed("management", ask_more)
    with pytest.raises(UsageError, match="nothing says moon"):
        impacts(table, table, acme)
