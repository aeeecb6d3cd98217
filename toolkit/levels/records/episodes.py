"""Alertmanager's webhooks, as the receiver keeps them, turned into incidents: one for each episode of an alert.

A line is ``{"received": seconds, "path": …, "body": …}``; the body is Alertmanager's (its documentation, webhook_config).
An episode is what has one fingerprint and one ``startsAt``; it is repeated while it lasts and ends with ``resolved``. An
alert is no interruption by itself: an outage record, or the label ``interruption="yes"``, says that there was one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from toolkit.levels.records.cells import Known, Wrong, moment, nearest
from toolkit.levels.records.kinds import CAUSES, PRIORITIES, Incident, Note
from toolkit.levels.records.rows import Complain

EPISODES = "alertmanager"
"""The file's name, without its suffix."""


def read_episodes(path: Path, known: Known, complain: Complain, note: Callable[[Note], None]) -> tuple[Incident, ...]:
    """One incident for each episode, in the order in which they began; what is no webhook is a problem."""
    found: dict[tuple[str, str], Incident] = {}
    passed: dict[str, int] = {}
    for line, alert in _alerts(path, complain):
        given = alert.get("labels")
        labels = {
            name: value for name, value in (given if isinstance(given, dict) else {}).items() if isinstance(value, str)
        }
        name, component = str(labels.get("alertname", "?")), labels.get("component")
        if component is None:
            passed[name] = passed.get(name, 0) + 1
            continue
        if component not in known.components:
            complain(
                line, "component", f"the inventory has no component {component!r}", nearest(component, known.components)
            )
            continue
        incident = _incident(path, line, alert, labels, complain)
        if incident is None:
            continue
        key = (str(alert.get("fingerprint") or sorted(labels.items())), str(alert.get("startsAt")))
        before = found.get(key)
        if before is None or before.resolved is None:
            found[key] = incident
    for name, count in sorted(passed.items()):
        named = {"count": str(count), "name": name}
        note(Note(file=str(path), line=0, record="", key="alerts-without-component", named=named))
    return tuple(sorted(found.values(), key=lambda one: (one.opened, one.id)))


def _alerts(path: Path, complain: Complain) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, written in enumerate(path.read_bytes().split(b"\n"), 1):
        if not written.strip():
            continue
        try:
            body = json.loads(written)["body"]
            alerts = body["alerts"]
        except (ValueError, KeyError, TypeError, RecursionError):
            complain(
                line,
                "",
                "no webhook of Alertmanager's",
                'each line is {"received": …, "path": …, "body": {"alerts": […]}}',
            )
            continue
        for alert in alerts if isinstance(alerts, list) else ():
            if isinstance(alert, dict):
                yield line, alert


def _incident(
    path: Path, line: int, alert: dict[str, Any], labels: dict[str, str], complain: Complain
) -> Incident | None:
    priority, cause = labels.get("priority"), labels.get("cause", "none")
    if priority not in PRIORITIES or cause not in CAUSES:
        complain(
            line, "priority", f"priority {priority!r} or cause {cause!r} is none", "give the alert's rule both labels"
        )
        return None
    try:
        opened = moment(str(alert.get("startsAt")), _silent)
        resolved = moment(str(alert.get("endsAt")), _silent) if alert.get("status") == "resolved" else None
    except Wrong as wrong:
        complain(line, "startsAt", wrong.args[0], wrong.args[1])
        return None
    if resolved is not None and resolved < opened:
        complain(line, "endsAt", "the episode ends before it starts", "correct the clock of who sent it")
        return None
    mark = str(alert.get("fingerprint", ""))[:16] or labels["component"]
    return Incident(
        file=path.name,
        line=line,
        id=f"alert-{mark}-{opened}",
        priority=priority,
        first_priority=priority,
        opened=opened,
        resolved=resolved,
        components=(labels["component"],),
        interruption=labels.get("interruption") == "yes",
        cause=cause,
    )


def _silent(_key: str, _named: dict[str, str]) -> None:
    """Alertmanager writes instants as its host's zone has them: nothing to be told."""
