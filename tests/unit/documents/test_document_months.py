"""Reports and claims of a month: the figures of the worked month, a month without records, claims that are too late."""

import datetime as dt
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from toolkit.cli.main import cli
from toolkit.documents.facts.measured import MOST
from toolkit.documents.make import make
from toolkit.errors import RecordsInvalid
from toolkit.pipeline import workspace
from toolkit.pipeline.document_sources import gather

ROOT = Path(__file__).parents[3]
WORKED = ROOT / "tests/golden/levels/worked-month"
pytestmark = [
    pytest.mark.slow,
    # the SDK imports its own deprecated modules
    pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning"),
]


@pytest.fixture(scope="module")
def worked():
    return gather(workspace.find(WORKED), date=dt.date(2027, 4, 30), month="2027-03", languages=("fr", "en"))


def written(sources, id_: str, language: str = "en", form: str = "md") -> str:
    (made,) = make(sources, only=(id_,), languages=(language,), formats=(form,))
    return made.files[f"{id_}.{language}.{form}"].decode()


def test_the_report_has_the_payable_credits_of_the_worked_month(worked):
    text = written(worked, "monthly-report")
    assert "Credits payable, after the monthly cap: 1,358.69\u00a0€." in text
    for tenant, payable in {"nova-erp": "902.69", "nova-desk": "150.00", "nova-test": "0.00"}.items():
        assert re.search(rf"\| `{tenant}` \|.*\| {payable}\u00a0€ \|\n", text), tenant
    assert "| `nova-web` | Application (shop) | 98.5\u00a0% | 97.5\u00a0% | 1 | not kept |" in text


def test_a_claim_for_each_service_says_what_is_asked_of_one(worked):
    text = written(worked, "credit-claim")
    subjects = re.findall(r"\| Subject \| (.*) \|", text)
    assert subjects == [
        f"SLA claim Managed Applications {name}"
        for name in ("nova-erp", "nova-web", "nova-data", "nova-desk", "nova-old")
    ]
    assert text.count("We expressly claim") == len(subjects)
    assert text.count("invoice contact of the provider") >= len(subjects)
    assert text.count("| To be sent by | 30 April 2027 |") == len(subjects)
    assert "| 28 March 2027, 01:00 (UTC+1) | 28 March 2027, 05:10 (UTC+2) | `erp-files` |" in text
    assert "anonymised traces (nova-erp)" in text
    assert "Total before the cap: 160.00\u00a0€. Claimed: 150.00\u00a0€." in text
    assert "no more than 150.00\u00a0€ is paid for the month" in text


def test_a_credit_of_the_portal_is_claimed_for_itself(tmp_path):
    folder = copied(tmp_path)
    charges = folder / "records/charges.csv"
    lines = [line for line in charges.read_text().splitlines() if "customer-portal" not in line]
    charges.write_text("\n".join([*lines, f"2027-03,,customer-portal,1000{',' * (lines[0].count(',') - 3)}", ""]))
    outages = folder / "records/outages.csv"
    outages.write_text(
        outages.read_text() + "OUT-999,customer-portal,2027-03-02T10:00:00+01:00,2027-03-03T10:00:00+01:00,\n"
    )
    sources = gather(workspace.find(folder), date=dt.date(2027, 4, 30), month="2027-03", languages=("fr", "en"))
    text = written(sources, "credit-claim")
    assert "Claim: Customer portal" in text
    assert "| Subject | SLA claim Managed Applications |" in text
    assert "the service Customer portal and ask" in text
    assert "Total before the cap: 100.00\u00a0€. Claimed: 100.00\u00a0€." in text
    report = written(sources, "monthly-report")
    assert "managed-applications/availability/customer-portal" in report
    assert "Credits payable, after the monthly cap: 1,458.69\u00a0€." in report


