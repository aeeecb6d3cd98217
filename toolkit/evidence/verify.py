"""Checks a bundle with nothing but the bundle and, where there is one, a trust file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from toolkit.canonical import canonical_bytes, digest_bytes
from toolkit.errors import EvidenceInvalid, UsageError
from toolkit.evidence import bundle, merkle, records
from toolkit.evidence.statement import PAYLOAD_TYPE, Coverage, Predicate, Statement, World
from toolkit.model.plan import Index
from toolkit.signing import Trust, TrustedKey, keyid_of, signature_keyids, verify
from toolkit.signing.dsse import payload_type

SIGNING_ROLE = {"real": "operator", "rehearsal": "rehearser"}
"""The role that a key needs so that its evidence of such a world counts."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that is consistent. ``trusted`` is None when no trust file was given.

    ``anchored``: a trusted witness, other than the signer, countersigned; else the signature shows that nothing was
    altered since it was made, not that it is true. ``statement`` is the digest of the signed payload.
    """

    schema: str = "onboarding/verdict/v1"
    statement: str
    plan: str
    run: str
    customer: str
    world: World
    result: str
    faulted: bool
    coverage: Coverage
    signer: str
    signer_name: str | None
    trusted: bool | None
    anchored: bool
    witnesses: tuple[str, ...]
    records: int
    components: int
    root: str
    files: int

    @property
    def summary(self) -> str:
        """One line for people."""
        if self.anchored:
            return f"consistent, and anchored by {', '.join(self.witnesses)}"
        return "internally consistent, not anchored"


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a bundle whose every digest, link and signature holds; values are plain JSON, redacted."""

    verdict: Verdict
    predicate: Predicate
    index: Index
    inventory: dict[str, Any]
    decisions: list[dict[str, Any]]
    records: tuple[records.Record, ...]
    enforcement: list[dict[str, Any]]
    documents: tuple[dict[str, Any], ...]


def verify_bundle(folder: Path, trust: Trust | None = None) -> Verdict:
    """Raise EvidenceInvalid (11), naming file or record, unless every byte of the bundle is as it was signed.

    With a trust file the signer must stand in it, with the role of the bundle's world.
    """
    return open_bundle(folder, trust).verdict


def open_bundle(folder: Path, trust: Trust | None = None) -> Bundle:
    """Like ``verify_bundle``, and gives the content that was verified."""
    files = _read_files(folder)
    envelope = _canonical(files, bundle.STATEMENT)
    try:
        keys = _keys(files, signature_keyids(envelope))
        payload, good = verify(envelope, keys)
        kind = payload_type(envelope)
    except ValueError as error:
        raise _invalid(bundle.STATEMENT, str(error)) from None
    if bad := sorted({key.keyid for key in keys} - good):
        raise _invalid(bundle.STATEMENT, f"the signature of key {bad[0]} does not hold")
    if kind != PAYLOAD_TYPE:
        raise _invalid(bundle.STATEMENT, "it is not an in-toto statement")
    statement = _statement(payload)
    predicate = statement.predicate
    if predicate.signer not in good:
        raise _invalid(bundle.STATEMENT, "the signer that it names did not sign it")
    chained = _chained(files, predicate)
    _check_files(files, statement)
    _check_folders(folder, files)
    inventory, decisions = _canonical(files, bundle.INVENTORY), _canonical(files, bundle.DECISIONS)
    _check_components(inventory, decisions, predicate)
    if _canonical(files, bundle.COVERAGE) != json.loads(canonical_bytes(predicate.coverage)):
        raise _invalid(bundle.COVERAGE, "it is not the coverage that was signed")
    _check_results(chained, predicate)
    index, documents = _check_plan(files, predicate)
    witnesses, name = _judge(good, predicate, trust)
    return Bundle(
        verdict=Verdict(
            statement=digest_bytes(payload),
            plan=predicate.plan.digest,
            run=predicate.run,
            customer=predicate.customer,
            world=predicate.world,
            result=predicate.result,
            faulted=predicate.faulted,
            coverage=predicate.coverage,
            signer=predicate.signer,
            signer_name=name,
            trusted=None if trust is None else True,
            anchored=bool(witnesses),
            witnesses=witnesses,
            records=predicate.records.count,
            components=predicate.components.count,
            root=predicate.components.root,
            files=len(files),
        ),
        predicate=predicate,
        index=index,
        inventory=inventory,
        decisions=decisions,
        records=chained,
        enforcement=_canonical(files, bundle.ENFORCEMENT),
        documents=documents,
    )


def _read_files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir() or not any(
        (folder / name).exists() for name in (bundle.STATEMENT, bundle.RECORDS, bundle.COVERAGE)
    ):
        raise UsageError(
            f"not an evidence bundle: {folder}", fix="name a bundle's folder, one of those in .onboard/evidence"
        )
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise _invalid(name, "it is neither a file nor a folder")
        if path.is_file():
            files[name] = path.read_bytes()
    return files


def _check_folders(folder: Path, files: dict[str, bytes]) -> None:
    filled = {parent for name in files for parent in (folder / name).parents}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and path not in filled:
            raise _invalid(path.relative_to(folder).as_posix(), "an empty folder does not belong to the bundle")


def _canonical(files: dict[str, bytes], name: str) -> Any:
    if name not in files:
        raise _invalid(name, "it is missing")
    try:
        value = json.loads(files[name])
        same = canonical_bytes(value) == files[name]
    except Exception as error:  # noqa: BLE001 - whatever the bytes provoke, they are not canonical JSON
        raise _invalid(name, f"it is not canonical JSON ({type(error).__name__})") from None
    if not same:
        raise _invalid(name, "it is not in canonical form")
    return value


