"""Priorities by urgency and impact, at each bound (SD-2 §2)."""

from __future__ import annotations

from fractions import Fraction

import hypothesis
import hypothesis.strategies as st
import pytest

from toolkit.catalogue import service
from toolkit.levels.period import period
from toolkit.levels.priority import impact_of, prioritised, priority_of
from toolkit.levels.records.kinds import Incident
from toolkit.model.levels import PriorityReport

MATRIX = service("ucaas-partners").priority_matrix


@pytest.mark.parametrize(
    ("shares", "impact"),
    [
        (["1"], "widespread"),
        (["7501/10000"], "widespread"),
        (["3/4"], "large"),
        (["1/2"], "large"),
        (["4999/10000"], "localised"),
        (["1/4"], "localised"),
        (["2499/10000"], "individual"),
        (["0"], "individual"),
        ([], "individual"),
        (["1/10", "3/5", "1/5"], "large"),
    ],
)
def test_the_largest_share_counts_and_exactly_three_quarters_is_large(shares: list[str], impact: str) -> None:
    assert MATRIX is not None
    assert impact_of(MATRIX, [Fraction(one) for one in shares]) == impact


@pytest.mark.parametrize(
    ("urgency", "row"),
    [
        ("critical", ["P1", "P1", "P2", "P2"]),
        ("major", ["P1", "P2", "P2", "P3"]),
        ("minor", ["P2", "P3", "P3", "P3"]),
        ("low", ["P4", "P4", "P4", "P4"]),
    ],
)
def test_the_matrix(urgency: str, row: list[str]) -> None:
    assert MATRIX is not None
    shares = [Fraction(9, 10), Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    assert [priority_of(MATRIX, urgency, [one]) for one in shares] == row


MANAGED = frozenset("abcdefgh")
MARCH = period("2027-03")


def ranked(
    *components: str, urgency: str | None = "major", shares: tuple[str, ...] = (), told: bool = False
) -> PriorityReport:
    incident = Incident(
        file="incidents.csv",
        line=2,
        id="I-1",
        priority="",
        opened=MARCH.start,
        components=components,
        urgency=urgency,
        shares=tuple(Fraction(one) for one in shares),
        share_of_components=told,
    )
    ucaas = service("ucaas-partners")
    assert MATRIX is not None
    return prioritised(ucaas, MATRIX, [incident], MARCH, customer="globex", managed=MANAGED)


@hypothesis.given(st.sets(st.sampled_from(sorted(MANAGED)), min_size=1), st.fractions(0, 1))
def test_named_components_count_with_the_other_shares(named: set[str], people: Fraction) -> None:
    """A name that stands twice, and one that is no managed component, do not count."""
    (one,) = ranked(*named, *named, "customer-portal", shares=(str(people),)).incidents
    assert one.components_named == len(named)
    assert one.share == max(people, Fraction(len(named), len(MANAGED)))
    assert MATRIX is not None
    assert one.impact == impact_of(MATRIX, [one.share])


@pytest.mark.parametrize(
    ("named", "impact"),
    [("a", "individual"), ("ab", "localised"), ("abcd", "large"), ("abcdef", "large"), ("abcdefg", "widespread")],
)
def test_the_bounds_hold_for_counted_shares(named: str, impact: str) -> None:
    assert ranked(*named).incidents[0].impact == impact


def test_a_share_that_the_record_gives_is_not_counted() -> None:
    (one,) = ranked(*MANAGED, shares=("1/10",), told=True).incidents
    assert (one.share, one.components_named) == (Fraction(1, 10), None)


@pytest.mark.parametrize(("named", "urgency"), [((), "major"), (("customer-portal",), "major"), (("a",), None)])
def test_without_urgency_or_anything_to_count_there_is_no_priority(named: tuple[str, ...], urgency: str | None) -> None:
    report = ranked(*named, urgency=urgency)
    assert (report.incidents, report.without_shares, report.managed_components) == ((), ("I-1",), 8)
