"""Stands between a stack's program and the engine, and holds every registration against the approved plan.

The engine's events show inputs after the provider added its defaults, and blind secrets; here the program's own inputs
pass, and what each resource gave back. During an update a registration that is not the plan's is refused before the
engine hears of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.errors import PlanRefused
from toolkit.model.plan import Resource
from toolkit.provision.compare import STACK_TYPE, UNKNOWN, is_output, is_secret, paired, same
from toolkit.provision.record import urn_of


class Witness:
    """Compares registrations with ``planned``; ``secrets`` maps a reference (``secretref://…``) to its value.

    ``problems`` are sentences without values. With ``refuse`` the first one raises PlanRefused in the program.
    """

    def __init__(
        self,
        planned: Iterable[Resource],
        *,
        stack: str,
        project: str,
        secrets: Mapping[str, str],
        refuse: bool,
    ) -> None:
        self.planned = {resource.urn: resource for resource in planned}
        self.problems: list[str] = []
        self._stack, self._project = stack, project
        self._secrets, self._refuse = secrets, refuse
        self._given: dict[str, Any] = {}
        self._lock = threading.Lock()

    def attach(self) -> None:
        """Take the engine's place before the SDK of the program that is about to run in this context."""
        from pulumi.runtime.settings import SETTINGS

        SETTINGS.monitor = _Monitor(SETTINGS.monitor, self)

    def missing(self) -> list[str]:
        """Planned resources that the program did not register."""
        return [
            f"{urn}: planned, but the program does not register it" for urn in self.planned if urn not in self._given
        ]

    def before(self, request: Any, properties: Any) -> str | None:
        """Judge one registration before the engine has it; its URN, None for the stack itself."""
        from google.protobuf import json_format  # type: ignore[import-untyped]

        if request.type == STACK_TYPE:
            return None
        urn = urn_of(
            stack=self._stack, project=self._project, type_=request.type, name=request.name, parent=request.parent
        )
        problems = self._judge(urn, json_format.MessageToDict(properties), _dependencies(request))
        with self._lock:
            if urn in self._given:
                problems.append("registered twice")
            self._given.setdefault(urn, {})
            self.problems += [f"{urn}: {problem}" for problem in problems]
        if problems and self._refuse:
            raise PlanRefused(f"{urn}: {problems[0]}")
        return urn

    def after(self, urn: str | None, given: Any) -> None:
        """Remember what a resource gave back: others may name it as their source."""
        if urn is not None:
            with self._lock:
                self._given[urn] = given

    def _judge(self, urn: str, inputs: dict[str, Any], sources: Mapping[str, tuple[str, ...]]) -> list[str]:
        resource = self.planned.get(urn)
        if resource is None:
            return ["the plan does not have it"]
        problems = [f"{key}: not in the plan" for key in inputs if key not in resource.inputs]
        for key, planned in resource.inputs.items():
            if key in inputs:
                problems += self._match(planned, inputs[key], sources.get(key, ()), key)
            else:
                problems.append(f"{key}: planned, but not given")
        return problems

    def _match(self, planned: Any, found: Any, sources: tuple[str, ...], path: str) -> list[str]:
        other = [f"{path}: another value than planned"]
        if isinstance(planned, dict) and "$secret" in planned:
            return self._match_secret(planned["$secret"], found, sources, path)
        if isinstance(planned, dict) and "$from" in planned:
            return self._match_source(planned["$from"], found, sources, path)
        if isinstance(planned, (dict, list)):
            members = paired(planned, found)
            if members is None:
                return other
            return [text for key, one, two in members for text in self._match(one, two, sources, f"{path}{key}")]
        return [] if same(planned, found) else other

    def _match_secret(self, reference: Any, found: Any, sources: tuple[str, ...], path: str) -> list[str]:
        if not is_secret(found):
            return [f"{path}: planned as a secret, but given in clear"]
        value = found.get("value")
        if isinstance(reference, dict):
            return self._match_source(reference["$from"], value, sources, path)
        return [] if value == self._secrets[reference] else [f"{path}: not the secret that the plan names"]

    def _match_source(self, wanted: str | list[str], found: Any, sources: tuple[str, ...], path: str) -> list[str]:
        named = [wanted] if isinstance(wanted, str) else wanted
        problems = [f"{path}: does not come from {urn}" for urn in named if urn not in sources]
        if not problems and found != UNKNOWN:
            with self._lock:
                given = [self._given.get(urn) for urn in named]
            if not is_output(found, given):
                problems = [f"{path}: is not an output of {' or '.join(named)}; the program must pass one as it is"]
        return problems


def _dependencies(request: Any) -> dict[str, tuple[str, ...]]:
    return {name: tuple(found.urns) for name, found in getattr(request, "propertyDependencies", {}).items()}


class _Monitor:
    """The engine's monitor with the witness before it; whatever is not a registration passes."""

    def __init__(self, inner: Any, witness: Witness) -> None:
        self._inner, self._witness = inner, witness

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def RegisterResource(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - the engine's name
        urn = self._witness.before(request, request.object)
        response = self._inner.RegisterResource(request, *args, **kwargs)
        self._witness.after(urn, _given(response.id, response.object))
        return response

    def ReadResource(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - the engine's name
        urn = self._witness.before(request, request.properties)
        response = self._inner.ReadResource(request, *args, **kwargs)
        self._witness.after(urn, _given(request.id, response.properties))
        return response


def _given(id_: str, properties: Any) -> list[Any]:
    from google.protobuf import json_format

    return [id_, json_format.MessageToDict(properties)]