def _keys(files: dict[str, bytes], keyids: tuple[str, ...]) -> tuple[TrustedKey, ...]:
    """The public keys in the bundle: exactly those that signed, each under its own id."""
    keys = []
    for name, content in files.items():
        if not name.startswith(f"{bundle.KEYS}/"):
            continue
        try:
            public = content.decode("ascii")
            keyid = keyid_of(public)
        except ValueError as error:
            raise _invalid(name, str(error)) from None
        if name != f"{bundle.KEYS}/{keyid}.pem":
            raise _invalid(name, f"it holds the key {keyid}")
        if keyid not in keyids:
            raise _invalid(name, "this key did not sign the statement")
        keys.append(TrustedKey(keyid=keyid, public=public, roles=(), name=""))
    for keyid in keyids:
        if keyid not in {key.keyid for key in keys}:
            raise _invalid(f"{bundle.KEYS}/{keyid[:64]}.pem", "the key of a signature is missing")
    if not keys:
        raise _invalid(bundle.STATEMENT, "nobody signed it")
    return tuple(keys)


def _statement(payload: bytes) -> Statement:
    value = _canonical({bundle.STATEMENT: payload}, bundle.STATEMENT)
    try:
        return msgspec.convert(value, Statement)
    except msgspec.ValidationError as error:
        raise _invalid(bundle.STATEMENT, str(error)) from None


def _chained(files: dict[str, bytes], predicate: Predicate) -> tuple[records.Record, ...]:
    if bundle.RECORDS not in files:
        raise _invalid(bundle.RECORDS, "it is missing")
    try:
        return records.read_chain(files[bundle.RECORDS], count=predicate.records.count, head=predicate.records.head)
    except records.ChainBroken as error:
        raise _invalid(bundle.RECORDS, str(error), record=error.seq) from None


def _check_files(files: dict[str, bytes], statement: Statement) -> None:
    signed = {subject.name: subject.digest.get("sha256") for subject in statement.subject}
    found = {name for name in files if name != bundle.STATEMENT and not name.startswith(f"{bundle.KEYS}/")}
    for name in sorted(signed.keys() - found):
        raise _invalid(name, "it is missing")
    for name in sorted(found - signed.keys()):
        raise _invalid(name, "it does not belong to the bundle")
    for name in sorted(found):
        if digest_bytes(files[name]) != f"sha256:{signed[name]}":
            raise _invalid(name, "its digest is not the signed one")


def _check_components(inventory: Any, decisions: Any, predicate: Predicate) -> None:
    try:
        leaves = bundle.component_leaves(inventory, decisions)
    except (KeyError, TypeError, AttributeError):
        raise _invalid(bundle.INVENTORY, "its components cannot be read") from None
    if (len(leaves), merkle.root(leaves).hex()) != (predicate.components.count, predicate.components.root):
        raise _invalid(bundle.INVENTORY, "its components do not have the signed root")


def _check_results(chained: tuple[records.Record, ...], predicate: Predicate) -> None:
    """The statement's summary must be what the records say."""
    last = chained[-1] if chained else None
    end = {"result": predicate.result, "faulted": predicate.faulted}
    if last is None or last.kind != "end" or last.data != end:
        raise _invalid(bundle.RECORDS, "the last record does not say what the statement says", record=len(chained))
    recorded = [(record.subject, record.digest) for record in chained if record.kind == "result"]
    if recorded != [(step.step, step.digest) for step in predicate.steps]:
        raise _invalid(bundle.RECORDS, "the steps' results are not those of the statement")


def _check_plan(files: dict[str, bytes], predicate: Predicate) -> tuple[Index, tuple[dict[str, Any], ...]]:
    plan = {name: content for name, content in files.items() if name.startswith(f"{bundle.PLAN}/")}
    by_digest = {digest_bytes(content): name for name, content in plan.items()}
    copies = predicate.plan.redacted

    def held(original: str, what: str) -> str:
        name = by_digest.get(copies.get(original, original))
        if name is None:
            raise _invalid(bundle.PLAN, f"{what} with the digest {original} is missing")
        return name

    value = _canonical(files, held(predicate.plan.digest, "the index"))
    try:
        index = msgspec.convert(value, Index)
    except msgspec.ValidationError as error:
        raise _invalid(bundle.PLAN, f"the index: {error}") from None
    if (index.inventory, index.decisions) != (predicate.plan.inventory, predicate.plan.decisions):
        raise _invalid(bundle.PLAN, "the index names another inventory or other decisions")
    documents = tuple(_canonical(files, held(found, name)) for name, found in sorted(index.documents.items()))
    return index, documents


def _judge(good: frozenset[str], predicate: Predicate, trust: Trust | None) -> tuple[tuple[str, ...], str | None]:
    """The trusted witnesses that countersigned, and the signer's name."""
    if trust is None:
        return (), None
    key = trust.key(predicate.signer)
    role = SIGNING_ROLE[predicate.world.kind]
    if key is None or role not in key.roles:
        raise EvidenceInvalid(
            f"{bundle.STATEMENT}: the signer {predicate.signer} is not trusted as {role}",
            fix=f"check with whoever sent the bundle; a key that you trust gets the role {role} in the trust file",
            details={"file": bundle.STATEMENT, "signer": predicate.signer},
        )
    witnesses = [witness for witness in trust.with_role("witness") if witness.keyid in good - {predicate.signer}]
    return tuple(witness.name for witness in witnesses), key.name


def _invalid(name: str, reason: str, *, record: int | None = None) -> EvidenceInvalid:
    return EvidenceInvalid(
        f"{name}: {reason}",
        fix="the bundle was altered or damaged after it was signed: get it again from where it was made",
        details={"file": name} if record is None else {"file": name, "record": record},
    )
