"""Alert rules of one site: what is wrong, how urgent it is, which level acts, and the runbook that says how.

Priority (SD-1 §1.9): P1 is a critical impact on the customer's business, so only a critical application in
production reaches it; P2 is a significant difficulty; P3 a minor one. Losing sight of a working host, or one backup,
never is a P1. Level (SD-1 §1.3): L1 acts where a runbook's step mends it (restart an agent, restart a failed backup,
SD-1 §1.7), L2 where something must be diagnosed (host, tunnel, a backup that stays too old).
"""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from toolkit.conventions import BACKUP_LAST_SUCCESS, BACKUP_SUCCESS, rule_group
from toolkit.model.inventory import Inventory, Site
from toolkit.register.labels import file_id, literal, promql
from toolkit.register.targets import watched

DAY = 86400
TOO_OLD = {"WEEKLY": 8 * DAY, "MONTHLY": 32 * DAY}
"""Seconds after the last success, by a policy's cadence (SD-1 §1.7): one cadence and a day of grace."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in Prometheus' notation; ``hold`` is how long a condition lasts before it is an alert."""

    scrape: str
    timeout: str
    discovery: str
    hold: str
    group_wait: str
    group_interval: str
    repeat: str


TIMINGS = {
    "fast": Timing(
        scrape="2s", timeout="1500ms", discovery="2s", hold="4s", group_wait="0s", group_interval="2s", repeat="1h"
    ),
    "real": Timing(
        scrape="30s", timeout="10s", discovery="1m", hold="3m", group_wait="30s", group_interval="5m", repeat="4h"
    ),
}
"""By ``Bindings.time_scale``."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of alert.

    ``expression`` has ``%s`` where the selector's labels stand. ``priorities`` are for a critical application in
    production, for any other in production, and for every other environment.
    """

    name: str
    level: str
    expression: str
    priorities: tuple[str, str, str]
    summary: str
    held: bool = True


ALERTS = (
    Alert(
        name="HostDown",
        level="L2",
        expression='probe_success{job="onboard-icmp",%s} == 0',
        priorities=("P1", "P2", "P3"),
        summary="{{ $labels.component }} at {{ $labels.site }} does not answer",
    ),
    Alert(
        name="AgentDown",
        level="L1",
        expression='up{job="onboard-node",%s} == 0',
        priorities=("P2", "P3", "P3"),
        summary="the metrics agent of {{ $labels.component }} at {{ $labels.site }} is not scraped",
    ),
    Alert(
        name="ProbeFailed",
        level="L1",
        expression='probe_success{job="onboard-ssh",%s} == 0',
        priorities=("P2", "P3", "P3"),
        summary="{{ $labels.component }} at {{ $labels.site }} cannot be administered: SSH does not answer",
    ),
    Alert(
        name="BackupFailed",
        level="L1",
        expression=BACKUP_SUCCESS + '{job="onboard-node",%s} == 0',
        priorities=("P2", "P3", "P3"),
        summary="the last {{ $labels.policy }} backup of {{ $labels.component }} failed",
        held=False,
    ),
    Alert(
        name="BackupTooOld",
        level="L2",
        expression=" or ".join(
            f'time() - {BACKUP_LAST_SUCCESS}{{job="onboard-node",policy=~"{cadence}-.*",%s}} > {seconds}'
            for cadence, seconds in TOO_OLD.items()
        ),
        priorities=("P2", "P2", "P3"),
        summary="no {{ $labels.policy }} backup of {{ $labels.component }} succeeded in time",
        held=False,
    ),
)

TUNNEL = Alert(
    name="TunnelDown",
    level="L2",
    expression='probe_success{job="onboard-tunnel",%s} == 0',
    priorities=("P2", "P2", "P2"),
    summary="the management link to {{ $labels.site }} carries nothing: the site is out of sight",
)
"""P2 whatever runs there: supervision is lost, the customer's business is not."""


def _rule(
    alert: Alert, *, labels: str, own: dict[str, str], timing: Timing, runbooks: str, nonce: str
) -> dict[str, Any]:
    rule: dict[str, Any] = {"alert": alert.name, "expr": alert.expression.replace("%s", labels)}
    if alert.held:
        rule["for"] = timing.hold
    rule["labels"] = {**own, "level": alert.level}
    if nonce:
        rule["labels"]["run_nonce"] = literal(nonce)
    rule["annotations"] = {
        "summary": alert.summary,
        "runbook_url": literal(f"{runbooks.rstrip('/')}/{alert.name}"),
    }
    return rule


def priority(alert: Alert, *, criticality: str, environment: str) -> str:
    """The priority of ``alert`` for an application of that criticality in that environment."""
    if environment != "production":
        return alert.priorities[2]
    return alert.priorities[0 if criticality == "critical" else 1]


def rules(inventory: Inventory, site: Site, *, timing: Timing, runbooks: str, nonce: str = "") -> bytes:
    """The YAML rule file of one site: each alert once per (criticality, environment) that occurs there.

    ``nonce`` marks the alerts of a run that provokes one; left out, the file does not change from run to run.
    """
    own = f"customer={promql(inventory.customer.id)},site={promql(site.id)}"
    settings: dict[str, Any] = {"timing": timing, "runbooks": runbooks, "nonce": nonce}
    kinds = sorted({(host.application.criticality, host.tenant.environment) for host in watched(inventory, site.id)})
    found = [_rule(TUNNEL, labels=own, own={"priority": TUNNEL.priorities[0]}, **settings)]
    for alert in ALERTS:
        for criticality, environment in kinds:
            labels = f'{own},criticality="{criticality}",environment="{environment}"'
            # the two labels repeat the target's: rules that differ only in their expression look doubled to promtool
            labelled = {
                "priority": priority(alert, criticality=criticality, environment=environment),
                "criticality": criticality,
                "environment": environment,
            }
            found.append(_rule(alert, labels=labels, own=labelled, **settings))
    group = rule_group(file_id(inventory.customer.id), file_id(site.id))
    document = {"groups": [{"name": group, "rules": found}]}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000).encode()
