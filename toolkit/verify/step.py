"""The actions ``verify.tenant`` and ``verify.site``: every check is made, then the failed ones are refused together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from toolkit.errors import VerifyFailed
from toolkit.model.run import Emit, StepRequest, StepResult
from toolkit.prometheus_api import Prometheus
from toolkit.verify.agents import agent_checks, log_checks
from toolkit.verify.alerts import alert_checks, return_agents
from toolkit.verify.aws import tenant_checks
from toolkit.verify.backups import backup_checks
from toolkit.verify.check import Check, refuse_failures
from toolkit.verify.place import PATIENCE, Place
from toolkit.verify.tunnels import tunnel_checks, tunnels_up

PARTS: dict[str, Callable[[Place], tuple[list[Check], list[str]]]] = {
    "tunnels": tunnel_checks,
    "agents": lambda place: (agent_checks(place), []),
    "logs": lambda place: (log_checks(place), []),
    "backups": backup_checks,
    "alerts": alert_checks,
}
"""The parts of a site's checks, in their order: each gives its checks and what it leaves unproven."""


def tenant(request: StepRequest, emit: Emit) -> StepResult:
    """A tenant's live cloud objects against its inventory. Input: ``tenant``.

    Raises VerifyFailed with every failed check, IdentityWrong for another account, ResultIncomplete when a read is
    denied.
    """
    wanted = request.inventory.tenant(request.step.inputs["tenant"])
    if wanted.landing_zone.state != "managed":
        return StepResult(not_proven=(f"landing zone of {wanted.id}: it is {wanted.landing_zone.state}, not managed",))
    checks = tenant_checks(request, emit)
    refuse_failures(checks, of=wanted.id)
    return StepResult(counts={"checks": len(checks)}, facts=tuple(check.fact() for check in checks))


def open_place(request: StepRequest, emit: Emit) -> Place:
    """The site of the step's inputs, with its hosts within reach."""
    from toolkit.remote import open_remotes

    inventory, hub = request.inventory, request.profile.hub
    return Place(
        request=request,
        site=inventory.site(request.step.inputs["site"]),
        hosts=inventory.hosts(request.step.inputs["hosts"]),
        shells=dict(open_remotes(request.bindings, Path(request.scratch), VerifyFailed)),
        prometheus=Prometheus(hub.gateway, hub.services.prometheus),
        patience=PATIENCE[request.bindings.time_scale],
        emit=emit,
    )


def site(request: StepRequest, emit: Emit) -> StepResult:
    """Tunnels, agents, logs, backups and an alert of a site, on the running things. Inputs: ``site``, ``hosts``.

    What disturbs (a stopped agent, a backup and its restore) needs a rehearsal or ``intrusive``, else it is listed as
    not proven. Raises VerifyFailed with every failed check.
    """
    place = open_place(request, emit)
    return_agents(place)
    checks: list[Check] = []
    unproven: list[str] = []
    for part in PARTS.values():
        made, left_out = part(place)
        checks.extend(made)
        unproven.extend(left_out)
    refuse_failures(checks, of=place.site.id)
    return StepResult(
        counts=counts(checks),
        facts=tuple(check.fact() for check in checks),
        not_proven=tuple(unproven),
    )


def counts(checks: list[Check]) -> dict[str, int]:
    """What the summary adds up."""
    passed = Counter(check.id for check in checks if check.result == "passed")
    return {
        "checks": len(checks),
        "tunnels": tunnels_up(checks),
        "targets_up": passed["agent.scraped"],
        "logs_arrived": passed["log.arrives"],
        "backups_restored": passed["backup.restored"],
        "alerts_proven": passed["alert.fires"],
    }
