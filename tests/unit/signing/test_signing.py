"""Envelopes, key files and the trust file."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from toolkit.errors import PrerequisiteMissing, UsageError
from toolkit.signing import (
    RequireRehearsal,
    Trust,
    TrustedKey,
    add_signature,
    create_key,
    key_path,
    keyid_of,
    load_signer,
    read_trust,
    sign,
    signature_keyids,
    verify,
)

TYPE = "application/vnd.example+json"


def trusted(path: Path, *roles: str) -> TrustedKey:
    create_key(path)
    signer = load_signer(f"file:{path}")
    return TrustedKey(keyid=signer.keyid, public=signer.public, roles=roles or ("approver",), name="Nora")


@pytest.fixture
def ours(tmp_path: Path) -> TrustedKey:
    return trusted(tmp_path / "ours.pem")


def test_a_key_is_private_and_its_id_is_what_openssl_computes(tmp_path: Path):
    keyid = create_key(tmp_path / "k" / "key.pem")
    assert (tmp_path / "k/key.pem").stat().st_mode & 0o777 == 0o600
    public = (tmp_path / "k/key.pem.pub").read_text()
    assert keyid_of(public) == keyid == load_signer(f"file:{tmp_path}/k/key.pem").keyid
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.encode(), capture_output=True, check=True
    ).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=der, capture_output=True, check=True).stdout
    assert digest.split()[0].decode() == keyid


def test_a_signature_verifies_with_openssl(tmp_path: Path, ours: TrustedKey):
    envelope = sign(b"hello", TYPE, load_signer(f"file:{tmp_path}/ours.pem"))
    (tmp_path / "pae").write_bytes(b"DSSEv1 %d %b 5 hello" % (len(TYPE), TYPE.encode()))
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    argv = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "ours.pem.pub",
        "-rawin",
        "-in",
        "pae",
        "-sigfile",
        "sig",
    ]
    subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True)


def test_a_signature_is_that_of_the_standard(tmp_path: Path):
    """RFC 8032, section 7.1, test 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = tmp_path / "key.pem"
    key.write_text(
        "-----BEGIN PRIVATE KEY-----\n"
        + base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + seed).decode()
        + "\n-----END PRIVATE KEY-----\n"
    )
    key.chmod(0o600)
    assert load_signer(f"file:{key}").sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_two_sign_and_only_the_known_count(tmp_path: Path, ours: TrustedKey):
    other = trusted(tmp_path / "other.pem")
    envelope = sign(b"hello", TYPE, load_signer(f"file:{tmp_path}/ours.pem"))
    envelope = add_signature(envelope, load_signer(f"file:{tmp_path}/other.pem"))
    assert signature_keyids(envelope) == (ours.keyid, other.keyid)
    assert verify(envelope, (ours, other)) == (b"hello", {ours.keyid, other.keyid})
    assert verify(envelope, (other,)) == (b"hello", {other.keyid})
    assert verify(envelope, ()) == (b"hello", set())
    assert verify(json.loads(json.dumps(envelope)), (ours,))[1] == {ours.keyid}


def test_an_altered_payload_type_or_signature_counts_for_nothing(tmp_path: Path, ours: TrustedKey):
    envelope = sign(b"hello", TYPE, load_signer(f"file:{tmp_path}/ours.pem"))
    assert verify({**envelope, "payloadType": TYPE + "x"}, (ours,))[1] == set()
    assert verify({**envelope, "payload": base64.b64encode(b"hellp").decode()}, (ours,))[1] == set()
    signature = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    for position in range(len(signature)):
        altered = bytes(signature[:position]) + bytes([signature[position] ^ 1]) + bytes(signature[position + 1 :])
        bad = [{"keyid": ours.keyid, "sig": base64.b64encode(altered).decode()}]
        assert verify({**envelope, "signatures": bad}, (ours,))[1] == set()
    short = [{"keyid": ours.keyid, "sig": base64.b64encode(bytes(signature[:10])).decode()}]
    assert verify({**envelope, "signatures": short}, (ours,))[1] == set()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: {},
        lambda e: [],
        lambda e: {**e, "extra": 1},
        lambda e: {**e, "payload": "aGVsbG9="},
        lambda e: {**e, "payload": "aGVsbG8=\n"},
        lambda e: {**e, "payload": "***"},
        lambda e: {**e, "signatures": e["signatures"] * 2},
        lambda e: {**e, "signatures": [{"keyid": "x", "sig": "é"}]},
    ],
)
def test_what_is_no_envelope_is_refused(tmp_path: Path, ours: TrustedKey, spoil):
    envelope = sign(b"hello", TYPE, load_signer(f"file:{tmp_path}/ours.pem"))
    if spoil(envelope) == {**envelope, "payload": "aGVsbG9="}:
        assert base64.b64decode("aGVsbG9=") == b"hello"
    with pytest.raises(ValueError, match="DSSE"):
        verify(spoil(envelope), (ours,))


def test_a_key_is_named_by_one_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    assert key_path("file:keys/a.pem") == tmp_path / "keys/a.pem"
    assert key_path("file:///srv/a.pem") == key_path("file:/srv/a.pem") == Path("/srv/a.pem")
    assert key_path("file:~/a.pem") == Path("/home/ada/a.pem")
    with pytest.raises(UsageError, match="URI"):
        key_path("a.pem")


