"""The command line as a user meets it: exit codes, JSON, messages with a fix, and a fast start."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.unit.cli.shell import approve, loaded, onboard, plan
from toolkit.cli.main import COMMANDS
from toolkit.evidence import merkle
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.run.store import RunRow, SqliteStore

ROOT = Path(__file__).parents[3]
ACME = ROOT / "examples/acme/inventory.yaml"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    folder.mkdir()
    shutil.copy(ACME, folder)
    return folder


def test_help_starts_fast_and_names_only_what_is_built(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from toolkit.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(time.process_time(), file=sys.stderr)\n"
        "heavy = {'pulumi', 'boto3', 'ansible_runner', 'moto', 'yaml', 'jinja2', 'cryptography', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, heavy = done.stderr.splitlines()
    assert heavy == "[]"
    # The processor's time, the interpreter's own start included: other work on this machine does not count. A start
    # takes a third of it (python -m tests.benchmarks.start), so that a slower machine passes and a heavy import does not.
    assert float(seconds) < 0.2
    assert "drift" not in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "absent"),
        ("plan", "absent"),
        ("nonsense",),
        ("validate",),
        ("rehearse", "absent"),
        ("decide", "absent"),
    ],
)
def test_wrong_arguments_exit_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = onboard(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_invalid_inventory_exits_3_with_every_problem(workspace: Path) -> None:
    text = ACME.read_text().replace("WEEKLY-2", "WEEKLY-9").replace("hosted_on: erp-vm-1", "hosted_on: nowhere")
    (workspace / "inventory.yaml").write_text(text)
    done = onboard("validate", workspace, "--format", "json", cwd=workspace)
    assert done.returncode == 3
    report = loaded(done)
    assert report["schema"] == "onboarding/problems/v1"
    assert {"WEEKLY-9" in p["message"] or "nowhere" in p["message"] for p in report["problems"]} == {True}
    assert all(problem["line"] and problem["fix"] for problem in report["problems"])
    planned = onboard("plan", workspace, cwd=workspace)
    assert planned.returncode == 3
    assert planned.stderr.count("fix:") >= 1


def test_a_scope_that_fits_no_model_exits_4(workspace: Path) -> None:
    text = ACME.read_text().replace("operations: provider, backend: provider", "operations: provider, backend: none")
    (workspace / "inventory.yaml").write_text(text)
    done = onboard("decide", workspace, cwd=workspace)
    assert done.returncode == 4
    assert "bespoke scope of work" in done.stderr
    assert "erp-db-1" in done.stderr


def test_decisions_as_json(workspace: Path) -> None:
    done = onboard("decide", workspace, "--format=json", cwd=workspace)
    decisions = loaded(done)["decisions"]
    assert [decision["component"] for decision in decisions] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
    assert all(d["build_model"] == "full-build" and d["transition_class"] == 5 and d["nearest"] for d in decisions)
    explained = onboard("decide", workspace, "--explain", "erp-db-1", cwd=workspace)
    assert "fact responsibility.backend = provider" in explained.stdout
    assert onboard("decide", workspace, "--explain", "absent", cwd=workspace).returncode == 2


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's workspace with its plan, for tests that only need to have one."""
    workspace = tmp_path_factory.mktemp("planned") / "acme"
    workspace.mkdir()
    shutil.copy(ACME, workspace)
    return plan(workspace)


