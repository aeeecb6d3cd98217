"""From an approved plan to a finished run: checks first, then the steps, then evidence and report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import OnboardError, PlanRefused, UsageError
from toolkit.model.bindings import Bindings
from toolkit.model.plan import Plan, Step
from toolkit.model.run import Passing, StepRequest, StepResult
from toolkit.pipeline import cloud_side, evidencing, planning
from toolkit.pipeline.admission import Credentials, check_allowed, check_build_inputs, check_identities
from toolkit.pipeline.coverage import unproven_world
from toolkit.pipeline.scratch import clear_scratch, scratch
from toolkit.pipeline.standing import Asked, admitted
from toolkit.pipeline.throwaway import inhabit
from toolkit.pipeline.workspace import Workspace
from toolkit.pipeline.worlds import check_reachable, real_bindings
from toolkit.processes import kill_tagged
from toolkit.run.executor import Executor, Listener, new_run_id
from toolkit.run.store import Lease, RunRow, SqliteStore


class ApplyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What ``onboard apply`` asks for; ``bindings`` None is the real world."""

    workspace: Workspace
    plan_dir: Path
    bindings: Bindings | None = None
    credentials: Credentials = Credentials()
    evidence_key: str | None = None


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to; ``counts`` are added up over its steps, paths are relative to the workspace."""

    schema: str = "onboarding/run/v1"
    run: str
    state: str
    plan: str
    world: str
    hosts: str
    counts: dict[str, int]
    not_proven: tuple[str, ...]
    seconds: float
    evidence: str | None = None
    report: str | None = None


def apply(request: ApplyRequest, *, listeners: tuple[Listener, ...] = ()) -> RunSummary:
    """Carry out a plan that may be carried out; everything is checked before the first effect."""
    from toolkit.plan.folder import read_plan

    workspace = request.workspace
    plan = read_plan(request.plan_dir)
    prepared = planning.prepare(workspace)
    planning.check_fresh(plan, prepared)
    bindings = request.bindings or real_bindings(workspace, prepared)
    inhabit(bindings, workspace.rehearsal)
    check_build_inputs(prepared.inventory, bindings)
    check_allowed(workspace, plan, request.plan_dir, bindings=bindings, credentials=request.credentials)
    check_reachable(plan, bindings)
    check_identities(prepared.inventory, plan, bindings)
    store = workspace.store()
    with store.lease("run") as lease:
        _end_orphans(store)
        kept = planning.keep_plan(workspace, plan, request.plan_dir)
        row = RunRow(
            id=new_run_id(),
            customer=prepared.inventory.customer.id,
            plan=plan.digest,
            plan_dir=str(kept.relative_to(workspace.root)),
            bindings=bindings,
            state="running",
            started=time.time(),
        )
        store.create_run(row)
        passings = admitted(workspace, plan, prepared.inventory, store=store, run=row.id, asked={})
        return _Run(workspace, store=store, lease=lease, row=row, plan=plan, prepared=prepared).execute(
            listeners=listeners, passed_gates=passings, evidence_key=request.evidence_key
        )


def resume(
    workspace: Workspace,
    run: str,
    *,
    bindings: Bindings | None = None,
    credentials: Credentials | None = None,
    passed_gates: Mapping[str, Asked] | None = None,
    evidence_key: str | None = None,
    listeners: tuple[Listener, ...] = (),
) -> RunSummary:
    """Go on with a run that was killed, interrupted, failed, or waits at a gate.

    It is judged anew: the approval may have expired meanwhile. The lease proves that its former owner is dead, and
    whatever that owner started is killed before anything is done. ``bindings`` are the same world's newest ones.
    """
    from toolkit.plan.folder import read_plan

    store = workspace.ledger()
    row = store.run(run)
    if bindings is not None and (bindings.world, bindings.id) != (row.bindings.world, row.bindings.id):
        raise UsageError(f"run {run} is of another world", fix="name the bindings file of that world")
    row = msgspec.structs.replace(row, bindings=bindings or row.bindings)
    inhabit(row.bindings, workspace.rehearsal)
    if is_whole(workspace, row):
        raise UsageError(f"run {run} is done", fix="apply the plan again to find out whether anything changed")
    plan_dir = workspace.root / row.plan_dir
    plan = read_plan(plan_dir)
    if plan.digest != row.plan:
        raise PlanRefused("the plan's folder holds another plan than the run began with", fix="apply the new plan")
    unknown = sorted(set(passed_gates or {}) - {step.name for step in plan.steps if step.kind == "gate"})
    if unknown:
        raise UsageError(f"the plan has no gate {', '.join(unknown)}", fix="see the run's steps: onboard runs show RUN")
    prepared = planning.prepare(workspace)
    planning.check_fresh(plan, prepared)
    if row.stages is None:
        check_build_inputs(prepared.inventory, row.bindings)
        granted = credentials or Credentials()
        check_allowed(workspace, plan, plan_dir, bindings=row.bindings, credentials=granted)
        check_reachable(plan, row.bindings)
        check_identities(prepared.inventory, plan, row.bindings)
    with store.lease("run") as lease:
        _end_orphans(store)
        asked = passed_gates or {}
        passings = admitted(workspace, plan, prepared.inventory, store=store, run=run, asked=asked)
        store.set_bindings(run, row.bindings)
        return _Run(workspace, store=store, lease=lease, row=row, plan=plan, prepared=prepared).execute(
            listeners=listeners, passed_gates=passings, evidence_key=evidence_key
        )


def is_whole(workspace: Workspace, row: RunRow) -> bool:
    """Whether a run is done down to its evidence and report, so that nothing of it is left to do."""
    return row.state == "done" and (workspace.evidence / row.id).is_dir() and workspace.report(row.id).is_file()


def verify(
    workspace: Workspace,
    *,
    bindings: Bindings | None,
    intrusive: bool,
    evidence_key: str | None,
    listeners: tuple[Listener, ...] = (),
) -> RunSummary:
    """Run the verify steps of the last plan that was carried out in this world, as a run of their own."""
    from toolkit.plan.folder import read_plan

    store = workspace.ledger()
    prepared = planning.prepare(workspace)
    world = bindings or real_bindings(workspace, prepared)
    before = [row for row in store.runs() if row.bindings.id == world.id and row.state == "done" and row.stages is None]
    if not before:
        raise UsageError("no run in this world is done yet, so there is nothing to verify", fix="onboard apply PLAN")
    inhabit(world, workspace.rehearsal)
    plan = read_plan(workspace.root / before[-1].plan_dir)
    planning.check_fresh(plan, prepared)
    world = msgspec.structs.replace(world, intrusive=intrusive or world.intrusive)
    with store.lease("run") as lease:
        _end_orphans(store)
        row = msgspec.structs.replace(
            before[-1],
            id=new_run_id(),
            bindings=world,
            state="running",
            started=time.time(),
            finished=None,
            stages=("verify",),
        )
        store.create_run(row)
        return _Run(workspace, store=store, lease=lease, row=row, plan=plan, prepared=prepared).execute(
            listeners=listeners, evidence_key=evidence_key
        )


def _end_orphans(store: SqliteStore) -> None:
    """Kill what a dead coordinator left running, and remove what it left lying, whichever run it was.

    We hold the lease, so nobody else owns it.
    """
    for row in store.runs():
        if row.state == "running":
            kill_tagged("ONBOARD_RUN", row.id)
            store.set_state(row.id, "interrupted")
    clear_scratch(store)


class _Run:
    """One run of one plan, from its first step to its report."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        store: SqliteStore,
        lease: Lease,
        row: RunRow,
        plan: Plan,
        prepared: planning.Prepared,
    ) -> None:
        self.workspace, self.store, self.lease, self.row = workspace, store, lease, row
        self.plan, self.prepared = plan, prepared
        self._resources = {name: some for document in plan.documents for name, some in document.stacks.items()}

    def execute(
        self,
        *,
        listeners: tuple[Listener, ...],
        passed_gates: Mapping[str, Passing] | None = None,
        evidence_key: str | None = None,
    ) -> RunSummary:
        log = evidencing.RunLog(self.workspace.own / "log.ndjson", run=self.row.id)
        with scratch(self.row) as folder:
            executor = Executor(
                store=self.store,
                run=self.row,
                steps=tuple(
                    step for step in self.plan.steps if self.row.stages is None or step.stage in self.row.stages
                ),
                make_request=self._requests(folder),
                log_folder=self.workspace.run_logs(self.row.id),
                environment=dict(os.environ),
                listeners=(log, *listeners),
                after_step=self._after_step(),
                passed_gates=passed_gates,
                resume_command=self._resume_command(),
            )
            try:
                executor.execute()
            except OnboardError as error:
                if self.store.run(self.row.id).state == "failed":
                    self._conclude_failed(error, evidence_key)
                raise
        self._conclude(evidence_key)
        return summary(self.workspace, self.store, self.row.id)

    def _resume_command(self) -> str:
        if self.row.bindings.world == "rehearsal":
            return f"onboard rehearse resume {self.workspace.shown} (where --keep left the world)"
        return f"onboard runs resume {self.row.id} --workspace {self.workspace.shown}"

    def _requests(self, folder: Path) -> Callable[..., StepRequest]:
        def make(step: Step, *, attempt: int, resumed: bool, outputs: dict[str, dict[str, Any]]) -> StepRequest:
            scratch = folder / step.id.rpartition("@")[2]
            scratch.mkdir(mode=0o700, exist_ok=True)
            return StepRequest(
                run=self.row.id,
                attempt=attempt,
                fence=self.lease.token,
                resumed=resumed,
                step=step,
                inventory=self.prepared.inventory,
                profile=self.prepared.profile,
                bindings=self.row.bindings,
                workspace=str(self.workspace.root),
                scratch=str(scratch),
                resources=self._resources.get(step.inputs.get("stack", ""), ()),
                outputs=outputs,
            )

        return make

    def _after_step(self) -> Callable[[StepRequest, StepResult], None] | None:
        return cloud_side.follow if self.row.bindings.hosts == "lab" else None

    def _conclude(self, evidence_key: str | None) -> None:
        evidencing.conclude(
            self.workspace, self.store, self.row.id, plan=self.plan, prepared=self.prepared, key=evidence_key
        )

    def _conclude_failed(self, error: OnboardError, evidence_key: str | None) -> None:
        """Whatever goes wrong with the evidence, it must not hide why the step failed."""
        try:
            self._conclude(evidence_key)
        except OnboardError as second:
            error.details["evidence"] = f"not written: {second.message}"
        except Exception as second:  # noqa: BLE001 - see above; its text may hold a value, so only its type is told
            error.details["evidence"] = f"not written: {type(second).__name__}"


def summary(workspace: Workspace, store: SqliteStore, run: str) -> RunSummary:
    """What the ledger says a run came to."""
    row = store.run(run)
    results = [step.result for step in store.steps(run).values() if step.result is not None]
    counts: dict[str, int] = {}
    for result in results:
        for name, value in result.counts.items():
            counts[name] = counts.get(name, 0) + value
    evidence, report = workspace.evidence / run, workspace.report(run)
    return RunSummary(
        run=run,
        state=row.state,
        plan=row.plan,
        world=row.bindings.world,
        hosts=row.bindings.hosts,
        counts=dict(sorted(counts.items())),
        not_proven=(*unproven_world(row.bindings), *(line for result in results for line in result.not_proven)),
        seconds=round((row.finished or time.time()) - row.started, 1),
        evidence=str(evidence.relative_to(workspace.root)) if evidence.is_dir() else None,
        report=str(report.relative_to(workspace.root)) if report.is_file() else None,
    )
