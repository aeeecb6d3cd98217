"""The price list: read whole, or refused with every fault (SD-1 §1.12)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.errors import RecordsInvalid, UsageError
from toolkit.money.amounts import cents, euros, exactly, number
from toolkit.money.price_items import FAMILIES, family_of
from toolkit.money.prices import Unpriced, read_prices, refuse_unpriced

SAMPLES = Path(__file__).parents[3] / "schemas/samples"
HEAD = "item,region,unit,price_eur,currency,valid_from,valid_until,sample\n"
DAY = dt.date(2027, 3, 1)


def price_file(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return path


def test_the_sample_list_is_one_and_says_so() -> None:
    prices = read_prices(SAMPLES / "prices.sample.csv")
    every = [price for some in prices.prices.values() for price in some]
    assert all(price.sample for price in every)
    assert {price.item.partition("/")[0] for price in every} == set(FAMILIES) - {"equipment"}


def test_the_regions_own_price_comes_first(tmp_path: Path) -> None:
    prices = read_prices(price_file(tmp_path, "unit/os,*,unit-month,60,,,,", "unit/os,eu-west-3,unit-month,62,EUR,,,"))
    found = {region: prices.at("unit/os", region=region, day=DAY) for region in ("eu-west-3", "eu-west-1")}
    assert {region: price and price.eur for region, price in found.items()} == {"eu-west-3": 62, "eu-west-1": 60}
    assert prices.at("unit/database", region="eu-west-3", day=DAY) is None


def test_a_price_holds_from_its_first_to_its_last_day(tmp_path: Path) -> None:
    rows = ["sre,*,hour,90,,2027-01-01,2027-03-15,", "sre,*,hour,95,,2027-03-16,,"]
    prices = read_prices(price_file(tmp_path, *rows))
    found = {
        day: prices.at("sre", region="x", day=dt.date.fromisoformat(day))
        for day in ("2026-12-31", "2027-03-15", "2027-03-16")
    }
    assert {day: price and price.eur for day, price in found.items()} == {
        "2026-12-31": None,
        "2027-03-15": 90,
        "2027-03-16": 95,
    }


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ("unit/os,*,unit-month,-5,,,,", "price_eur", "negative"),
        ("unit/os,*,unit-month,=1+1,,,,", "price_eur", "formula"),
        ("unit/os,*,unit-month,+5,,,,", "price_eur", "formula"),
        ("unit/os,*,unit-month,@SUM(A1),,,,", "price_eur", "formula"),
        ("unit/os,*,unit-month,1e3,,,,", "price_eur", "no number"),
        ("unit/os,*,unit-month,NaN,,,,", "price_eur", "no number"),
        ('unit/os,*,unit-month,"12,50",,,,', "price_eur", "no number"),
        ("unit/os,*,unit-month,,,,,", "price_eur", "is missing"),
        ("unit/os,,unit-month,5,,,,", "region", "is missing"),
        ("unit/os,=eu,unit-month,5,,,,", "region", "no region"),
        ("unit/os,*,fortnight,5,,,,", "unit", "no unit"),
        ("unit/os,*,month,5,,,,", "unit", "priced per unit-month"),
        ("build/person-day,*,person-hour,5,,,,", "unit", "priced per person-day"),
        ("unit/os,*,unit-month,5,USD,,,", "currency", "not EUR"),
        ("unit/os,*,unit-month,5,,2027-02-30,,", "valid_from", "no date"),
        ("unit/os,*,unit-month,5,,2027-02-02,2027-02-01,", "valid_until", "is before"),
        ("unit/os,*,unit-month,5,,,,maybe", "sample", "not known"),
        ("=HYPERLINK(1),*,unit-month,5,,,,", "item", "nothing that is priced"),
        ("units/os,*,unit-month,5,,,,", "item", "nothing that is priced"),
        ("unit/oss,*,unit-month,5,,,,", "item", "no management level"),
        ("unit/os,*,unit-month,5,,,9999-12-31,", "valid_until", "no day of this century"),
        ("unit,*,unit-month,5,,,,", "item", "nothing that is priced"),
        ("function/urgent,*,unit-month,5,,,,", "item", "nothing that is priced"),
        ("support/premium/full_france/many,*,month,5,,,,", "item", "nothing that is priced"),
        ("support/gold/full_france/10,*,month,5,,,,", "item", "nothing that is priced"),
        (",*,month,5,,,,", "item", "is missing"),
        ("sre,*,hour,91,,2027-05-01,,", "item", "same days"),
    ],
)
def test_rows_that_cannot_be_meant(tmp_path: Path, row: str, field: str, said: str) -> None:
    path = price_file(tmp_path, "sre,*,hour,90,,2027-01-01,,", row)
    with pytest.raises(RecordsInvalid) as caught:
        read_prices(path)
    (problem,) = caught.value.details["problems"]
    assert (problem["file"], problem["line"], problem["field"]) == (str(path), 3, field)
    assert said in problem["message"]
    assert problem["fix"]


def test_every_fault_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecordsInvalid, match="4 problems") as caught:
        read_prices(price_file(tmp_path, "unit/os,,hour,-1,,,,", "sre,*,hour,x,,,,"))
    assert [one["line"] for one in caught.value.details["problems"]] == [2, 2, 2, 3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column item"),
        (b"item,region\n", "no column unit, price_eur"),
        (HEAD.strip().encode() + b",colour\n", "unknown column"),
        (HEAD.strip().encode() + b",item\n", "stands twice"),
        (HEAD.encode() + b'"open,*,month,1,,,,\n', "not CSV"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (HEAD.encode() + b"\x00", "not a text file"),
    ],
)
def test_no_such_table(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        read_prices(path)
    assert caught.value.fix


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_prices(tmp_path / "none.csv")


def test_a_list_with_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace(",", ";").encode() + b"sre;*;hour;90.5;;;;\r\n")
    found = read_prices(path).at("sre", region="x", day=DAY)
    assert found is not None
    assert found.eur == Decimal("90.5")


def test_what_a_list_lacks_is_named(tmp_path: Path) -> None:
    prices = read_prices(price_file(tmp_path, "sre,*,hour,90,,,,"))
    refuse_unpriced(prices, set())
    missing = {Unpriced(item=f"unit/{name}", region="eu-west-3", day=DAY) for name in ("os", "database")}
    with pytest.raises(RecordsInvalid, match="lacks 2 prices") as caught:
        refuse_unpriced(prices, missing)
    assert [one["message"].split()[3] for one in caught.value.details["problems"]] == ["unit/database", "unit/os"]


@pytest.mark.parametrize("item", ["", "/", "unit/", "unit/a/b", "ticket/gold", "token-pack/x", "access-fee/x"])
def test_items_of_no_family(item: str) -> None:
    assert family_of(item) is None


@given(st.fractions())
@example(Fraction(10**40 + 1))
def test_cents_are_the_nearest_half_away_from_zero(amount: Fraction) -> None:
    rounded = cents(amount)
    assert abs(Fraction(rounded) - amount) <= Fraction(1, 200)
    assert Fraction(cents(-amount)) == -Fraction(rounded)
    assert len(euros(rounded).partition(".")[2]) == 2


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0.005", "0.01"), ("1.005", "1.01"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("0.0049", "0.00")],
)
def test_half_cents_go_up(amount: str, said: str) -> None:
    assert euros(cents(Decimal(amount))) == said


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**6))
def test_an_exact_figure_is_read_back(numerator: int, denominator: int) -> None:
    assert Fraction(exactly(Fraction(numerator, denominator))) == Fraction(numerator, denominator)


@pytest.mark.parametrize("text", ["", "-1", "1,5", "1e5", "0x1", "\u0661", " 1", "1.", ".5", "1" * 13, "inf"])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None
