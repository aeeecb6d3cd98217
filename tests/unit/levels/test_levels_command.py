"""``onboard levels``: text, JSON that keeps to its schema, a page, what if, and the right exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from tests.benchmarks.levels import write
from toolkit.cli.main import cli
from toolkit.errors import OnboardError, RecordsInvalid, UsageError

ROOT = Path(__file__).parents[3]
ACME = ROOT / "examples/acme"
WORKED = ROOT / "tests/golden/levels/worked-month"


def run(*arguments: object, month: str = "2027-03") -> str:
    found = CliRunner().invoke(cli, ["levels", *map(str, arguments), "--month", month], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def refused(kind: type[OnboardError], *arguments: object, month: str = "2027-03") -> OnboardError:
    with pytest.raises(kind) as caught:
        CliRunner().invoke(cli, ["levels", *map(str, arguments), "--month", month], catch_exceptions=False)
    return caught.value


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / f"schemas/{name}.schema.json").read_text()))


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns(".onboard"))
    return to


def test_acme_explains_every_credit_by_records_rule_and_arithmetic() -> None:
    said = run(ACME, "--explain", "--language", "en")
    for line in (
        "SAMPLE: charges are no real ones",
        "  time to restore: 2 late of 5, 60 % in time for 95 %: missed, gap 40 % → 5 % = 115.00 €",
        "  acme-prod/availability/database: 24.00 €",
        "    records: INC-3007, OUT-3001, OUT-3003",
        "    arithmetic: 2 % × 1200.00 € = 24.00 €",
        "  acme-prod/restore: 115.00 €",
        "    records: INC-3001, INC-3002",
        "    arithmetic: gap = 2 / max(5, 5) = 40 %, in (25, 50]",
        "    arithmetic: 50 % × 45.00 € = 22.50 €",
        "    claim until 2027-04-30, subject SLA claim Managed Applications acme-prod",
        "credits payable: 161.50 € (SAMPLE)",
    ):
        assert line in said.splitlines()
    assert "the last one holds for the whole clock; stopped by EXC-3002" in said


def test_late_incidents_that_earn_availability_credit_are_late_all_the_same() -> None:
    said = run(WORKED, "--language", "en")
    assert "  time to restore: 3 late of 8, 62.5 % in time for 95 %: missed, 2 of them counted here, gap 25 %" in said
    assert "3 en retard sur 8, 62.5 % dans les temps pour 95 % : non tenu, dont 2 comptés ici" in run(
        WORKED, "--format", "html"
    )


def test_the_customers_language_is_the_reports() -> None:
    assert "avoirs dus: 161.50 €" in run(ACME)
    assert "credits payable" in run(ACME, "--language", "en")


@pytest.mark.parametrize("place", [ACME, WORKED])
def test_json_keeps_to_its_schema(place: Path) -> None:
    schema("levels").validate(json.loads(run(place, "--format", "json", "--what-if", "P1 3h")))


def test_unchanged_input_gives_the_same_bytes() -> None:
    assert run(WORKED, "--format", "json") == run(WORKED, "--format", "json")
    assert run(WORKED, "--format", "html") == run(WORKED, "--format", "html")


def test_the_page_is_whole_and_loads_nothing(tmp_path: Path) -> None:
    run(WORKED, "--format", "html", "--what-if", "P1 3h", "--output", tmp_path / "levels.html")
    page = (tmp_path / "levels.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "nova-erp/availability/database" in page
    assert "95 % dans les temps pour 95 % : tenu" in page
    assert "non relu" in page
    for loaded in ("<script", "src=", "href=", "url("):
        assert loaded not in page


def test_a_hostile_reason_does_not_leave_its_place(tmp_path: Path) -> None:
    place = copied(ACME, tmp_path / "acme")
    incidents = place / "records/incidents.csv"
    incidents.write_text(incidents.read_text().replace("INC-3001", "<script>alert(1)</script>"))
    outages = place / "records/outages.csv"
    outages.write_text(outages.read_text().replace("INC-3001", "<script>alert(1)</script>"))
    assert "<script>" not in run(place, "--format", "html")
    assert "&lt;script&gt;" in run(place, "--format", "html")


def test_what_if_tells_where_it_was_put_and_what_changes() -> None:
    found = json.loads(run(ACME, "--what-if", "P1 30h erp-vm-2", "--format", "json"))["what_if"]
    assert (found["component"], found["start"]) == ("erp-vm-2", "2027-03-01T10:00:00+01:00")
    assert found["before"] == "161.50"
    assert float(found["after"]) > 161.50
    assert {one["id"] for one in found["credits"]} & {"acme-prod/restore", "acme-prod/availability/os"}


def test_what_if_without_a_component_takes_the_dearest() -> None:
    found = json.loads(run(WORKED, "--what-if", "P1 3h", "--format", "json"))["what_if"]
    assert found["component"] == "application/shop"
    assert found["difference"] == "45.00"


@pytest.mark.parametrize("length", ["2h30m", "150min", "9000s"])
def test_what_if_takes_durations_as_people_write_them(length: str) -> None:
    found = json.loads(run(ACME, "--what-if", f"P1 {length} erp-vm-2", "--format", "json"))["what_if"]
    assert found["end"] == "2027-03-01T12:30:00+01:00"


def test_what_if_of_a_p3_interrupts_nothing() -> None:
    found = json.loads(run(ACME, "--what-if", "P3 200h erp-vm-2", "--format", "json"))["what_if"]
    assert not [one for one in found["credits"] if one["kind"] == "availability"]


@pytest.mark.parametrize("text", ["3h", "P1", "P9 3h", "P1 3h nowhere-1", "P1 2000h erp-vm-1", "P1 1d", "P1 soon"])
def test_a_what_if_that_is_none(text: str) -> None:
    assert refused(UsageError, ACME, "--what-if", text).fix


def test_bad_records_are_problems_with_exit_3(tmp_path: Path) -> None:
    place = copied(ACME, tmp_path / "acme")
    (place / "records/outages.csv").write_text("id,component,start,end,incident\nO-1,erp-db-9,2027-03-09T02:10,,\n")
    error = refused(RecordsInvalid, place)
    assert [(one["line"], one["path"]) for one in error.details["problems"]] == [(2, "/component"), (2, "/start")]


def test_records_of_another_service_are_told_what_they_have_too_much(tmp_path: Path) -> None:
    error = refused(RecordsInvalid, ACME, "--records", ROOT / "examples/telephony/records")
    told = {one["path"]: one["message"] for one in error.details["problems"]}
    assert told["/urgency"].endswith("the inventory's service has no such words")


def test_a_french_report_counts_what_it_ignores_in_french() -> None:
    said = run(ACME, "--language", "fr", month="2027-05")
    assert "6 incidents, 3 interruptions, 2 exclusions, 2 changements, 3 redevances" in said
    assert "2 changements" in run(ACME, "--language", "fr", "--format", "html", month="2027-05")


@pytest.mark.parametrize("month", ["2027-13", "march", "2027-3"])
def test_a_month_that_is_none(month: str) -> None:
    assert refused(UsageError, ACME, month=month)


def test_a_month_without_records_is_whole_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = run(ACME, "--records", tmp_path / "empty", "--language", "en", month="2027-04")
    assert "no incident or outage is recorded in 2027-04: everything was available, 100 %" in said
    assert "credits payable: 0.00 €" in said
    later = json.loads(run(ACME, "--format", "json", month="2027-05"))
    assert later["ignored"] == {"incidents": 6, "outages": 3, "exclusions": 2, "changes": 2, "charges": 3}


def test_a_workspace_without_records_says_so(tmp_path: Path) -> None:
    place = copied(ACME, tmp_path / "acme")
    shutil.rmtree(place / "records")
    assert "there is no folder records: nothing is recorded" in run(place, "--language", "en")


def test_dates_in_the_future_are_refused_when_the_present_is_told() -> None:
    error = refused(RecordsInvalid, ACME, "--as-of", "2027-03-20T00:00:00+01:00")
    assert all("has not come yet" in one["message"] for one in error.details["problems"])


def test_the_report_is_not_written_over_the_inventory() -> None:
    assert refused(UsageError, ACME, "--output", ACME / "inventory.yaml")


def test_ucaas_has_priorities_and_no_credits(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yaml"
    shutil.copy(ROOT / "tests/examples/valid/kind-call-manager.yaml", inventory)
    component = re.findall(r"- id: (\S+)\n *kind: call-manager", inventory.read_text())[0]
    (tmp_path / "records").mkdir()
    (tmp_path / "records/incidents.csv").write_text(
        "id,priority,opened,resolved,components,urgency,people_share,sites_share,components_share\n"
        f"I-1,P2,2027-03-01T10:00Z,,{component},major,3/4,1/8,0\n"
        f"I-2,,2027-03-02T10:00Z,,{component},critical,1/10,,80%\n"
        f"I-3,P3,2027-03-03T10:00Z,,{component},,,,\n"
        f"I-4,,2027-03-04T10:00Z,,{component},major,1/10,,\n"
    )
    said = run(inventory)
    assert "I-1: major, large (75 %) → P2" in said
    assert "I-2: critical, widespread (80 %) → P1" in said
    assert "without urgency or shares: I-3" in said
    # the only component of the inventory
    assert "I-4: major, widespread (100 %; 1 of 1 managed components named) → P1" in said
    assert "the provider's data, not in the service description" in said
    schema("priorities").validate(json.loads(run(inventory, "--format", "json")))
    assert refused(UsageError, inventory, "--what-if", "P1 3h")
    assert refused(UsageError, inventory, "--format", "html")


SD_4 = """schema: onboarding/inventory/v1
service: collaboration-support
customer:
  id: globex
  name: Globex SAS
  language: en
  contacts: [{role: technical, name: Operations, email: ops@globex.example}]
  commitment: {start: 2027-01-01, months: 12}
