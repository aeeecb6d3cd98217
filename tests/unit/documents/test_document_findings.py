"""What an assessment finds in an inventory, how grave it is, and that every warning has its words in both languages."""

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest
import yaml

from toolkit.documents.facts import facts
from toolkit.documents.make import make
from toolkit.documents.template import OWN
from toolkit.inventory.rules.registry import RULES
from toolkit.pipeline import workspace
from toolkit.pipeline.document_sources import gather

ROOT = Path(__file__).parents[3]
# the SDK imports its own deprecated modules
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning"),
]


def changed(tmp_path: Path, example: str, *changes: tuple[str, str]):
    text = (ROOT / "examples" / example / "inventory.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "inventory.yaml").write_text(text)
    return gather(workspace.find(tmp_path), date=dt.date(2027, 1, 15))


def found(sources) -> list[tuple[str, str, str, str]]:
    return [(one["gravity"], one["area"], one["rule"], one["subject"]) for one in facts(sources, "en")["findings"]]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_warning_has_its_words_and_its_remedy(language):
    words = yaml.safe_load((OWN / f"texts/{language}/common.yaml").read_text())
    warnings = {rule.id for rule in RULES.values() if rule.severity == "warning"}
    assert set(words["warnings"]) == warnings
    assert set(words["warning_remedies"]) == warnings


def test_a_sound_inventory_has_no_finding(acme):
    assert found(acme) == []
    (made,) = make(acme, only=("assessment",), languages=("en",), formats=("md",))
    assert "Nothing was found that stands against the start" in made.files["assessment.en.md"].decode()


def test_a_missing_prerequisite_blocks_and_stands_once(tmp_path):
    sources = changed(tmp_path, "acme", ("  topology: {reference: DOC-5, date: 2026-10-01}\n", ""))
    assert found(sources)[0] == ("blocking", "prerequisite", "", "Topology of the environments")
    assert [one for one in found(sources) if one[2] == "INV-103"] == []


def test_a_contract_that_has_ended_and_one_that_ends_in_the_term(tmp_path):
    ends = "ends: 2028-12-31}"
    ended = changed(tmp_path, "acme", (ends, "ends: 2027-01-14}"))
    assert ("major", "ended", "", "SC-1001") in found(ended)
    last = changed(tmp_path, "acme", (ends, "ends: 2027-01-15}"))
    assert ("minor", "ending", "", "SC-1001") in found(last)
    whole = changed(tmp_path, "acme", (ends, "ends: 2027-12-31}"))
    assert found(whole) == []


def test_a_warning_is_found_with_its_rule_and_its_component(tmp_path):
    sources = changed(tmp_path, "telephony", ("    vendor_licence: {reference: LIC-880, ends: 2029-12-31}\n", ""))
    assert ("major", "rule", "INV-114", "rennes-call-manager") in found(sources)


def test_a_plan_that_is_refused_blocks(tmp_path):
    sources = changed(tmp_path, "acme", ("routing: static", "routing: bgp"))
    assert ("blocking", "plan", "", "SD-1") in found(sources)


def test_the_gravest_stand_first_and_are_counted(tmp_path):
    sources = changed(
        tmp_path,
        "acme",
        ("  topology: {reference: DOC-5, date: 2026-10-01}\n", ""),
        ("ends: 2028-12-31}", "ends: 2027-06-30}"),
        ("    backup: {policies: [WEEKLY-1], paths: [/srv/files]}\n", ""),
    )
    known = facts(sources, "en")
    gravities = [one["gravity"] for one in known["findings"]]
    assert gravities == sorted(gravities, key=("blocking", "major", "minor").index)
    assert [one["number"] for one in known["findings"]] == [f"F-{n:02d}" for n in range(1, len(gravities) + 1)]
    assert {one["gravity"]: one["count"] for one in known["finding_counts"]} == {
        name: gravities.count(name) for name in ("blocking", "major", "minor")
    }


def test_the_calendar_of_an_implementation_plan_has_no_deadline_of_a_claim(acme):
    (made,) = make(acme, only=("implementation-plan",), languages=("en",), formats=("md",))
    text = made.files["implementation-plan.en.md"].decode()
    assert "| 31 December 2027 | Last day of the commitment |" in text
    assert "Claim of a service credit, 2027" not in text


def test_without_a_date_a_contract_has_ended_when_it_ends_before_the_commitment(acme):
    component = acme.inventory.components[0]
    old = msgspec.structs.replace(component.licence, ends=dt.date(2026, 12, 31))
    components = (msgspec.structs.replace(component, licence=old), *acme.inventory.components[1:])
    inventory = msgspec.structs.replace(acme.inventory, components=components)
    assert ("major", "ended", "", "SC-1001") in found(msgspec.structs.replace(acme, inventory=inventory, date=None))


def test_work_that_no_step_of_a_plan_does_follows_from_stages_and_deliverables():
    sources = gather(workspace.find(ROOT / "examples/meetings"))
    rows = facts(sources, "en")["packages"]
    assert [one["number"] for one in rows] == list(range(1, len(rows) + 1))
    assert [one["title"] for one in rows if one["action"] == "gate"] == ["Prerequisites", "Advise", "Implement"]
    assert [one["title"] for one in rows if one["action"] == "deliver"] == [
        one.title.en for one in sources.service.deliverables
    ]
    (readiness,) = (one for one in rows if one["action"] == "ensure")
    assert not readiness["date"]
    (made,) = make(sources, only=("implementation-plan",), languages=("en",), formats=("md",))
    assert (
        "| Prerequisites | Give: Security policies | customer | – | 5 October 2026 |"
        in made.files["implementation-plan.en.md"].decode()
    )


def test_dates_of_an_events_deliverables_are_those_of_its_plan():
    rows = {one["title"]: one for one in facts(gather(workspace.find(ROOT / "examples/summit")), "en")["packages"]}
    assert rows["Speaker links"]["date"] == dt.date(2027, 6, 5)
    assert rows["Rehearsal of 2 hours"]["date"] == dt.date(2027, 6, 8)
    assert rows["Run of show"]["date"] == dt.date(2027, 6, 14)
    assert not rows["Attendance reports"]["date"]


def test_what_can_be_had_by_a_quote_is_not_said_to_be_excluded_for_good():
    text = of("meetings", "assessment", "en")
    assert "- Migration (unless it is quoted) " in text
    assert "- Racking and cabling \\[" in text
    assert "- Migration (sauf devis) " in of("meetings", "assessment", "fr")


def test_a_service_without_tenants_and_sites_has_no_empty_drawing():
    assert "![" not in of("meetings", "low-level-design", "en")


def test_the_day_that_the_order_plans_is_no_gap():
    text = of("telephony", "transition-plan", "en")
    assert "| Activation | provider | yes | 1 March 2027 |" in text
    assert re.search(r"\| Gate: Activation .*\| 1 March 2027 \|\n", text)
    assert "date of the stage (Activation)" not in text


def test_a_report_asks_for_nothing_that_the_service_does_not_do():
    text = of("support-desk", "monthly-report", "en", month="2027-03")
    assert "problems and root causes" in text
    assert "patches" not in text
    assert "backups" not in text


def of(example: str, id_: str, language: str, month: str | None = None) -> str:
    sources = gather(workspace.find(ROOT / "examples" / example), month=month, languages=(language,))
    (made,) = make(sources, only=(id_,), languages=(language,), formats=("md",))
    return made.files[f"{id_}.{language}.md"].decode()
