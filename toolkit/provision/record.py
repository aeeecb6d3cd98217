"""Offline recording: what a stack's program would register, without engine, credentials or network.

The program runs under a monitor that answers every registration with its own inputs, so whatever only the cloud
knows stays unknown, exactly as in the engine's first preview. URNs are computed here by the engine's rule.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import runpy
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from toolkit.errors import OnboardError, PlanRefused, PrerequisiteMissing
from toolkit.model.plan import Resource

STACK_TYPE = "pulumi:pulumi:Stack"
_MARKER = "secretref://"


def urn_of(*, stack: str, project: str, type_: str, name: str, parent: str | None = None) -> str:
    """The engine's URN: the parent's qualified type (``a$b``) goes before the type unless the parent is the stack."""
    parent_type = parent.split("::")[2] if parent else STACK_TYPE
    qualified = type_ if parent_type == STACK_TYPE else f"{parent_type}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def record_stack(program: Path, *, stack: str, project: str, config: Mapping[str, Any]) -> tuple[Resource, ...]:
    """The resources that ``program`` (the folder with ``__main__.py``) registers, sorted by URN.

    ``config`` has plain keys (no project prefix) and JSON values; ``{"$secret": "secretref://name"}`` is a secret.
    Raises PlanRefused when the program fails or registers two resources under one URN.
    """
    try:
        import pulumi  # noqa: F401
        import pulumi_aws  # noqa: F401
    except ImportError as error:
        raise PrerequisiteMissing(
            f"the Python package {error.name!r} is missing", fix="pip install --force-reinstall onboarding-toolkit"
        ) from error
    recorder = _Recorder(stack=stack, project=project)
    values, secret_keys = engine_config(project, config)
    context = contextvars.copy_context()
    try:
        context.run(_run, recorder, program, values, secret_keys)
    except OnboardError:
        raise
    except Exception as error:
        raise PlanRefused(
            f"stack {stack}: its program failed: {error}",
            fix=f"see {project} and the configuration that the plan gives it",
            details={"stack": stack, "project": project, "error": type(error).__name__},
        ) from error
    return tuple(sorted(recorder.resources.values(), key=lambda resource: resource.urn))


def engine_config(project: str, config: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The configuration as the engine carries it: prefixed keys, JSON text; and which of the keys are secret.

    A secret's value is its reference: nothing here knows a secret.
    """
    values: dict[str, str] = {}
    secret_keys = []
    for key, value in config.items():
        if isinstance(value, dict) and set(value) == {"$secret"}:
            values[f"{project}:{key}"] = value["$secret"]
            secret_keys.append(f"{project}:{key}")
        else:
            values[f"{project}:{key}"] = config_text(value)
    return values, secret_keys


def config_text(value: Any) -> str:
    """A configuration value as text: strings as they are, anything else as canonical JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True)


def run_program(program: Path) -> Callable[[], None]:
    """The program of a stack's folder as the function that the Automation API and the recorder both call."""

    def run() -> None:
        with warnings.catch_warnings():
            # the SDK's modules warn of their own old resources as soon as they are imported
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws(\.|$)")
            runpy.run_path(str(program / "__main__.py"), run_name="__main__")

    return run


def _run(recorder: _Recorder, program: Path, values: dict[str, str], secret_keys: list[str]) -> None:
    """One program in a context of its own: the SDK keeps everything in context variables."""
    from pulumi.runtime import mocks, run_in_stack, set_all_config
    from pulumi.runtime.settings import Settings, configure, set_root_resource

    settings = Settings(
        project=recorder.project,
        stack=recorder.stack,
        monitor=recorder.monitor(),
        engine=mocks.MockEngine(logging.getLogger("toolkit.provision.record")),
        dry_run=True,
        organization="organization",
    )
    configure(settings)
    set_root_resource(None)  # type: ignore[arg-type]
    set_all_config(values, secret_keys)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run_in_stack(run_program(program)))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