provider: {profile: paris-1}
"""


@pytest.mark.parametrize("tier", ["premium", "basic"])
def test_software_support_has_response_times(tmp_path: Path, tier: str) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(SD_4 + f"subscription: {{tier: {tier}}}\n")
    (tmp_path / "records").mkdir()
    (tmp_path / "records/cases.csv").write_text(
        "id,severity,recorded,contacted\n"
        "C-1,1,2027-03-28T01:50:00+01:00,2027-03-28T03:04:59+02:00\n"
        "C-2,2,2027-03-06T10:00:00+01:00,2027-03-06T10:15:00+01:00\n"
        "C-3,4,2027-03-31T23:30:00+02:00,\n"
    )
    found = json.loads(run(inventory, "--format", "json"))
    schema("response-times").validate(found)
    states = {one["id"]: one["state"] for one in found["cases"]}
    expected = {"C-1": "met", "C-2": "late", "C-3": "open"}
    assert states == (expected if tier == "premium" else dict.fromkeys(expected, "no-target"))
    said = run(inventory)
    assert ("severity 1: 1 of 1 in time (less than 15 min)" in said) == (tier == "premium")


def test_software_support_without_a_tier_cannot_be_judged(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(SD_4)
    with pytest.raises(OnboardError):
        CliRunner().invoke(cli, ["levels", str(inventory), "--month", "2027-03"], catch_exceptions=False)


def test_an_episode_of_an_alert_counts_like_a_ticket(tmp_path: Path) -> None:
    labels = {"alertname": "HostDown", "component": "erp-vm-1", "priority": "P1"}
    alert = {"status": "resolved", "startsAt": "2027-03-02T10:00:00.1Z", "endsAt": "2027-03-02T15:00:00.9Z",
             "fingerprint": "c0ffee", "labels": labels}  # fmt: skip
    line = {"received": 1804000000.5, "path": "/level-1", "body": {"alerts": [alert]}}
    (tmp_path / "alertmanager.ndjson").write_text(json.dumps(line) + "\n")
    found = json.loads(run(ACME, "--records", tmp_path, "--format", "json"))["tenants"][0]["restore"]["incidents"]
    assert [(one["priority"], one["elapsed"], one["late"]) for one in found] == [("P1", 5 * 3600, True)]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_hundred_thousand_incidents_are_each_accounted_for(tmp_path: Path) -> None:
    write(tmp_path, 100_000)
    found = json.loads(run(tmp_path, "--format", "json"))["tenants"][0]["restore"]
    assert len(found["incidents"]) + len(found["left_out"]) == 100_000
