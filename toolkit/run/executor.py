"""Carries out a plan's steps in order, each in a process of its own, and writes down every one before and after."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from toolkit import errors
from toolkit.model.bindings import Bindings
from toolkit.model.plan import TRANSITION_GATE, Step
from toolkit.model.run import Event, Passing, StepRequest, StepResult
from toolkit.run.actions import NEEDS_HOSTS
from toolkit.run.store import EventRow, RunRow, StepRow, Store
from toolkit.run.worker import Line

FAILURE: dict[str, type[errors.OnboardError]] = {
    "provision": errors.ProvisionFailed,
    "configure": errors.ConfigureFailed,
    "register": errors.RegisterFailed,
    "verify": errors.VerifyFailed,
}

STAGES = ("transition", *FAILURE)
PROVISION = STAGES.index("provision")


class MakeRequest(Protocol):
    """Builds the request of a step from what the steps before it gave."""

    def __call__(
        self, step: Step, *, attempt: int, resumed: bool, outputs: dict[str, dict[str, Any]]
    ) -> StepRequest: ...


Listener = Callable[[EventRow], None]
AfterStep = Callable[[StepRequest, StepResult], None]


class Executor:
    """Runs the steps of one run; may be made again for the same run, and then leaves out what is done."""

    def __init__(
        self,
        *,
        store: Store,
        run: RunRow,
        steps: tuple[Step, ...],
        make_request: MakeRequest,
        log_folder: Path,
        environment: Mapping[str, str],
        listeners: tuple[Listener, ...] = (),
        after_step: AfterStep | None = None,
        passed_gates: Mapping[str, Passing] | None = None,
        resume_command: str = "",
        worker: tuple[str, ...] = (sys.executable, "-m", "toolkit.run.worker"),
    ) -> None:
        self._store, self._run, self._steps = store, run, in_order(steps)
        self._make_request, self._after_step = make_request, after_step
        self._log_folder, self._environment = log_folder, environment
        self._listeners, self._passed = listeners, dict(passed_gates or {})
        self._worker_command = worker
        self._resume = resume_command or f"onboard runs resume {run.id}"
        self._worker: subprocess.Popen[bytes] | None = None
        self._interrupts = 0

    def execute(self) -> dict[str, StepResult]:
        """Every step's result by step name.

        Raises the failing step's error, GateWaiting at a gate nobody passed, or Interrupted after a signal.
        """
        done: dict[str, StepResult] = {}
        self._store.set_state(self._run.id, "running")
        with self._signals():
            for step in self._steps:
                if self._interrupts:
                    self._stop(
                        "interrupted",
                        step,
                        errors.Interrupted(f"stopped before {step.name}", fix=f"go on: {self._resume}"),
                    )
                try:
                    done[step.name] = self._carry_out(step, done)
                except errors.GateWaiting as error:
                    self._stop("waiting", step, error)
                except errors.Interrupted as error:
                    self._stop("interrupted", step, error)
                except errors.OnboardError as error:
                    self._stop("failed", step, error)
        self._store.set_state(self._run.id, "done")
        return done

    def _carry_out(self, step: Step, done: Mapping[str, StepResult]) -> StepResult:
        before = self._store.steps(self._run.id).get(step.id)
        if before and before.state in {"done", "skipped"} and before.result is not None:
            result = before.result
            if before.state == "done" and self._after_step:
                self._after_step(self._request(step, before.attempt, True, done), result)
            return result
        attempt = (before.attempt if before else 0) + 1
        if step.action == TRANSITION_GATE and self._run.bindings.world == "rehearsal":
            # a gate is nothing that a run could prove, so that leaving it to people leaves nothing unproven
            return self._skip(step, attempt, StepResult(), "a person passes this gate; a rehearsal passes none")
        if reason := left_out(step, self._run.bindings):
            result = StepResult(not_proven=(f"{step.name}: {reason}",))
            return self._skip(step, attempt, result, f"NOT PROVEN: {reason}")
        request = self._request(step, attempt, attempt > 1, done)
        if step.action == TRANSITION_GATE or (step.kind == "gate" and self._run.bindings.console == "person"):
            result = self._gate(step)
        else:
            self._store.set_step(self._run.id, StepRow(step=step.id, state="started", attempt=attempt))
            self._say(Event(kind="started", step=step.name, data={"attempt": attempt, "id": step.id}))
            result = self._in_a_process(step, request)
        if self._after_step:
            self._after_step(request, result)
        self._store.set_step(self._run.id, StepRow(step=step.id, state="done", attempt=attempt, result=result))
        self._say(Event(kind="finished", step=step.name, data=msgspec.to_builtins(result)))
        return result

    def _skip(self, step: Step, attempt: int, result: StepResult, message: str) -> StepResult:
        self._store.set_step(self._run.id, StepRow(step=step.id, state="skipped", attempt=attempt, result=result))
        self._say(Event(kind="progress", step=step.name, message=message))
        return result

    def _request(self, step: Step, attempt: int, resumed: bool, done: Mapping[str, StepResult]) -> StepRequest:
        outputs = {name: result.outputs for name, result in done.items()}
        return self._make_request(step, attempt=attempt, resumed=resumed, outputs=outputs)

    def _gate(self, step: Step) -> StepResult:
        passing = self._passed.get(step.name)
        if passing is None:
            raise errors.GateWaiting(
                f"{step.name} waits for a person: {step.inputs.get('instruction', 'see the plan')}",
                fix=f"when it is done: {self._resume} --passed {step.name} --by NAME",
            )
        fact: dict[str, Any] = {"gate": step.name, "passed_by": passing.by}
        if passing.forced is not None:
            fact |= {"forced": passing.forced, "unmet": list(passing.unmet)}
        if passing.run is not None:
            fact["passed_in"] = passing.run
        if passing.reads is not None:
            fact["reads"] = passing.reads
        return StepResult(facts=(fact,))

    def _in_a_process(self, step: Step, request: StepRequest) -> StepResult:
        self._log_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = self._log_folder / f"{step.name.replace('/', '-')}.log"
        environment = {**self._environment, "ONBOARD_RUN": self._run.id}
        last: Line | None = None
        with log.open("ab") as stderr:
            # A session of its own: a terminal's Ctrl-C reaches the coordinator only.
            self._worker = subprocess.Popen(
                self._worker_command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment,
                start_new_session=True,
            )
            try:
                stdin, stdout = _pipes(self._worker)
                with contextlib.suppress(BrokenPipeError), stdin:
                    stdin.write(msgspec.json.encode(request))
                for raw in stdout:
                    if not raw.endswith(b"\n"):
                        break  # cut off by the worker's death
                    line = msgspec.json.decode(raw, type=Line)
                    if line.kind == "progress":
                        self._say(Event(kind="progress", step=step.name, message=line.message, data=line.data))
                    else:
                        last = line
                code = self._worker.wait()
            finally:
                self._end_worker()
        if last is not None and last.result is not None:
            return last.result
        if last is not None:
            raise errors.by_name(last.data["error"])(
                last.data["message"], fix=last.data["fix"], details=last.data["details"]
            )
        if self._interrupts > 1:
            raise errors.Interrupted(f"{step.name} was stopped in the middle", fix=f"go on: {self._resume}")
        raise FAILURE[step.stage](
            f"{step.name}: its process ended without a result (exit {code})",
            fix=f"see {log.name} in the run's folder",
        )

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        # Also after a clean end: a tool that the step started may have outlived it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        for pipe in _pipes(worker):
            with contextlib.suppress(OSError):
                pipe.close()

    def _say(self, event: Event) -> None:
        row = self._store.append(self._run.id, event)
        for listener in self._listeners:
            listener(row)

    def _stop(self, state: Any, step: Step, error: errors.OnboardError) -> None:
        kind: Any = "waiting" if state == "waiting" else "failed"
        before = self._store.steps(self._run.id).get(step.id)
        if before and before.state == "started" and state == "failed":
            self._store.set_step(self._run.id, msgspec.structs.replace(before, state="failed"))
        if state == "failed":
            error.details.setdefault("resume", self._resume)
        self._say(Event(kind=kind, step=step.name, message=error.message, data={"error": error.to_json()}))
        self._store.set_state(self._run.id, state)
        raise error

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """First SIGINT or SIGTERM: end at this step's boundary. Second: kill the step, which can be resumed."""

        def on_signal(_number: int, _frame: Any) -> None:
            self._interrupts += 1
            if self._interrupts > 1 and self._worker:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._worker.pid, signal.SIGKILL)

        previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, action in previous.items():
                signal.signal(number, action)


