"""The signed statement: an in-toto Statement v1 whose predicate says what ran, where, and what that proved.

Format: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md, in a DSSE envelope.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Literal["https://onboarding-toolkit.example/evidence/v1"] = (
    "https://onboarding-toolkit.example/evidence/v1"
)
PAYLOAD_TYPE = "application/vnd.in-toto+json"

Outcome = Literal["passed", "failed", "interrupted"]


class NotProven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something the run could have shown and did not, and why."""

    what: str
    reason: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the run showed, what it did not, and what only the real cloud can show."""

    proven: tuple[str, ...] = ()
    not_proven: tuple[NotProven, ...] = ()
    only_real_cloud: tuple[str, ...] = ()


class World(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which world the plan met; ``bindings`` is the digest of the typed bindings, ``id`` theirs."""

    kind: Literal["real", "rehearsal"]
    id: str
    hosts: Literal["real", "lab", "none"]
    time_scale: Literal["real", "fast"]
    bindings: str


class PlanReference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The plan that ran: the digest that was approved, and the digests inside its index.

    ``redacted`` maps a plan file's original digest to that of its copy without persons, where the two differ.
    """

    digest: str
    inventory: str
    decisions: str
    redacted: dict[str, str] = {}


class Chain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many records there are and the hash of the last."""

    count: int
    head: str


class Components(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many leaves the tree over the inventory's components has, and its root in hex."""

    count: int
    root: str


class StepOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step's result in numbers; the whole of it is in the record whose digest of data is ``digest``."""

    step: str
    changed: int
    counts: dict[str, int]
    digest: str


class Predicate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is vouched for (schemas/evidence-statement.schema.json); times are RFC 3339 in UTC."""

    schema: Literal["onboarding/evidence/v1"] = "onboarding/evidence/v1"
    toolkit: str
    signer: str
    run: str
    customer: str
    service: str
    world: World
    plan: PlanReference
    result: Outcome
    faulted: bool
    started: str
    finished: str
    coverage: Coverage
    records: Chain
    components: Components
    steps: tuple[StepOutcome, ...]


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the bundle by its path, with ``{"sha256": hex}``."""

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"type_": "_type"}):
    type_: Literal["https://in-toto.io/Statement/v1"] = STATEMENT_TYPE
    subject: tuple[Subject, ...]
    predicate_type: Literal["https://onboarding-toolkit.example/evidence/v1"] = msgspec.field(
        name="predicateType", default=PREDICATE_TYPE
    )
    predicate: Predicate


def subjects(digests: dict[str, str]) -> tuple[Subject, ...]:
    """The files of a bundle (path to ``sha256:<hex>``) as subjects, sorted by path."""
    return tuple(
        Subject(name=name, digest={"sha256": found.removeprefix("sha256:")}) for name, found in sorted(digests.items())
    )


def leaf(component: dict[str, Any], decision: dict[str, Any] | None) -> dict[str, Any]:
    """One leaf of the tree over the components: the redacted component and what was decided for it."""
    return {"component": component, "decision": decision}
