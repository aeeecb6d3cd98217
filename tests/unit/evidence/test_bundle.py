"""A bundle: written whole, without persons and secrets; checked to the last byte."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from evidence_case import (
    ROOT,
    SECRET,
    bindings,
    fixed_signer,
    inventory,
    ledger,
    material,
    redactor,
)

from toolkit.canonical import canonical_bytes
from toolkit.errors import EvidenceInvalid, UsageError
from toolkit.evidence import merkle
from toolkit.evidence.bundle import LedgerRow, write_bundle
from toolkit.evidence.countersign import countersign
from toolkit.evidence.show import component_proof, show_json, show_text
from toolkit.evidence.verify import verify_bundle
from toolkit.model.run import StepResult
from toolkit.signing import Trust, TrustedKey

GOLDEN = ROOT / "tests/golden/evidence/passed"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "bundle", material(tmp_path), signer=fixed_signer(tmp_path), redactor=redactor())
    return tmp_path / "bundle"


def trusted(signer, *roles: str, name: str = "Nora") -> TrustedKey:
    return TrustedKey(keyid=signer.keyid, public=signer.public, roles=roles, name=name)


def test_a_bundle_is_consistent_wherever_it_is_copied(bundle: Path, tmp_path: Path):
    shutil.copytree(bundle, tmp_path / "elsewhere")
    verdict = verify_bundle(tmp_path / "elsewhere")
    assert (verdict.result, verdict.components, verdict.trusted, verdict.anchored) == ("passed", 3, None, False)
    assert verdict.summary == "internally consistent, not anchored"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_run_gives_the_same_bytes(bundle: Path, tmp_path: Path):
    write_bundle(tmp_path / "again", material(tmp_path), signer=fixed_signer(tmp_path), redactor=redactor())
    assert contents(tmp_path / "again") == contents(bundle)


def test_the_test_vector_verifies_and_has_the_shape_of_what_is_written(bundle: Path, tmp_path: Path):
    verdict = verify_bundle(GOLDEN, Trust(keys=(trusted(fixed_signer(tmp_path), "rehearser"),)))
    assert (verdict.trusted, verdict.root) == (True, verify_bundle(bundle).root)
    assert contents(GOLDEN).keys() == contents(bundle).keys()
    for name in ("inventory.json", "decisions.json", "coverage.json", "enforcement.json"):
        assert (GOLDEN / name).read_bytes() == (bundle / name).read_bytes()


def test_evidence_is_never_overwritten(bundle: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="never overwritten"):
        write_bundle(bundle, material(tmp_path), signer=fixed_signer(tmp_path), redactor=redactor())


def test_no_person_is_in_any_file_and_references_agree(bundle: Path):
    content = b"\n".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    for person in ("@acme.example", "@provider.example", "Service exploitation", "+33", "Nora Petit"):
        assert person.encode() not in content
    reference = redactor().reference("dba@acme.example")
    assert json.loads((bundle / "inventory.json").read_bytes())["components"][0]["owner"] == reference
    assert f"creating the VPC for {reference}" in (bundle / "records.ndjson").read_text()


@pytest.mark.parametrize("where", ["ledger", "result", "key", "plan", "binding", "coverage"])
def test_a_secret_anywhere_stops_the_writing(tmp_path: Path, where: str):
    given = material(tmp_path)
    if where == "ledger":
        row = LedgerRow(seq=6, step="s", kind="progress", time=1.0, message=f"psk={SECRET}!")
        given = msgspec.structs.replace(given, ledger=ledger(row))
    elif where == "result":
        given = msgspec.structs.replace(given, results={"s": StepResult(facts=({"deep": [{"er": SECRET}]},))})
    elif where == "key":
        given = msgspec.structs.replace(given, results={"s": StepResult(outputs={SECRET: 1})})
    elif where == "plan":
        (tmp_path / "plan/more.json").write_text(json.dumps([SECRET]))
    elif where == "binding":
        given = msgspec.structs.replace(given, bindings=msgspec.structs.replace(bindings(), id=SECRET))
    else:
        given = msgspec.structs.replace(given, coverage=msgspec.structs.replace(given.coverage, proven=(SECRET,)))
    with pytest.raises(EvidenceInvalid) as caught:
        write_bundle(tmp_path / "b", given, signer=fixed_signer(tmp_path), redactor=redactor())
    assert SECRET not in str(caught.value) + json.dumps(caught.value.to_json())
    assert not [path for path in tmp_path.iterdir() if path.name in {"b", ".b.partial"}]


def test_what_json_cannot_carry_is_recorded_as_text(tmp_path: Path):
    odd = StepResult(facts=({"big": 2**60, "nan": float("inf"), "half": "\ud800"},))
    given = material(tmp_path, results={"s": odd})
    write_bundle(tmp_path / "b", given, signer=fixed_signer(tmp_path), redactor=redactor())
    assert verify_bundle(tmp_path / "b").records == 8


def test_a_trusted_signer_and_a_witness_anchor_a_bundle(bundle: Path, tmp_path: Path):
    rehearser, witness = fixed_signer(tmp_path), fixed_signer(tmp_path, seed=1)
    keys = (trusted(rehearser, "rehearser"), trusted(witness, "witness", name="Auditor"))
    before = verify_bundle(bundle, Trust(keys=keys))
    assert (before.trusted, before.signer_name, before.anchored) == (True, "Nora", False)
    assert countersign(bundle, witness).anchored is False
    after = verify_bundle(bundle, Trust(keys=keys))
    assert after.anchored
    assert after.summary == "consistent, and anchored by Auditor"
    assert countersign(bundle, witness).files == after.files
    assert not verify_bundle(bundle, Trust(keys=keys[:1])).anchored
    assert not verify_bundle(bundle, Trust(keys=(trusted(rehearser, "rehearser", "witness"),))).anchored


def test_a_foreign_signer_or_one_without_the_role_is_refused(bundle: Path, tmp_path: Path):
    for trust in (
        Trust(),
        Trust(keys=(trusted(fixed_signer(tmp_path), "operator", "approver", "witness"),)),
        Trust(keys=(trusted(fixed_signer(tmp_path, seed=1), "rehearser"),)),
    ):
        with pytest.raises(EvidenceInvalid, match="not trusted as rehearser"):
            verify_bundle(bundle, trust)


def test_evidence_of_the_real_world_needs_an_operator(tmp_path: Path):
    given = material(tmp_path, bindings=bindings("real"))
    signer = fixed_signer(tmp_path)
    write_bundle(tmp_path / "b", given, signer=signer, redactor=redactor())
    assert verify_bundle(tmp_path / "b", Trust(keys=(trusted(signer, "operator"),))).trusted
    with pytest.raises(EvidenceInvalid, match="not trusted as operator"):
        verify_bundle(tmp_path / "b", Trust(keys=(trusted(signer, "rehearser"),)))


@pytest.mark.parametrize("stride", [61, pytest.param(1, marks=pytest.mark.slow)])
def test_every_byte_of_every_file_is_held(bundle: Path, tmp_path: Path, stride: int):
    countersign(bundle, fixed_signer(tmp_path, seed=1))
    for path in sorted(found for found in bundle.rglob("*") if found.is_file()):
        whole = path.read_bytes()
        for position in range(0, len(whole), stride):
            for flip in (1, 0x20, 0x80) if position % 5 == 0 else (1,):
                path.write_bytes(whole[:position] + bytes([whole[position] ^ flip]) + whole[position + 1 :])
                with pytest.raises(EvidenceInvalid) as caught:
                    verify_bundle(bundle)
                assert caught.value.exit_code == 11
                assert caught.value.details["file"]
        path.write_bytes(whole)
    verify_bundle(bundle)


def test_an_altered_record_is_named(bundle: Path):
    path = bundle / "records.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        for altered in (
            line.replace(b'"kind":"', b'"kind":"x'),
            line.replace(b'"subject":"', b'"subject":"x'),
            line.replace(b"2027-01-01", b"2027-01-02"),
            line.replace(b'"data":{', b'"data":{"!":0,'),
            line.replace(b'"prev":"sha256:', b'"prev":"sha257:'),
        ):
            assert altered != line
            path.write_bytes(b"".join(lines[: number - 1]) + altered + b"".join(lines[number:]))
            with pytest.raises(EvidenceInvalid) as caught:
                verify_bundle(bundle)
            assert caught.value.details == {"file": "records.ndjson", "record": number}


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[1:],
        lambda lines: [],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: [*lines[:-1], lines[-1].rstrip(b"\n")],
        lambda lines: [*lines, b"\n"],
    ],
)
def test_a_shortened_lengthened_or_reordered_chain_is_refused(bundle: Path, edit):
    path = bundle / "records.ndjson"
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(EvidenceInvalid, match=r"records\.ndjson: record"):
        verify_bundle(bundle)


def test_missing_and_extra_files_folders_and_links_are_named(bundle: Path, tmp_path: Path):
    for path in sorted(found for found in bundle.rglob("*") if found.is_file()):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(EvidenceInvalid) as caught:
            verify_bundle(bundle)
        assert caught.value.details["file"] == path.relative_to(bundle).as_posix()
        path.write_bytes(whole)
    for name in ("more.json", "plan/more.json", "keys/more.pem", ".hidden"):
        (bundle / name).write_bytes(b"{}")
        with pytest.raises(EvidenceInvalid, match=name):
            verify_bundle(bundle)
        (bundle / name).unlink()
    (bundle / "empty").mkdir()
    with pytest.raises(EvidenceInvalid, match="empty"):
        verify_bundle(bundle)
    (bundle / "empty").rmdir()
    shutil.move(bundle / "coverage.json", tmp_path / "coverage.json")
    (bundle / "coverage.json").symlink_to(tmp_path / "coverage.json")
    with pytest.raises(EvidenceInvalid, match="neither"):
        verify_bundle(bundle)


def test_what_is_no_bundle_at_all_is_a_wrong_path(tmp_path: Path):
    (tmp_path / "other.txt").write_text("other")
    for path in (tmp_path / "none", tmp_path, tmp_path / "other.txt"):
        with pytest.raises(UsageError, match="not an evidence bundle"):
            verify_bundle(path)


def test_a_statement_signed_again_by_somebody_does_not_pass_for_the_signers(bundle: Path, tmp_path: Path):
    envelope = json.loads((bundle / "statement.dsse.json").read_bytes())
    forger = fixed_signer(tmp_path, seed=7)
    from toolkit.signing import add_signature

    forged = add_signature({**envelope, "signatures": []}, forger)
    (bundle / "statement.dsse.json").write_bytes(canonical_bytes(forged))
    for key in (bundle / "keys").iterdir():
        key.unlink()
    (bundle / "keys" / f"{forger.keyid}.pem").write_text(forger.public)
    with pytest.raises(EvidenceInvalid, match="did not sign"):
        verify_bundle(bundle)


def test_a_countersignature_killed_in_the_middle_can_be_made_again(bundle: Path, tmp_path: Path):
    witness = fixed_signer(tmp_path, seed=1)
    (bundle / "keys" / f"{witness.keyid}.pem").write_text(witness.public)
    with pytest.raises(EvidenceInvalid):
        verify_bundle(bundle)
    assert countersign(bundle, witness).files == 12


def test_hostile_bytes_never_escape_as_another_error(bundle: Path):
    for content in (b"[" * 100_000, b"\xff\xfe", b"", b"null", b"1e999", b'{"payload":1}', b"{}" * 3):
        for name in ("statement.dsse.json", "inventory.json", "records.ndjson", "plan/index.json"):
            whole = (bundle / name).read_bytes()
            (bundle / name).write_bytes(content)
            with pytest.raises(EvidenceInvalid):
                verify_bundle(bundle)
            (bundle / name).write_bytes(whole)


def test_show_says_what_was_and_what_was_not_proven(bundle: Path):
    text = show_text(bundle)
    assert "NOT PROVEN: alert delivery: the check disturbs and was not asked for" in text
    assert "PROVEN: tunnels" in text
    summary = show_json(bundle)
    assert summary["verdict"]["summary"] == "internally consistent, not anchored"
    assert json.loads(json.dumps(summary)) == summary


def test_show_neutralises_what_would_move_a_terminal(tmp_path: Path):
    given = material(tmp_path, run="run\x1b[2J\nfake: passed")
    write_bundle(tmp_path / "b", given, signer=fixed_signer(tmp_path), redactor=redactor())
    text = show_text(tmp_path / "b")
    assert "\x1b" not in text
    assert "\nfake" not in text


def test_a_component_is_proven_to_be_inside_by_the_root_alone(bundle: Path):
    proof = component_proof(bundle, "erp-vm-1")
    assert merkle.verify_proof(
        proof["leaf"].encode(),
        index=proof["index"],
        size=proof["size"],
        path=[bytes.fromhex(found) for found in proof["path"]],
        expected=bytes.fromhex(proof["root"]),
    )
    assert json.loads(proof["leaf"])["component"]["id"] == "erp-vm-1"
    with pytest.raises(UsageError, match="no component"):
        component_proof(bundle, "none")


def test_an_inventory_without_components_has_evidence_too(tmp_path: Path):
    given = msgspec.structs.replace(inventory(), components=())
    write_bundle(
        tmp_path / "b", material(tmp_path, inventory=given), signer=fixed_signer(tmp_path), redactor=redactor(given)
    )
    assert verify_bundle(tmp_path / "b").components == 0


HOSTILE = ("$(touch /tmp/x)", "</script>", "\u202e\x00\x1b[2J", "'; DROP", "{{ 7 }}", "\\u0000", "../../x")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_in_every_field_are_recorded_and_hold(tmp_path: Path, text: str):
    def spoil(value):
        if isinstance(value, msgspec.Struct):
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            return type(value)(**{name: spoil(found) for name, found in fields.items()})
        if isinstance(value, tuple):
            return tuple(spoil(found) for found in value)
        return value + text if isinstance(value, str) else value

    given = spoil(inventory())
    full = material(tmp_path, inventory=given, run=text, results={text: StepResult(outputs={text: text})})
    write_bundle(tmp_path / "b", full, signer=fixed_signer(tmp_path), redactor=redactor(given))
    assert verify_bundle(tmp_path / "b").components == 3
    assert {path.name for path in tmp_path.iterdir()} == {"b", "plan", "key-0.pem"}
    content = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*.json"))
    assert b"ops@acme.example" not in content
