"""Single rules of a month, each by the smallest records that show it (SD-1 §1.8-1.11, §1.16)."""

from __future__ import annotations

import string
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from toolkit.catalogue import service
from toolkit.clocks import epoch, instant
from toolkit.errors import RecordsInvalid, UsageError
from toolkit.inventory.load import load
from toolkit.levels.month import month_figures
from toolkit.levels.period import period
from toolkit.levels.records.cells import Known
from toolkit.levels.records.kinds import Change, Charge, Exclusion, Incident, Outage, Records, Subscription
from toolkit.levels.records.read import read_records
from toolkit.levels.texts import texts
from toolkit.model.inventory import Inventory, SupportPeriod
from toolkit.model.levels import LevelsReport, TenantFigures, UnitFigure

ACME = load(Path(__file__).parents[3] / "examples/acme")
SD_1 = service("managed-applications")
HERE: dict[str, Any] = {"file": "x.csv", "line": 2}
TENANT = "acme-prod"
CHARGES = (Charge(month="2027-03", tenant=TENANT, function="os", amount_eur=Fraction(1000), **HERE),)


def at(text: str) -> int:
    return epoch(instant(text, zone="Europe/Paris"))


def incident(opened: str, resolved: str | None, **named: Any) -> Incident:
    priority = named.pop("priority", "P1")
    given: dict[str, Any] = {
        "id": "I-1",
        "components": ("erp-vm-2",),
        "interruption": False,
        "cause": "provider",
        **named,
    }
    return Incident(
        priority=priority,
        first_priority=priority,
        opened=at(opened),
        resolved=at(resolved) if resolved else None,
        **HERE,
        **given,
    )


def outage(start: str, end: str | None, **named: Any) -> Outage:
    given: dict[str, Any] = {"id": "O-1", "component": "erp-vm-2", **named}
    return Outage(start=at(start), end=at(end) if end else None, **HERE, **given)


def exclusion(kind: str, start: str, end: str | None, **named: Any) -> Exclusion:
    given: dict[str, Any] = {"id": "E-1", "tenant": TENANT, **named}
    return Exclusion(kind=kind, start=at(start), end=at(end) if end else None, **HERE, **given)


def figures(inventory: Inventory = ACME, month: str = "2027-03", **records: Any) -> LevelsReport:
    return month_figures(inventory, SD_1, Records(**records), period(month), language="en")


def tenant(report: LevelsReport) -> TenantFigures:
    return report.tenants[0]


def unit(report: LevelsReport, id_: str = "erp-vm-2") -> UnitFigure:
    return next(one for function in tenant(report).functions for one in function.units if one.id == id_)


def changed(**fields: Any) -> Inventory:
    return msgspec.structs.replace(ACME, tenants=(msgspec.structs.replace(ACME.tenants[0], **fields),))


def test_what_has_not_ended_counts_to_the_months_end_and_is_said() -> None:
    report = figures(outages=(outage("2027-03-31T23:00", None),))
    assert unit(report).interrupted == 3600
    assert any("has not ended: it counts to the month's end" in note for note in report.notes)
    assert any("O-1 has no incident" in note for note in report.notes)


def test_an_interruption_without_an_outage_record_lasts_as_its_incident() -> None:
    report = figures(incidents=(incident("2027-02-28T22:00", "2027-03-01T01:00", interruption=True),))
    assert unit(report).interrupted == 3600
    assert any("without an outage record" in note for note in report.notes)
    assert any("began in an earlier month" in note for note in report.notes)


def test_overlapping_outages_count_once() -> None:
    both = (outage("2027-03-02T10:00", "2027-03-02T12:00"), outage("2027-03-02T11:00", "2027-03-02T13:00", id="O-2"))
    assert unit(figures(outages=both)).interrupted == 3 * 3600


def test_outside_of_the_month_is_ignored_and_counted() -> None:
    report = figures(
        incidents=(incident("2027-02-01T10:00", "2027-02-01T12:00"), incident("2027-04-01T00:00", None, id="I-2")),
        outages=(outage("2027-02-01T10:00", "2027-02-01T12:00"),),
    )
    assert report.ignored == {"incidents": 2, "outages": 1}
    assert not tenant(report).restore.incidents
    assert any("everything was available" in note for note in report.notes)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("2027-03-28T00:00", "2027-03-29T00:00", 23), ("2027-10-31T00:00", "2027-11-01T00:00", 25)],
)
def test_a_day_on_which_clocks_change(start: str, end: str, hours: int) -> None:
    report = figures(month=start[:7], outages=(outage(start, end),))
    assert unit(report).interrupted == hours * 3600
    assert report.seconds == {"2027-03": 743, "2027-10": 745}[start[:7]] * 3600


def test_the_last_priority_holds_for_the_whole_clock() -> None:
    late = incident("2027-03-01T10:00", "2027-03-01T19:00", priority="P2")
    assert tenant(figures(incidents=(late,))).restore.late == 1
    assert tenant(figures(incidents=(msgspec.structs.replace(late, priority="P3"),))).restore.late == 0


