"""The bill: floor, deliveries, days, tickets, terms and usage that cannot be meant (SD-1 §1.12)."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import RecordsInvalid, UsageError
from toolkit.inventory.load import load
from toolkit.model.inventory import Inventory, SupportPeriod
from toolkit.money.bill import Bill, BillRequest, bill
from toolkit.money.bill_lines import Recurring, recurring_lines
from toolkit.money.periods import Month, month_of, parse_month
from toolkit.money.prices import PriceList, read_prices
from toolkit.money.rates import Contract, Rate
from toolkit.money.support import level_in, tickets_of
from toolkit.money.terms import Charge, Increase, Lot, Terms, read_terms
from toolkit.money.units import billed_units
from toolkit.money.usage import Usage, read_usage
from toolkit.money.vendor import passed_through

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "schemas/samples"
FOLDER = ROOT / "tests/golden/money"
MARCH = Month(year=2027, month=3)
MANAGED = frozenset({"shop-vm", "shop-db", "shop-orders", "bank-link", "web-vm", "web", "dev-vm"})


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return load(FOLDER)


@pytest.fixture(scope="module")
def prices() -> PriceList:
    return read_prices(FOLDER / "prices.csv")


def terms(**named: Any) -> Terms:
    return Terms(schema="onboarding/commercial/v1", source="test", **named)


def billed(
    inventory: Inventory, prices: PriceList, agreed: Terms, *, month: Month = MARCH, usage: Usage | None = None
) -> Bill:
    contract = Contract(start=dt.date(2027, 1, 15), first_bill=Month(year=2027, month=2))
    return bill(
        BillRequest(
            inventory=inventory,
            managed=MANAGED,
            month=month,
            prices=prices,
            contract=contract,
            terms=agreed,
            usage=usage,
        )
    )


CHOSEN = {"tickets": {"prod": 10, "dev": 5}, "token_pack": 20}


@given(
    delivered=st.dates(dt.date(2027, 1, 1), dt.date(2027, 5, 1)),
    tickets=st.integers(0, 100),
    tokens=st.integers(0, 100),
    added=st.booleans(),
)
def test_a_bill_is_never_below_its_floor(delivered: dt.date, tickets: int, tokens: int, *, added: bool) -> None:
    agreed = terms(delivered=delivered, minimum="added" if added else "floor", **CHOSEN)
    found = billed(load_once(), prices_once(), agreed, usage=Usage(tickets=tickets, tokens=tokens))
    assert found.total >= found.floor
    assert found.total == sum((line.amount for line in found.lines), Decimal(0))
    assert found.total == (found.subtotal + found.floor if added else max(found.subtotal, found.floor))
    assert (found.floor > 0) == (delivered <= MARCH.last)


_KEPT: dict[str, Any] = {}


def load_once() -> Inventory:
    kept: Inventory = _KEPT.setdefault("inventory", None) or load(FOLDER)
    _KEPT["inventory"] = kept
    return kept


def prices_once() -> PriceList:
    kept: PriceList = _KEPT.setdefault("prices", None) or read_prices(FOLDER / "prices.csv")
    _KEPT["prices"] = kept
    return kept


@given(
    since=st.dates(dt.date(2027, 1, 1), dt.date(2027, 4, 30)),
    length=st.integers(0, 90),
    change=st.dates(dt.date(2027, 2, 20), dt.date(2027, 4, 10)),
    quantity=st.integers(1, 50),
)
def test_recurring_lines_count_each_day_once(since: dt.date, length: int, change: dt.date, quantity: int) -> None:
    until = since + dt.timedelta(days=length)

    def rate(day: dt.date) -> Rate:
        return Rate(eur=Fraction(10 if day < change else 11), sample=False, because=())

    entry = Recurring(item="unit/os", quantity=quantity, region="*", since=since, until=until)
    lines = recurring_lines(entry, MARCH, rate)
    days = [day for day in range(1, 32) if since <= dt.date(2027, 3, day) <= until]
    assert sum(int(line.days.partition("/")[0]) for line in lines) == len(days)
    exact = sum((quantity * rate(dt.date(2027, 3, day)).eur / 31 for day in days), Fraction(0))
    assert abs(Fraction(sum((line.amount for line in lines), Decimal(0))) - exact) <= Fraction(len(lines), 200)


def test_nothing_runs_before_its_delivery(inventory: Inventory, prices: PriceList) -> None:
    found = billed(
        inventory, prices, terms(charges=(Charge(item="iaas/standard", tenant="prod", since=dt.date(2027, 3, 1)),))
    )
    assert [(line.item, str(line.amount)) for line in found.lines] == [("iaas/standard", "310.00")]
    assert found.notes[0].startswith("not delivered, so not billed: shop-vm")
    lots = (Lot(id="a", components=("web-vm",), delivered=dt.date(2027, 3, 31)), Lot(id="b", components=("shop-vm",)))
    found = billed(inventory, prices, terms(lots=lots, **CHOSEN))
    assert {line.of for line in found.lines if line.item.startswith("unit/")} == {("web-vm",)}
    assert {line.days for line in found.lines if line.item.startswith("unit/")} == {"1/31"}


def test_the_service_ends(inventory: Inventory, prices: PriceList) -> None:
    agreed = terms(delivered=dt.date(2027, 2, 1), ends=dt.date(2027, 3, 10), tickets={"prod": 10, "dev": 5})
    found = billed(inventory, prices, agreed)
    assert {line.days for line in found.lines} == {"10/31"}
    after = billed(inventory, prices, agreed, month=Month(year=2027, month=4))
    assert (after.lines, after.total) == ((), Decimal(0))


def test_a_pack_ends_with_the_commitment(inventory: Inventory, prices: PriceList) -> None:
    agreed = terms(delivered=dt.date(2027, 2, 1), **CHOSEN)
    for month, items in ((Month(year=2029, month=1), 1), (Month(year=2029, month=2), 0)):
        found = billed(inventory, prices, agreed, month=month, usage=Usage(tokens=1))
        assert sum(line.item == "token-pack/20" for line in found.lines) == items
        assert sum(line.item == "token" for line in found.lines) == 1 - items


def test_tickets_of_the_highest_level_and_without_commitment(inventory: Inventory) -> None:
    with_pack = tickets_of(20, inventory.tenants, terms(**CHOSEN), MARCH)
    assert (with_pack.included, with_pack.overage, with_pack.tariff) == (15, 5, "premium")
    without = tickets_of(2, inventory.tenants, terms(), MARCH)
    assert (without.overage, without.tariff) == (2, "without-commitment")
    only_dev = tickets_of(9, inventory.tenants[1:], terms(**CHOSEN), MARCH)
    assert (only_dev.overage, only_dev.tariff) == (4, "standard")


def test_the_level_is_that_of_the_first_of_the_month(inventory: Inventory) -> None:
    history = (
        SupportPeriod(level="standard", from_=dt.date(2027, 1, 1)),
        SupportPeriod(level="premium", from_=dt.date(2027, 3, 1)),
    )
    tenant = msgspec.structs.replace(inventory.tenants[0], support_history=history)
    assert [level_in(tenant, Month(year=2027, month=month)) for month in (2, 3)] == ["standard", "premium"]


def test_a_month_before_any_level_is_told_has_the_first_one(inventory: Inventory) -> None:
    """A contract that starts in the middle of a month, and is raised later."""
    history = (
        SupportPeriod(level="standard", from_=dt.date(2027, 1, 15)),
        SupportPeriod(level="premium", from_=dt.date(2027, 8, 1)),
    )
    tenant = msgspec.structs.replace(inventory.tenants[0], support_level="premium", support_history=history)
    assert level_in(tenant, Month(year=2027, month=1)) == "standard"
    assert tenant.level_on(dt.date(2026, 12, 1)) == "standard"


def test_prices_that_are_missing_are_all_named(inventory: Inventory) -> None:
    with pytest.raises(RecordsInvalid, match="none is assumed") as caught:
        billed(
            inventory,
            PriceList(file="empty.csv", prices={}),
            terms(delivered=dt.date(2027, 2, 1)),
            usage=Usage(tickets=1),
        )
    said = " ".join(one["message"] for one in caught.value.details["problems"])
    for item in (
        "access-fee",
        "unit/os in eu-west-3",
        "unit/os in eu-west-1",
        "support/premium/full_france/0",
        "minimum",
    ):
        assert f"no price for {item}" in said
    assert "ticket/without-commitment" in said


def test_a_sample_price_makes_a_sample_bill(inventory: Inventory, prices: PriceList) -> None:
    changed = {
        key: tuple(msgspec.structs.replace(price, sample=True) for price in some) if key[0] == "access-fee" else some
        for key, some in prices.prices.items()
    }
    agreed = terms(delivered=dt.date(2027, 2, 1), **CHOSEN)
    assert billed(inventory, PriceList(file="x", prices=changed), agreed).sample
    assert billed(inventory, prices, msgspec.structs.replace(agreed, sample=True)).sample
    assert billed(inventory, prices, agreed, usage=Usage(sample=True)).sample
    assert not billed(inventory, prices, agreed, usage=Usage()).sample


@given(st.integers(0, 10**4), st.integers(0, 500), st.integers(0, 500))
def test_a_vendors_rise_is_capped_at_what_was_notified(price: int, notified: int, asked: int) -> None:
    rise = Increase(since=dt.date(2027, 3, 1), notified_percent=str(notified), asked_percent=str(asked))
    before, _ = passed_through(Fraction(price), (rise,), day=dt.date(2027, 2, 28))
    after, steps = passed_through(Fraction(price), (rise,), day=dt.date(2027, 3, 1))
    assert before == price
    assert after == Fraction(price) * (100 + min(notified, asked)) / 100
    assert len(steps) == 1


def test_only_what_the_provider_runs_is_billed(inventory: Inventory, prices: PriceList) -> None:
    found = billed_units(inventory, terms(delivered=dt.date(2027, 2, 1)), managed=frozenset({"bank-link", "shop-db"}))
    assert [(unit.component, unit.item) for unit in found.units] == [("bank-link", "interface/standard")]


def test_a_machine_without_a_level_is_a_unit_of_its_kind(inventory: Inventory) -> None:
    """The OS level exists on managed tenants only (SD-1 §1.6): elsewhere it is not assumed."""
    bare = msgspec.structs.replace(inventory.components[0], management_level=None)
    changed = msgspec.structs.replace(inventory, components=(bare,))
    found = billed_units(changed, terms(delivered=dt.date(2027, 2, 1)), managed=frozenset({bare.id}))
    assert [unit.item for unit in found.units] == ["unit/vm"]


def test_ten_thousand_components_in_one_lot(inventory: Inventory, prices: PriceList) -> None:
    machine = next(one for one in inventory.components if one.id == "dev-vm")
    many = tuple(msgspec.structs.replace(machine, id=f"vm-{number}") for number in range(10_000))
    ids = tuple(one.id for one in many)
    agreed = terms(lots=(Lot(id="a", components=ids, delivered=dt.date(2027, 2, 1)),), tickets={"dev": 5})
    request = BillRequest(
        inventory=msgspec.structs.replace(inventory, components=many),
        managed=frozenset(ids),
        month=Month(year=2027, month=4),
        prices=prices,
        contract=Contract(start=dt.date(2027, 1, 15), first_bill=Month(year=2027, month=2)),
        terms=agreed,
    )
    units = next(line for line in bill(request).lines if line.item == "unit/os")
    assert (units.quantity, str(units.amount)) == ("10000", "341000.00")


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2027-01", "nothing was delivered by 2027-01-31: no run is billed"),
        ("2027-03", None),
        ("2027-06", None),
        ("2027-07", "the service ended on 2027-06-30: no run is billed"),
    ],
)
def test_a_bill_without_a_run_says_why(inventory: Inventory, prices: PriceList, month: str, said: str | None) -> None:
    agreed = terms(delivered=dt.date(2027, 2, 1), ends=dt.date(2027, 6, 30), **CHOSEN)
    notes = billed(inventory, prices, agreed, month=parse_month(month)).notes
    assert [note for note in notes if "no run is billed" in note] == ([said] if said else [])


# what the terms may not say

RISES = """charges:
  - item: {item}
    since: 2027-01-01
    increases:
      - {{since: 2027-02-01, notified_percent: "{notified}", asked_percent: "3"}}
