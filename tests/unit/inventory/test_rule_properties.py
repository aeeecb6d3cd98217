"""What holds of the date and level rules whatever the dates and levels are."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inventory import check
from toolkit.inventory.readers import read_file
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.judge import ACROSS, COMPONENT, Judge
from toolkit.inventory.rules.levels import _STANDS_ON
from toolkit.inventory.rules.shown_by import FOLDER, example
from toolkit.inventory.rules.support import RANK, lowered_early
from toolkit.model.activation import activation_date
from toolkit.model.months import following_period, months_later

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1))
MAYBE = st.none() | DAYS


@given(effective=DAYS, planned=MAYBE, actual=MAYBE)
def test_activation(effective: dt.date, planned: dt.date | None, actual: dt.date | None) -> None:
    found = activation_date(effective, planned=planned, actual=actual)
    if planned is not None:
        assert found == planned
        return
    assert found <= effective + dt.timedelta(days=90)
    assert actual is None or found <= actual
    assert found in (actual, effective + dt.timedelta(days=90))


def test_activation_at_the_end_of_the_calendar() -> None:
    assert activation_date(dt.date.max, planned=None, actual=None) == dt.date.max
    assert following_period(dt.date.max, 6) is None


@given(start=DAYS, months=st.integers(0, 48))
def test_months_later(start: dt.date, months: int) -> None:
    found = months_later(start, months)
    if found.day == start.day:
        assert (found.year - start.year) * 12 + found.month - start.month == months
    else:
        last = found - dt.timedelta(days=1)
        assert found.day == 1
        assert last.day < start.day
        assert (last.year - start.year) * 12 + last.month - start.month == months


@pytest.mark.parametrize(
    ("start", "months", "on", "told"),
    [
        # the last day of a year from 29 February is in it, as in the calendar and the event's plan
        ("2028-02-29", 12, "2029-02-28", False),
        ("2028-02-29", 12, "2029-03-01", True),
        # the term of the kit is 12 months, whatever the commitment
        ("2027-01-01", 24, "2027-12-31", False),
        ("2027-01-01", 24, "2028-01-01", True),
    ],
)
def test_an_event_is_in_the_term_of_the_kit(start: str, months: int, on: str, *, told: bool) -> None:
    day = {"date": on, "start": "09:00", "end": "17:00"}
    header = {
        "service": "event-support",
        "customer": {"commitment": {"start": start, "months": months}},
        "event": {"name": "e", "days": [day]},
    }
    found = {finding.rule for finding in Judge(header).header()}
    assert ("INV-152" in found) == told


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, dt.date]]:
    days = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=6)))
    return [(draw(st.sampled_from(sorted(RANK))), months_later(dt.date(2025, 1, 1), month)) for month in days]


@given(histories())
def test_a_level_is_lowered_early_exactly_within_six_months_of_the_last_change(history: list[Any]) -> None:
    """A change is a period whose level differs from the one before; the first period is one as well."""
    changes = [0] + [at for at in range(1, len(history)) if history[at][0] != history[at - 1][0]]
    expected = []
    for before, at in itertools.pairwise(changes):
        lower = RANK[history[at][0]] < RANK[history[before][0]]
        if lower and history[at][1] < months_later(history[before][1], 6):
            expected.append(at)
    found = lowered_early(history)
    assert [at for at, _, _ in found] == expected
    assert all(history[at][1] < allowed for at, allowed, _ in found)


@given(histories())
def test_raising_is_always_allowed(history: list[Any]) -> None:
    raised = [
        (level, start) for (_, start), level in zip(history, sorted(RANK, key=lambda one: RANK[one]), strict=False)
    ]
    assert lowered_early(raised) == []


LEVELS = ("os", "database", "middleware", "containers", "kubernetes", "application", "native-services")


@given(level=st.sampled_from(sorted(_STANDS_ON)), subscribed=st.sets(st.sampled_from(LEVELS)))
def test_a_cluster_stands_on_every_level_below(level: str, subscribed: set[str]) -> None:
    cluster = {"id": "c", "kind": "kubernetes-cluster", "tenant": "t", "management_level": level}
    header = {"tenants": [{"id": "t", "management": "managed", "subscribed_levels": sorted(subscribed)}]}
    found = {finding.rule for finding in Judge(header).component(cluster).findings} & {"INV-075", "INV-068"}
    below = set(_STANDS_ON[level])
    assert found == ({"INV-075"} if below - subscribed else set() if level in subscribed else {"INV-068"})


FOUND = sorted(path.name for path in FOLDER.iterdir())
ENDS = st.none() | DAYS


@given(ends=ENDS, effective=DAYS, planned=MAYBE)
def test_an_agreement_holds_on_the_day_of_activation(
    ends: dt.date | None, effective: dt.date, planned: dt.date | None
) -> None:
    order = {"effective": effective.isoformat()} | ({"planned_activation": planned.isoformat()} if planned else {})
    item: dict[str, Any] = {"id": "g", "kind": "voice-gateway", "lifecycle": {"third_party": True}}
    if ends is not None:
        item["letter_of_agency"] = {"reference": "L", "ends": ends.isoformat()}
    judged = Judge({"service": "ucaas-partners", "order": order}).component(item)
    told = "INV-112" in {finding.rule for finding in judged.findings}
    assert told == (ends is None or ends < activation_date(effective, planned=planned, actual=None))


EXAMPLES = [path for name in FOUND if (path := example(name, "breaks")).suffix == ".yaml"]
VALUES = []
for path in EXAMPLES:
    if not {"INV-002", "INV-003", "INV-004", "INV-005", "INV-006", "INV-007", "INV-008"} & set(path.parts):
        VALUES.append(read_file(path).value)  # noqa: PERF401 - reads better


@pytest.mark.parametrize("rule", COMPONENT, ids=lambda rule: rule.check.__name__)
def test_a_rule_reads_what_it_says(rule: Any) -> None:
    """Verdicts are remembered by what a rule reads: of no other field may they depend."""
    for value in VALUES:
        header = Header(value)
        for item in value.get("components", ()):
            if item["kind"] in rule.kinds:
                seen = {field: item[field] for field in rule.reads if field in item}
                assert list(rule.check(seen, header)) == list(rule.check(item, header))


def test_a_rule_about_others_is_asked_with_the_fields_that_it_reads() -> None:
    asked = 0
    for value in VALUES:
        judge = Judge(value)
        known = {item["id"]: judge.component(item).noted for item in value.get("components", ())}
        for item in value.get("components", ()):
            fields = judge.component(item).asks
            asked += bool(fields)
            seen = {field: item[field] for field in fields if field in item}
            assert list(judge.across(seen, known.get)) == list(judge.across(item, known.get))
            assert bool(fields) == any(item["kind"] in rule.kinds for rule in ACROSS)
    assert asked > 10


def test_what_is_remembered_is_what_would_be_found_anew() -> None:
    for value in VALUES:
        judge = Judge(value)
        for item in (*value.get("components", ()), *value.get("components", ())):
            assert judge.component(item) == judge.sound(item) == Judge(value).component(item)
            assert Judge(value).sound(item) == judge.sound(item)


def test_the_future_is_of_the_day_on_which_it_is_asked() -> None:
    value = read_file(example("INV-121", "breaks")).value
    for today, told in ((dt.date(2027, 1, 1), True), (dt.date.max, False)):
        found = {finding.rule for finding in Judge(value, today=today).header()}
        assert ("INV-121" in found) is told


@pytest.mark.slow
def test_a_piece_of_the_wrong_type_breaks_nothing_else() -> None:
    odd = [None, 5, "x", [], {}, [1], {"a": 1}, "2027-02-30", True]
    for value in VALUES:
        for item in value.get("components", ()):
            for field, thing in itertools.product(item, odd):
                if field != "kind":
                    Judge(value).component({**item, field: thing})
        for field, thing in itertools.product(value, odd):
            list(Judge({**value, field: thing}).header())


def test_the_folder_of_the_examples_holds_nothing_else() -> None:
    assert all(path.is_dir() for path in FOLDER.iterdir())
    assert check([example("INV-117", "passes")]).problems == ()
