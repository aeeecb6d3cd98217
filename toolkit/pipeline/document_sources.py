"""Gathers what documents are made from: inventory, decisions, plan, evidence, alerts, as typed nouns and plain rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from toolkit import catalogue
from toolkit.canonical import plain
from toolkit.decide.raci import raci, read_matrix
from toolkit.decide.terms import Terms, assumptions, terms
from toolkit.documents.sources import Sources
from toolkit.errors import EvidenceInvalid, PlanRefused, UsageError
from toolkit.inventory.load import check
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.model.profile import ProviderProfile
from toolkit.pipeline.planning import Prepared, compiled, prepare
from toolkit.pipeline.scheduling import plan_of, whole_calendar
from toolkit.pipeline.standing import handed_over, passings
from toolkit.pipeline.workspace import Workspace

_LONGEST = 160
"""Characters of an observation that a document shows."""


def gather(
    workspace: Workspace,
    *,
    matrix: Path | None = None,
    date: dt.date | None = None,
    month: str | None = None,
    languages: tuple[str, ...] = (),
) -> Sources:
    """Load, check, decide and plan; raises InventoryInvalid (3), Undecided (4), UsageError (2) for RACI matrix and month.

    ``month`` (``2027-03``) adds the figures of that month in each of ``languages``, from the workspace's records.
    A plan that is refused and evidence that is not there are gaps of the documents; evidence that does not hold is
    EvidenceInvalid (11), for nothing may be reported from it.
    """
    from toolkit.plan.meaning import inventory_digest

    prepared = prepare(workspace)
    inventory, decisions = prepared.inventory, prepared.decisions
    service = catalogue.service(inventory.service)
    agreed = terms(inventory, decisions)
    shares = None if matrix is None else read_matrix(matrix)
    return Sources(
        inventory=inventory,
        digest=inventory_digest(inventory),
        service=service,
        decisions=decisions,
        terms={id_: _terms(one) for id_, one in agreed.items()},
        assumptions=tuple(plain(one) for one in assumptions(inventory)),
        raci=None
        if shares is None
        else {"source": shares.source, "sample": shares.sample, "situations": raci(shares, decisions, agreed)},
        plan=_plan(prepared),
        tests=_tests(workspace, inventory_digest(inventory)),
        alerts=tuple(_alerts(inventory, prepared.profile)),
        backups=_policies(inventory),
        profile=prepared.profile,
        warnings=tuple(_warnings(workspace)),
        months={language: _month(workspace, month, language) for language in languages if month},
        event=_event(workspace, inventory),
        calendar=_kept(whole_calendar(workspace).entries),
        passed=_passed(workspace),
        delivered=tuple(_kept(one) for one in handed_over(workspace, service).values()),
        date=date,
    )


def _passed(workspace: Workspace) -> tuple[dict[str, Any], ...] | None:
    """None where the plan of the newest run cannot be read; ``onboard status`` says why."""
    try:
        return tuple({"stage": stage, **_kept(one)} for stage, one in passings(workspace).items())
    except (PlanRefused, UsageError):
        return None


def _month(workspace: Workspace, month: str, language: str) -> dict[str, Any]:
    from toolkit.model.levels import levels_json
    from toolkit.pipeline.levelling import Asked, levels

    return dict(levels_json(levels(workspace, Asked(month=month, language=language)).report))


def _event(workspace: Workspace, inventory: Inventory) -> dict[str, Any] | None:
    if inventory.event is None:
        return None
    return dict(_kept(plan_of(workspace)))


def _warnings(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """What validation says of an inventory that holds: each with its rule and the component or place that it is about."""
    for problem in check([workspace.root]).problems:
        yield {"rule": problem.rule, "subject": problem.component or problem.path.lstrip("/")}


def _kept(value: Any) -> Any:
    """Plain values, but days and instants, which each language writes in its own way."""
    return msgspec.to_builtins(value, builtin_types=(dt.date, dt.datetime))


def _terms(agreed: Terms) -> dict[str, Any]:
    windows = agreed.windows or {}
    return {
        "management": agreed.management.outcome,
        "supervision": agreed.supervision.outcome,
        "windows": {activity: said.outcome for activity, said in windows.items()},
    }


def _plan(prepared: Prepared) -> Plan | None:
    """None where this version has no plan for the inventory; ``onboard plan`` says why."""
    try:
        return compiled(prepared)
    except PlanRefused:
        return None


def _policies(inventory: Inventory) -> tuple[dict[str, Any], ...]:
    named = {name for one in inventory.components if one.backup for name in one.backup.policies}
    found = (catalogue.backup_policy(name) for name in sorted(named))
    return tuple({"name": one.name, "cadence": one.cadence, "kept": one.kept, "unit": one.unit} for one in found if one)


def _alerts(inventory: Inventory, profile: ProviderProfile) -> list[dict[str, Any]]:
    """Every alert that a site's rules hold, once for each criticality and environment that occurs there."""
    from toolkit.register.rules import ALERTS, TUNNEL, priority
    from toolkit.register.targets import watched

    rows: list[dict[str, Any]] = []
    for site in inventory.sites:
        if not any("provider" in link.ends for link in inventory.links_at(f"site/{site.id}")):
            continue
        kinds = sorted({(one.application.criticality, one.tenant.environment) for one in watched(inventory, site.id)})
        common = {"site": site.id, "runbook": profile.runbooks.rstrip("/")}
        rows.append(_alert(TUNNEL, common, kind=("all", "all"), rank=TUNNEL.priorities[0]))
        for alert in ALERTS:
            for criticality, environment in kinds:
                rank = priority(alert, criticality=criticality, environment=environment)
                rows.append(_alert(alert, common, kind=(criticality, environment), rank=rank))
    return rows


