"""A transition from its first gate to its last, in the real world: a service that is made of deliverables alone (SD-3)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.unit.cli.shell import Done, approve, loaded, onboard, plan
from toolkit.catalogue import services
from toolkit.catalogue.applicable import deliverables_of, prerequisites_of
from toolkit.inventory.load import load

SERVICE = services()["cloud-meetings"]
INVENTORY = """\
schema: onboarding/inventory/v1
service: cloud-meetings
customer:
  id: lumen
  name: Lumen SAS
  language: fr
  contacts: [{role: main, name: Lou, email: lou@lumen.example, phone: "+33 1 00 00 00 00"}]
  commitment: {start: 2027-01-01, months: 12}
provider: {profile: paris-1}
subscription: {products: [meeting-centres]}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "lumen"
    folder.mkdir()
    (folder / "inventory.yaml").write_text(INVENTORY)
    return folder


def status(workspace: Path) -> dict[str, object]:
    found = loaded(onboard("status", workspace, "--format", "json", cwd=workspace))
    assert found["schema"] == "onboarding/status/v1"
    return found


def states(workspace: Path) -> dict[str, str]:
    return {stage["stage"]: stage["state"] for stage in status(workspace)["stages"]}


def deliver(workspace: Path, stage: str) -> None:
    """Everything of a stage delivered, and accepted where somebody reviews it."""
    inventory = load(workspace)
    path = workspace / "deliveries.yaml"
    before = json.loads(path.read_text())["deliveries"] if path.exists() else []
    handed = [
        {"what": one.id, "delivered": "2027-01-15", "reference": f"DOC-{one.id}"}
        | ({"accepted": "2027-01-20", "accepted_by": "Lou"} if one.reviewer else {})
        for one in deliverables_of(SERVICE, inventory)
        if one.stage == stage and not one.recurs
    ]
    path.write_text(json.dumps({"schema": "onboarding/deliveries/v1", "deliveries": before + handed}))


def give(workspace: Path) -> None:
    """Every prerequisite, in the inventory."""
    wanted = prerequisites_of(SERVICE, load(workspace))
    given = {one.id: {"reference": "DOC-1", "date": "2026-12-01"} for one in wanted}
    (workspace / "inventory.yaml").write_text(INVENTORY + f"prerequisites: {json.dumps(given)}\n")


def begun(workspace: Path) -> str:
    """Apply the plan for real; gives the run, which waits at its first gate that nobody has passed."""
    folder = plan(workspace)
    approve(folder, workspace.parent)
    done = onboard("apply", folder, "--workspace", workspace, cwd=workspace, home=workspace.parent)
    assert done.returncode == 15, done.stderr
    return str(status(workspace)["run"]["id"])


def passed(workspace: Path, run: str, *gates: str, forced: str | None = None, by: str = "Ada") -> Done:
    words = [word for gate in gates for word in ("--passed", f"transition/{gate}")]
    more = ["--forced", forced] if forced else []
    return onboard("runs", "resume", run, *words, "--by", by, *more, cwd=workspace, home=workspace.parent)


def test_before_anything_it_says_what_is_missing_and_whose_turn_it_is(workspace: Path) -> None:
    text = onboard("status", workspace, cwd=workspace).stdout
    assert "[>] Prerequisites" in text
    assert "Security policies (customer): add prerequisites/security-policies to the inventory" in text
    assert "turn: customer" in text
    assert "onboard plan" in text
    assert not (workspace / ".onboard").exists()


