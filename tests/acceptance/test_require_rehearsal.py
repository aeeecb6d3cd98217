"""A real apply wants proof that exactly this plan passed its rehearsal: evidence of real rehearsals, held at the gate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import make_desk

from toolkit.rehearsal.world.control import WorldControl
from toolkit.signing import create_key, load_signer

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
EVERYTHING = ["aws", "tunnels", "hosts", "backups", "monitoring"]


@pytest.fixture
def office(cloud_only, rehearser, tmp_path):
    """Another machine, with the same inventory and no credentials, where the plan was approved for the real world."""
    desk = make_desk(tmp_path)
    shutil.copyfile(cloud_only.desk.workspace / "inventory.yaml", desk.workspace / "inventory.yaml")
    made = desk.onboard("plan", desk.workspace, "--format", "json")
    assert made.returncode == 0, made.stderr
    digest = json.loads(made.stdout)["plan"]
    assert digest == cloud_only.outcome["plan"]
    plan = desk.workspace / ".onboard/plans" / digest.removeprefix("sha256:")[:16]
    approver = tmp_path / "ada.pem"
    approved = desk.onboard("approve", plan, "--key", f"file:{approver}", "--create-key")
    assert approved.returncode == 0, approved.stderr

    def apply(*evidence: Path, trusted: Path = rehearser, coverage=tuple(EVERYTHING)):
        keys = [
            {"name": name, "keyid": signer.keyid, "public": signer.public, "roles": [role]}
            for name, role, path in (("Ada", "approver", approver), ("build machine", "rehearser", trusted))
            for signer in [load_signer(f"file:{path}")]
        ]
        trust = tmp_path / "trust.yaml"
        policy = {"coverage": list(coverage)}
        trust.write_text(json.dumps({"schema": "onboarding/trust/v1", "keys": keys, "require_rehearsal": policy}))
        named = [word for path in evidence for word in ("--rehearsal", path)]
        done = desk.onboard("apply", plan, "--trust", trust, *named, "--format", "json")
        said = json.loads(done.stdout)
        assert said["exit_code"] == done.returncode, done
        return done.returncode, said["message"]

    yield apply
    # None of these had an effect: no run was ever begun.
    runs = desk.onboard("runs", "list", desk.workspace, "--format", "json")
    assert runs.returncode == 0
    assert json.loads(runs.stdout)["runs"] == []


def test_missing_evidence_is_refused(office):
    code, message = office()
    assert code == 5
    assert "no evidence of a rehearsal of this plan was found" in message


def test_evidence_without_hosts_is_refused(office, cloud_only):
    code, message = office(cloud_only.evidence)
    assert code == 5
    assert "(hosts none) did not prove backups, hosts, monitoring, tunnels" in message
    # The same evidence is enough where only the cloud's part is required: the refusal was for what it lacks.
    assert passed_the_gate(office(cloud_only.evidence, coverage=["aws"]))


def test_foreign_signed_evidence_is_refused(office, cloud_only, tmp_path):
    stranger = tmp_path / "stranger.pem"
    create_key(stranger)
    code, message = office(cloud_only.evidence, trusted=stranger, coverage=["aws"])
    assert code == 5
    assert "not signed by a trusted rehearser" in message


def test_failed_evidence_is_refused(office, cloud_only):
    control = WorldControl(Path("/run", f"onboard-{cloud_only.desk.current['id']}", "world/control.sock"))
    key = next(row["id"] for row in control.dump() if (row["service"], row["collection"]) == ("kms", "keys"))
    rotation = ["keys", key, "key_rotation_status"]
    assert control.corrupt("kms", rotation, value=False) is True
    try:
        done = cloud_only.verify("--evidence-key", f"file:{cloud_only.evidence_key}")
    finally:
        control.corrupt("kms", rotation, value=True)
    assert done.returncode == 9, done.stderr
    folder = cloud_only.desk.workspace / ".onboard/evidence"
    failed = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert failed != cloud_only.evidence
    code, message = office(failed, coverage=["aws"])
    assert code == 5
    assert "did not pass: failed" in message
    assert passed_the_gate(office(failed, cloud_only.evidence, coverage=["aws"]))


def test_altered_evidence_is_refused(office, cloud_only, tmp_path):
    altered = tmp_path / "altered"
    shutil.copytree(cloud_only.evidence, altered)
    statement = altered / "statement.dsse.json"
    envelope = json.loads(statement.read_bytes())
    payload = envelope["payload"]
    envelope["payload"] = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    statement.write_text(json.dumps(envelope))
    assert office(altered, coverage=["aws"])[0] == 5


def test_the_right_evidence_passes(office, rehearsed):
    assert passed_the_gate(office(rehearsed.evidence))


def passed_the_gate(answer: tuple[int, str]) -> bool:
    """Whether what stopped the apply came after the gate: the hosts that nothing leads to."""
    code, message = answer
    assert code in {5, 13}, answer
    return code == 13 and "provider-hub" in message
