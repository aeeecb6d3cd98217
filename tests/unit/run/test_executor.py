"""The executor with real processes: order, failures, interrupts, gates, and what is left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from toolkit.errors import GateWaiting, Interrupted, OnboardError, PlanRefused, ProvisionFailed
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import TRANSITION_GATE, Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import Passing, StepRequest, StepResult
from toolkit.run.executor import Executor, in_order
from toolkit.run.store import RunRow, SqliteStore

ROOT = Path(__file__).parents[3]
INVENTORY = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
PROFILE = msgspec.convert(
    yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()), ProviderProfile
)
WORKER = (sys.executable, str(Path(__file__).with_name("toy_worker.py")))


def step(name: str, action: str = "toy.write", *, needs: tuple[str, ...] = (), kind: Any = "effect") -> Step:
    return Step(
        id=f"{name}@1", name=name, stage="provision", action=action, kind=kind, scope="tenant/a", inputs={}, needs=needs
    )


class Bench:
    """One run in a temporary folder."""

    def __init__(self, folder: Path, *, hosts: Any = "lab", console: Any = "container") -> None:
        self.folder, self.rows = folder, []
        self.store = SqliteStore(folder / "store.db")
        self.bindings = Bindings(
            world="rehearsal", id="r", nonce="n", hosts=hosts, time_scale="fast", aws=AwsBinding(),
            state=str(folder), secrets=str(folder / "secrets"), console=console,
        )  # fmt: skip
        self.run = RunRow(
            id="run-1", customer="acme", plan="sha256:0", plan_dir="plan", bindings=self.bindings,
            state="running", started=1.0,
        )  # fmt: skip
        self.store.create_run(self.run)

    def request(self, step: Step, *, attempt: int, resumed: bool, outputs: dict[str, dict[str, Any]]) -> StepRequest:
        return StepRequest(
            run=self.run.id, attempt=attempt, fence=1, resumed=resumed, step=step, inventory=INVENTORY, profile=PROFILE,
            bindings=self.bindings, workspace=str(self.folder), scratch=str(self.folder), outputs=outputs,
        )  # fmt: skip

    def executor(self, *steps: Step, **named: Any) -> Executor:
        return Executor(
            store=self.store, run=self.run, steps=steps, make_request=self.request, log_folder=self.folder / "log",
            environment={**os.environ, "PYTHONPATH": str(ROOT)}, listeners=(self.rows.append,), worker=WORKER, **named,
        )  # fmt: skip

    def effects(self) -> list[str]:
        path = self.folder / "effects"
        return path.read_text().splitlines() if path.exists() else []

    def state(self) -> str:
        return self.store.run("run-1").state


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_steps_run_after_what_they_need_and_see_its_outputs(bench: Bench) -> None:
    done = bench.executor(step("b", needs=("a@1",)), step("a")).execute()
    assert bench.effects() == ["a 1 False", "b 1 False"]
    assert done["b"].outputs["seen"] == ["a"]
    assert bench.state() == "done"
    assert [row.event.kind for row in bench.rows] == ["started", "progress", "finished"] * 2
    assert [row.seq for row in bench.store.events("run-1")] == [1, 2, 3, 4, 5, 6]


def test_failure_keeps_its_class_and_the_next_attempt_leaves_out_what_is_done(bench: Bench) -> None:
    with pytest.raises(ProvisionFailed, match="the cloud refused") as caught:
        bench.executor(step("a"), step("b", "toy.refuse"), step("c")).execute()
    assert caught.value.details == {"resource": "urn:x", "resume": "onboard runs resume run-1"}
    assert bench.state() == "failed"
    bench.executor(step("a"), step("b"), step("c")).execute()
    assert bench.effects() == ["a 1 False", "b 2 True", "c 1 False"]
    assert bench.state() == "done"


def test_a_foreign_exceptions_text_never_leaves_the_process(bench: Bench) -> None:
    with pytest.raises(OnboardError, match="internal error") as caught:
        bench.executor(step("a", "toy.leak")).execute()
    assert "hunter2" not in str(caught.value.to_json())
    assert all(b"hunter2" not in path.read_bytes() for path in bench.folder.rglob("*") if path.is_file())


def test_what_a_tool_prints_goes_to_the_log(bench: Bench) -> None:
    bench.executor(step("a", "toy.noisy")).execute()
    assert (bench.folder / "log/a.log").read_text() == "not an event\na tool's own words\n" or set(
        (bench.folder / "log/a.log").read_text().splitlines()
    ) == {"not an event", "a tool's own words"}


def test_a_killed_step_is_a_failure_that_can_be_resumed(bench: Bench) -> None:
    with pytest.raises(ProvisionFailed, match="without a result"):
        bench.executor(step("a", "toy.killed")).execute()
    bench.executor(step("a")).execute()
    assert bench.effects() == ["a 2 True"]


def test_a_line_that_its_workers_death_cut_off_is_no_result(bench: Bench) -> None:
    with pytest.raises(ProvisionFailed, match="ended without a result"):
        bench.executor(step("a", "toy.torn")).execute()
    assert bench.state() == "failed"


def test_unknown_action_is_refused(bench: Bench) -> None:
    with pytest.raises(PlanRefused, match="unknown action"):
        bench.executor(step("a", "toy.absent")).execute()


def test_circular_needs_are_refused() -> None:
    with pytest.raises(PlanRefused, match="wait for each other"):
        in_order((step("a", needs=("b@1",)), step("b", needs=("a@1",))))


def test_a_gate_waits_for_a_person_and_goes_on_after_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, console="person")
    steps = (step("a"), step("gate", kind="gate", needs=("a@1",)), step("b", needs=("gate@1",)))
    with pytest.raises(GateWaiting, match="waits for a person"):
        bench.executor(*steps).execute()
    assert bench.state() == "waiting"
    done = bench.executor(*steps, passed_gates={"gate": Passing(by="Ada")}).execute()
    assert done["gate"].facts == ({"gate": "gate", "passed_by": "Ada"},)
    assert bench.effects() == ["a 1 False", "b 1 False"]


def test_a_forced_gate_and_one_passed_before_say_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path, console="person")
    steps = (step("a", kind="gate"), step("b", kind="gate", needs=("a@1",)))
    passings = {"a": Passing(by="Ada", forced="it burns", unmet=("the plan",)), "b": Passing(by="Bo", run="run-0")}
    done = bench.executor(*steps, passed_gates=passings).execute()
    assert done["a"].facts == ({"gate": "a", "passed_by": "Ada", "forced": "it burns", "unmet": ["the plan"]},)
    assert done["b"].facts == ({"gate": "b", "passed_by": "Bo", "passed_in": "run-0"},)


def test_a_rehearsal_passes_no_gate_of_the_transition(bench: Bench) -> None:
    done = bench.executor(step("t", TRANSITION_GATE, kind="gate"), step("a", needs=("t@1",))).execute()
    assert done["t"] == StepResult()
    assert bench.store.steps("run-1")["t@1"].state == "skipped"
    assert any("a rehearsal passes none" in row.event.message for row in bench.rows)
    assert bench.effects() == ["a 1 False"]


def test_a_world_without_hosts_leaves_host_steps_out_and_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path, hosts="none")
    done = bench.executor(step("a"), step("h", "configure.hosts", needs=("a@1",))).execute()
    assert done["h"].not_proven == ("h: this world has no hosts",)
    assert any(row.event.message.startswith("NOT PROVEN") for row in bench.rows)


def test_the_first_interrupt_lets_the_step_finish(bench: Bench) -> None:
    def interrupt() -> None:
        while not (bench.folder / "pid").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        (bench.folder / "go").write_text("")

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted):
        bench.executor(step("a", "toy.linger"), step("b")).execute()
    thread.join()
    assert bench.state() == "interrupted"
    assert bench.store.steps("run-1")["a@1"].state == "done"
    bench.executor(step("a", "toy.linger"), step("b")).execute()
    assert bench.effects() == ["b 1 False"]


def test_the_second_interrupt_stops_the_step(bench: Bench) -> None:
    def interrupt() -> None:
        while not (bench.folder / "pid").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted, match="in the middle"):
        bench.executor(step("a", "toy.linger")).execute()
    thread.join()
    pid = int((bench.folder / "pid").read_text())
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.slow
def test_a_step_dies_with_its_coordinator(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from test_executor import Bench, step\n"
        f"Bench(Path({str(tmp_path)!r})).executor(step('a', 'toy.linger')).execute()\n"
    )
    coordinator = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 20
        # the worker makes the file, then writes it
        while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        worker = int((tmp_path / "pid").read_text())
    finally:
        coordinator.kill()
        coordinator.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()
