"""The contract that was computed by hand (tests/golden/money): every line, and every total."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.money.amounts import euros
from toolkit.money.minimum import minimum_years, read_years
from toolkit.money.periods import parse_month
from toolkit.pipeline import pricing, workspace

FOLDER = Path(__file__).parents[2] / "golden/money"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text())


@pytest.mark.parametrize("month", list(EXPECTED["bills"]))
def test_a_bill_is_the_one_by_hand(month: str) -> None:
    expected = EXPECTED["bills"][month]
    files = pricing.BillFiles(
        prices=FOLDER / "prices.csv",
        usage=FOLDER / "usage.csv" if expected.get("usage") else None,
        indices=FOLDER / "indices.csv" if expected.get("indices") else None,
    )
    bill = pricing.monthly_bill(workspace.find(FOLDER), parse_month(month), files)
    assert [[line.item, euros(line.amount)] for line in bill.lines] == [line[:2] for line in expected["lines"]]
    assert euros(bill.total) == expected["total"]
    assert not bill.sample
    assert all(step.section.startswith("SD-1 §1.") for line in bill.lines for step in line.because)


def test_the_build_is_the_one_by_hand() -> None:
    price = pricing.price_build(workspace.find(FOLDER), prices=FOLDER / "prices.csv", effort=FOLDER / "effort.yaml")
    expected = EXPECTED["build"]
    assert [[line.component, euros(line.amount)] for line in price.lines] == [line[:2] for line in expected["lines"]]
    assert euros(price.total) == expected["total"]
    assert [[one.id, str(one.on), euros(one.amount)] for one in price.invoices] == [
        line[:3] for line in expected["invoices"]
    ]
    assert not price.sample


def test_the_guaranteed_minimum_is_the_one_by_hand() -> None:
    found = minimum_years(Decimal(100000), years=3, records=read_years(FOLDER / "years.csv", years=3))
    assert [
        [
            one.year,
            *(euros(amount) for amount in (one.guaranteed, one.carried_in, one.shortfall, one.carried_out)),
            one.invoice_by and one.invoice_by.isoformat(),
        ]
        for one in found
    ] == [line[:6] for line in EXPECTED["minimum"]]
    assert found[1].invoice_by == dt.date(2029, 1, 20) + dt.timedelta(days=30)


def test_the_arithmetic_by_hand_says_what_the_explanation_says() -> None:
    """The results that the pencil wrote as exact fractions are those of the program's own steps."""
    files = pricing.BillFiles(prices=FOLDER / "prices.csv", usage=FOLDER / "usage.csv")
    bill = pricing.monthly_bill(workspace.find(FOLDER), parse_month("2027-03"), files)
    told = " ".join(step.arithmetic for line in bill.lines for step in line.because)
    for exact in ("1 x 70 x 20/31 = 1400/31, 45.16 EUR", "2.75 x 90.1 = 247.775, 247.78 EUR", "max(0, 18 - 15) = 3"):
        assert exact in told
