"""Writes the bundle: everything redacted, digested, bound by one signed statement; the folder is whole or absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from toolkit import __version__
from toolkit.canonical import canonical_bytes, digest, digest_bytes, plain, write_atomic
from toolkit.errors import EvidenceInvalid, UsageError
from toolkit.evidence import merkle, records
from toolkit.evidence.redact import Redactor
from toolkit.evidence.statement import (
    PAYLOAD_TYPE,
    Chain,
    Components,
    Coverage,
    Outcome,
    PlanReference,
    Predicate,
    Statement,
    StepOutcome,
    World,
    leaf,
    subjects,
)
from toolkit.model.bindings import Bindings
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Index
from toolkit.model.run import StepResult
from toolkit.signing import Signer, sign

STATEMENT = "statement.dsse.json"
RECORDS = "records.ndjson"
INVENTORY = "inventory.json"
DECISIONS = "decisions.json"
COVERAGE = "coverage.json"
BINDINGS = "bindings.json"
ENFORCEMENT = "enforcement.json"
KEYS = "keys"
PLAN = "plan"


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the run's ledger; ``time`` is seconds since the epoch."""

    seq: int
    step: str
    kind: str
    time: float
    message: str = ""
    data: dict[str, Any] = {}


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What the pipeline knows of a run. ``plan_folder`` is read; ``results`` are by step name, in the run's order.

    ``enforcement`` is the rehearsal's table of what the stand-in checks (rows of plain JSON). ``faulted`` says that
    faults were injected, so that nothing may be concluded from a pass.
    """

    run: str
    inventory: Inventory
    decisions: tuple[Decision, ...]
    plan_folder: Path
    bindings: Bindings
    ledger: tuple[LedgerRow, ...]
    results: dict[str, StepResult]
    result: Outcome
    coverage: Coverage
    started: float
    finished: float
    faulted: bool = False
    enforcement: tuple[dict[str, Any], ...] = ()
    toolkit: str = __version__


def write_bundle(folder: Path, material: Material, *, signer: Signer, redactor: Redactor) -> str:
    """Write the evidence of a run to ``folder``, which must not exist; gives the statement's digest.

    Raises EvidenceInvalid where a secret would have entered it; then nothing is left behind.
    """
    if folder.exists():
        raise UsageError(f"evidence is never overwritten: {folder}", fix="name a folder that does not exist")
    files, statement = build(material, signer=signer, redactor=redactor)
    payload = canonical_bytes(statement)
    files[f"{KEYS}/{signer.keyid}.pem"] = signer.public.encode()
    files[STATEMENT] = canonical_bytes(sign(payload, PAYLOAD_TYPE, signer))
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name, content in files.items():
            write_atomic(partial / name, content, mode=0o644)
        partial.replace(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return digest_bytes(payload)


def build(material: Material, *, signer: Signer, redactor: Redactor) -> tuple[dict[str, bytes], Statement]:
    """The bundle's files (all but the envelope and the key) and the statement over them; touches no file but the plan's."""
    inventory = redactor.clean(material.inventory, where=INVENTORY)
    decisions = redactor.clean(material.decisions, where=DECISIONS)
    coverage = msgspec.convert(redactor.clean(material.coverage, where=COVERAGE), Coverage)
    chain, count, head = records.chain(_entries(material, redactor))
    plan_files, plan_digest, index, redacted = _plan(material.plan_folder, redactor)
    leaves = component_leaves(inventory, decisions)
    files = {
        RECORDS: chain,
        INVENTORY: canonical_bytes(inventory),
        DECISIONS: canonical_bytes(decisions),
        COVERAGE: canonical_bytes(coverage),
        BINDINGS: canonical_bytes(redactor.clean(_bindings(material.bindings), where=BINDINGS)),
        ENFORCEMENT: canonical_bytes(redactor.clean(material.enforcement, where=ENFORCEMENT)),
        **plan_files,
    }
    for name, content in files.items():
        redactor.refuse_secrets(content, where=name)
    predicate = Predicate(
        toolkit=material.toolkit,
        signer=signer.keyid,
        run=material.run,
        customer=material.inventory.customer.id,
        service=material.inventory.service,
        world=World(
            kind=material.bindings.world,
            id=material.bindings.id,
            hosts=material.bindings.hosts,
            time_scale=material.bindings.time_scale,
            bindings=digest(material.bindings),
        ),
        plan=PlanReference(digest=plan_digest, inventory=index.inventory, decisions=index.decisions, redacted=redacted),
        result=material.result,
        faulted=material.faulted,
        started=records.timestamp(material.started),
        finished=records.timestamp(material.finished),
        coverage=coverage,
        records=Chain(count=count, head=head),
        components=Components(count=len(leaves), root=merkle.root(leaves).hex()),
        steps=tuple(
            StepOutcome(
                step=step,
                changed=result.changed,
                counts=result.counts,
                digest=digest(_clean_result(step, result, redactor)),
            )
            for step, result in material.results.items()
        ),
    )
    return files, Statement(
        subject=subjects({name: digest_bytes(content) for name, content in files.items()}), predicate=predicate
    )


def component_leaves(inventory: dict[str, Any], decisions: list[dict[str, Any]]) -> list[bytes]:
    """The leaves of the tree over a redacted inventory's components, sorted by component id."""
    decided = {decision["component"]: decision for decision in decisions}
    components = sorted(inventory.get("components", []), key=lambda component: str(component["id"]))
    return [canonical_bytes(leaf(component, decided.get(component["id"]))) for component in components]


