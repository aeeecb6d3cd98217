"""Metrics agents, by what the hub's Prometheus scraped from them; log forwarding, by a line's arrival at the hub."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from toolkit.conventions import LOG_FOLDER
from toolkit.model.bindings import PROVIDER_HOST
from toolkit.model.inventory import Component
from toolkit.prometheus_api import Unanswered
from toolkit.verify.check import Check, equal, holds
from toolkit.verify.place import Place, guarded, wait_until


def agent_checks(place: Place) -> list[Check]:
    """Each agent is scraped anew, the host behind it is the one that SSH reaches, and the hub's probes reach it."""
    start = time.time()
    checks: list[Check] = []
    for host in place.supervised:
        checks += guarded("agent.scraped", host.id, _agent(place, host, start))
        checks += guarded("probe.answers", host.id, _probed(place, host, start))
    return checks


def _agent(place: Place, host: Component, start: float) -> Iterator[Check]:
    labels = f'job="onboard-node",{place.selector(host.id)}'

    def scraped() -> bool:
        at = place.value(f"timestamp(up{{{labels}}})")
        return at is not None and at > start and place.value(f"up{{{labels}}}") == 1

    waited = wait_until(
        scraped, seconds=place.patience.scrape, emit=place.emit, what=f"a scrape of the agent of {host.id}"
    )
    yield holds(
        "agent.scraped",
        subject=host.id,
        claim="the hub's Prometheus scraped the agent after this check began",
        how=f"up{{{labels}}} and its timestamp",
        truth=waited is not None,
        observed={"up": place.value(f"up{{{labels}}}"), "waited": round(waited, 1) if waited is not None else None},
        proves="the agent runs and is reached from the hub, now",
    )
    try:
        found = place.prometheus.query(f"node_uname_info{{{labels}}}")
    except Unanswered:
        found = []
    yield equal(
        "agent.identity",
        subject=host.id,
        claim="the metrics are this host's",
        how="node_uname_info against `uname -n` over SSH",
        expected=[place.text(host.id, "uname", "-n").strip()],
        observed=[series["metric"].get("nodename") for series in found],
    )


def _probed(place: Place, host: Component, start: float) -> Iterator[Check]:
    jobs = ("icmp", "ssh")

    def answer(job: str) -> float | None:
        """The last probe's result; None for one that was made before this check began."""
        probe = f'probe_success{{job="onboard-{job}",{place.selector(host.id)}}}'
        at = place.value(f"timestamp({probe})")
        return place.value(probe) if at is not None and at > start else None

    def answers() -> list[float | None]:
        return [answer(job) for job in jobs]

    waited = wait_until(
        lambda: answers() == [1, 1], seconds=place.patience.scrape, emit=place.emit, what=f"probes of {host.id}"
    )
    yield holds(
        "probe.answers",
        subject=host.id,
        claim="the hub's probes (ICMP, SSH) reached the host after this check began",
        how="probe_success and its timestamp at the hub's Prometheus",
        truth=waited is not None,
        observed=dict(zip(jobs, answers(), strict=True)),
    )


def log_checks(place: Place) -> list[Check]:
    """A line that is logged on each host arrives in that host's file at the hub."""
    return [check for host in place.hosts for check in guarded("log.arrives", host.id, _log(place, host))]


def _log(place: Place, host: Component) -> Iterator[Check]:
    line = f"onboard-verify {place.request.bindings.nonce} {secrets.token_hex(8)}"
    file = f"{LOG_FOLDER}/{place.customer}/{host.id}.log"
    hub = place.shell(PROVIDER_HOST)
    place.text(host.id, "logger", "-t", "onboard", "--", line)

    def arrived() -> bool:
        return hub.run(["grep", "-q", "-F", "--", line, file], timeout=20, check=False).returncode == 0

    waited = wait_until(
        arrived, seconds=place.patience.log, emit=place.emit, what=f"a log line of {host.id} at the hub"
    )
    yield holds(
        "log.arrives",
        subject=host.id,
        claim=f"a line logged on the host arrives at the hub within {place.patience.log:.0f} s",
        how=f"logger on the host, grep in {file} at the hub",
        truth=waited is not None,
        observed={"waited": round(waited, 1) if waited is not None else None},
        proves="a line of this host reaches the hub, now",
    )
