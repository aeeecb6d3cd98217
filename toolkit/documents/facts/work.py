"""What is done and what was seen: the plan's tasks in order, tests planned and made, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from toolkit.documents.facts.agreed import stage_day
from toolkit.documents.missing import Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import spaced
from toolkit.model.plan import Plan, Step


def work_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``tasks``, ``planned_tests``, ``results``, ``unproven``, ``alerts``; a Missing where there is no plan or evidence."""
    no_plan = Missing(what="plan", where="command", at="onboard plan PATH")
    tests = sources.tests
    no_tests_planned = Missing(what="tests", where="people")
    no_tests = Missing(what="results", where="command", at="onboard rehearse PATH")
    return {
        "tasks": tuple(_tasks(sources, sources.plan, language)) if sources.plan else no_plan,
        "planned_tests": (tuple(_planned(sources, sources.plan)) or no_tests_planned) if sources.plan else no_plan,
        "uncovered": tuple({"id": one} for one in sources.plan.index.uncovered) if sources.plan else (),
        "results": tuple(tests["checks"]) if tests else no_tests,
        "result_groups": tuple(_grouped(tests["checks"])) if tests else no_tests,
        "unproven": tuple({"text": one} for one in tests["not_proven"]) if tests else no_tests,
        "test_summary": tuple(
            {"label": name, "value": tests[name] if tests else no_tests}
            for name in ("run", "world", "result", "passed", "failed", "verdict")
        ),
        "results_rehearsed": bool(tests and tests["rehearsed"]),
        "results_faulted": bool(tests and tests["faulted"]),
        "results_earlier": bool(tests and tests["earlier"]),
        "stacks": tuple(_stacks(sources.plan)) if sources.plan else no_plan,
        "alerts": sources.alerts,
        "alert_kinds": tuple(
            {"name": name, "level": level, "runbook": runbook, "rows": tuple(rows)}
            for (name, level, runbook), rows in _alert_kinds(sources.alerts).items()
        ),
    }


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Each step after those that it needs; otherwise in the plan's order."""
    waiting = {step.id: step for step in steps}
    done: list[Step] = []
    while waiting:
        ready = [step for step in waiting.values() if not any(need in waiting for need in step.needs)]
        if not ready:  # a plan has no circle; without this a broken one would never end
            ready = list(waiting.values())
        done += ready
        waiting = {id_: step for id_, step in waiting.items() if step not in ready}
    return done


def _tasks(sources: Sources, plan: Plan, language: str) -> list[Row]:
    steps = in_order(plan.steps)
    numbers = {step.id: number for number, step in enumerate(steps, 1)}
    stages = {one.id: one for one in sources.service.stages}
    rows = []
    for step in steps:
        stage = stages.get(step.name.partition("/")[2]) if step.name.startswith("transition/") else None
        layer = step.inputs.get("layer")
        rows.append(
            {
                "number": numbers[step.id],
                "name": step.name,
                "action": "gate" if stage else f"{step.stage}.{layer}" if layer else step.action,
                "title": spaced(stage.title.of(language), language) if stage else "",
                "stage": step.stage,
                "scope": step.scope,
                "gate": step.kind == "gate",
                "owner": stage.owner if stage else "on-site" if step.kind == "gate" else "provider",
                "needs": tuple(sorted(numbers[need] for need in step.needs if need in numbers)),
                "date": (stage_day(sources, stage.id) if stage else None) or Missing(what="task-date", where="people"),
            }
        )
    return rows


def _stacks(plan: Plan) -> list[Row]:
    """How many resources of each type every stack declares."""
    rows = []
    for document in plan.documents:
        for stack, resources in document.stacks.items():
            types = Counter(resource.type for resource in resources)
            rows += [
                {"stack": stack, "scope": document.scope, "type": type_, "count": count}
                for type_, count in sorted(types.items())
            ]
    return rows


def _planned(sources: Sources, plan: Plan) -> list[Row]:
    """What the plan's verify steps look at: one row for each thing and kind of test."""
    rows: list[Row] = []

    def add(kind: str, scope: str, subjects: Iterable[str]) -> None:
        for subject in subjects:
            rows.append({"number": f"T-{len(rows) + 1:02d}", "kind": kind, "scope": scope, "subject": subject})

    inventory = sources.inventory
    layers: dict[str, list[str]] = {}
    for step in plan.steps:
        if step.stage == "provision" and "layer" in step.inputs:
            layers.setdefault(step.scope, []).append(str(step.inputs["layer"]))
    for step in plan.steps:
        if step.action == "verify.tenant":
            for layer in layers.get(step.scope, ()):
                add(f"tenant-{layer}", step.scope, (str(step.inputs["tenant"]),))
        elif step.action == "verify.site":
            hosts = [str(host) for host in step.inputs.get("hosts", ())]
            add("tunnel", step.scope, (link.id for link in inventory.links_at(step.scope)))
            add("agent", step.scope, hosts)
            add("log", step.scope, hosts)
            jobs = [f"{host}: {job.policy}" for host in hosts for job in inventory.backup_jobs(host)]
            add("backup", step.scope, jobs)
            add("alert", step.scope, hosts[:1])
    return rows


def _grouped(checks: Iterable[Row]) -> list[Row]:
    """The checks of each step with its counts, in the order of the run."""
    found: dict[str, list[Row]] = {}
    for check in checks:
        found.setdefault(check["step"], []).append(check)
    return [
        {
            "step": step,
            "checks": tuple(rows),
            "passed": sum(row["result"] == "passed" for row in rows),
            "failed": sum(row["result"] != "passed" for row in rows),
        }
        for step, rows in found.items()
    ]


def _alert_kinds(alerts: Iterable[Row]) -> dict[tuple[str, str, str], list[Row]]:
    found: dict[tuple[str, str, str], list[Row]] = {}
    for alert in alerts:
        found.setdefault((alert["name"], alert["level"], alert["runbook"]), []).append(alert)
    return found
