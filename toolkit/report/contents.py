"""A bundle's files as the report shows them: plain JSON in, one view out. Nothing is verified here.

Reads the published format (schemas/evidence-*.schema.json), so that a report can be made from a bundle alone;
``onboard report`` verifies the bundle before.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import EvidenceInvalid

COVERAGE_MEANING = {
    "aws": "the tenant's AWS objects are as asked for, read back from the cloud",
    "tunnels": "the tunnels are up and carry traffic",
    "hosts": "the hosts are configured, and a second run changes nothing",
    "backups": "backups were taken, restored and compared, and the whole repository was read",
    "monitoring": "metrics are scraped and alerts arrive",
}

_FIRST_COLUMNS = ("type", "property", "kept_by", "change")


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the run: ``offset`` and ``seconds`` place it in the run's time; ``state`` is a word for people."""

    name: str
    state: str
    attempts: int
    offset: float
    seconds: float
    changed: int
    counts: dict[str, int]
    error: str
    fix: str
    facts: list[dict[str, Any]]


class StackView(msgspec.Struct, frozen=True, kw_only=True):
    """One stack of the plan, with how many resources of each type it declares."""

    name: str
    scope: str
    resources: int
    types: list[tuple[str, int]]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report says; every text in it may be hostile."""

    predicate: dict[str, Any]
    inventory: dict[str, Any]
    decisions: list[dict[str, Any]]
    steps: list[StepView]
    stacks: list[StackView]
    uncovered: list[str]
    enforcement: list[dict[str, Any]]
    enforcement_counts: list[tuple[str, int]]
    counts: list[tuple[str, int]]
    changed: int
    seconds: float
    verdict: str

    @property
    def enforcement_columns(self) -> list[str]:
        """The fields of the table of what the stand-in checks, the telling ones first."""
        present = {name for row in self.enforcement for name in row}
        return [name for name in _FIRST_COLUMNS if name in present] + sorted(present - set(_FIRST_COLUMNS))

    @property
    def resources(self) -> int:
        """How many resources the plan's stacks declare."""
        return sum(stack.resources for stack in self.stacks)


def read_view(folder: Path, *, verdict: str = "") -> View:
    """The view of the bundle in ``folder``; ``verdict`` is what its verification said.

    Raises EvidenceInvalid where a part is missing or is not what the format says.
    """
    try:
        envelope = _json(folder / "statement.dsse.json")
        predicate = json.loads(base64.b64decode(envelope["payload"]))["predicate"]
        records = [json.loads(line) for line in (folder / "records.ndjson").read_bytes().splitlines()]
        plan = [_json(path) for path in sorted((folder / "plan").glob("*.json"))]
        enforcement = _json(folder / "enforcement.json")
        steps = _steps(records)
        counts: Counter[str] = Counter()
        for step in steps:
            counts.update(step.counts)
        return View(
            predicate=predicate,
            inventory=_json(folder / "inventory.json"),
            decisions=_json(folder / "decisions.json"),
            steps=steps,
            stacks=_stacks(plan),
            uncovered=[name for part in plan for name in part.get("uncovered", ())],
            enforcement=enforcement,
            enforcement_counts=sorted(Counter(str(row.get("kept_by", "")) for row in enforcement).items()),
            counts=sorted(counts.items()),
            changed=sum(step.changed for step in steps),
            seconds=_seconds(predicate["finished"]) - _seconds(predicate["started"]),
            verdict=verdict,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EvidenceInvalid(
            f"not an evidence bundle: {folder}: {type(error).__name__}: {error}",
            fix="check it first: onboard evidence verify BUNDLE",
        ) from None


def duration(seconds: float) -> str:
    """``950 ms``, ``12.3 s``, ``4 min 05 s``, ``2 h 03 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _seconds(stamp: str) -> float:
    return dt.datetime.fromisoformat(stamp).timestamp()


def _steps(records: list[dict[str, Any]]) -> list[StepView]:
    """Every step that the ledger or a result names, in the order of its first record."""
    begin = _seconds(records[0]["time"])
    named: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record["kind"] not in {"run", "end"}:
            named.setdefault(record["subject"], []).append(record)
    return [_step(name, found, begin) for name, found in named.items()]


def _step(name: str, found: list[dict[str, Any]], begin: float) -> StepView:
    starts = [_seconds(record["time"]) for record in found if record["kind"] == "started"]
    last = next((record for record in reversed(found) if record["kind"] in _STATES), None)
    result: dict[str, Any] = next((record["data"] for record in found if record["kind"] == "result"), {})
    state = _STATES[last["kind"]] if last else ("left out" if result else "not run")
    failure = last["data"] if last and last["kind"] in {"failed", "waiting"} else {}
    error = failure.get("data", {}).get("error", {})
    # a step's time is that of its last attempt: what came before may lie days back
    start = starts[-1] if starts else begin
    return StepView(
        name=name,
        state=state,
        attempts=len(starts),
        offset=max(start - begin, 0.0),
        seconds=max(_seconds(last["time"]) - start, 0.0) if last and starts else 0.0,
        changed=int(result.get("changed", 0)),
        counts={str(key): int(value) for key, value in result.get("counts", {}).items()},
        error=str(failure.get("message", "")),
        fix=str(error.get("fix", "")) if isinstance(error, dict) else "",
        facts=list(result.get("facts", ())),
    )


_STATES = {"started": "unfinished", "finished": "done", "failed": "failed", "waiting": "waiting"}


def _stacks(plan: list[dict[str, Any]]) -> list[StackView]:
    views = []
    for part in plan:
        for name, resources in part.get("stacks", {}).items():
            types = Counter(str(resource["type"]) for resource in resources)
            views.append(
                StackView(name=name, scope=part["scope"], resources=len(resources), types=sorted(types.items()))
            )
    return sorted(views, key=lambda view: (view.scope, view.name))
