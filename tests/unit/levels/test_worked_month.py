"""The month that was worked by hand, tests/golden/levels/worked-month, figure by figure."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.catalogue import service
from toolkit.inventory.load import load
from toolkit.levels.amounts import rounded
from toolkit.levels.month import month_figures
from toolkit.levels.period import period
from toolkit.levels.records.cells import Known
from toolkit.levels.records.read import read_records
from toolkit.levels.units import charge_ids, record_ids
from toolkit.model.levels import FunctionFigure, LevelsReport, TenantFigures

FOLDER = Path(__file__).parents[2] / "golden/levels/worked-month"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text())
TENANTS = list(EXPECTED["tenants"])
WINDOWS = {"always": "at-any-time", "business-hours": "business-hours"}
REASONS = {
    "not-resolved": "not resolved in the month",
    "customer-caused": "caused by the customer",
    "l3-customer": "L3 is the customer's",
    "no-target": "no target",
    "not-notified": "not notified in the month",
    "not-validated": "not validated",
    "late-quote": "late quote",
    "not-supervised": "not supervised",
}


@cache
def computed() -> LevelsReport:
    inventory, described = load(FOLDER), service("managed-applications")
    known = Known(
        components=record_ids(inventory, described),
        tenants=frozenset(one.id for one in inventory.tenants),
        functions=charge_ids(inventory, described),
    )
    records = read_records(FOLDER / "records", known)
    return month_figures(inventory, described, records, period(EXPECTED["month"]), language="en")


def tenant(id_: str) -> TenantFigures:
    return next(one for one in computed().tenants if one.id == id_)


def exact(value: Fraction | int | None) -> str:
    return str(Fraction(value or 0))


def function(one: FunctionFigure, expected: dict[str, Any]) -> dict[str, Any]:
    """The figure in the shape of the table."""
    assert one.rate is not None
    assert one.gap is not None
    said: dict[str, Any] = {
        "units": {
            unit.id: {
                "t_month": exact(unit.subscribed),
                "t_interruption": exact(unit.interrupted),
                "t_exclusion": exact(unit.excluded),
                "rate": exact(unit.rate),
            }
            for unit in one.units
            if unit.not_guaranteed is None
        },
        "rate": exact(one.rate),
        "rate_percent_rounded": rounded(100 * one.rate, 6),
        "guaranteed_percent": exact(one.guaranteed_percent),
        "gap": exact(one.gap),
        "gap_rounded": rounded(one.gap, 6),
        "counted_gap": exact(one.counted_gap),
        "credit_percent": exact(one.credit_percent),
        "charge": exact(one.charge),
        "credit": exact(one.credit),
    }
    without = {unit.id: REASONS[unit.not_guaranteed] for unit in one.units if unit.not_guaranteed}
    if without:
        said["not_guaranteed"] = without
    if "reason" in expected:
        said["reason"] = one.reason
    return said


def test_the_month_itself() -> None:
    assert str(computed().seconds) == EXPECTED["t_month"]
    assert [one.id for one in computed().tenants] == TENANTS


@pytest.mark.parametrize("id_", TENANTS)
def test_availability(id_: str) -> None:
    expected = EXPECTED["tenants"][id_]["availability"]
    found = {one.id: function(one, expected.get(one.id, {})) for one in tenant(id_).functions}
    assert found == expected


@pytest.mark.parametrize("id_", TENANTS)
def test_restore(id_: str) -> None:
    expected, found = EXPECTED["tenants"][id_]["restore"], tenant(id_).restore
    incidents = {
        one.id: {
            "priority": one.priority,
            "window": WINDOWS[one.window],
            "elapsed": str(one.elapsed),
            "target": str(one.target),
            "late": one.late,
        }
        for one in found.incidents
    }
    assert incidents == expected["incidents"]
    left = {one.id: {"reason": REASONS.get(one.reason, one.reason), "literal": one.literal} for one in found.left_out}
    assert left == expected["left_out"]
    counts = {name: str(getattr(found, name)) for name in ("resolved", "late", "counted_late", "denominator")}
    money = {name: exact(getattr(found, name)) for name in ("gap", "credit_percent", "base", "credit")}
    assert counts | money == {name: expected[name] for name in counts | money}
    assert list(found.moved_to_availability) == expected["moved_to_availability"]
    assert found.reason == expected.get("reason")
    in_time = [Fraction(100 * (found.resolved - found.late), found.resolved)] if found.resolved else []
    assert (found.promised_percent, found.in_time_percent) == (95, in_time[0] if in_time else None)
    assert found.met == (in_time[0] >= 95 if in_time else None)
    literal = {name: exact(getattr(found.literal, name)) for name in expected["literal"]}
    assert literal == expected["literal"]


@pytest.mark.parametrize("id_", TENANTS)
def test_shared_incidents(id_: str) -> None:
    expected, found = EXPECTED["tenants"][id_]["shared_incidents"], tenant(id_).shared
    assert list(found.candidates) == expected["candidates"]
    compared = [
        {
            "restore": list(one.restore),
            "availability": list(one.availability),
            "availability_credit": exact(one.availability_credit),
            "restore_gap": exact(one.restore_gap),
            "restore_credit": exact(one.restore_credit),
            "total": exact(one.total),
        }
        for one in found.compared
    ]
    assert compared == expected.get("assignments", [])
    chosen = found.chosen
    assert expected["chosen"] == (
        dict.fromkeys(chosen.restore, "restore") | dict.fromkeys(chosen.availability, "availability") if chosen else {}
    )
    assert found.tie == ("tie" in expected.get("reason", ""))
    assert found.proven


@pytest.mark.parametrize("id_", TENANTS)
def test_changes(id_: str) -> None:
    expected = EXPECTED["tenants"][id_]["changes"]
    found: dict[str, Any] = {}
    for one in tenant(id_).changes:
        said: dict[str, Any] = {"credit": exact(one.credit)}
        if one.elapsed is not None:
            said |= {"elapsed": str(one.elapsed), "target": str(one.target), "late": one.late}
            said |= {} if one.price is None else {"price": exact(one.price)}
        said |= {} if one.reason is None else {"reason": REASONS.get(one.reason, one.reason)}
        found[one.id] = said
    assert found == expected


@pytest.mark.parametrize("id_", TENANTS)
def test_totals(id_: str) -> None:
    expected, found = EXPECTED["tenants"][id_], tenant(id_)
    assert found.support_level == expected["support_level"]
    assert found.penalty == expected.get("penalty", True)
    assert {
        "availability": exact(found.availability_credit),
        "restore": exact(found.restore_credit),
        "changes": exact(found.change_credit),
        "before_cap": exact(found.before_cap),
        "service_charge": exact(found.service_charge),
        "cap": exact(found.cap),
        "capped": found.capped,
        "exact": exact(found.exact),
        "payable": found.payable,
    } == expected["totals"]


def test_the_portal() -> None:
    expected, portal = EXPECTED["customer_portal"], computed().portal[0]
    said = function(portal, expected)
    unit = said["units"]["customer-portal"]
    for name in ("t_month", "t_interruption", "t_exclusion", "rate"):
        assert unit[name] == expected[name]
    for name in ("guaranteed_percent", "gap", "gap_rounded", "rate_percent_rounded", "credit_percent", "credit"):
        assert said[name] == expected[name]
    assert portal.reason == "no-charge"


def test_what_earns_nothing() -> None:
    assert set(computed().earns_nothing) == set(EXPECTED["earns_nothing"])


def test_the_customers_total() -> None:
    assert exact(computed().exact) == EXPECTED["totals"]["exact"]
    assert computed().payable == EXPECTED["totals"]["payable"]


def test_each_credit_names_records_rule_and_arithmetic() -> None:
    for one in computed().tenants:
        assert sum((credit.amount for credit in one.credits), Fraction(0)) == one.before_cap
        for credit in one.credits:
            assert credit.records
            assert credit.rule
            assert credit.source == "SD-1 §1.10"
            assert "€" in credit.arithmetic[-1] or "€" in credit.arithmetic[-2]
    assert len(computed().claims) == sum(len(one.credits) for one in computed().tenants)
    assert {claim.until for claim in computed().claims} == {"2027-04-30"}