def test_exactly_the_target_is_in_time() -> None:
    for end, late in (("2027-03-01T14:00", 0), ("2027-03-01T14:00:01", 1)):
        assert tenant(figures(incidents=(incident("2027-03-01T10:00", end),))).restore.late == late


def test_nothing_counts_while_the_customers_iaas_is_down() -> None:
    down = exclusion("customer-iaas", "2027-03-01T09:00", "2027-03-03T00:00")
    change = Change(id="C-1", tenant=TENANT, catalogue="simple", requested=at("2027-03-01T09:00"),
                    notified=at("2027-03-03T12:00"), price_eur=Fraction(40), **HERE)  # fmt: skip
    report = figures(
        incidents=(incident("2027-03-01T10:00", "2027-03-02T10:00"),),
        outages=(outage("2027-03-01T10:00", "2027-03-02T10:00", incident="I-1"),),
        exclusions=(down,),
        changes=(change,),
    )
    assert unit(report).rate == 1
    assert [one.reason for one in tenant(report).restore.left_out] == ["customer-iaas"]
    assert (tenant(report).changes[0].elapsed, tenant(report).changes[0].late) == (3 * 3600, False)


def test_an_open_exclusion_counts_to_the_months_end() -> None:
    report = figures(
        outages=(outage("2027-03-20T10:00", "2027-03-20T11:00"),),
        exclusions=(exclusion("planned-work", "2027-03-20T00:00", None),),
    )
    assert unit(report).rate == 1
    assert any("exclusions without an end" in note for note in report.notes)


def test_an_exclusion_of_one_component_stops_no_clock_of_two() -> None:
    two = incident("2027-03-01T10:00", "2027-03-01T15:00", components=("erp-vm-1", "erp-vm-2"))
    stop = exclusion("customer-waiting", "2027-03-01T10:00", "2027-03-01T12:00", components=("erp-vm-1",))
    assert tenant(figures(incidents=(two,), exclusions=(stop,))).restore.incidents[0].elapsed == 5 * 3600
    both = msgspec.structs.replace(stop, components=("erp-vm-1", "erp-vm-2"))
    assert tenant(figures(incidents=(two,), exclusions=(both,))).restore.incidents[0].elapsed == 3 * 3600


def test_the_customers_involvement_excludes_on_a_co_managed_tenant_only() -> None:
    own = {
        "outages": (outage("2027-03-20T10:00", "2027-03-20T11:00"),),
        "exclusions": (exclusion("customer-involved", "2027-03-20T00:00", "2027-03-21T00:00"),),
    }
    assert unit(figures(**own)).excluded == 0
    assert any("not co-managed" in note for note in figures(**own).notes)
    assert unit(figures(changed(management="co-managed"), **own)).excluded == 3600


def test_a_shared_cause_counts_whole() -> None:
    one = incident("2027-03-01T10:00", "2027-03-01T20:00", cause="shared", interruption=True)
    for inventory in (ACME, changed(management="co-managed")):
        report = figures(inventory, incidents=(one,))
        assert unit(report).excluded == 0
        assert tenant(report).restore.incidents[0].elapsed == 10 * 3600


def test_a_resold_tenant_is_promised_nothing() -> None:
    assert not figures(changed(management="resold")).tenants


def test_the_support_level_is_that_of_the_month() -> None:
    levels = [("standard", "2027-01-01"), ("premium", "2027-04-01")]
    history = tuple(msgspec.convert({"level": level, "from": day}, SupportPeriod) for level, day in levels)
    inventory = changed(support_history=history)
    assert tenant(figures(inventory)).support_level == "standard"
    assert tenant(figures(inventory, month="2027-04")).support_level == "premium"


def test_a_unit_is_measured_for_as_long_as_it_was_subscribed() -> None:
    some = Subscription(component="erp-vm-2", from_=at("2027-03-31T00:00"), until=at("2027-03-31T10:00"), **HERE)
    report = figures(outages=(outage("2027-03-30T10:00", "2027-03-31T01:00"),), subscriptions=(some,))
    assert (unit(report).subscribed, unit(report).interrupted) == (10 * 3600, 3600)
    assert unit(report).rate == Fraction(9, 10)


def test_without_a_charge_a_gap_has_no_amount_and_it_is_said() -> None:
    report = figures(outages=(outage("2027-03-20T10:00", "2027-03-25T10:00"),))
    os = next(one for one in tenant(report).functions if one.id == "os")
    assert (os.credit, os.reason, os.credit_percent) == (0, "no-charge", Fraction(10))
    assert any("no charge for" in note for note in report.notes)


def test_a_charge_without_a_unit_is_said() -> None:
    odd = Charge(month="2027-03", tenant=TENANT, function="kubernetes", amount_eur=Fraction(500), **HERE)
    report = figures(charges=(*CHARGES, odd))
    assert tenant(report).service_charge == 1500
    assert tenant(report).restore.base == 1000
    assert any("acme-prod kubernetes" in note for note in report.notes)


