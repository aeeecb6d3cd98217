"""The hub's own configuration, the same for every customer: scrape jobs by file globs, and who is told of what.

Paths are relative to the main file, so that the very bytes that are checked in a staging folder are activated.
A customer's site adds files only: ``onboard/<customer>.<site>.<what>``; ids have no dot, so no two share a name.
"""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from toolkit.model.inventory import Inventory, Site
from toolkit.model.profile import ProviderProfile
from toolkit.register.labels import file_id, host_port, label_value
from toolkit.register.rules import Timing, rules
from toolkit.register.targets import JOBS, Job, file_sd, groups

FOLDER = "onboard"
MODULES: dict[Job, str] = {"ssh": "ssh_banner", "icmp": "icmp", "tunnel": "tcp_connect"}
"""Modules of Debian's blackbox.yml that the probes use."""
LEVELS = ("L1", "L2", "L3")


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the monitoring: ``path`` is relative to the hub's folder of Prometheus."""

    path: str
    content: bytes


def _dump(document: dict[str, Any]) -> bytes:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000).encode()


def _job(job: Job, *, timing: Timing, blackbox: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"job_name": f"onboard-{job}"}
    if job in MODULES:
        entry |= {"metrics_path": "/probe", "params": {"module": [MODULES[job]]}}
    entry["file_sd_configs"] = [{"files": [f"{FOLDER}/*.{job}.json"], "refresh_interval": timing.discovery}]
    if job in MODULES:
        entry["relabel_configs"] = [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": blackbox},
        ]
    return entry


def prometheus(profile: ProviderProfile, timing: Timing) -> bytes:
    """The main Prometheus configuration of the hub."""
    services = profile.hub.services
    return _dump(
        {
            "global": {
                "scrape_interval": timing.scrape,
                "scrape_timeout": timing.timeout,
                "evaluation_interval": timing.scrape,
            },
            "rule_files": [f"{FOLDER}/*.rules.yml"],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [host_port("127.0.0.1", services.alertmanager)]}]}]
            },
            "scrape_configs": [
                _job(job, timing=timing, blackbox=host_port("127.0.0.1", services.blackbox)) for job in JOBS
            ],
        }
    )


def receiver_url(profile: ProviderProfile) -> str:
    """Where alerts are sent: the receiver at the controller."""
    return f"http://{host_port(profile.hub.controller, profile.hub.services.receiver)}/"


def alertmanager(profile: ProviderProfile, timing: Timing) -> bytes:
    """The Alertmanager configuration of the hub: routes by level, and one cause silences its consequences.

    The receiver's name is the level that acts; a rule without a level goes to L1, so nothing is lost.
    """
    hook = {"url": receiver_url(profile), "send_resolved": True}
    return _dump(
        {
            "route": {
                "receiver": LEVELS[0],
                "group_by": ["customer", "site", "component", "alertname"],
                "group_wait": timing.group_wait,
                "group_interval": timing.group_interval,
                "repeat_interval": timing.repeat,
                "routes": [{"receiver": level, "matchers": [f'level="{level}"']} for level in LEVELS],
            },
            "receivers": [{"name": level, "webhook_configs": [hook]} for level in LEVELS],
            "inhibit_rules": [
                {
                    "source_matchers": ['alertname="TunnelDown"'],
                    "target_matchers": ['alertname=~"HostDown|AgentDown|ProbeFailed"'],
                    "equal": ["customer", "site"],
                },
                {
                    "source_matchers": ['alertname="HostDown"'],
                    "target_matchers": ['alertname=~"AgentDown|ProbeFailed"'],
                    "equal": ["customer", "site", "component"],
                },
            ],
        }
    )


def prefix(customer: str, site: str) -> str:
    """What the names of all files of one site begin with, below the hub's folder of Prometheus."""
    return f"{FOLDER}/{file_id(customer)}.{file_id(site)}."


def fragments(
    inventory: Inventory, site: Site, *, profile: ProviderProfile, timing: Timing, nonce: str = ""
) -> tuple[Fragment, ...]:
    """Every file that the hub holds for one site, the shared main files included, sorted by path."""
    own = prefix(inventory.customer.id, site.id)
    made = {
        "alertmanager.yml": alertmanager(profile, timing),
        "prometheus.yml": prometheus(profile, timing),
        f"{own}rules.yml": rules(inventory, site, timing=timing, runbooks=profile.runbooks, nonce=label_value(nonce)),
        **{f"{own}{job}.json": file_sd(groups(inventory, site, job)) for job in JOBS},
    }
    return tuple(Fragment(path=path, content=made[path]) for path in sorted(made))
