"""Efforts and RACI: the provider's and the project's data, checked, and absent without a file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from toolkit import resources
from toolkit.decide.decisions import decide
from toolkit.decide.effort import Efforts, estimate, read_efforts
from toolkit.decide.raci import Matrix, matrix_faults, raci, read_matrix
from toolkit.decide.terms import terms
from toolkit.errors import UsageError
from toolkit.inventory.load import load
from toolkit.model.inventory import Inventory

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "schemas/samples"


@pytest.fixture(scope="module")
def acme() -> Inventory:
    return load(ROOT / "examples/acme")


@pytest.mark.parametrize("name", ["effort", "raci"])
def test_a_sample_follows_its_schema_and_says_that_it_is_one(name: str) -> None:
    schema = json.loads((resources.folder("schemas") / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    value = yaml.safe_load((SAMPLES / f"{name}.sample.yaml").read_text())
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(value)) == []
    assert value["sample"] is True


def test_the_first_of_a_type_costs_more_than_the_further_ones(acme: Inventory) -> None:
    efforts = read_efforts(SAMPLES / "effort.sample.yaml")
    found = estimate(acme, decide(acme), efforts)
    assert (found.total, found.unit, found.sample, found.without_figure) == ("3.5", "person-day", True, ())
    assert {id_: (one.type, one.first, one.amount) for id_, one in found.efforts.items()} == {
        "erp-db-1": ("database/postgresql", True, "2"),
        "erp-vm-1": ("vm", True, "1"),
        "erp-vm-2": ("vm", False, "0.5"),
    }


def test_what_has_no_figure_is_named_and_not_guessed(acme: Inventory) -> None:
    efforts = Efforts(schema="onboarding/effort/v1", source="s", unit="person-hour", figures=())
    found = estimate(acme, decide(acme), efforts)
    assert found.without_figure == ("erp-db-1", "erp-vm-1", "erp-vm-2")
    assert found.total == "0"
    assert found.efforts["erp-db-1"].amount is None


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ({"first": -1}, "no number from 0 on"),
        ({"first": float("nan")}, "no number from 0 on"),
        ({"further": "many"}, "Expected `int | float`"),
        ({"build_model": "no-build"}, "Invalid enum value"),
    ],
)
def test_figures_that_cannot_be_meant_are_refused(tmp_path: Path, figure: dict[str, Any], message: str) -> None:
    value = yaml.safe_load((SAMPLES / "effort.sample.yaml").read_text())
    value["figures"][0] |= figure
    path = tmp_path / "effort.yaml"
    path.write_text(yaml.safe_dump(value))
    with pytest.raises(UsageError, match=message):
        read_efforts(path)


def test_a_type_counts_once(tmp_path: Path) -> None:
    value = yaml.safe_load((SAMPLES / "effort.sample.yaml").read_text())
    value["figures"].append(value["figures"][0])
    (tmp_path / "effort.yaml").write_text(yaml.safe_dump(value))
    with pytest.raises(UsageError, match="full-build vm occurs twice"):
        read_efforts(tmp_path / "effort.yaml")


def test_the_matrix_says_who_does_what_where_it_occurs(acme: Inventory) -> None:
    matrix = read_matrix(SAMPLES / "raci.sample.yaml")
    decisions = decide(acme)
    (situation,) = raci(matrix, decisions, terms(acme, decisions))
    assert (situation["build_model"], situation["management"]) == ("full-build", "fully-managed")
    assert situation["components"] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
    assert [(one["activity"], one["accountable"]) for one in situation["activities"]] == [
        ("incident-handling", "provider"),
        ("business-software", "customer"),
    ]


def matrix(*shares: dict[str, Any], parties: tuple[str, ...] = ("provider", "customer")) -> Matrix:
    parts = {"responsible": ["provider"], "accountable": ["provider"]}
    activity = {"id": "patching", "title": "Patching", "shares": [{**parts, **share} for share in shares]}
    value = {"schema": "onboarding/raci/v1", "source": "test", "parties": parties, "activities": [activity]}
    return msgspec.convert(value, Matrix)


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ([{"when": {"build_model": ["full-build"]}}], "patching: nobody is accountable: build_model no-build"),
        ([{"when": {"build_model": "-"}}, {"when": {"management": ["resold"]}}], "patching: two are accountable: management resold"),
        ([{"when": {}, "accountable": ["provider", "customer"]}], "share 1: 2 accountable parties, not one"),
        ([{"when": {}, "accountable": []}], "share 1: 0 accountable parties, not one"),
        ([{"when": {}, "responsible": []}], "nobody is responsible"),
        ([{"when": {}, "informed": ["neighbour"]}], "unknown party neighbour"),
        ([{"when": {"tenant": ["x"]}}], "unknown fact tenant"),
        ([], "nobody is accountable"),
    ],
)  # fmt: skip
def test_an_activity_has_exactly_one_accountable_everywhere(shares: list[dict[str, Any]], fault: str) -> None:
    assert fault in " ".join(matrix_faults(matrix(*shares)))


def test_an_activity_twice_is_told() -> None:
    one = matrix({"when": {}})
    assert matrix_faults(one) == []
    twice = msgspec.structs.replace(one, activities=(*one.activities, *one.activities))
    assert "patching occurs twice" in matrix_faults(twice)


def test_every_situation_is_asked_for() -> None:
    """A matrix with one share per situation is sound, and none of them can be left out."""
    models = ("no-build", "backend-build", "operations-build", "full-build")
    managements = ("customer", "fully-managed", "co-managed", "resold")
    shares = [
        {"when": {"build_model": [model], "management": [management]}}
        for model, management in itertools.product(models, managements)
    ]
    assert matrix_faults(matrix(*shares)) == []
    for number in range(len(shares)):
        assert any(
            "nobody is accountable" in fault for fault in matrix_faults(matrix(*shares[:number], *shares[number + 1 :]))
        )
