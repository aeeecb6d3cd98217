"""What Prometheus says over its HTTP API: queries, targets, rules, and whether it took its last configuration.

Plain HTTP to one address inside the provider's zone; no proxy of the environment is ever used.
Source: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Unanswered(Exception):
    """The address did not answer, or not with what the API promises; the text says which."""


class Prometheus:
    """One Prometheus server at ``http://address:port``; ``timeout`` is in seconds, for each request."""

    def __init__(self, address: str, port: int, *, timeout: float = 5.0) -> None:
        self.url = f"http://{address}:{port}"
        self._timeout = timeout

    def _text(self, path: str) -> str:
        try:
            with _OPENER.open(self.url + path, timeout=self._timeout) as answer:
                return str(answer.read().decode())
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise Unanswered(f"{self.url}{path.partition('?')[0]}: {error}") from error

    def _api(self, path: str, **parameters: str) -> Any:
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        try:
            body = json.loads(self._text(f"/api/v1/{path}{query}"))
        except ValueError as error:
            raise Unanswered(f"{self.url}/api/v1/{path}: not JSON ({error})") from error
        if body.get("status") != "success":
            raise Unanswered(f"{self.url}/api/v1/{path}: {body.get('error', 'refused')}")
        return body["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Instant vector: objects with ``metric`` (labels) and ``value`` ([seconds, text])."""
        return list(self._api("query", query=expression)["result"])

    def targets(self) -> list[dict[str, Any]]:
        """Active targets: ``labels``, ``health`` (up, down, unknown), ``lastError``, ``lastScrape``, ``scrapeUrl``."""
        return list(self._api("targets", state="active")["activeTargets"])

    def rule_groups(self) -> list[dict[str, Any]]:
        """Loaded rule groups: ``name``, ``file``, ``rules`` (``name``, ``health``, ``lastError``)."""
        return list(self._api("rules")["groups"])

    def last_reload(self) -> tuple[bool, float]:
        """Whether the last reload succeeded, and the time of the last success in seconds since the epoch."""
        values: dict[str, float] = {}
        for line in self._text("/metrics").splitlines():
            if line.startswith("prometheus_config_last_reload_success"):
                name, _, value = line.partition(" ")
                values[name] = float(value)
        try:
            return (
                values["prometheus_config_last_reload_successful"] == 1,
                values["prometheus_config_last_reload_success_timestamp_seconds"],
            )
        except KeyError as error:
            raise Unanswered(f"{self.url}/metrics has no {error}") from error