def _entries(material: Material, redactor: Redactor) -> Iterable[records.Entry]:
    """Yield the run's beginning, the ledger, each step's result, and the end."""
    about = {
        "run": material.run,
        "world": material.bindings.world,
        "hosts": material.bindings.hosts,
        "bindings": digest(material.bindings),
    }
    yield records.Entry(kind="run", subject=material.run, time=material.started, data=about)
    for row in material.ledger:
        data = redactor.clean({"message": row.message, "data": row.data}, where=f"{RECORDS}: {row.step}")
        yield records.Entry(kind=row.kind, subject=row.step, time=row.time, data={"ledger": row.seq, **data})
    for step, result in material.results.items():
        cleaned = _clean_result(step, result, redactor)
        yield records.Entry(kind="result", subject=step, time=material.finished, data=cleaned)
    end = {"result": material.result, "faulted": material.faulted}
    yield records.Entry(kind="end", subject=material.run, time=material.finished, data=end)


def _clean_result(step: str, result: StepResult, redactor: Redactor) -> dict[str, Any]:
    cleaned: dict[str, Any] = redactor.clean(result, where=f"{RECORDS}: result of {step}")
    return cleaned


def _plan(folder: Path, redactor: Redactor) -> tuple[dict[str, bytes], str, Index, dict[str, str]]:
    """The plan's files for the bundle, its digest and index, and which copies differ from their originals."""
    files: dict[str, bytes] = {}
    redacted: dict[str, str] = {}
    found: tuple[str, Index] | None = None
    for path in sorted(folder.rglob("*.json")):
        if path.is_symlink() or not path.is_file():
            continue
        original, name = path.read_bytes(), f"{PLAN}/{path.relative_to(folder).as_posix()}"
        try:
            value = json.loads(original)
            if isinstance(value, dict) and value.get("schema") == "onboarding/plan/v1":
                found = digest_bytes(original), msgspec.convert(value, Index)
        except ValueError as error:
            raise _no_plan(folder, f"{name}: {error}") from None
        cleaned = redactor.clean(value, where=name)
        content = original if cleaned == value else canonical_bytes(cleaned)
        if content != original:
            redacted[digest_bytes(original)] = digest_bytes(content)
        files[name] = content
    if found is None:
        raise _no_plan(folder, "no index")
    return files, *found, redacted


def _no_plan(folder: Path, reason: str) -> EvidenceInvalid:
    return EvidenceInvalid(f"not a plan: {folder}: {reason}", fix="name the folder that `onboard plan` wrote")


def _bindings(bindings: Bindings) -> dict[str, Any]:
    """What of the bindings concerns an auditor: the world and its hosts with their keys, no path of this machine."""
    kept = ("schema", "world", "id", "hosts", "time_scale", "aws", "console", "intrusive", "host_bindings")
    everything = plain(bindings)
    return {name: everything[name] for name in kept}
