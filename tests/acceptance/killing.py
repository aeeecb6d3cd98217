"""Kills a rehearsal where a test says, proves that it died there, and counts what lives in the world afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from conftest import Desk

from toolkit import processes
from toolkit.pipeline.workspace import Workspace
from toolkit.plan.folder import read_plan
from toolkit.rehearsal.world.control import WorldControl
from toolkit.run import owner
from toolkit.run.store import StepRow

PATIENCE = 600.0
"""Seconds until a run must have come to the next place: a busy machine with a lab is slow."""

OWNER = "onboard:urn"
Victim = Literal["group", "coordinator", "engine"]


def until(wanted: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first true value of ``wanted()``."""
    deadline = time.monotonic() + seconds
    while not (found := wanted()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
    return found


@dataclass
class Scenario:
    """One kill: in the step ``step``, at ``point``, of ``victim``; and what came of it."""

    step: str
    point: str
    victim: Victim
    seconds: float = 0.0
    result: str = "killed, not resumed"


@dataclass
class Road:
    """One rehearsal on its way, killed and resumed as often as a test asks; its world stands all the while."""

    desk: Desk
    hosts: Literal["lab", "none"]
    done: list[Scenario] = field(default_factory=list)
    held_at: str = ""
    _supervisor: subprocess.Popen[str] | None = None
    _marker: Path = Path()

    @property
    def control(self) -> WorldControl:
        return WorldControl(Path(f"/run/onboard-{self.desk.current['id']}/world/control.sock"))

    @property
    def standing(self) -> bool:
        return (self.desk.workspace / ".onboard/rehearsal/current.json").exists()

    # going on

    def go_on(self, hold: str = "") -> None:
        """Start the rehearsal, or resume what an earlier kill left; ``hold`` is where it shall wait to be killed."""
        self.give_up()
        self._marker = self.desk.workspace.parent / f"held-{time.monotonic_ns()}"
        words = ["resume", self.desk.workspace] if self.standing else [self.desk.workspace, "--hosts", self.hosts]
        more = {"ONBOARD_HOLD": hold, "ONBOARD_HOLD_MARKER": str(self._marker)} if hold else {}
        self._supervisor = self.desk.start("rehearse", *words, "--keep", **more)

    def hold_at(self, place: str) -> None:
        """Be held at ``<step>:<point>``, which proves that everything before it was resumed."""
        if self.held_at == place:
            return
        self.go_on(place)
        self._wait_for(lambda: self._marker.exists() and self._marker.read_text(), what=f"held at {place}")
        self._arrived(place)

    def hold_reply(self, step: str, type_: str) -> None:
        """Be held where the world has an object of that type and the engine has no answer yet."""
        self.go_on()
        self._wait_for(lambda: self.standing and self._world_answers(), what="the world answers")
        fault = self.control.fault("hold", type_)
        self._wait_for(lambda: self.control.wait(fault, seconds=0.1), what=f"{type_} is in the world")
        self._arrived(f"{step}:mid")

    def reach(self, step: str, text: str) -> None:
        """Go on until the step says ``text``; nothing waits there, the kill meets what is under way."""
        log = self.desk.workspace / ".onboard/log.ndjson"
        begin = log.stat().st_size if log.exists() else 0

        def said() -> bool:
            with log.open("rb") as stream:
                stream.seek(begin)
                lines = [json.loads(line) for line in stream.read().splitlines(keepends=True) if line.endswith(b"\n")]
            return any(line["step"] == step and text in line.get("message", "") for line in lines)

        self.go_on()
        self._wait_for(lambda: log.exists() and said(), what=f"{step}: {text}")
        self._arrived(f"{step}:mid")

    def catch(self, step: str, command: str) -> None:
        """Go on until a process of the run has a command line with ``command``."""
        self.go_on()
        self._wait_for(
            lambda: self.standing and any(command in cmdline(one.pid, 2000) for one in self.members()),
            what=f"{step}: {command} runs",
        )
        self._arrived(f"{step}:mid")

    def finish(self) -> dict[str, Any]:
        """Go on to the end, which must be good; what the ledger then says of its steps (gates are left to people)."""
        self.go_on()
        code, err = self._ended()
        assert code == 0, err
        self._arrived("")
        run = self.store.runs()[-1]
        assert run.state == "done"
        return {name: row.state for name, row in self.steps().items() if not name.startswith("transition/")}

    def give_up(self) -> None:
        """End what still runs; the world stays."""
        if self._supervisor is not None:
            self._kill(self.members())
            self._ended()

    def _wait_for(self, wanted: Callable[[], Any], *, what: str) -> None:
        def look() -> Any:
            assert self._supervisor is not None
            if self._supervisor.poll() is not None and not wanted():
                code, err = self._ended()
                raise AssertionError(f"the rehearsal ended with {code} before: {what}\n{err}")
            return wanted()

        until(look, seconds=PATIENCE, what=what)

    def _world_answers(self) -> bool:
        with contextlib.suppress(Exception):
            return bool(self.control.ping())
        return False

    def _arrived(self, place: str) -> None:
        """Whatever was killed before is resumed now: there must be one of each, of nothing more than the plan's."""
        self.held_at = place
        counts = self.control.count()
        assert set(counts.values()) <= {1}, counts
        assert set(counts) <= self.undisturbed, set(counts) - self.undisturbed
        for scenario in self.done:
            if scenario.result.startswith("killed"):
                scenario.result = "resumed"

    # killing

    def kill(self, step: str, point: str, victim: Victim, *, began: float) -> None:
        """Kill the victim and show that it died in the step, and its children with it."""
        assert self.state_of(step) == "started"
        there = self.members()
        (coordinator,) = self.coordinators()
        if victim == "group":
            # who could write down that another one died goes first; numbers say nothing of that, they begin anew
            assert self._supervisor is not None
            first = {self._supervisor.pid: 0, coordinator.pid: 1}
            killed, follow = sorted(there, key=lambda one: first.get(one.pid, 2)), []
        elif victim == "coordinator":
            killed, follow = [coordinator], [one for one in there if one.pid not in self._above(coordinator)]
        else:
            killed = self.engines()
            assert len(killed) == 1, [cmdline(one.pid) for one in there]
            follow = self._below(killed[0])
        # what a step starts for a moment may have ended by itself
        assert not owner.is_dead(coordinator if victim == "group" else killed[0])
        self._kill(killed)
        self._dead([*killed, *follow], seconds=20)
        code, err = self._ended()
        if victim == "group":
            assert code == -signal.SIGKILL
        elif victim == "coordinator":
            assert f"ended with code {-signal.SIGKILL}" in err, err
        self._dead(there, seconds=20)
        assert self.state_of(step) == ("failed" if victim == "engine" else "started")
        assert self.control.ping()["account"]
        self.control.release()
        self.held_at = ""
        self.done.append(Scenario(step=step, point=point, victim=victim, seconds=time.monotonic() - began))

    def kill_when_machines_start(self) -> None:
        """Kill the supervisor while it makes the lab: some machines run, some do not."""
        self.go_on()

        def machines() -> bool:
            tagged = processes.tagged("ONBOARD_REHEARSAL", self.desk.current["id"]) if self.standing else []
            return any("conmon" in cmdline(pid) for pid in tagged)

        self._wait_for(machines, what="a machine of the lab runs")
        self.give_up()

    def members(self) -> list[owner.Owner]:
        """Every process of the run, none of the world: the supervisor, the coordinator, and what that one started."""
        found = {self._supervisor.pid} if self._supervisor else set()
        if self.standing:
            for pid in processes.tagged("ONBOARD_SUPERVISED", self.desk.current["id"]):
                found |= {pid, *(one.pid for one in self._below(owner.named(pid)))}
        return [one for one in map(owner.named, sorted(found)) if one.start]

    def coordinators(self) -> list[owner.Owner]:
        """The ``onboard apply`` inside the world: the supervisor's child that carries its tag."""
        tagged = processes.tagged("ONBOARD_SUPERVISED", self.desk.current["id"])
        assert self._supervisor is not None
        return [owner.named(pid) for pid in tagged if parent(pid) == self._supervisor.pid]

    def engines(self) -> list[owner.Owner]:
        """The engine or the playbook of the step; of a playbook's forks, the first."""
        found = [one for one in self.members() if is_engine(one.pid)]
        return [one for one in found if not is_engine(parent(one.pid))]

    def _above(self, process: owner.Owner) -> set[int]:
        assert self._supervisor is not None
        return {process.pid, self._supervisor.pid}

    def _below(self, process: owner.Owner) -> list[owner.Owner]:
        found = [int(pid) for pid in children(process.pid)]
        return [one for pid in found for one in (owner.named(pid), *self._below(owner.named(pid)))]

    def _kill(self, victims: list[owner.Owner]) -> None:
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim.pid, signal.SIGKILL)

    def _dead(self, processes: list[owner.Owner], *, seconds: float) -> None:
        def alive() -> list[str]:
            return [f"{one.pid} {cmdline(one.pid)}" for one in processes if not owner.is_dead(one)]

        deadline = time.monotonic() + seconds
        while (left := alive()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left

    def _ended(self) -> tuple[int, str]:
        assert self._supervisor is not None
        supervisor, self._supervisor = self._supervisor, None
        _, err = supervisor.communicate(timeout=PATIENCE)
        return supervisor.returncode, err

    # looking

    @property
    def store(self) -> Any:
        return Workspace(root=self.desk.workspace).store()

    def steps(self) -> dict[str, StepRow]:
        """The ledger's rows of the run by step name."""
        store = self.store
        try:
            found: dict[str, StepRow] = store.steps(store.runs()[-1].id)
            return {id_.rpartition("@")[0]: row for id_, row in found.items()}
        finally:
            store.close()

    def state_of(self, step: str) -> str:
        row = self.steps().get(step)
        return row.state if row else "pending"

    @property
    def undisturbed(self) -> frozenset[str]:
        """The ownership tags that a world has when nothing disturbed it: one for each tagged object of the plan."""
        return frozenset(tag for tags in self.planned().values() for tag in tags)

    def planned(self) -> dict[str, frozenset[str]]:
        """The ownership tags of the plan by stack."""
        plan = read_plan(Path(self.desk.current["plan_dir"]))
        return {
            stack: frozenset(one.inputs["tags"][OWNER] for one in resources if OWNER in one.inputs.get("tags", {}))
            for document in plan.documents
            for stack, resources in document.stacks.items()
        }

    def checkpoints(self) -> list[dict[str, Any]]:
        """The engine's own memory of every stack."""
        files = sorted((self.desk.rehearsal / "state/.pulumi/stacks").rglob("*.json"))
        return [json.loads(file.read_bytes())["checkpoint"]["latest"] for file in files]

    def assert_undisturbed(self) -> None:
        """The world is the one of a run that nobody killed: each object once, none missing, the engine knows each."""
        counts = self.control.count()
        assert counts == dict.fromkeys(self.undisturbed, 1)
        known: dict[str, str] = {}
        for checkpoint in self.checkpoints():
            assert not checkpoint.get("pending_operations")
            for one in checkpoint["resources"]:
                if tag := (one.get("inputs", {}).get("tags") or {}).get(OWNER):
                    known[tag] = one["id"]
        assert set(known) == self.undisturbed
        for live in self.control.dump():
            if live["service"] in {"ec2", "kms", "s3", "iam"}:
                assert known[live["tags"][OWNER]] == live["id"]
        assert not list((self.desk.rehearsal / "state/.pulumi/locks").rglob("*.json"))

    def assert_still(self) -> None:
        """A second run of the same plan in this world finds nothing to change, in the cloud or on a host."""
        home = self.desk.rehearsal / "home"
        done = self.desk.onboard(
            *("apply", self.desk.current["plan_dir"], "--workspace", self.desk.workspace),
            *("--bindings", self.desk.rehearsal / "bindings.json"),
            *("--trust", home / ".config/onboarding-toolkit/trust.yaml"),
        )
        assert done.returncode == 0, done.stderr
        quiet = {name for name in self.steps() if not name.endswith("/console")}
        assert {name: row.result.changed for name, row in self.steps().items() if name in quiet and row.result} == (
            dict.fromkeys(quiet, 0)
        )


def children(pid: int) -> list[str]:
    """Children of every thread of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += (task / "children").read_text().split()
    return found


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return 0


def cmdline(pid: int, length: int = 160) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:length]
    except OSError:
        return "(gone)"


def is_engine(pid: int) -> bool:
    """Whether that process is Pulumi's engine or a running playbook."""
    words = [Path(word).name for word in cmdline(pid).split()[:2]]
    return words[:1] == ["pulumi"] or "ansible-playbook" in words


def table(scenarios: list[Scenario]) -> str:
    """The scenarios as text; where no engine runs (before and after a step's effects) there is none to kill."""
    lines = [f"{'step':36} {'point':8} {'victim':12} {'result':22} seconds"]
    lines += [f"{one.step:36} {one.point:8} {one.victim:12} {one.result:22} {one.seconds:7.1f}" for one in scenarios]
    return "\n".join(lines)
