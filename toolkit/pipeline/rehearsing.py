"""The whole onboarding in a throwaway world on this machine: make the world, apply in it, take it away again.

The supervisor (this module) prepares and removes; the run itself is an ordinary ``onboard apply`` in a process of its
own, inside the rehearsal's network namespace, with a scrubbed environment and a private home.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit import places, processes
from toolkit.canonical import canonical_bytes, write_atomic
from toolkit.errors import Interrupted, Locked, OnboardError, PrerequisiteMissing, UsageError
from toolkit.model.bindings import Bindings
from toolkit.model.inventory import Inventory
from toolkit.pipeline import planning
from toolkit.pipeline.applying import RunSummary, is_whole, summary
from toolkit.pipeline.throwaway import Place, environment, make_world, remove_world
from toolkit.pipeline.workspace import Workspace
from toolkit.run.actions import NEEDS_HOSTS
from toolkit.run.store import SqliteStore
from toolkit.signing import create_key, load_signer

Say = Callable[[str], None]
Hosts = Literal["auto", "lab", "none"]


class RehearseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``hosts``: ``lab`` demands it, ``none`` leaves it out, ``auto`` takes it where this machine can.

    ``evidence_key`` is the URI of a key that a trust file lists as ``rehearser``; ``keep`` leaves the world standing.
    """

    workspace: Workspace
    hosts: Hosts = "auto"
    keep: bool = False
    evidence_key: str | None = None
    verbose: bool = False
    quiet: bool = False


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """``current.json``: the rehearsal whose world stands (or is being made) in this workspace."""

    schema: Literal["onboarding/rehearsal/v1"] = "onboarding/rehearsal/v1"
    id: str
    plan_dir: str
    hosts: Literal["lab", "none"]
    left_out: str
    evidence_key: str | None = None


def rehearse(request: RehearseRequest, *, say: Say) -> RunSummary:
    """Rehearse a workspace; Locked (12) while another rehearsal of it runs or an earlier one's world stands."""
    workspace = request.workspace
    if request.evidence_key is not None:
        load_signer(request.evidence_key)  # a wrong key is said now, not after the rehearsal
    prepared = planning.prepare(workspace)
    _check_one_account(prepared.inventory)
    plan, plan_dir = planning.make_plan(workspace, prepared)
    say(f"plan {plan.digest[7:19]}: {len(plan.steps)} steps, {_resources(plan)} resources")
    with workspace.store().lease("rehearsal"):
        left = current(workspace)
        if left is not None:
            raise Locked(
                f"an earlier rehearsal ({left.id}) left its world standing",
                fix=f"finish it: onboard rehearse resume {workspace.shown}; or remove it: "
                f"onboard rehearse down {workspace.shown}",
            )
        with_hosts = any(step.action in NEEDS_HOSTS for step in plan.steps)
        left_out = _why_no_hosts(request.hosts, prepared) if with_hosts else ""
        rehearsal = Rehearsal(
            id=secrets.token_hex(4),
            plan_dir=str(plan_dir.resolve()),
            hosts="lab" if with_hosts and not left_out else "none",
            left_out=left_out,
            evidence_key=request.evidence_key,
        )
        _remember(workspace, rehearsal)
        return _carry_through(request, rehearsal, prepared, say=say, resumed=False)


def resume(request: RehearseRequest, *, say: Say) -> RunSummary:
    """Finish a killed or kept rehearsal in the world that it left."""
    from toolkit.plan.folder import read_plan

    rehearsal = _standing(request.workspace)
    # A mistake in the inventory must not cost the world that is to be resumed.
    prepared = planning.prepare(request.workspace)
    planning.check_fresh(read_plan(Path(rehearsal.plan_dir)), prepared)
    with request.workspace.store().lease("rehearsal"):
        processes.kill_tagged("ONBOARD_SUPERVISED", rehearsal.id)
        return _carry_through(request, rehearsal, prepared, say=say, resumed=True)


def down(workspace: Workspace, *, say: Say) -> list[str]:
    """Remove the world that a rehearsal left; gives what is left of it (nothing, when all went well)."""
    rehearsal = _standing(workspace)
    with workspace.store().lease("rehearsal"):
        say(f"removing rehearsal {rehearsal.id}")
        return _remove(workspace, rehearsal)


def current(workspace: Workspace) -> Rehearsal | None:
    """The rehearsal whose world stands in this workspace."""
    path = workspace.rehearsal / "current.json"
    return msgspec.json.decode(path.read_bytes(), type=Rehearsal) if path.is_file() else None