@pytest.fixture
def planned(planned_once: Path, workspace: Path) -> Path:
    """A plan in this test's own workspace."""
    folder = workspace / ".onboard/plans" / planned_once.name
    shutil.copytree(planned_once, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def approved(planned: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A plan with a real approval and the home whose trust file names the approver."""
    approve(planned, tmp_path)
    return planned, tmp_path


@pytest.mark.slow
def test_plan_twice_gives_the_same_bytes_anywhere(workspace: Path, tmp_path: Path) -> None:
    first = contents(plan(workspace))
    other = tmp_path / "elsewhere"
    shutil.copytree(workspace, other, ignore=shutil.ignore_patterns(".onboard"))
    assert contents(plan(other, "-o", tmp_path / "out")) == first
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_unapproved_is_refused(workspace: Path, planned: Path) -> None:
    done = onboard("apply", planned, cwd=workspace)
    assert done.returncode == 5
    assert "not approved" in done.stderr
    assert "fix:" in done.stderr


def test_one_byte_after_approval_is_refused(approved: tuple[Path, Path]) -> None:
    folder, home = approved
    document = folder / "tenant-acme-prod.json"
    document.write_bytes(document.read_bytes().replace(b"10.20.0.0/16", b"10.21.0.0/16", 1))
    done = onboard("apply", folder, cwd=home)
    assert done.returncode == 5
    assert "altered" in done.stderr


def test_an_inventory_changed_after_approval_is_refused(approved: tuple[Path, Path]) -> None:
    folder, home = approved
    inventory = home / "acme/inventory.yaml"
    inventory.write_text(inventory.read_text().replace("zones: 2", "zones: 3"))
    done = onboard("apply", folder, cwd=home)
    assert done.returncode == 5
    assert "inventory was changed" in done.stderr


@pytest.mark.slow
def test_a_site_that_vanished_is_listed_and_refused(approved: tuple[Path, Path]) -> None:
    folder, home = approved
    before = home / "before"
    shutil.copytree(folder, before)
    text = ACME.read_text()
    head, _, rest = text.partition("sites:\n")
    _, _, tail = rest.partition("applications:\n")
    smaller = head + "applications:\n" + tail.partition("components:\n")[0] + "components: []\n"
    (home / "acme/inventory.yaml").write_text(smaller)
    done = onboard("plan", home / "acme", "--against", before, "--format", "json", cwd=home)
    assert done.returncode == 0, done.stderr
    made = loaded(done)
    removed = {(change["kind"], change["name"]) for change in made["changes"] if change["operation"] == "remove"}
    assert ("scope", "site/acme-hq") in removed
    key = home / "keys/ada.pem"
    assert onboard("approve", made["folder"], "--key", f"file:{key}", cwd=home).returncode == 0
    refused = onboard("apply", made["folder"], "--workspace", home / "acme", cwd=home)
    assert refused.returncode == 5
    assert "site/acme-hq" in refused.stderr


def test_approved_but_without_credentials_is_refused_before_any_effect(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ACME.read_text()
    tenants_only = text.partition("sites:\n")[0] + "sites: []\napplications: []\ncomponents: []\n"
    (workspace / "inventory.yaml").write_text(tenants_only)
    folder = plan(workspace)
    approve(folder, tmp_path)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    done = onboard("apply", folder, cwd=tmp_path)
    assert done.returncode == 14, done.stderr
    assert "does not say whose credentials these are" in done.stderr
    assert not list((workspace / ".onboard").rglob(".pulumi"))


def test_runs_and_rehearsals_of_an_unused_workspace(workspace: Path) -> None:
    assert "no runs yet" in onboard("runs", "list", cwd=workspace).stdout
    assert "no runs yet" in onboard("runs", "list", workspace, cwd=workspace).stdout
    assert onboard("runs", "show", "absent", cwd=workspace).returncode == 2
    assert onboard("rehearse", "down", workspace, cwd=workspace).returncode == 2
    assert onboard("verify", workspace, cwd=workspace).returncode == 2
    assert onboard("report", workspace, cwd=workspace).returncode == 11


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("validate", "--format", "json"), "PATH"),
        (("nonsense", "--format=json"), "nonsense"),
        (("plan", "x", "--format", "json", "--nonsense"), "--nonsense"),
        (("evidence", "show", "--format", "json"), "BUNDLE"),
    ],
)
def test_wrong_arguments_are_json_where_json_is_asked_for(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = onboard(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == ""
    told = loaded(done)
    assert (told["schema"], told["error"], told["exit_code"]) == ("onboarding/error/v1", "UsageError", 2)
    assert said in told["message"]
    assert told["fix"].startswith("see onboard")


BUNDLE = ROOT / "tests/golden/evidence/passed"


def test_a_component_is_shown_with_its_proof(tmp_path: Path) -> None:
    done = onboard("evidence", "show", BUNDLE, "--component", "erp-vm-1", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0
    proof = loaded(done)
    assert json.loads(proof["leaf"])["component"]["id"] == proof["component"] == "erp-vm-1"
    assert merkle.verify_proof(
        proof["leaf"].encode(),
        index=proof["index"],
        size=proof["size"],
        path=[bytes.fromhex(found) for found in proof["path"]],
        expected=bytes.fromhex(loaded(onboard("evidence", "verify", BUNDLE, "--format=json", cwd=tmp_path))["root"]),
    )
    text = onboard("evidence", "show", BUNDLE, "--component", "erp-vm-1", cwd=tmp_path).stdout
    assert all(found in text for found in (*proof["path"], proof["root"], "component erp-vm-1 is leaf"))


def test_a_component_that_a_bundle_does_not_hold_exits_2(tmp_path: Path) -> None:
    done = onboard("evidence", "show", BUNDLE, "--component", "nobody", cwd=tmp_path)
    assert done.returncode == 2
    assert "erp-vm-1" in done.stderr


def test_errors_as_json_go_to_stdout(tmp_path: Path) -> None:
    done = onboard("plan", "absent", "--format", "json", cwd=tmp_path)
    assert loaded(done)["exit_code"] == 2
    assert done.stderr == ""


def test_an_inventorys_control_characters_do_not_reach_the_terminal(workspace: Path) -> None:
    text = ACME.read_text().replace("erp-db-1", '"\\e[2Jx"')
    (workspace / "inventory.yaml").write_text(text)
    done = onboard("validate", workspace, cwd=workspace)
    assert done.returncode == 3
    assert "\x1b[2J" not in done.stdout + done.stderr


@pytest.mark.slow
def test_the_reader_of_a_pipe_may_leave(workspace: Path) -> None:
    command = f"{sys.executable} -m toolkit.cli.main plan {workspace} --format json | head -c 1"
    done = subprocess.run(
        command,
        shell=True,
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


def forged_run(workspace: Path, folder: Path, **fields: Any) -> None:
    """A row in the ledger that no ``apply`` wrote."""
    bindings = Bindings(
        world="real", id="real", nonce="0", hosts="none", time_scale="real", aws=AwsBinding(),
        state=str(workspace / "s"), secrets=str(workspace / "secrets"),
    )  # fmt: skip
    SqliteStore(workspace / ".onboard/store.db").create_run(
        msgspec.structs.replace(
            RunRow(
                id="r1", customer="acme", plan="sha256:" + hashlib.sha256((folder / "index.json").read_bytes()).hexdigest(),
                plan_dir=str(folder.relative_to(workspace)), bindings=bindings, state="interrupted", started=1.0,
            ),
            **fields,
        )
    )  # fmt: skip


def test_a_resumed_run_is_judged_as_a_new_one(workspace: Path, planned: Path) -> None:
    forged_run(workspace, planned)
    done = onboard("runs", "resume", "r1", "--workspace", workspace, cwd=workspace)
    assert done.returncode == 5
    assert "not approved" in done.stderr


def test_a_resumed_verification_stays_one(workspace: Path, planned: Path) -> None:
    forged_run(workspace, planned, stages=("verify",))
    onboard("runs", "resume", "r1", "--workspace", workspace, cwd=workspace)
    steps = {row.event.step for row in SqliteStore(workspace / ".onboard/store.db").events("r1")}
    assert steps
    assert all(step.startswith("verify/") for step in steps)


def test_a_rehearsal_that_no_world_stands_for_is_none(workspace: Path, planned: Path) -> None:
    folder = planned
    made_up = Bindings(
        world="rehearsal", id="0badcafe", nonce="0", hosts="real", time_scale="fast", aws=AwsBinding(),
        state=str(workspace / "s"), secrets=str(workspace / "secrets"),
    )  # fmt: skip
    (workspace / "bindings.json").write_bytes(msgspec.json.encode(made_up))
    done = onboard("apply", folder, "--bindings", workspace / "bindings.json", cwd=workspace)
    assert done.returncode == 2
    assert "is gone" in done.stderr


@pytest.mark.slow
def test_a_removal_is_seen_however_often_it_is_planned(approved: tuple[Path, Path]) -> None:
    folder, home = approved
    workspace, out = home / "acme", home / "out"
    shutil.copytree(folder, out)
    onboard("apply", out, "--workspace", workspace, cwd=home)  # begins, and stops for want of credentials or hosts
    forged_run(workspace, folder)
    text = (workspace / "inventory.yaml").read_text()
    (workspace / "inventory.yaml").write_text(text.replace("  - {id: prod-hq,", "  # - {id: prod-hq,"))
    for _ in range(2):
        done = onboard("plan", workspace, "-o", out, "--format", "json", cwd=home)
        assert any(change["operation"] == "remove" for change in loaded(done)["changes"])
    shutil.rmtree(folder)
    assert onboard("plan", workspace, cwd=home).returncode == 5


def test_what_this_version_cannot_set_up_is_refused_before_anything(workspace: Path) -> None:
    text = ACME.read_text().replace("networks: [10.60.0.0/24]", "networks: [10.60.0.0/24, 10.61.0.0/24]")
    (workspace / "inventory.yaml").write_text(text)
    done = onboard("plan", workspace, cwd=workspace)
    assert done.returncode == 5
    assert "acme-hq" in done.stderr


def test_a_path_that_cannot_be_written_is_said_without_a_traceback(workspace: Path) -> None:
    done = onboard("plan", workspace, "-o", "/dev/null/x", "--format", "json", cwd=workspace)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "/dev/null" in loaded(done)["message"]


def test_commands_that_read_write_nothing(workspace: Path) -> None:
    onboard("runs", "list", cwd=workspace)
    onboard("runs", "show", "x", cwd=workspace)
    onboard("rehearse", "down", workspace, cwd=workspace)
    assert not (workspace / ".onboard").exists()


def test_every_command_that_a_message_names_exists() -> None:
    named = set()
    for path in (ROOT / "toolkit").rglob("*.py"):
        named |= set(re.findall(r"onboard ([a-z]+)\b", path.read_text()))
    assert named & set(COMMANDS)
    assert "offboard" not in named


def test_diff_tells_what_differs_in_each_format(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(ACME.read_text().replace("months: 12", "months: 24"))
    same = onboard("diff", ACME, ACME, "--detailed-exitcode", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "no difference in meaning\n")
    text = onboard("diff", ACME, other, "--detailed-exitcode", cwd=tmp_path)
    assert text.returncode == 10
    assert "  commitment.months: 12 → 24" in text.stdout
    told = loaded(onboard("diff", ACME, other, "--format", "json", cwd=tmp_path))
    assert (told["schema"], told["changed"][0]["section"]) == ("onboarding/inventory-diff/v1", "customer")
    assert onboard("diff", ACME, other, "--format", "html", cwd=tmp_path).stdout.startswith("<!DOCTYPE html>")
    other.write_text("- nothing\n")
    assert onboard("diff", ACME, other, cwd=tmp_path).returncode == 3
