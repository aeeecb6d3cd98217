"""An alert, by stopping an agent and finding it at the receiver; the agent always runs again.

A rehearsal finds its own nonce there. Real rules carry none unless the run that registered them was to provoke alerts;
then the end of the receiver's log is what tells this alert from an earlier one.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.conventions import AGENT_UNIT, rule_group
from toolkit.errors import OnboardError
from toolkit.model.inventory import Component
from toolkit.prometheus_api import Unanswered
from toolkit.verify.check import Check, holds
from toolkit.verify.place import Place, guarded, wait_until

RETURN_UNIT = "onboard-agent-return"
"""The transient timer by which a host starts its agent again, should the verification that stopped it be killed."""
ALERT = "AgentDown"


def received(log: bytes) -> list[dict[str, Any]]:
    """Every alert in a receiver's NDJSON log: its ``status``, ``labels``, ``annotations`` and the ``receiver``.

    A line is ``{"received": seconds, "path": …, "body": Alertmanager's webhook object}``; a line that is still being
    written is left out.
    """
    found = []
    for line in log.splitlines():
        try:
            body = json.loads(line)["body"]
            found += [{**alert, "receiver": body.get("receiver", "")} for alert in body["alerts"]]
        except (ValueError, KeyError, TypeError):
            continue
    return found


def matching(log: bytes, *, status: str, labels: dict[str, str]) -> dict[str, Any] | None:
    """The newest alert of that status that carries all of the labels."""
    found = [
        alert
        for alert in received(log)
        if alert.get("status") == status and labels.items() <= alert.get("labels", {}).items()
    ]
    return found[-1] if found else None


def registered_nonce(groups: list[dict[str, Any]], *, customer: str, site: str) -> str:
    """The ``run_nonce`` of the rules for ``ALERT`` that the hub has loaded for a site; empty where they have none.

    ``groups`` as the rules API gives them. One run writes all rules of a site.
    """
    rules = [rule for group in groups if group.get("name") == rule_group(customer, site) for rule in group["rules"]]
    return next((str(rule.get("labels", {}).get("run_nonce", "")) for rule in rules if rule.get("name") == ALERT), "")


def alert_checks(place: Place) -> tuple[list[Check], list[str]]:
    """One agent of the site is stopped; the alert, and its end, must reach the receiver."""
    if not place.supervised:
        return [], []
    if not place.may_disturb:
        return [], [f"alert of {place.site.id}: an agent must be stopped for it (--intrusive)"]
    if not place.request.bindings.receiver_log:
        return [], [f"alert of {place.site.id}: the bindings name no receiver's log"]
    nonce = place.request.bindings.nonce
    if place.request.bindings.world != "rehearsal":
        try:
            groups = place.prometheus.rule_groups()
        except Unanswered as silence:
            return [], [f"alert of {place.site.id}: the hub does not say which rules it has: {silence}"]
        nonce = registered_nonce(groups, customer=place.customer, site=place.site.id)
    host = place.supervised[0]
    return guarded("alert.fires", host.id, _alert(place, host, nonce)), []


def return_agents(place: Place) -> None:
    """Start the agents that a verification stopped and was killed before it started them again."""
    for host in place.hosts:
        # A host that cannot be reached is the checks' to report.
        with contextlib.suppress(OnboardError):
            timer = ["systemctl", "is-active", "--quiet", f"{RETURN_UNIT}.timer"]
            if place.shell(host.id).run(timer, check=False).returncode == 0:
                place.emit(f"starting the metrics agent of {host.id}, which a killed verification stopped")
                place.text(host.id, "systemctl", "start", AGENT_UNIT)
                place.text(host.id, "systemctl", "stop", f"{RETURN_UNIT}.timer")


def _alert(place: Place, host: Component, nonce: str) -> Iterator[Check]:
    """``nonce``: what the alert must carry; empty where the rules were registered without one."""
    file = Path(str(place.request.bindings.receiver_log))
    begin = file.stat().st_size if file.exists() else 0
    labels = {
        "alertname": ALERT,
        "customer": place.customer,
        "site": place.site.id,
        "component": host.id,
        **({"run_nonce": nonce} if nonce else {}),
    }

    def seen(status: str) -> dict[str, Any] | None:
        if not file.exists():
            return None
        with file.open("rb") as stream:
            stream.seek(begin)
            log = stream.read()
        return matching(log, status=status, labels=labels)

    place.emit(f"stopping the metrics agent of {host.id} to provoke {ALERT}")
    try:
        after = f"--on-active={place.patience.alert + 30:.0f}"
        place.text(host.id, "systemd-run", "--quiet", f"--unit={RETURN_UNIT}", after, "systemctl", "start", AGENT_UNIT)
        place.text(host.id, "systemctl", "stop", AGENT_UNIT)
        fired = wait_until(
            lambda: seen("firing") is not None,
            seconds=place.patience.alert,
            emit=place.emit,
            what=f"{ALERT} at the receiver",
        )
    finally:
        place.text(host.id, "systemctl", "start", AGENT_UNIT)
        place.shell(host.id).run(["systemctl", "stop", f"{RETURN_UNIT}.timer"], check=False)
    alert = seen("firing") or {}
    found = alert.get("labels", {})
    runbook = alert.get("annotations", {}).get("runbook_url")
    yield holds(
        "alert.fires",
        subject=host.id,
        claim=f"a stopped agent is reported to the level that acts{', with its nonce' if nonce else ''}, "
        f"within {place.patience.alert:.0f} s",
        how=f"systemctl stop {AGENT_UNIT}; the receiver's log",
        truth=fired is not None and found.get("level") == alert.get("receiver") and bool(runbook),
        observed={
            "waited": round(fired, 1) if fired is not None else None,
            "priority": found.get("priority"),
            "level": found.get("level"),
            "receiver": alert.get("receiver"),
            "runbook": runbook,
            "run_nonce": found.get("run_nonce"),
        },
        proves="agent, scrape, rule, route and receiver work together",
    )
    if fired is None:
        return  # what was never reported has no end that could be waited for
    ended = wait_until(
        lambda: seen("resolved") is not None, seconds=place.patience.alert, emit=place.emit, what=f"the end of {ALERT}"
    )
    yield holds(
        "alert.resolves",
        subject=host.id,
        claim=f"the end of the alert is reported within {place.patience.alert:.0f} s after the agent runs again",
        how=f"systemctl start {AGENT_UNIT}; the receiver's log",
        truth=ended is not None,
        observed={"waited": round(ended, 1) if ended is not None else None},
    )
