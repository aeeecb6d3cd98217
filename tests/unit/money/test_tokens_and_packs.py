"""Tokens, packs and agreements (SD-1 §1.11), and the time of incidents (SD-1 §1.10)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.catalogue import service
from toolkit.errors import RecordsInvalid, UsageError
from toolkit.money.changes import charge, consumed_before, read_changes, tokens_by_month
from toolkit.money.consent import Consent, ProviderChange, consent_faults
from toolkit.money.packs import pack_month, pack_months
from toolkit.money.periods import Month, anniversary, commitment_months, contract_year, parse_month
from toolkit.money.rules import commercial_rules
from toolkit.money.tokens import CatalogueChange, change_cost, incident_cost, read_catalogue

SAMPLES = Path(__file__).parents[3] / "schemas/samples"
START = dt.date(2027, 1, 15)
SIMPLE = CatalogueChange(id="a", title="A", tokens=1, native_service=False, standard=True)
COMPLEX = CatalogueChange(id="b", title="B", tokens=3, native_service=True, standard=True)
RARE = CatalogueChange(id="c", title="C", tokens=5, native_service=False, standard=False)
RULES = service("managed-applications").changes or pytest.fail("no rules for changes")
CATALOGUE = {one.id: one for one in (SIMPLE, COMPLEX, RARE)}


@pytest.mark.parametrize(
    ("change", "out_of_hours", "accelerated", "tokens"),
    [
        (SIMPLE, False, False, 1),
        (SIMPLE, True, False, 2),
        (SIMPLE, False, True, 2),
        (SIMPLE, True, True, 4),
        (COMPLEX, True, True, 12),
        (RARE, True, False, 10),
    ],
)
def test_factors(change: CatalogueChange, out_of_hours: bool, accelerated: bool, tokens: int) -> None:
    cost = change_cost(change, RULES, out_of_hours=out_of_hours, accelerated=accelerated, validation="accepted")
    assert (cost.outcome, cost.tokens) == ("tokens", tokens)
    assert any("4 times" in warning for warning in cost.warnings) == (out_of_hours and accelerated)
    assert cost.because[-1].section == "SD-1 §1.11"


def test_complexity_is_above_one_token() -> None:
    assert [one.complexity for one in (SIMPLE, COMPLEX)] == ["simple", "complex"]
    assert "native service" in change_cost(COMPLEX, RULES).because[0].rule


def test_what_has_no_tokens() -> None:
    assert change_cost(None, RULES, out_of_hours=True).outcome == "quoted"
    assert change_cost(None, RULES, accelerated=True).warnings
    assert (
        change_cost(SIMPLE, RULES, incident_driven=True).outcome,
        change_cost(SIMPLE, RULES, incident_driven=True).tokens,
    ) == (
        "operation",
        0,
    )
    assert change_cost(RARE, RULES, accelerated=True).outcome == "refused"
    assert change_cost(SIMPLE, RULES, accelerated=True, validation="refused").outcome == "refused"
    assert change_cost(SIMPLE, RULES, accelerated=True, accelerated_before=5).outcome == "tokens"
    assert change_cost(SIMPLE, RULES, accelerated=True, accelerated_before=6).outcome == "refused"
    assert any(
        "no record" in one for one in change_cost(SIMPLE, RULES, accelerated=True, accelerated_before=None).warnings
    )


@pytest.mark.parametrize(
    ("minutes", "cause", "tokens"),
    [
        *[(0, "customer", 0), (1, "customer", 1), (30, "customer", 1), (31, "customer", 2), (95, "customer", 4)],
        *[(60, "shared", 1), (61, "shared", 2), (95, "shared", 2), (1, "shared", 1)],
        *[(16, "procedure", 1), (30, "procedure", 1), (31, "procedure", 2)],
    ],
)
def test_time_of_incidents(minutes: int, cause: str, tokens: int) -> None:
    cost = incident_cost(minutes, RULES, cause=cause)  # type: ignore[arg-type]
    assert cost.tokens == tokens
    assert "choice" in cost.because[-1].rule


@pytest.mark.parametrize("minutes", [0, 14, 15])
def test_a_procedure_of_at_most_15_minutes_costs_nothing(minutes: int) -> None:
    cost = incident_cost(minutes, RULES, cause="procedure")
    assert (cost.outcome, cost.tokens) == ("operation", 0)
    assert cost.because[0].section == "SD-1 §1.6"


def test_rules_of_money_are_the_catalogues() -> None:
    rules = commercial_rules()
    assert (rules.build_at_order, rules.guaranteed_share) == (Fraction(30, 100), Fraction(80, 100))
    assert (rules.growth_above, rules.shortfall_days) == (Fraction(15, 100), 30)
    assert (rules.procedure_minutes, rules.shared_part) == (15, Fraction(1, 2))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_pack_never_pays_more_than_its_size(size: int, used: int) -> None:
    month = pack_month(Month(year=2027, month=3), size=size, used=used)
    assert month.from_pack <= size
    assert month.from_pack + month.pay_per_use == used
    assert month.from_pack + month.expired == size


@given(
    st.integers(1, 50),
    st.dictionaries(st.integers(0, 20), st.integers(0, 100)),
    st.integers(1, 18),
)
def test_packs_do_not_roll_over(size: int, used: dict[int, int], months: int) -> None:
    first = Month(year=2027, month=1)
    per_month = {first.later(offset): tokens for offset, tokens in used.items()}
    _, last = commitment_months(START, months)
    found = pack_months(per_month, size=size, first=first, last=last)
    assert sum(one.used for one in found) == sum(used.values())
    for one in found:
        inside = first <= parse_month(one.month) <= last
        assert one.size == (size if inside else 0)


def test_months_of_a_pack() -> None:
    used = {Month(year=2027, month=1): 25, Month(year=2027, month=3): 5, Month(year=2027, month=6): 2}
    found = pack_months(used, size=20, first=Month(year=2027, month=1), last=Month(year=2027, month=4))
    assert [(one.month, one.from_pack, one.pay_per_use, one.expired) for one in found] == [
        ("2027-01", 20, 5, 0),
        ("2027-02", 0, 0, 20),
        ("2027-03", 5, 0, 15),
        ("2027-04", 0, 0, 20),
        ("2027-06", 0, 2, 0),
    ]


def test_contract_years() -> None:
    assert [contract_year(dt.date(*day), START) for day in [(2027, 1, 14), (2027, 1, 15), (2028, 1, 14), (2028, 1, 15)]] == [
        0, 1, 1, 2,
    ]  # fmt: skip
    leap = dt.date(2028, 2, 29)
    assert anniversary(leap, 1) == dt.date(2029, 3, 1)
    assert [contract_year(dt.date(2029, *day), leap) for day in ((2, 28), (3, 1))] == [1, 2]
    assert [one.text for one in commitment_months(dt.date(2027, 1, 1), 12)] == ["2027-01", "2027-12"]
    assert [one.text for one in commitment_months(dt.date(2027, 1, 31), 1)] == ["2027-01", "2027-02"]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)), st.integers(0, 40))
def test_an_anniversary_begins_its_year(start: dt.date, years: int) -> None:
    day = anniversary(start, years)
    assert contract_year(day, start) == years + 1
    assert contract_year(day - dt.timedelta(days=1), start) == years


@pytest.mark.parametrize("text", ["2027-13", "2027-3", "March", "=2027", "0000-01", "2027-03-01"])
def test_no_month(text: str) -> None:
    with pytest.raises(UsageError):
        parse_month(text)


DAY = dt.date(2027, 3, 10)
AGREED = Consent(name="A. Martin", date=dt.date(2027, 3, 9), reference="MAIL-1")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (ProviderChange(id="x", date=DAY), "explicit agreement is needed"),
        (ProviderChange(id="x", date=DAY, consent=Consent(name=" ", date=DAY, reference="r")), "no name"),
        (ProviderChange(id="x", date=DAY, consent=Consent(name="n", date=DAY, reference="")), "no reference"),
        (ProviderChange(id="x", date=dt.date(2027, 3, 8), consent=AGREED), "after it was made"),
        (ProviderChange(id="x", date=DAY, resolves_p1=True), "told as soon as possible"),
        (ProviderChange(id="x", date=DAY, resolves_p1=True, told_on=dt.date(2027, 3, 9)), "before it was made"),
        (ProviderChange(id="x", date=DAY, consent=AGREED), ""),
        (ProviderChange(id="x", date=DAY, resolves_p1=True, told_on=DAY), ""),
    ],
)
def test_agreements(change: ProviderChange, fault: str) -> None:
    found = consent_faults(change)
    assert (fault in " ".join(found)) if fault else not found


HEAD = (
    "id,service,date,change,out_of_hours,accelerated,validation,incident_driven,cause,minutes,initiator,agreed_by,"
    "agreed_on,agreement,resolves_p1,told_on\n"
)


def records(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "changes.csv"
    path.write_text(HEAD + "".join(row + "," * (15 - row.count(",")) + "\n" for row in rows))
    return path


def test_the_seventh_accelerated_change_of_a_year_is_refused(tmp_path: Path) -> None:
    rows = [f"r{n},prod,2027-02-{n:02d},a,no,yes,accepted" for n in range(1, 8)]
    rows += ["other,dev,2027-02-08,a,no,yes,accepted", "next,prod,2028-01-15,a,no,yes,accepted"]
    rows += ["no,prod,2027-01-20,a,no,yes,refused"]
    charged = charge(read_changes(records(tmp_path, *rows), CATALOGUE), CATALOGUE, RULES, start=START)
    assert {one.record.id for one in charged if one.cost.outcome == "refused"} == {"r7", "no"}
    assert consumed_before(charged, service="prod", on=dt.date(2027, 12, 1), start=START) == 6
    assert consumed_before(charged, service="prod", on=dt.date(2027, 2, 3), start=START) == 3
    assert consumed_before(charged, service="prod", on=dt.date(2028, 2, 1), start=START) == 1
    assert tokens_by_month(charged) == {Month(year=2027, month=2): 14, Month(year=2028, month=1): 2}


def test_records_are_in_the_order_of_their_days(tmp_path: Path) -> None:
    path = records(tmp_path, "late,prod,2027-05-01,b", "early,prod,2027-02-01,,,,,,shared,61")
    charged = charge(read_changes(path, CATALOGUE), CATALOGUE, RULES, start=START)
    assert [(one.record.id, one.cost.tokens) for one in charged] == [("early", 2), ("late", 3)]


def test_a_change_of_the_provider_without_agreement_is_told(tmp_path: Path) -> None:
    path = records(
        tmp_path,
        "p1,prod,2027-02-01,a,,,,,,,provider",
        "p2,prod,2027-02-01,a,,,,,,,provider,A. Martin,2027-01-30,MAIL-1",
        "p3,prod,2027-02-01,a,,,,,,,provider,,,,yes,2027-02-01",
    )
    charged = charge(read_changes(path, CATALOGUE), CATALOGUE, RULES, start=START)
    assert [bool(one.consent_faults) for one in charged] == [True, False, False]


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ("x,prod,2027-02-30,a", "date", "no date"),
        ("x,prod,02/03/2027,a", "date", "no date"),
        ("x,prod,9999-12-31,a", "date", "no day of this century"),
        ("x,prod,,a", "date", "is missing"),
        ("x,prod,2027-02-01,", "change", "is missing"),
        ("x,prod,2027-02-01,aa", "change", "not in the catalogue"),
        ("x,prod,2027-02-01,a,maybe", "out_of_hours", "not known"),
        ("x,prod,2027-02-01,a,no,yes,perhaps", "validation", "not known"),
        ("x,prod,2027-02-01,,,,,,shared", "minutes", "go together"),
        ("x,prod,2027-02-01,a,,,,,,30", "minutes", "go together"),
        ("x,prod,2027-02-01,a,,,,,shared,30", "change", "no change"),
        ("x,prod,2027-02-01,,,,,,shared,-5", "minutes", "whole number"),
        ("x,prod,2027-02-01,a,,,,,,,provider,A. Martin,,MAIL-1", "agreed_on", "has a day"),
        ("x,prod,2027-02-01,a,,,,,,,vendor", "initiator", "not known"),
        ("=cmd(),prod,2027-02-01,a", "id", "cannot be meant"),
        ("x,,2027-02-01,a", "service", "is missing"),
        ("x,prod,2027-02-01,a,,,,,,,,,,,,,,,", "row", "cells under"),
    ],
)
def test_records_that_cannot_be_meant(tmp_path: Path, row: str, field: str, said: str) -> None:
    path = records(tmp_path, "fine,prod,2027-02-01,a", row)
    with pytest.raises(RecordsInvalid) as caught:
        read_changes(path, CATALOGUE)
    (problem,) = caught.value.details["problems"]
    assert (problem["file"], problem["line"], problem["field"]) == (str(path), 3, field)
    assert said in problem["message"]
    assert problem["fix"]


def test_a_record_twice(tmp_path: Path) -> None:
    with pytest.raises(RecordsInvalid, match="1 problem"):
        read_changes(records(tmp_path, "x,prod,2027-02-01,a", "x,prod,2027-02-02,a"), CATALOGUE)


def test_the_sample_catalogue_says_that_it_is_one() -> None:
    found = read_catalogue(SAMPLES / "changes.sample.csv")
    assert all(one.sample for one in found.values())
    assert {one.complexity for one in found.values()} == {"simple", "complex"}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("a,A,0,no,yes", "tokens"),
        ("a,A,1.5,no,yes", "tokens"),
        ("a,A,-1,no,yes", "tokens"),
        ("a,A,=2,no,yes", "tokens"),
        ("a,A,²,no,yes", "tokens"),
        ("a,,1,no,yes", "title"),
        ("a b,A,1,no,yes", "id"),
        ("a,A,1,perhaps,yes", "native_service"),
        ("a,A,1,no,true", "standard"),
        ("z,Z,1,no,yes", "id"),
    ],
)
def test_a_catalogue_that_cannot_be_meant(tmp_path: Path, row: str, field: str) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text(f"id,title,tokens,native_service,standard\nz,Z,1,no,yes\n{row}\n")
    with pytest.raises(RecordsInvalid) as caught:
        read_catalogue(path)
    assert [(one["line"], one["field"]) for one in caught.value.details["problems"]] == [(3, field)]
