"""Faults on order: refuse an operation, lose it, or withhold the reply to one whose effect is already in the world.

Lost means that success is answered and nothing happens.

A fault names what it waits for, either an API operation (``ec2:CreateVpc``) or a resource type that the stand-in
provider announces after its create is complete (``aws:ec2/vpc:Vpc``), and which occurrence of it (1 = the next).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Action = Literal["hold", "fail", "lose"]


@dataclass(kw_only=True)
class Fault:
    """One order; ``reached`` is set when its occurrence has come, ``release`` lets a withheld reply go."""

    id: int
    action: Action
    target: str
    left: int
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    facts: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The orders of one world, safe to use from every request's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        self._last = 0

    def order(self, action: Action, target: str, nth: int) -> Fault:
        """Register a fault for the ``nth`` coming occurrence of ``target`` (1 = the next one)."""
        with self._lock:
            self._last += 1
            self._faults[self._last] = Fault(id=self._last, action=action, target=target, left=nth)
            return self._faults[self._last]

    def get(self, fault_id: int) -> Fault | None:
        """The fault of that number, if it still stands."""
        return self._faults.get(fault_id)

    def lift(self, fault_id: int | None = None) -> int:
        """Remove one fault (or all) and let its withheld replies go; how many were removed."""
        with self._lock:
            chosen = [fault_id] if fault_id is not None else list(self._faults)
            lifted = [self._faults.pop(number) for number in chosen if number in self._faults]
        for fault in lifted:
            fault.release.set()
        return len(lifted)

    def due(self, action: Action, target: str, facts: dict[str, Any]) -> Fault | None:
        """Count one occurrence of ``target``; the fault whose turn it is, or None."""
        with self._lock:
            for fault in self._faults.values():
                if fault.action != action or fault.target != target or fault.left == 0:
                    continue
                fault.left -= 1
                if fault.left == 0:
                    fault.facts = facts
                    fault.reached.set()
                    return fault
        return None

    def committed(self, target: str, facts: dict[str, Any]) -> None:
        """Announce that ``target`` is done in the world; returns at once, or when a hold on it is released."""
        fault = self.due("hold", target, facts)
        if fault is not None:
            fault.release.wait()


class FaultingApplication:
    """WSGI around moto: applies operation faults, names each request's operation from its signature and body."""

    def __init__(self, application: Callable[..., Iterable[bytes]], faults: Faults) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        operation = operation_of(environ)
        if self._faults.due("fail", operation, {"operation": operation}):
            return _refusal(environ, operation, start_response)
        if self._faults.due("lose", operation, {"operation": operation}):
            return _empty_success(environ, operation, start_response)
        answer = list(self._application(environ, start_response))
        self._faults.committed(operation, {"operation": operation})
        return answer


def _is_query(environ: dict[str, Any]) -> bool:
    """Whether the request is of EC2's and IAM's protocol, a form that is answered in XML."""
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _refusal(environ: dict[str, Any], operation: str, start_response: Callable[..., Any]) -> list[bytes]:
    code, text = "InternalError", "fault ordered by the rehearsal"
    if _is_query(environ) or operation.startswith("s3:"):
        start_response("400 Bad Request", [("Content-Type", "text/xml")])
        error = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        return [(error if operation.startswith("s3:") else f"<Response><Errors>{error}</Errors></Response>").encode()]
    start_response("400 Bad Request", [("Content-Type", "application/json"), ("x-amzn-errortype", code)])
    return [json.dumps({"__type": code, "message": text}).encode()]


def _empty_success(environ: dict[str, Any], operation: str, start_response: Callable[..., Any]) -> list[bytes]:
    """What an operation without results answers: enough for updates, which return nothing that the caller needs."""
    if _is_query(environ):
        name = operation.partition(":")[2]
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [f"<{name}Response><requestId>lost</requestId><return>true</return></{name}Response>".encode()]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b"" if operation.startswith("s3:") else b"{}"]


def operation_of(environ: dict[str, Any]) -> str:
    """``service:Operation`` of a signed request; REST services (S3, Backup) give ``service:METHOD /path``."""
    import io
    from urllib.parse import parse_qs

    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    service = scope[3] if len(scope) > 3 else "unknown"
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return f"{service}:{target.rpartition('.')[2]}"
    if _is_query(environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        action = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
        if action:
            return f"{service}:{action}"
    return f"{service}:{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"