def _pipes(worker: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    return worker.stdin, worker.stdout


def left_out(step: Step, bindings: Bindings) -> str:
    """Why this world does not run the step, or an empty string."""
    if bindings.hosts == "none" and step.action in NEEDS_HOSTS:
        return "this world has no hosts"
    return ""


def in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps so that each comes after what it needs; where the graph leaves it open, by the flow's stages.

    Provisioning comes first, because it checks whose account this is before anything has an effect; with it comes what it
    waits for, the acceptance of an environment that is deployed before another (SD-1 §1.5).
    """
    before = _needed(steps, {step.id for step in steps if step.stage == "provision"})
    waiting = sorted(
        steps, key=lambda step: min(STAGES.index(step.stage), PROVISION if step.id in before else len(STAGES))
    )
    placed: list[Step] = []
    ids = {step.id for step in steps}
    seen: set[str] = set()
    while waiting:
        ready = next((step for step in waiting if all(need in seen or need not in ids for need in step.needs)), None)
        if ready is None:
            raise errors.PlanRefused("the plan's steps wait for each other", fix="make the plan again")
        waiting.remove(ready)
        placed.append(ready)
        seen.add(ready.id)
    return tuple(placed)


def _needed(steps: tuple[Step, ...], some: set[str]) -> set[str]:
    """Ids of everything that those steps wait for, near or far."""
    needs = {step.id: step.needs for step in steps}
    found: set[str] = set()
    looking = list(some)
    while looking:
        for need in needs.get(looking.pop(), ()):
            if need not in found:
                found.add(need)
                looking.append(need)
    return found


def new_run_id() -> str:
    """Sortable by time, unique enough for a workspace's ledger: ``20270101-120000-1a2b3c``."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime()) + "-" + os.urandom(3).hex()