def place_of(workspace: Workspace, rehearsal: Rehearsal) -> Place:
    """Where the rehearsal's world keeps its things."""
    return Place(id=rehearsal.id, folder=str(workspace.rehearsal / rehearsal.id), hosts=rehearsal.hosts)


def _carry_through(
    request: RehearseRequest, rehearsal: Rehearsal, prepared: planning.Prepared, *, say: Say, resumed: bool
) -> RunSummary:
    workspace, keep = request.workspace, request.keep
    try:
        with _interruptible() as interrupts:
            if rehearsal.left_out:
                say(f"NOT PROVEN: hosts, tunnels, agents, backups and monitoring: {rehearsal.left_out}")
            bindings = make_world(place_of(workspace, rehearsal), prepared, say=say)
            _approve(bindings, rehearsal, Path(place_of(workspace, rehearsal).folder))
            run = _run_of(workspace.store(), rehearsal) if resumed else None
            whole = run is not None and is_whole(workspace, workspace.store().run(run))
            code = 0 if whole else _apply(request, rehearsal, run=run, interrupts=interrupts)
            outcome = _outcome(workspace, rehearsal, code, keep=keep)
    except BaseException as error:
        # A world that was never whole is of no use to anybody.
        if not keep or not (Path(place_of(workspace, rehearsal).folder) / "bindings.json").is_file():
            left = _remove(workspace, rehearsal)
            if left and isinstance(error, OnboardError):
                error.details["left behind"] = left
        raise
    if not keep and (left := _remove(workspace, rehearsal)):
        raise OnboardError(
            f"the rehearsal left behind: {', '.join(left)}", fix=f"onboard rehearse down {workspace.shown}"
        )
    return outcome


def _apply(request: RehearseRequest, rehearsal: Rehearsal, *, run: str | None, interrupts: _Interrupts) -> int:
    """Run ``onboard apply`` (or ``runs resume``) inside the world; gives its exit code."""
    workspace = request.workspace
    folder = Path(place_of(workspace, rehearsal).folder)
    arguments = [sys.executable, "-P", "-m", "toolkit.cli.main"]
    if run is None:
        arguments += ["apply", rehearsal.plan_dir, "--bindings", str(folder / "bindings.json")]
    else:
        arguments += ["runs", "resume", run, "--bindings", str(folder / "bindings.json")]
    arguments += ["--workspace", str(workspace.root), "--format", "json"]
    own_key = folder / "home" / places.SETTINGS / "rehearsal.pem"
    arguments += ["--evidence-key", rehearsal.evidence_key or f"file:{own_key}"]
    arguments += ["-v"] if request.verbose else ["-q"] if request.quiet else []
    result = folder / "apply.json"
    with result.open("wb") as stdout:
        inner = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            env={**environment(place_of(workspace, rehearsal)), "ONBOARD_SUPERVISED": rehearsal.id},
            start_new_session=True,
            cwd="/",
        )
        interrupts.forward_to(inner, gently=request.keep)
        code = inner.wait()
    if interrupts.count and code != 0:
        again = "resume " if request.keep else ""
        raise Interrupted("the rehearsal was interrupted", fix=f"onboard rehearse {again}{workspace.shown}")
    return code


def _outcome(workspace: Workspace, rehearsal: Rehearsal, code: int, *, keep: bool) -> RunSummary:
    """The run's summary, or the run's own error raised again."""
    from toolkit import errors

    run = _run_of(workspace.store(), rehearsal)
    if code == 0 and run is not None:
        return summary(workspace, workspace.store(), run)
    try:
        said: dict[str, Any] = msgspec.json.decode(
            (Path(place_of(workspace, rehearsal).folder) / "apply.json").read_bytes()
        )
        kind = errors.by_name(str(said["error"]))
        error = kind(str(said["message"]), fix=str(said["fix"]), details=dict(said["details"]))
        error.details.pop("resume", None)
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        error = OnboardError(f"the run inside the rehearsal ended with code {code}", fix="see .onboard/log.ndjson")
    # How to go on, the run inside cannot know: it does not say whether its world outlives it.
    error.details["resume" if keep else "again"] = f"onboard rehearse {'resume ' if keep else ''}{workspace.shown}"
    if run is not None:
        report = workspace.report(run)
        if report.is_file():
            error.details.setdefault("report", str(report.relative_to(workspace.root)))
    raise error


