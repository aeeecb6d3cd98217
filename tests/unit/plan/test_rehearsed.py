"""The policy require_rehearsal, held against statements of the evidence format itself."""

import msgspec
import pytest

from toolkit.canonical import canonical_bytes
from toolkit.errors import PlanRefused
from toolkit.evidence.statement import (
    PAYLOAD_TYPE,
    Chain,
    Components,
    Coverage,
    PlanReference,
    Predicate,
    Statement,
    World,
)
from toolkit.plan.rehearsed import check_rehearsed
from toolkit.signing import RequireRehearsal, Trust, TrustedKey, create_key, load_signer, sign

ALL = ("aws", "tunnels", "hosts", "backups", "monitoring")
DIGEST = "sha256:" + "0" * 64
replace = msgspec.structs.replace


@pytest.fixture
def plan(acme, make_plan):
    return make_plan(acme)


@pytest.fixture
def key(tmp_path) -> TrustedKey:
    create_key(tmp_path / "rehearser.pem")
    signer = load_signer(f"file:{tmp_path}/rehearser.pem")
    return TrustedKey(keyid=signer.keyid, public=signer.public, roles=("rehearser",), name="CI")


@pytest.fixture
def trust(key) -> Trust:
    return Trust(keys=(key,), require_rehearsal=RequireRehearsal(coverage=ALL))


@pytest.fixture
def evidence(plan, key, tmp_path):
    """``evidence(result=…, proven=…, world=…)``: the bytes of a signed statement of the evidence format."""

    def make(*, proven=ALL, world=None, payload_type=PAYLOAD_TYPE, key_file="rehearser.pem", **more) -> bytes:
        rehearsal = {"kind": "rehearsal", "id": "ab12", "hosts": "lab", "time_scale": "fast", "bindings": DIGEST}
        predicate = Predicate(
            **{
                "toolkit": "0.1.0",
                "signer": "rehearser",
                "run": "r1",
                "customer": "acme",
                "service": "managed-applications",
                "world": World(**{**rehearsal, **(world or {})}),
                "plan": PlanReference(digest=plan.digest, inventory=DIGEST, decisions=DIGEST),
                "result": "passed",
                "faulted": False,
                "started": "2027-01-01T12:00:00.000Z",
                "finished": "2027-01-01T12:10:00.000Z",
                "coverage": Coverage(proven=proven),
                "records": Chain(count=0, head=DIGEST),
                "components": Components(count=0, root="0" * 64),
                "steps": (),
                **more,
            }
        )
        signer = load_signer(f"file:{tmp_path / key_file}")
        return canonical_bytes(sign(canonical_bytes(Statement(subject=(), predicate=predicate)), payload_type, signer))

    return make


def refused(plan, trust: Trust, *evidence: bytes) -> str:
    with pytest.raises(PlanRefused) as caught:
        check_rehearsed(plan, trust=trust, evidence=evidence)
    assert caught.value.exit_code == 5
    assert "onboard rehearse" in caught.value.fix
    return caught.value.message


def test_the_right_evidence_passes(plan, trust, evidence):
    check_rehearsed(plan, trust=trust, evidence=[evidence()])
    check_rehearsed(plan, trust=trust, evidence=[b"{}", evidence(result="failed"), evidence()])


def test_nothing_is_asked_where_nothing_is_required(plan, trust):
    check_rehearsed(plan, trust=replace(trust, require_rehearsal=msgspec.UNSET), evidence=[])


def test_missing(plan, trust):
    assert "no evidence of a rehearsal" in refused(plan, trust)


def test_of_another_plan(plan, trust, evidence):
    other = PlanReference(digest="sha256:" + "1" * 64, inventory=DIGEST, decisions=DIGEST)
    assert "of another plan" in refused(plan, trust, evidence(plan=other))


def test_foreign_signed(plan, trust, key, evidence, tmp_path):
    create_key(tmp_path / "foreign.pem")
    assert "not signed by a trusted rehearser" in refused(plan, trust, evidence(key_file="foreign.pem"))
    approver = replace(trust, keys=(replace(key, roles=("approver", "operator")),))
    assert "not signed by a trusted rehearser" in refused(plan, approver, evidence())


@pytest.mark.parametrize("result", ["failed", "interrupted"])
def test_failed(plan, trust, evidence, result):
    assert f"did not pass: {result}" in refused(plan, trust, evidence(result=result))


def test_faulted(plan, trust, evidence):
    assert "faults were injected" in refused(plan, trust, evidence(faulted=True))


def test_of_a_real_run(plan, trust, evidence):
    assert "not of a rehearsal" in refused(plan, trust, evidence(world={"kind": "real", "hosts": "real"}))


def test_narrower(plan, trust, evidence):
    assert "did not prove backups, monitoring" in refused(plan, trust, evidence(proven=("aws", "hosts", "tunnels")))


def test_without_hosts(plan, trust, evidence):
    narrow = evidence(world={"hosts": "none"}, proven=("aws",))
    assert "(hosts none) did not prove backups, hosts, monitoring, tunnels" in refused(plan, trust, narrow)
    boast = evidence(world={"hosts": "none"})
    assert "did not prove backups, hosts, monitoring, tunnels" in refused(plan, trust, boast)
    cloud_only = replace(trust, require_rehearsal=RequireRehearsal(coverage=("aws",)))
    check_rehearsed(plan, trust=cloud_only, evidence=[narrow])


def test_what_the_plan_has_no_part_for_is_not_asked(acme, make_plan, trust, evidence):
    plan = make_plan(replace(acme, sites=(), links=(), components=()))
    reference = PlanReference(digest=plan.digest, inventory=DIGEST, decisions=DIGEST)
    check_rehearsed(plan, trust=trust, evidence=[evidence(plan=reference, proven=("aws",), world={"hosts": "none"})])


def test_a_required_coverage_that_does_not_exist_is_said(plan, trust, evidence):
    odd = replace(trust, require_rehearsal=RequireRehearsal(coverage=("aws", "hostz")))
    with pytest.raises(PlanRefused, match="hostz"):
        check_rehearsed(plan, trust=odd, evidence=[evidence()])


@pytest.mark.parametrize("content", [b"", b"null", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_statement(plan, trust, content):
    assert "not a signed statement" in refused(plan, trust, content)


def test_another_payload_type_is_no_statement(plan, trust, evidence):
    assert "not a signed statement" in refused(plan, trust, evidence(payload_type="application/json"))


def test_an_altered_statement(plan, trust, evidence):
    import base64
    import json

    envelope = json.loads(evidence(result="failed"))
    payload = base64.b64decode(envelope["payload"]).replace(b'"failed"', b'"passed"')
    envelope["payload"] = base64.b64encode(payload).decode()
    assert "not signed by a trusted rehearser" in refused(plan, trust, canonical_bytes(envelope))
