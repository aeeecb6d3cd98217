"""Waiting for the hub's Prometheus: the reload was accepted, and every target of the site is scraped."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from toolkit.errors import RegisterFailed
from toolkit.model.run import Emit
from toolkit.prometheus_api import Prometheus, Unanswered

RELOAD_SECONDS = 30.0
PAUSE = 0.25
SAY_EVERY = 5.0


def wait_reloaded(
    url: tuple[str, int], *, since: float, emit: Emit, wanted: bool = True, seconds: float = RELOAD_SECONDS
) -> float:
    """Time of Prometheus' last successful reload, once it is later than ``since`` (seconds since the epoch).

    With ``wanted`` False only the time is asked, 0.0 when nobody answers. Raises RegisterFailed when the reload was
    refused or did not happen in ``seconds``.
    """
    hub, deadline, problem = Prometheus(*url), time.monotonic() + seconds, "no answer yet"
    while True:
        try:
            succeeded, at = hub.last_reload()
        except Unanswered as error:
            if not wanted:
                return 0.0
            problem = str(error)
        else:
            if not wanted:
                return at
            if succeeded and at > since:
                emit("Prometheus took its new configuration")
                return at
            problem = "it still serves the configuration from before" if succeeded else "the reload was refused"
        if time.monotonic() > deadline:
            raise RegisterFailed(
                f"Prometheus at {hub.url} did not take its new configuration in {seconds:.0f} s: {problem}",
                fix="read `journalctl -u prometheus` on the hub",
            )
        time.sleep(PAUSE)


def own_targets(targets: Collection[Mapping[str, Any]], *, customer: str, site: str) -> list[Mapping[str, Any]]:
    """The targets that carry this customer's and site's labels."""
    return [t for t in targets if t["labels"].get("customer") == customer and t["labels"].get("site") == site]


def not_up(targets: Collection[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Job, instance and last error of every target that is not up."""
    return [
        {
            "job": str(target["labels"].get("job", "")),
            "instance": str(target["labels"].get("instance", "")),
            "health": str(target.get("health", "unknown")),
            "error": str(target.get("lastError") or "not scraped yet"),
        }
        for target in targets
        if target.get("health") != "up"
    ]


def wait_targets(
    url: tuple[str, int], *, customer: str, site: str, expected: int, emit: Emit, seconds: float
) -> list[Mapping[str, Any]]:
    """The site's targets, once ``expected`` of them are there and all are up; RegisterFailed after ``seconds``."""
    hub, start, said = Prometheus(*url), time.monotonic(), 0.0
    while True:
        down: list[dict[str, str]] = []
        try:
            found = own_targets(hub.targets(), customer=customer, site=site)
            down = not_up(found)
            if len(found) == expected and not down:
                emit(f"{expected} targets of {site} are up")
                return found
            state = f"{len(found) - len(down)} of {expected} targets are up"
        except Unanswered as error:
            state = str(error)
        waited = time.monotonic() - start
        if waited > seconds:
            errors = "; ".join(f"{d['job']} {d['instance']}: {d['error']}" for d in down)
            raise RegisterFailed(
                f"after {seconds:.0f} s {state}" + (f" ({errors})" if errors else ""),
                fix="mend what the last error names (agent, firewall, tunnel)",
                details={"targets": down},
            )
        if waited - said >= SAY_EVERY:
            said = waited
            emit(f"waiting: {state}", waited=round(waited))
        time.sleep(PAUSE)