def test_a_transition_from_its_first_gate_to_its_last(workspace: Path) -> None:
    give(workspace)
    run = begun(workspace)
    assert states(workspace) == {"prerequisites": "current", "advise": "later", "implement": "later"}
    assert status(workspace)["waiting_for"] == "transition/prerequisites"

    assert passed(workspace, run, "prerequisites").returncode == 15  # and waits at the next one
    assert states(workspace)["advise"] == "current"
    refused = passed(workspace, run, "advise")
    assert refused.returncode == 15
    assert "Project management plan: not delivered" in refused.stderr
    assert states(workspace)["advise"] == "current"

    deliver(workspace, "advise")
    assert passed(workspace, run, "advise", by="Bo").returncode == 15
    forced = passed(workspace, run, "implement", forced="the event is tomorrow")
    assert forced.returncode == 0, forced.stderr
    assert set(states(workspace).values()) == {"passed"}
    text = onboard("status", workspace, cwd=workspace).stdout
    assert "passed by Bo" in text
    assert "FORCED: the event is tomorrow; missing then: Implementation plan" in text

    bundle = workspace / ".onboard/evidence" / run
    assert onboard("evidence", "verify", bundle, cwd=workspace).returncode == 0
    kept = (bundle / "records.ndjson").read_text()
    assert "the event is tomorrow" in kept
    assert "Bo" not in kept  # persons are salted references
    assert len(set(re.findall(r"person:[0-9a-f]{32}", kept))) >= 2  # Ada and Bo


def test_a_gate_is_not_passed_over_the_head_of_another(workspace: Path) -> None:
    give(workspace)
    deliver(workspace, "advise")
    run = begun(workspace)
    early = passed(workspace, run, "advise")
    assert early.returncode == 2
    assert "cannot be passed before transition/prerequisites" in early.stderr
    assert passed(workspace, run, "prerequisites", "advise").returncode == 15
    assert states(workspace)["implement"] == "current"


def test_a_reason_without_a_gate_is_wrong(workspace: Path) -> None:
    assert onboard("runs", "resume", "r", "--forced", "why", cwd=workspace).returncode == 2


@pytest.mark.parametrize(
    ("by", "forced", "said"),
    [("   ", None, "--by"), ("\u200b", None, "--by"), ("...", None, "--by"), ("Ada", " \t", "--forced")],
)
def test_a_gate_is_passed_by_somebody_and_forced_for_a_reason(
    workspace: Path, by: str, forced: str | None, said: str
) -> None:
    done = passed(workspace, "r", "prerequisites", by=by, forced=forced)
    assert done.returncode == 2
    assert said in done.stderr
    assert "the evidence keeps it" in done.stderr


def test_no_step_takes_less_than_no_time(workspace: Path) -> None:
    give(workspace)
    run = begun(workspace)
    assert "done in 0.0 s" in passed(workspace, run, "prerequisites").stderr


def test_a_new_run_keeps_what_was_passed_until_it_changes(workspace: Path) -> None:
    give(workspace)
    run = begun(workspace)
    passed(workspace, run, "prerequisites")
    again = begun_again(workspace)
    assert again != run
    first = status(workspace)["stages"][0]
    assert (first["state"], first["passed"]["run"]) == ("passed", run)
    text = (workspace / "inventory.yaml").read_text()
    (workspace / "inventory.yaml").write_text(text.replace("DOC-1", "DOC-2"))
    changed = begun_again(workspace)
    assert changed not in {run, again}
    assert states(workspace)["prerequisites"] == "current"