def test_the_portal_earns_a_credit_where_a_base_is_configured() -> None:
    down = outage("2027-03-20T10:00", "2027-03-20T15:00", component="customer-portal")
    base = Charge(month="2027-03", function="customer-portal", amount_eur=Fraction(200), **HERE)
    assert figures(outages=(down,)).portal[0].reason == "no-charge"
    report = figures(outages=(down,), charges=(base,))
    assert report.payable == "4.00"
    assert [one.credit for one in report.claims] == ["managed-applications/availability/customer-portal"]


def test_not_production_has_figures_without_penalty() -> None:
    report = figures(
        changed(environment="development"), charges=CHARGES, outages=(outage("2027-03-01T10:00", "2027-03-09T10:00"),)
    )
    os = next(one for one in tenant(report).functions if one.id == "os")
    assert os.gap is not None
    assert os.gap > 2
    assert (os.credit, os.reason, report.payable) == (0, "non-production", "0.00")


def test_a_service_without_such_levels_says_so() -> None:
    with pytest.raises(UsageError, match="promises no availability"):
        month_figures(ACME, service("cloud-meetings"), Records(), period("2027-03"), language="en")


def test_an_exclusion_names_whom_it_excludes(tmp_path: Path) -> None:
    row = "E-1,planned-work,2027-03-05T10:00Z,2027-03-05T12:00Z,,\n"
    (tmp_path / "exclusions.csv").write_text("id,kind,start,end,components,tenant\n" + row)
    with pytest.raises(RecordsInvalid) as caught:
        read_records(tmp_path, Known(components=frozenset(), tenants=frozenset()))
    assert caught.value.details["problems"][0]["path"] == "/tenant"


def test_every_text_is_there_in_both_languages_with_the_same_names() -> None:
    said = texts()
    every = {key: value for key, value in said.items() if key not in {"reasons", "headings"}}
    every |= {f"reasons/{key}": value for key, value in said["reasons"].items()}
    every |= {f"headings/{key}": value for key, value in said["headings"].items() if key != "not-reviewed"}
    for key, value in every.items():
        assert set(value) == {"en", "fr"}, key
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in value.values()]
        assert names[0] == names[1], key
        assert all(value.values()), key


def test_what_ends_with_a_month_counts_in_the_next_and_in_no_other() -> None:
    one = incident("2027-03-31T20:00", "2027-04-01T00:00", interruption=True)
    change = Change(id="C-1", tenant=TENANT, catalogue="simple", requested=at("2027-03-31T20:00"),
                    notified=at("2027-04-01T00:00"), price_eur=Fraction(40), **HERE)  # fmt: skip
    for month, reason, seconds in (("2027-03", "not-resolved", 4 * 3600), ("2027-04", None, 0)):
        report = figures(month=month, incidents=(one,), changes=(change,))
        assert [left.reason for left in tenant(report).restore.left_out] == ([reason] if reason else [])
        assert len(tenant(report).restore.incidents) == (0 if reason else 1)
        assert [done.reason for done in tenant(report).changes] == ["not-notified" if reason else None]
        assert unit(report).interrupted == seconds
        assert not report.ignored


def test_a_backup_follows_the_subscription_of_its_component() -> None:
    some = Subscription(component="erp-db-1", from_=at("2027-03-31T00:00"), until=None, **HERE)
    report = figures(subscriptions=(some,))
    assert unit(report, "backup/erp-db-1").subscribed == unit(report, "erp-db-1").subscribed == 24 * 3600
    assert unit(report, "backup/erp-vm-2").subscribed == report.seconds


def test_a_claim_names_no_record_of_another_kind_that_has_the_same_id() -> None:
    report = figures(
        incidents=(incident("2027-03-02T10:00", "2027-03-02T23:00"),),
        outages=(outage("2027-03-05T10:00", "2027-03-05T10:01", id="I-1", component="erp-db"),),
        charges=CHARGES,
    )
    claim = next(one for one in report.claims if one.credit == f"{TENANT}/restore")
    assert claim.resources == ("erp-vm-2",)
    assert claim.start.startswith("2027-03-02T10:00")


def test_a_claim_of_availability_names_no_outage_of_another_unit_with_an_incidents_id() -> None:
    report = figures(
        incidents=(incident("2027-03-02T10:00", "2027-03-04T10:00", id="7", interruption=True),),
        outages=(
            outage("2027-03-02T10:00", "2027-03-04T10:00", id="1", incident="7"),
            outage("2027-03-20T10:00", "2027-03-20T10:01", id="7", component="erp-db"),
        ),
        charges=CHARGES,
    )
    claim = next(one for one in report.claims if one.credit == f"{TENANT}/availability/os")
    assert claim.resources == ("erp-vm-2",)
    assert claim.end.startswith("2027-03-04T10:00")