"""
GOOD = yaml.safe_load((SAMPLES / "commercial.sample.yaml").read_text())
ACME = {"components": frozenset({"erp-vm-1", "erp-vm-2", "erp-db-1"}), "tenants": frozenset({"acme-prod"})}
ACME["applications"] = frozenset({"erp-vm-1"})


def test_the_sample_terms_follow_their_schema_and_say_that_they_are_one() -> None:
    schema = json.loads((ROOT / "schemas/commercial.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(json.dumps(GOOD, default=str))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(value)) == []
    assert read_terms(SAMPLES / "commercial.sample.yaml", **ACME).sample
    for name, of in (("Terms", Terms), ("lot", Lot), ("charge", Charge), ("increase", Increase)):
        shape = schema if name == "Terms" else schema["$defs"][name]
        assert set(shape["properties"]) == set(of.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("lots:\n  - {id: a, components: [erp-vm-9]}\n", 4, "lots.0.components.0: no managed component"),
        ("lots:\n  - {id: a, components: [erp-vm-1]}\n  - {id: b, components: [erp-vm-1]}\n", 5, "in lot a too"),
        ("lots:\n  - {id: a, components: []}\n  - {id: a, components: []}\n", 5, "stands twice"),
        ("build_invoices: lots\nlots:\n  - {id: a, components: [erp-vm-1]}\n", 5, "in no lot: erp-db-1, erp-vm-2"),
        ("tickets: {acme-dev: 5}\n", 3, "no tenant"),
        ("tickets: {acme-prod: -5}\n", 3, "negative"),
        ("application_units: {erp-vm-1: 0}\n", 3, "0 units"),
        ("application_units: {nobody: 1}\n", 3, "no managed component"),
        ("application_units: {erp-db-1: 3}\n", 3, "not managed at the application level"),
        ("lots:\n  - {id: a, components: [], delivered: 2027-03-01}\nends: 2027-02-01\n", 4, "after the last day"),
        ("token_pack: 0\n", 3, "0 tokens"),
        ("delivered: 2027-03-01\nends: 2027-02-01\n", 4, "before the delivery"),
        ("charges:\n  - {item: unit/os, since: 2027-01-01}\n", 4, "no charge"),
        ("charges:\n  - {item: =iaas, since: 2027-01-01}\n", 4, "no charge"),
        ("charges:\n  - {item: iaas/x, since: 2027-01-01}\n", 4, "belongs to a tenant"),
        ("charges:\n  - {item: iaas/x, since: 2027-01-01, tenant: zz}\n", 4, "no tenant"),
        ("charges:\n  - {item: licence/x, since: 2027-01-01, quantity: 0}\n", 4, "quantity"),
        ("charges:\n  - {item: licence/x, since: 2027-01-02, until: 2027-01-01}\n", 4, "is before"),
        (
            RISES.format(item="dependency/x", notified="3"),
            7,
            "only licences and equipment",
        ),
        (
            RISES.format(item="licence/x", notified="-3"),
            7,
            "no percentage",
        ),
    ],
)
def test_terms_that_do_not_hold(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "commercial.yaml"
    path.write_text(f"schema: onboarding/commercial/v1\nsource: test\n{text}")
    with pytest.raises(RecordsInvalid) as caught:
        read_terms(path, **ACME)
    (problem,) = caught.value.details["problems"]
    assert said in problem["message"]
    assert (problem["line"], bool(problem["fix"])) == (line, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("minimum: ceiling\n", ":3: minimum: Invalid enum value"),
        ("colour: red\n", "unknown field `colour`"),
        ("delivered: soon\n", ":3: delivered: "),
        ("token_pack: many\n", ":3: token_pack: Expected `int | null`"),
        ("lots:\n  - {id: a}\n", r":4: lots\[0\]: Object missing required field `components`"),
        ("source: again\n", "stands twice"),
        ("? [a]\n: b\n", "a key is a text"),
        ("lots: [\n", "did not find"),
    ],
)
def test_terms_of_another_shape(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "commercial.yaml"
    path.write_text(f"schema: onboarding/commercial/v1\nsource: test\n{text}")
    with pytest.raises(UsageError, match=said) as caught:
        read_terms(path, **ACME)
    assert caught.value.fix


def test_terms_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_terms(tmp_path / "none.yaml", **ACME)


# what was used


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("2027-13,tickets,1,", "month"),
        (",tickets,1,", "month"),
        ("2027-03,coffee,1,", "what"),
        ("2027-03,tickets,-1,", "quantity"),
        ("2027-03,tickets,1.5,", "quantity"),
        ("2027-03,sre-hours,=2*3,", "quantity"),
        ("2027-04,tokens,x,", "quantity"),
        ("2027-03,tickets,5,report", "what"),
    ],
)
def test_usage_that_cannot_be_meant(tmp_path: Path, row: str, field: str) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(f"month,what,quantity,reference\n2027-03,tickets,4,report\n{row}\n")
    with pytest.raises(RecordsInvalid) as caught:
        read_usage(path, MARCH)
    assert [(one["line"], one["field"]) for one in caught.value.details["problems"]] == [(3, field)]


def test_usage_of_a_month_is_summed_and_another_months_left(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(
        "month,what,quantity,reference,sample\n2027-03,tickets,4,a,\n2027-03,tickets,3,b,\n2027-04,tokens,9,a,yes\n2027-03,sre-hours,0.25,a,\n"
    )
    assert read_usage(path, MARCH) == Usage(tickets=7, sre_hours=Fraction(1, 4))
    assert read_usage(path, parse_month("2027-04")) == Usage(tokens=9, sample=True)
    assert read_usage(path, parse_month("2027-05")) == Usage()


def test_months() -> None:
    assert month_of(dt.date(2027, 1, 31)).later(-1).text == "2026-12"
    assert [Month(year=year, month=2).days for year in (2027, 2028)] == [28, 29]