def test_a_claim_of_availability_names_what_it_is_about(worked):
    """Neither what an incident touched beside the function, nor an outage that earns restore credit."""
    text = written(worked, "credit-claim")
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `nova-erp/avail")}
    cells = [cell.strip() for cell in rows["`nova-erp/availability/kubernetes`"].split("|")]
    assert cells[5:7] == ["`erp-k8s`", "`INC-101`, `OUT-101`"]


def test_a_claim_on_the_last_day_is_in_time_and_one_on_the_next_day_says_that_it_is_too_late(worked):
    assert "TOO LATE" not in written(worked, "credit-claim")
    late = msgspec.structs.replace(worked, date=dt.date(2027, 5, 1))
    assert written(late, "credit-claim").count("TOO LATE") == 5
    assert written(late, "credit-claim", "fr").count("HORS DÉLAI") == 5


def test_without_a_date_nothing_is_said_of_being_late(worked):
    text = written(msgspec.structs.replace(worked, date=None), "credit-claim")
    assert "TOO LATE" not in text
    assert "date of the document" in text


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "nova"
    shutil.copytree(WORKED, folder)
    return folder


def test_a_month_without_records_says_so_and_claims_nothing(tmp_path):
    folder = copied(tmp_path)
    shutil.rmtree(folder / "records")
    sources = gather(workspace.find(folder), date=dt.date(2027, 4, 1), month="2027-03", languages=("fr", "en"))
    report = written(sources, "monthly-report")
    assert "there is no folder records: nothing is recorded" in report
    assert "Credits payable, after the monthly cap: 0.00\u00a0€." in report
    claim = written(sources, "credit-claim", "fr")
    assert "y a rien à réclamer" in claim
    assert "Nous réclamons" not in claim


def test_records_with_a_fault_make_no_report(tmp_path):
    folder = copied(tmp_path)
    incidents = folder / "records/incidents.csv"
    incidents.write_text(incidents.read_text().replace(",P1,", ",P9,", 1))
    with pytest.raises(RecordsInvalid):
        gather(workspace.find(folder), month="2027-03", languages=("en",))


def test_charges_that_are_samples_are_marked():
    sources = gather(workspace.find(ROOT / "examples/acme"), month="2027-03", languages=("fr", "en"))
    for id_ in ("monthly-report", "credit-claim"):
        assert "> SAMPLE:" in written(sources, id_)
        assert "> SAMPLE (EXEMPLE)" in written(sources, id_, "fr")


def run(*arguments):
    return CliRunner().invoke(cli, ["documents", *map(str, arguments)], standalone_mode=False)


def test_without_a_month_its_documents_are_left_out_unless_they_are_named(tmp_path):
    common = ["--as", "md", "--language", "en", "--output", tmp_path / "out"]
    assert run(ROOT / "examples/support-desk", *common).return_value == 0
    assert not list((tmp_path / "out").glob("monthly-report*"))
    result = run(ROOT / "examples/support-desk", *common, "-v", "--only", "monthly-report")
    assert result.return_value == 0, result.exception
    assert "figures of the month: from the command line: --month" in result.output
    assert run(ROOT / "examples/support-desk", *common, "--month", "2027-03").return_value == 0
    text = (tmp_path / "out/monthly-report.en.md").read_text()
    assert "| `CASE-502` | 2 | late | 15\u00a0min | < 15\u00a0min |" in text.replace("\\<", "<")
    assert "monthly-report" in run(ROOT / "examples/support-desk", "--list").output


def test_incidents_of_telephony_have_their_priority_by_the_matrix():
    sources = gather(workspace.find(ROOT / "examples/telephony"), month="2027-04", languages=("fr", "en"))
    assert "| `INC-4002` | major | large | 75\u00a0% | P2 | P2 |" in written(sources, "monthly-report")
    other = gather(workspace.find(ROOT / "examples/telephony"), month="2027-03", languages=("fr",))
    text = written(other, "monthly-report", "fr")
    assert "3 incidents hors du mois, ignorés" in text
    assert "est consigné dans le mois." in text


def test_a_report_before_the_month_has_ended_is_provisional(worked):
    assert "PROVISIONAL" not in written(worked, "monthly-report")
    early = msgspec.structs.replace(worked, date=dt.date(2027, 3, 31))
    assert "> PROVISIONAL" in written(early, "monthly-report")
    assert "PROVISIONAL" not in written(msgspec.structs.replace(worked, date=None), "monthly-report")


def test_of_very_many_incidents_the_late_ones_are_listed_and_all_are_counted(worked):
    report = worked.months["en"]
    first, *others = report["tenants"]
    late = next(one for one in first["restore"]["incidents"] if one["late"])
    early = next(one for one in first["restore"]["incidents"] if not one["late"])
    many = [{**early, "id": f"INC-{number}"} for number in range(MOST)]
    many += [{**late, "id": f"LATE-{number}"} for number in range(3)]
    restore = {**first["restore"], "incidents": many}
    spoiled = {**report, "tenants": [{**first, "restore": restore}, *others]}
    text = written(msgspec.structs.replace(worked, months={"en": spoiled}), "monthly-report")
    count = len(many) + sum(len(one["restore"]["incidents"]) for one in others)
    assert f"{count} incident(s) with a target were resolved, " in text
    assert f"Of {count} rows (incidents with a target), {MOST} are listed, late ones first" in text
    assert {f"LATE-{number}" for number in range(3)} <= set(re.findall(r"\| `(LATE-\d)` \|", text))


def hostile(value):
    """The same report with a hostile text for every id that a record brings."""
    if isinstance(value, dict):
        free = {"id", "records", "resources", "counted", "arithmetic", "rule", "notes", "subject", "nature"}
        return {name: evil(inner) if name in free else hostile(inner) for name, inner in value.items()}
    return [hostile(one) for one in value] if isinstance(value, list) else value


def evil(value):
    if isinstance(value, list):
        return [evil(one) if isinstance(one, str) else hostile(one) for one in value]
    return f'{value}<img src=x>{{{{ 7*7 }}}}|"\n\x00' if isinstance(value, str) else value


def test_hostile_ids_of_records_change_no_structure(worked):
    # ids of tenants join credits and claims; those are the inventory's and checked there
    report = worked.months["en"]
    tenants = [{**hostile(one), "id": one["id"], "credits": one["credits"]} for one in report["tenants"]]
    spoiled = {**hostile(report), "tenants": tenants, "claims": report["claims"]}
    sources = msgspec.structs.replace(worked, months={"en": spoiled})
    page, clean = written(sources, "monthly-report", form="html"), written(worked, "monthly-report", form="html")
    assert "<img" not in page
    assert "49" not in set(re.findall(r"\d+", page)) - set(re.findall(r"\d+", clean))
    assert re.findall(r"<(\w+)", page) == re.findall(r"<(\w+)", clean)
