"""What a step's process is given and gives back, and what it says meanwhile."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from toolkit.model.bindings import Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Resource, Step
from toolkit.model.profile import ProviderProfile


class StepRequest(msgspec.Struct, frozen=True, kw_only=True):
    """All that one step needs, in one serialisable object.

    ``outputs`` holds the non-secret outputs of the steps that came before, by step name. ``resumed`` is True when an
    earlier attempt of this step in this run may have had effects.
    """

    run: str
    attempt: int
    fence: int
    resumed: bool
    step: Step
    inventory: Inventory
    profile: ProviderProfile
    bindings: Bindings
    workspace: str
    scratch: str
    resources: tuple[Resource, ...] = ()
    outputs: dict[str, dict[str, Any]] = {}


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """``outputs`` go to later steps; ``counts`` are added up for the summary; ``facts`` go to the evidence.

    ``changed`` counts what was created, updated or deleted. Nothing here is secret.
    """

    changed: int = 0
    outputs: dict[str, Any] = {}
    counts: dict[str, int] = {}
    facts: tuple[dict[str, Any], ...] = ()
    not_proven: tuple[str, ...] = ()


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """That a person passed a gate; ``forced`` is the reason given where ``unmet`` conditions stood against it.

    ``run`` is the run in which it was passed, when that is an earlier one. ``reads`` is the digest of what the gate's
    conditions looked at (``Document.gates``); None for a gate that is not the transition's.
    """

    by: str
    forced: str | None = None
    unmet: tuple[str, ...] = ()
    run: str | None = None
    reads: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened inside a step: ``progress`` is for people."""

    kind: Literal["started", "progress", "finished", "failed", "waiting"]
    step: str
    message: str = ""
    data: dict[str, Any] = {}


class Emit(Protocol):
    """How a stage says what it does: ``emit("creating aws:kms/key:Key acme-prod-key")``."""

    def __call__(self, message: str, **data: Any) -> None: ...


class StageFunction(Protocol):
    """The entry point of a stage's action, run in a process of its own; raises an OnboardError when it fails."""

    def __call__(self, request: StepRequest, emit: Emit) -> StepResult: ...