def test_key_files_that_cannot_be_used(tmp_path: Path, ours: TrustedKey):
    with pytest.raises(UsageError, match="already"):
        create_key(tmp_path / "ours.pem")
    with pytest.raises(UsageError, match="URI"):
        load_signer("hsm:1234")
    with pytest.raises(PrerequisiteMissing, match="cannot be read"):
        load_signer(f"file:{tmp_path}/none.pem")
    (tmp_path / "bad.pem").write_text("secret words")
    (tmp_path / "bad.pem").chmod(0o600)
    with pytest.raises(PrerequisiteMissing) as caught:
        load_signer(f"file:{tmp_path}/bad.pem")
    assert "secret words" not in str(caught.value)
    (tmp_path / "ours.pem").chmod(0o644)
    with pytest.raises(PrerequisiteMissing, match="open to other"):
        load_signer(f"file:{tmp_path}/ours.pem")


def write_trust(path: Path, *keys: dict, **more) -> Path:
    path.write_text(json.dumps({"schema": "onboarding/trust/v1", "keys": list(keys), **more}))
    return path


def test_a_trust_file_is_read(tmp_path: Path, ours: TrustedKey):
    entry = {"keyid": ours.keyid, "public": ours.public, "roles": ["approver", "witness"], "name": "Nora"}
    trust = read_trust(write_trust(tmp_path / "t.json", entry, require_rehearsal={"coverage": ["hosts"]}))
    assert trust.require_rehearsal == RequireRehearsal(coverage=("hosts",))
    assert trust.key(ours.keyid) == trust.with_role("witness")[0] == trust.with_role("approver")[0]
    assert trust.key("x") is None
    assert trust.with_role("rehearser") == ()
    (tmp_path / "t.yaml").write_text("schema: onboarding/trust/v1\nkeys: []\n")
    assert read_trust(tmp_path / "t.yaml") == Trust()


FLOW = "keys:\n  - {{name: Nora, keyid: {keyid}, public: {public}, roles: [approver]}}\n"
BLOCK = "keys:\n  - name: Nora\n    keyid: {keyid}\n    public: |{chomp}\n      {public}\n    roles: [approver]\n"


@pytest.mark.parametrize(
    "text",
    [
        FLOW,
        FLOW.replace("{public}", '"{public}"'),
        BLOCK.replace("{chomp}", ""),
        BLOCK.replace("{chomp}", "-"),
        BLOCK.replace(" |{chomp}\n      {public}", " {public}"),
    ],
)
def test_a_public_key_may_be_pasted_into_a_trust_file(tmp_path: Path, ours: TrustedKey, text: str):
    pasted = ours.public.strip().replace("\n", "\n      ")
    (tmp_path / "t.yaml").write_text("schema: onboarding/trust/v1\n" + text.format(keyid=ours.keyid, public=pasted))
    assert read_trust(tmp_path / "t.yaml").keys == (ours,)


POLICY = "require_rehearsal: {coverage: [hosts]}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("require_rehearsal:\n", "require_rehearsal"),
        ("require_rehearsal: null\n", "require_rehearsal"),
        ("require_rehearsal: {}\n", "coverage"),
        ("require_rehearsal: {coverage: }\n", "coverage"),
        ("require_rehearsal: {coverage: []}\n", "coverage"),
        ("require_rehearsal: {coverage: [hosts], but: not today}\n", "but"),
        ("require_rehersal: {coverage: [hosts]}\n", "require_rehersal"),
        (POLICY + "require_rehearsal:\n", "stands twice"),
        (POLICY + POLICY, "stands twice"),
        (POLICY + '"require_rehearsal": {coverage: [aws]}\n', "stands twice"),
        ("require_rehearsal: {coverage: [hosts], coverage: [aws]}\n", "stands twice"),
        ("<<: {require_rehearsal: {coverage: [aws]}}\n", "merge"),
        (POLICY + "---\nschema: onboarding/trust/v1\n", "another document"),
        (POLICY + "keys: " + "[" * 100_000, "levels deep"),
    ],
)
def test_a_policy_is_never_switched_off_by_a_slip(tmp_path: Path, text: str, message: str):
    (tmp_path / "t.yaml").write_text("schema: onboarding/trust/v1\n" + POLICY)
    assert read_trust(tmp_path / "t.yaml").require_rehearsal == RequireRehearsal(coverage=("hosts",))
    (tmp_path / "t.yaml").write_text("schema: onboarding/trust/v1\n" + text)
    with pytest.raises(UsageError, match="not a trust file") as caught:
        read_trust(tmp_path / "t.yaml")
    assert message in caught.value.message


def test_a_trust_file_that_cannot_be_trusted(tmp_path: Path, ours: TrustedKey):
    entry = {"keyid": ours.keyid, "public": ours.public, "roles": ["approver"], "name": "Nora"}
    for number, bad in enumerate(
        (
            {**entry, "keyid": "0" * 64},
            {**entry, "public": ours.public + "x"},
            {**entry, "public": ours.public.replace("\n", "", 1)[1:]},
            {**entry, "public": ours.public.replace("PUBLIC", "PRIVATE")},
            {**entry, "public": "é"},
            {**entry, "roles": ["king"]},
            {**entry, "more": 1},
        )
    ):
        with pytest.raises(UsageError, match="not a trust file"):
            read_trust(write_trust(tmp_path / f"{number}.json", bad))
    with pytest.raises(UsageError, match="twice"):
        read_trust(write_trust(tmp_path / "twice.json", entry, entry))
    (tmp_path / "t.yaml").write_text("a: [")
    with pytest.raises(UsageError):
        read_trust(tmp_path / "t.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_trust(tmp_path / "none")
    write_trust(tmp_path / "open.json", entry).chmod(0o666)
    with pytest.raises(UsageError, match="every user"):
        read_trust(tmp_path / "open.json")
