"""The hand-made table of tests/golden/levels/worked-month is whole: it says something of each record, once, in exact text.

It is held against itself and its inputs only; what computes service levels is held against it elsewhere.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.inventory.load import load
from toolkit.levels.records.cells import Known
from toolkit.levels.records.read import read_records

MONTH = Path(__file__).parents[2] / "golden/levels/worked-month"
EXPECTED: dict[str, Any] = yaml.safe_load((MONTH / "expected.yaml").read_text())
TENANTS: dict[str, Any] = EXPECTED["tenants"]
BY_TENANT = {one.id: one.tenant for one in load(MONTH).components} | {
    "application/shop": "nova-web",
    "application/crm": "nova-web",
    "customer-portal": None,
}


def rows(name: str) -> list[dict[str, str]]:
    with (MONTH / f"records/{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_records_are_read_without_a_note() -> None:
    functions = frozenset(row["function"] for row in rows("charges"))
    known = Known(components=frozenset(BY_TENANT), tenants=frozenset(TENANTS), functions=functions)
    read = read_records(MONTH / "records", known)
    assert not read.notes
    assert len(read.incidents) == len(rows("incidents"))


@pytest.mark.parametrize("tenant", TENANTS)
def test_each_incident_and_change_stands_in_its_tenant_once(tenant: str) -> None:
    restore = TENANTS[tenant]["restore"]
    named = [*restore["incidents"], *restore["left_out"]]
    assert sorted(named) == [row["id"] for row in rows("incidents") if owner(row) == tenant]
    assert sorted(TENANTS[tenant]["changes"]) == [row["id"] for row in rows("changes") if row["tenant"] == tenant]


def owner(row: dict[str, str]) -> str | None:
    owners = {BY_TENANT[one] for one in row["components"].split("; ")}
    assert len(owners) == 1
    return owners.pop()


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_sums_agree(tenant: str) -> None:
    month, totals = TENANTS[tenant], TENANTS[tenant]["totals"]
    assert totals["service_charge"] == total(row["amount_eur"] for row in rows("charges") if row["tenant"] == tenant)
    assert totals["availability"] == total(one["credit"] for one in month["availability"].values())
    assert totals["restore"] == month["restore"]["credit"]
    assert totals["changes"] == total(one["credit"] for one in month["changes"].values())
    assert totals["before_cap"] == total(totals[side] for side in ("availability", "restore", "changes"))
    assert Fraction(totals["exact"]) == min(Fraction(totals["before_cap"]), Fraction(totals["cap"]))


def test_the_customers_total_is_the_sum_of_its_tenants() -> None:
    assert EXPECTED["totals"]["exact"] == total(one["totals"]["exact"] for one in TENANTS.values())
    assert Fraction(EXPECTED["totals"]["payable"]) == sum(
        Fraction(one["totals"]["payable"]) for one in TENANTS.values()
    )


def total(texts: Any) -> str:
    return str(sum((Fraction(text) for text in texts), Fraction(0)))


def test_exact_values_are_reduced() -> None:
    for value in texts(EXPECTED["tenants"]):
        if "/" in value and value.replace("/", "").lstrip("-").isdigit():
            assert value == str(Fraction(value))


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []
