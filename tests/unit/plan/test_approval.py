"""Who may let a plan be applied: the matrix of approvals that count and those that do not."""

import base64
import datetime as dt
import json

import jsonschema
import msgspec
import pytest

from toolkit import resources
from toolkit.canonical import canonical_bytes
from toolkit.errors import PlanRefused, PrerequisiteMissing, UsageError
from toolkit.plan.approval import PAYLOAD_TYPE, Approval, approve, check_approval, trust_for
from toolkit.plan.changes import removals
from toolkit.plan.folder import read_plan, write_plan
from toolkit.signing import Trust, TrustedKey, create_key, load_signer, sign

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=7)
replace = msgspec.structs.replace


def new_key(path, *roles: str) -> TrustedKey:
    create_key(path)
    signer = load_signer(f"file:{path}")
    return TrustedKey(keyid=signer.keyid, public=signer.public, roles=roles, name=path.stem)


@pytest.fixture
def nora(tmp_path) -> TrustedKey:
    return new_key(tmp_path / "nora.pem", "approver")


@pytest.fixture
def trust(nora) -> Trust:
    return Trust(keys=(nora,))


@pytest.fixture
def folder(tmp_path, acme, make_plan):
    write_plan(make_plan(acme), tmp_path / "plan")
    return tmp_path / "plan"


def uri(folder, name: str = "nora") -> str:
    return f"file:{folder.parent / name}.pem"


def check(folder, trust: Trust, **more) -> Approval:
    return check_approval(read_plan(folder), folder, trust=trust, now=more.pop("now", NOW), **more)


def test_an_approved_plan_passes_and_keeps_its_digest(folder, nora, trust):
    before = read_plan(folder).digest
    path = approve(folder, key_uri=uri(folder), expires=LATER)
    assert path == folder / "approvals" / f"{nora.keyid}.json"
    approval = check(folder, trust)
    assert (approval.plan, approval.world, approval.expires) == (before, "real", LATER)
    assert read_plan(folder).digest == before


def test_an_approval_follows_its_schema(folder, nora):
    schema = json.loads((resources.folder("schemas") / "plan.schema.json").read_text())
    envelope = json.loads(approve(folder, key_uri=uri(folder), expires=LATER).read_bytes())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/approval", "$defs": schema["$defs"]})
    assert list(validator.iter_errors(payload)) == []


def test_unapproved(folder, trust):
    with pytest.raises(PlanRefused, match="not approved") as caught:
        check(folder, trust)
    assert caught.value.exit_code == 5
    assert "onboard approve" in caught.value.fix


def test_expired(folder, trust):
    approve(folder, key_uri=uri(folder), expires=NOW)
    with pytest.raises(PlanRefused, match=r"expired at 2027-01-01T12:00:00\+00:00"):
        check(folder, trust)
    check(folder, trust, now=NOW - dt.timedelta(seconds=1))


def test_wrong_role(folder, nora):
    approve(folder, key_uri=uri(folder), expires=LATER)
    with pytest.raises(PlanRefused, match="may not approve: its roles are rehearser, operator"):
        check(folder, Trust(keys=(replace(nora, roles=("rehearser", "operator")),)))


def test_unknown_key(folder, nora):
    approve(folder, key_uri=uri(folder), expires=LATER)
    with pytest.raises(PlanRefused, match=f"unknown key {nora.keyid[:12]}"):
        check(folder, Trust())


def test_another_plan(folder, trust, acme, make_plan):
    approve(folder, key_uri=uri(folder), expires=LATER)
    write_plan(make_plan(acme, extra=("audit",)), folder)
    with pytest.raises(PlanRefused, match="of another plan"):
        check(folder, trust)


def test_made_inside_a_rehearsal(folder, trust):
    approve(folder, key_uri=uri(folder), expires=LATER, world="rehearsal/ab12")
    with pytest.raises(PlanRefused, match="made inside rehearsal/ab12"):
        check(folder, trust)
    with pytest.raises(PlanRefused, match="made inside rehearsal/ab12"):
        check(folder, trust, world="rehearsal/cd34")
    assert check(folder, trust, world="rehearsal/ab12").world == "rehearsal/ab12"


def test_a_rehearsals_key_is_unknown_to_the_real_trust_whatever_it_claims(folder, tmp_path, trust):
    new_key(tmp_path / "rehearsal.pem", "approver")
    approve(folder, key_uri=uri(folder, "rehearsal"), expires=LATER)
    with pytest.raises(PlanRefused, match="unknown key"):
        check(folder, trust)


def test_a_real_approval_is_none_for_a_rehearsal(folder, trust):
    approve(folder, key_uri=uri(folder), expires=LATER)
    with pytest.raises(PlanRefused, match="for the world real, not rehearsal/ab12"):
        check(folder, trust, world="rehearsal/ab12")