def _alert(alert: Any, common: dict[str, Any], *, kind: tuple[str, str], rank: str) -> dict[str, Any]:
    return {
        "name": alert.name,
        "level": alert.level,
        "priority": rank,
        "site": common["site"],
        "criticality": kind[0],
        "environment": kind[1],
        "runbook": f"{common['runbook']}/{alert.name}",
    }


def _tests(workspace: Workspace, digest: str) -> dict[str, Any] | None:
    """The checks of the newest evidence, and whether it is of the inventory ``digest``; None where nothing was run."""
    from toolkit.evidence.verify import open_bundle
    from toolkit.pipeline.evidencing import newest
    from toolkit.report.contents import read_view

    try:
        folder = newest(workspace)
    except EvidenceInvalid:
        return None
    opened = open_bundle(folder)
    verdict = opened.verdict
    checks = [
        {
            "step": step.name,
            "id": str(fact.get("id", "")),
            "subject": str(fact.get("subject", "")),
            "claim": str(fact.get("claim", "")),
            "result": str(fact.get("result", "")),
            "observed": _short(fact.get("observed")),
        }
        for step in read_view(folder).steps
        for fact in step.facts
        if fact.get("kind") == "check"
    ]
    return {
        "run": verdict.run,
        "world": f"{verdict.world.kind}, {verdict.world.hosts}",
        "result": verdict.result,
        "verdict": verdict.summary,
        "rehearsed": verdict.world.kind == "rehearsal",
        "faulted": verdict.faulted,
        "earlier": json.loads((folder / "plan" / "index.json").read_bytes())["inventory"] != digest,
        "checks": checks,
        "passed": sum(check["result"] == "passed" for check in checks),
        "failed": sum(check["result"] != "passed" for check in checks),
        "not_proven": [f"{gap.what}: {gap.reason}" for gap in verdict.coverage.not_proven],
    }


def _short(observed: Any) -> str:
    written = observed if isinstance(observed, str) else json.dumps(observed, ensure_ascii=False, sort_keys=True)
    return written if len(written) <= _LONGEST else written[: _LONGEST - 1] + "…"
