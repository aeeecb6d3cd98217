"""What a run leaves behind: the log while it goes, then the evidence bundle and the report."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from toolkit import places
from toolkit.errors import EvidenceInvalid, UsageError
from toolkit.evidence.bundle import STATEMENT, LedgerRow, Material, write_bundle
from toolkit.evidence.redact import Redactor
from toolkit.evidence.verify import verify_bundle
from toolkit.model.bindings import Bindings
from toolkit.model.plan import Plan
from toolkit.pipeline.coverage import coverage
from toolkit.pipeline.planning import Prepared
from toolkit.pipeline.throwaway import is_faulted
from toolkit.pipeline.workspace import Workspace
from toolkit.run.store import EventRow, SqliteStore
from toolkit.secrets.store import generate_password, open_store
from toolkit.signing import create_key, load_signer


class RunLog:
    """The structured log: one JSON line per event, with run and step."""

    def __init__(self, path: Path, *, run: str) -> None:
        self._path, self._run = path, run

    def __call__(self, row: EventRow) -> None:
        event = row.event
        line = {"time": row.time, "run": self._run, "seq": row.seq, "step": event.step, "kind": event.kind}
        if event.message:
            line["message"] = event.message
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def conclude(
    workspace: Workspace, store: SqliteStore, run: str, *, plan: Plan, prepared: Prepared, key: str | None
) -> Path:
    """Write the evidence bundle and the report of a run that is done or failed; gives the bundle's folder.

    ``key`` is the URI of the signing key; without one the workspace's own key signs, which shows consistency only.
    """
    from toolkit.report.html import write_report

    row = store.run(run)
    names = {step.id: step.name for step in plan.steps}
    order = [step.id for step in plan.steps]
    steps = store.steps(run)
    results = {names[id_]: steps[id_].result for id_ in order if id_ in steps and steps[id_].result is not None}
    events = store.events(run)
    folder = workspace.evidence / run
    if folder.exists():  # a run that failed before and was resumed: its first evidence stays beside the new one
        folder.rename(folder.with_name(f"{run}-{int(time.time())}"))
    secrets = open_store(Path(row.bindings.secrets), prepared.inventory.customer.id)
    proven = {name: result for name, result in results.items() if result is not None}
    material = Material(
        run=run,
        inventory=prepared.inventory,
        decisions=prepared.decisions,
        plan_folder=workspace.root / row.plan_dir,
        bindings=row.bindings,
        ledger=tuple(_ledger_row(event) for event in events),
        results=proven,
        result="passed" if row.state == "done" else "failed",
        coverage=coverage(plan, proven, bindings=row.bindings, done=row.state == "done"),
        started=row.started,
        finished=row.finished or time.time(),
        faulted=any("fault" in event.event.data for event in events) or is_faulted(row.bindings),
        enforcement=_enforcement(row.bindings),
    )
    signer = load_signer(key or own_key())
    # With the salt a reference can be matched to a person again: it stays with the provider's secrets.
    salt = secrets.ensure("evidence/salt", generate_password).encode()
    redactor = Redactor(prepared.inventory, salt=salt, secrets=secrets.every_value())
    write_bundle(folder, material, signer=signer, redactor=redactor)
    write_report(folder, workspace.report(run), verdict=verify_bundle(folder).summary)
    return folder


def own_key() -> str:
    """The URI of the operator's own signing key, made at first use outside the workspace."""
    path = places.settings() / "operator.pem"
    if not path.exists():
        create_key(path)
    return f"file:{path}"


def statements(workspace: Workspace, named: tuple[Path, ...]) -> tuple[bytes, ...]:
    """The signed statements of the named bundles, else of every bundle in the workspace, newest first."""
    for folder in named:
        if not (folder / STATEMENT).is_file():
            raise UsageError(f"{folder}: no evidence bundle", fix="name the folder of a rehearsal's evidence")
    return tuple((folder / STATEMENT).read_bytes() for folder in named or reversed(_bundles(workspace)))


def newest(workspace: Workspace, run: str | None = None) -> Path:
    """The evidence bundle of a run, or the newest one."""
    folders = [folder for folder in _bundles(workspace) if run in (None, folder.name)]
    if not folders:
        raise EvidenceInvalid("there is no evidence in this workspace", fix="make some: onboard rehearse PATH")
    return folders[-1]


def _bundles(workspace: Workspace) -> list[Path]:
    """Every complete bundle, oldest first; a half-written one has a hidden name."""
    found = (path for path in workspace.evidence.glob("[!.]*") if (path / STATEMENT).is_file())
    return sorted(found, key=lambda path: ((path / STATEMENT).stat().st_mtime_ns, path.name))


def _ledger_row(row: EventRow) -> LedgerRow:
    event = row.event
    return LedgerRow(
        seq=row.seq, step=event.step, kind=event.kind, time=row.time, message=event.message, data=event.data
    )


def _enforcement(bindings: Bindings) -> tuple[dict[str, object], ...]:
    if bindings.world != "rehearsal":
        return ()
    from toolkit.rehearsal.property_map import enforcement_table

    return tuple(enforcement_table())
