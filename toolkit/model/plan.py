"""The intended change: steps with their resources, in one document per tenant and site, under one index."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

TRANSITION_GATE = "transition.gate"
"""The action of a service's gates: nothing is carried out, a person passes them (none does in a rehearsal)."""


def gate_name(stage: str) -> str:
    """Name of the step that ends a stage of the transition."""
    return f"transition/{stage}"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of work.

    ``id`` is ``<name>@<12 hex digits of the digest of everything else>``; ``action`` names the stage function
    (``toolkit.run.actions``); ``scope`` is ``tenant/<id>``, ``site/<id>``, ``service/<id>`` or ``provider``; ``inputs`` is what the
    stage function reads (plain JSON, secrets only as ``secretref://name``); ``needs`` are ids of earlier steps.
    """

    id: str
    name: str
    stage: Literal["transition", "provision", "configure", "register", "verify"]
    action: str
    kind: Literal["effect", "gate"]
    scope: str
    inputs: dict[str, Any]
    needs: tuple[str, ...] = ()


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of a stack as the program declares it.

    An input that is known only after another resource exists is ``{"$from": "<urn>"}``, with a list of urns where it
    may come from one of several: one of its outputs, unchanged (which one, the offline program does not tell). A secret
    input is ``{"$secret": "<secretref>"}``.
    """

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    parent: str | None = None
    depends_on: tuple[str, ...] = ()
    protect: bool = False


class StackRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One stack to record or run: ``program`` is a folder below stacks/, ``config`` is plain JSON by key.

    A secret value of ``config`` is ``{"$secret": "secretref://name"}``.
    """

    name: str
    project: str
    tenant: str
    platform: Literal["aws"]
    layer: Literal["foundation", "network", "vpn", "backup"]
    program: str
    config: dict[str, Any]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a plan that belongs to one tenant or site, or to the service (its gates): ``stacks`` maps a stack's name to its resources.

    ``components`` and ``links`` map the ids of what lies there to the digest of what the inventory says of it. ``gates``
    maps the name of each gate of the service to the digest of what its conditions look at: a passing counts for that. It
    is no part of the gate's step, for then every step behind the gate would change with it.
    """

    schema: Literal["onboarding/plan-document/v1"] = "onboarding/plan-document/v1"
    scope: str
    components: dict[str, str] = {}
    links: dict[str, str] = {}
    gates: dict[str, str] = {}
    steps: tuple[Step, ...]
    stacks: dict[str, tuple[Resource, ...]] = {}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference against the base plan; a removal is never carried out by silence."""

    operation: Literal["add", "change", "remove"]
    kind: Literal["scope", "component", "link", "stack", "resource", "step"]
    name: str


Coverage = Literal["aws", "tunnels", "hosts", "backups", "monitoring"]
"""What a run can prove: objects in AWS, tunnels that carry, configured hosts, restored backups, scraped targets."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The signed object: digests of all documents (by scope) and of everything that shaped them.

    ``coverage`` is what a complete run of this plan proves; ``uncovered`` names the managed components, and
    as ``tenant/<id>`` the tenants with a landing zone not built here, that no step of this version reaches.
    """

    schema: Literal["onboarding/plan/v1"] = "onboarding/plan/v1"
    customer: str
    service: str
    inventory: str
    decisions: str
    bound: dict[str, str]
    base: str | None
    documents: dict[str, str]
    changes: tuple[Change, ...]
    coverage: tuple[Coverage, ...]
    uncovered: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Index and documents together, read from a plan's folder; ``digest`` is the index's."""

    digest: str
    index: Index
    documents: tuple[Document, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every document, in the documents' order."""
        return tuple(step for document in self.documents for step in document.steps)