@pytest.mark.parametrize("field", ["plan", "expires", "world", "removals"])
def test_an_altered_payload(folder, trust, field):
    path = approve(folder, key_uri=uri(folder), expires=LATER)
    envelope = json.loads(path.read_bytes())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    other = {"plan": "sha256:" + "1" * 64, "expires": "2099-01-01T00:00:00Z", "world": "other", "removals": ["a/b"]}
    envelope["payload"] = base64.b64encode(canonical_bytes({**payload, field: other[field]})).decode()
    path.write_bytes(canonical_bytes(envelope))
    with pytest.raises(PlanRefused, match="altered: its signature is wrong"):
        check(folder, trust)


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"payload":"","signatures":[]}'])
def test_what_is_no_approval(folder, trust, content):
    (folder / "approvals").mkdir()
    (folder / "approvals/x.json").write_bytes(content)
    with pytest.raises(PlanRefused, match="not a signed approval"):
        check(folder, trust)


def test_no_byte_of_an_approval_may_differ(folder, trust):
    path = approve(folder, key_uri=uri(folder), expires=LATER)
    before = path.read_bytes()
    for position in range(0, len(before), 5):
        path.write_bytes(before[:position] + bytes([before[position] ^ 1]) + before[position + 1 :])
        with pytest.raises(PlanRefused):
            check(folder, trust)


def test_another_statement_of_the_same_key_is_no_approval(folder, nora, trust):
    signer = load_signer(uri(folder))
    approval = Approval(plan=read_plan(folder).digest, keyid=nora.keyid, expires=LATER, world="real")
    (folder / "approvals").mkdir()
    for payload, kind in (
        (canonical_bytes(approval), "application/vnd.in-toto+json"),
        (json.dumps(json.loads(canonical_bytes(approval))).encode() + b" ", PAYLOAD_TYPE),
        (canonical_bytes({**json.loads(canonical_bytes(approval)), "more": 1}), PAYLOAD_TYPE),
        (canonical_bytes(replace(approval, keyid="0" * 64)), PAYLOAD_TYPE),
    ):
        (folder / "approvals/x.json").write_bytes(canonical_bytes(sign(payload, kind, signer)))
        with pytest.raises(PlanRefused, match="not a signed approval"):
            check(folder, trust)


def test_one_good_approval_among_bad_ones_is_enough(folder, tmp_path, trust):
    new_key(tmp_path / "other.pem", "approver")
    approve(folder, key_uri=uri(folder, "other"), expires=LATER)
    approve(folder, key_uri=uri(folder), expires=LATER)
    (folder / "approvals/0.json").write_text("{}")
    assert check(folder, trust).plan == read_plan(folder).digest


def test_the_reason_is_that_of_the_approval_that_came_furthest(folder, trust):
    approve(folder, key_uri=uri(folder), expires=NOW)
    (folder / "approvals/zz.json").write_text("{}")
    with pytest.raises(PlanRefused, match="expired"):
        check(folder, trust)


def test_no_approval_allows_a_removal(tmp_path, nora, trust, acme, make_plan):
    folder = tmp_path / "plan"
    plan = make_plan(replace(acme, sites=(), links=(), components=()), base=make_plan(acme))
    write_plan(plan, folder)
    path = approve(folder, key_uri=uri(folder), expires=LATER)
    approval = Approval(
        plan=plan.digest, keyid=nora.keyid, expires=LATER, world="real", removals=tuple(sorted(removals(plan)))
    )
    by_name = canonical_bytes(sign(canonical_bytes(approval), PAYLOAD_TYPE, load_signer(uri(folder))))
    for content in (path.read_bytes(), by_name):
        path.write_bytes(content)
        with pytest.raises(PlanRefused, match="scope/site/acme-hq") as caught:
            check(folder, trust)
        assert caught.value.details["removals"] == list(removals(plan))


def test_what_approve_refuses(folder, nora):
    with pytest.raises(UsageError, match="time zone"):
        approve(folder, key_uri=uri(folder), expires=NOW.replace(tzinfo=None))
    (folder.parent / "nora.pem").chmod(0o640)
    with pytest.raises(PrerequisiteMissing, match="open to other users"):
        approve(folder, key_uri=uri(folder), expires=LATER)
    (folder.parent / "nora.pem").chmod(0o600)
    document = folder / "site-acme-hq.json"
    document.write_bytes(document.read_bytes() + b" ")
    with pytest.raises(PlanRefused, match="altered"):
        approve(folder, key_uri=uri(folder), expires=LATER)


def test_the_trust_file_stands_outside_the_workspace(tmp_path, trust):
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    for path in (tmp_path / "trust.json", workspace / "trust.json"):
        path.write_bytes(canonical_bytes(trust))
    assert trust_for(tmp_path / "trust.json", workspace=workspace) == trust
    (tmp_path / "link.json").symlink_to(workspace / "trust.json")
    for path in (workspace / "trust.json", tmp_path / "link.json"):
        with pytest.raises(PlanRefused, match="inside the workspace"):
            trust_for(path, workspace=workspace)