class _Recorder:
    """Keeps every registration of one program; registrations arrive from several threads."""

    def __init__(self, *, stack: str, project: str) -> None:
        self.stack = stack
        self.project = project
        self.resources: dict[str, Resource] = {}
        self._lock = threading.Lock()

    def keep(self, request: Any, properties: Any) -> str:
        """Remember one request; its URN."""
        from google.protobuf import json_format  # type: ignore[import-untyped]

        urn = urn_of(
            stack=self.stack, project=self.project, type_=request.type, name=request.name, parent=request.parent
        )
        if request.type == STACK_TYPE:
            return urn
        sources = {
            name: tuple(sorted(set(found.urns))) for name, found in getattr(request, "propertyDependencies", {}).items()
        }
        inputs = {
            name: planned_value(value, sources.get(name, ()))
            for name, value in json_format.MessageToDict(properties).items()
        }
        resource = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            inputs=inputs,
            parent=None if not request.parent or f"::{STACK_TYPE}::" in request.parent else request.parent,
            depends_on=tuple(sorted(set(request.dependencies))),
            protect=bool(getattr(request, "protect", False)),
        )
        with self._lock:
            if urn in self.resources:
                raise PlanRefused(f"two resources have one URN: {urn}", fix="give one of them another name")
            self.resources[urn] = resource
        return urn

    def monitor(self) -> Any:
        """A resource monitor for the SDK, in whose place no engine is asked."""
        from pulumi.runtime import mocks
        from pulumi.runtime.proto import resource_pb2

        recorder = self

        class Monitor(mocks.MockMonitor):
            def __init__(self) -> None:
                super().__init__(mocks=None)  # type: ignore[arg-type]

            def RegisterResource(self, request: Any) -> Any:  # noqa: N802
                urn = recorder.keep(request, request.object)
                return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)

            def ReadResource(self, request: Any) -> Any:  # noqa: N802
                urn = recorder.keep(request, request.properties)
                return resource_pb2.ReadResourceResponse(urn=urn, properties=request.properties)

            def Invoke(self, request: Any) -> Any:  # noqa: N802
                raise PlanRefused(
                    f"the program asks the cloud ({request.tok}), a plan is made without it",
                    fix="compute the value, or read it from the stack's configuration",
                )

        return Monitor()


def planned_value(value: Any, sources: Iterable[str]) -> Any:
    """A wire value as the plan shows it: unknown → ``{"$from": …}``, secret → ``{"$secret": …}``, integers whole."""
    from pulumi.runtime import rpc

    if isinstance(value, dict):
        signature = value.get(rpc._special_sig_key)  # noqa: SLF001
        if signature == rpc._special_secret_sig:  # noqa: SLF001
            return _secret(value.get("value"), sources)
        if signature is not None:
            raise PlanRefused(
                f"an input has the special type {signature}, which a plan cannot show", fix="pass plain values"
            )
        return {key: planned_value(item, sources) for key, item in value.items()}
    if isinstance(value, list):
        return [planned_value(item, sources) for item in value]
    if isinstance(value, str) and value == rpc.UNKNOWN:
        return {"$from": _one_or_list(sources)}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _secret(value: Any, sources: Iterable[str]) -> dict[str, Any]:
    """A secret input: the reference it was configured with, or the resources whose secret output it is."""
    if isinstance(value, str) and value.startswith(_MARKER):
        return {"$secret": value}
    plain = planned_value(value, sources)
    if isinstance(plain, dict) and "$from" in plain:
        return {"$secret": plain}
    raise PlanRefused("a secret input is neither a reference nor an output", fix="pass the secret as it was configured")


def _one_or_list(sources: Iterable[str]) -> str | list[str]:
    found = list(sources)
    if not found:
        raise PlanRefused("an input is unknown and comes from no resource", fix="pass the output itself")
    return found[0] if len(found) == 1 else found