def begun_again(workspace: Path) -> str:
    folder = plan(workspace)
    done = onboard("approve", folder, "--key", f"file:{workspace.parent / 'keys/ada.pem'}", cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert onboard("apply", folder, "--workspace", workspace, cwd=workspace, home=workspace.parent).returncode == 15
    return str(status(workspace)["run"]["id"])


def test_an_inventory_with_problems_has_a_standing_too(workspace: Path) -> None:
    (workspace / "inventory.yaml").write_text(INVENTORY.replace("months: 12", "months: 0"))
    text = onboard("status", workspace, cwd=workspace).stdout
    assert "the inventory has 1 problem(s)" in text
    (workspace / "inventory.yaml").write_text("service: nonsense\n")
    assert onboard("status", workspace, cwd=workspace).returncode == 3


def test_a_faulty_file_of_deliveries_is_said(workspace: Path) -> None:
    (workspace / "deliveries.yaml").write_text("schema: onboarding/deliveries/v1\ndeliveries: [{what: odd}]\n")
    done = onboard("status", workspace, cwd=workspace)
    assert done.returncode == 3
    assert "deliveries.yaml" in done.stderr


def test_in_the_run_it_says_what_is_overdue_on_a_day(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    example = Path(__file__).parents[3] / "examples/support-desk/inventory.yaml"
    text = re.sub(r"commitment: .*", "commitment: {start: 2027-01-01, months: 12}", example.read_text())
    (desk / "inventory.yaml").write_text(text)
    review = "{what: operations-review, period: 2027-W%s, delivered: 2027-01-%s, reference: MIN}"
    noted = "schema: onboarding/deliveries/v1\ndeliveries:\n" + "".join(
        f"  - {review % one}\n" for one in (("01", "04"), ("03", "18"))
    )
    (desk / "deliveries.yaml").write_text(noted)
    assert status(desk)["recurring"] == []  # a gate is open yet
    run = begun(desk)
    assert passed(desk, run, "tier-set-up", forced="the training is booked").returncode == 0

    text = onboard("status", desk, cwd=desk).stdout
    assert "Operations review (weekly): 2027-W01, 2027-W03" in text
    assert "overdue" not in text
    text = onboard("status", desk, "--on", "2027-01-26", cwd=desk).stdout
    assert "  - overdue: 2027-W02 (2027-01-11), 2027-W04 (2027-01-25)\n" in text
    assert "Case watch (daily): none delivered" in text
    assert "11 earlier, 2027-01-19" in text
    found = loaded(onboard("status", desk, "--on", "2027-01-26", "--format", "json", cwd=desk))["recurring"]
    (watch,) = (one for one in found if one["deliverable"] == "case-watch")
    assert len(watch["overdue"]) == 16
    assert onboard("status", desk, "--on", "soon", cwd=desk).returncode == 2

    (desk / "deliveries.yaml").write_text(noted.replace("2027-W03", "2027-W54"))
    done = onboard("status", desk, cwd=desk)
    assert done.returncode == 3
    assert "deliveries.yaml:4: operations-review: the commitment has no such period 2027-W54" in done.stderr


@pytest.mark.parametrize("service", sorted(services()))
def test_what_is_handed_over_has_one_name(service: str) -> None:
    found = [one.id for one in (*services()[service].deliverables, *services()[service].prerequisites)]
    assert len(found) == len(set(found))


def test_a_plan_that_is_gone_is_named_with_its_run(workspace: Path) -> None:
    give(workspace)
    run = begun(workspace)
    (folder,) = (index.parent for index in workspace.rglob("index.json"))
    folder.rename(workspace.parent / "elsewhere")
    told = onboard("status", workspace, cwd=workspace)
    assert told.returncode == 2
    assert run in told.stderr
    assert str(folder) in told.stderr
    assert "put the plan's folder back" in told.stderr
    words = ("documents", workspace, "--only", "implementation-plan", "--as", "md", "--language", "en")
    done = onboard(*words, cwd=workspace)
    assert done.returncode == 0, done.stderr
    (written,) = workspace.rglob("implementation-plan.en.md")
    assert "gates that were passed" in written.read_text().partition("Where the transition stands\n")[2]


@pytest.mark.slow
def test_documents_say_what_was_passed_and_handed_over(workspace: Path) -> None:
    def written(language: str) -> str:
        words = ("--only", "implementation-plan", "--as", "md", "--language", language, "--output", folder)
        done = onboard("documents", workspace, *words, cwd=workspace)
        assert done.returncode == 0, done.stderr
        return next(folder.rglob(f"implementation-plan.{language}.md")).read_text()

    folder = workspace.parent / "documents"
    give(workspace)
    assert "Gates that were passed so far" not in written("en")
    run = begun(workspace)
    deliver(workspace, "advise")
    passed(workspace, run, "prerequisites")
    passed(workspace, run, "advise", by="Bo")
    assert passed(workspace, run, "implement", by="Cy", forced="the event is tomorrow").returncode == 0
    english, french = written("en"), written("fr")
    assert re.search(r"\| Prerequisites +\| Ada +\| – +\| – +\|", english)
    assert re.search(r"\| Advise +\| Bo +\| – +\| – +\|", english)
    assert re.search(r"\| Implement +\| Cy +\| 6 +\| the event is tomorrow +\|", english)
    assert "| 15 January 2027" in english
    assert "`DOC-project-management-plan`" in english
    assert "Jalons franchis" in french
    assert "| 15 janvier 2027" in french