def _approve(bindings: Bindings, rehearsal: Rehearsal, folder: Path) -> None:
    """Sign the plan with a key of this rehearsal, which a real apply refuses; the world's trust file names only it."""
    from toolkit.plan.approval import approve

    home = folder / "home" / places.SETTINGS
    key = home / "rehearsal.pem"
    if not key.exists():
        create_key(key)
    signer = load_signer(f"file:{key}")
    trust = {
        "schema": "onboarding/trust/v1",
        "keys": [
            {"keyid": signer.keyid, "name": f"rehearsal {rehearsal.id}", "public": signer.public, "roles": ["approver"]}
        ],
    }
    write_atomic(home / "trust.yaml", canonical_bytes(trust))
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    approve(Path(rehearsal.plan_dir), key_uri=f"file:{key}", expires=tomorrow, world=f"rehearsal/{bindings.id}")


def _remove(workspace: Workspace, rehearsal: Rehearsal) -> list[str]:
    """Take the world away; a Ctrl-C meanwhile changes nothing, here or in the tools that do it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with contextlib.suppress(Locked):  # what does not end is among what is left
            processes.kill_tagged("ONBOARD_SUPERVISED", rehearsal.id)
        left = remove_world(place_of(workspace, rehearsal))
    finally:
        signal.signal(signal.SIGINT, before)
    if not left:
        (workspace.rehearsal / "current.json").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            workspace.rehearsal.rmdir()
    return left


def _remember(workspace: Workspace, rehearsal: Rehearsal) -> None:
    write_atomic(workspace.rehearsal / "current.json", msgspec.json.encode(rehearsal))


def _standing(workspace: Workspace) -> Rehearsal:
    rehearsal = current(workspace)
    if rehearsal is None:
        raise UsageError("no rehearsal's world stands in this workspace", fix="start one: onboard rehearse PATH")
    return rehearsal


def _run_of(store: SqliteStore, rehearsal: Rehearsal) -> str | None:
    runs = [row.id for row in store.runs() if row.bindings.id == rehearsal.id]
    return runs[-1] if runs else None


def _why_no_hosts(wanted: Hosts, prepared: planning.Prepared) -> str:
    if wanted == "none":
        return "--hosts none"
    from toolkit.rehearsal.lab.prerequisites import prerequisites
    from toolkit.rehearsal.lab.topology import topology

    machines = len(topology(prepared.inventory, prepared.profile, "any").nodes)
    gaps = prerequisites(machines)
    if gaps and wanted == "lab":
        raise PrerequisiteMissing("; ".join(gap.message for gap in gaps), fix=" && ".join(gap.fix for gap in gaps))
    return "; ".join(gap.message for gap in gaps)


def _check_one_account(inventory: Inventory) -> None:
    """UsageError for tenants in several AWS accounts: the stand-in cloud is one account."""
    accounts = sorted({tenant.platform.account for tenant in inventory.tenants if tenant.platform.kind == "aws"})
    if len(accounts) > 1:
        raise UsageError(
            f"one rehearsal stands for one AWS account, and this inventory has {len(accounts)}: {', '.join(accounts)}",
            fix="rehearse one account at a time: in a copy of the workspace, leave only its tenants in the inventory",
        )


def _resources(plan: Any) -> int:
    return sum(len(stack) for document in plan.documents for stack in document.stacks.values())


class _Interrupts:
    """Counts SIGINT and SIGTERM, and passes them on to the run inside the world."""

    def __init__(self) -> None:
        self.count = 0
        self._inner: subprocess.Popen[bytes] | None = None
        self._gently = False

    def forward_to(self, inner: subprocess.Popen[bytes], *, gently: bool) -> None:
        self._inner, self._gently = inner, gently
        if self.count:
            self._pass_on()

    def __call__(self, _number: int, _frame: Any) -> None:
        self.count += 1
        if self._inner is None:
            raise Interrupted("the rehearsal was interrupted", fix="start it again: onboard rehearse PATH")
        self._pass_on()

    def _pass_on(self) -> None:
        """A world that is removed anyway needs no step boundary: there, one Ctrl-C stops at once.

        Two different signals, because two equal ones may arrive as one.
        """
        assert self._inner is not None
        for number in (signal.SIGINT,) if self._gently else (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ProcessLookupError):
                self._inner.send_signal(number)


@contextlib.contextmanager
def _interruptible() -> Iterator[_Interrupts]:
    interrupts = _Interrupts()
    previous = {number: signal.signal(number, interrupts) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        for number, action in previous.items():
            signal.signal(number, action)
