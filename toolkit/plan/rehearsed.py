"""The policy ``require_rehearsal``: evidence that exactly this plan passed its rehearsal, signed by a rehearser.

Reads the in-toto statement of an evidence bundle (``statement.dsse.json``, payload type
``application/vnd.in-toto+json``); only the fields below count here, ``onboard evidence verify`` judges the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from toolkit.errors import PlanRefused
from toolkit.model.plan import Coverage, Plan
from toolkit.signing import Trust, signature_keyids, verify
from toolkit.signing.dsse import payload_type

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_REHEARSE = "rehearse this plan and have the evidence signed by a key with the role rehearser: onboard rehearse PATH"


class _World(msgspec.Struct, frozen=True, kw_only=True):
    kind: Literal["real", "rehearsal"]
    id: str
    hosts: Literal["real", "lab", "none"]


class _PlanReference(msgspec.Struct, frozen=True, kw_only=True):
    digest: str


class _Coverage(msgspec.Struct, frozen=True, kw_only=True):
    proven: tuple[str, ...]


class _Predicate(msgspec.Struct, frozen=True, kw_only=True):
    world: _World
    plan: _PlanReference
    result: str
    faulted: bool
    coverage: _Coverage


class _Statement(msgspec.Struct, frozen=True, kw_only=True, rename={"type_": "_type"}):
    type_: Literal["https://in-toto.io/Statement/v1"]
    predicate_type: Literal["https://onboarding-toolkit.example/evidence/v1"] = msgspec.field(name="predicateType")
    predicate: _Predicate


def check_rehearsed(plan: Plan, *, trust: Trust, evidence: Iterable[bytes]) -> None:
    """Pass when the trust file requires no rehearsal, or one of the envelopes proves it; else PlanRefused.

    ``evidence`` are the bytes of signed statements. Coverage that is required but that this plan has no part for
    (hosts, where it has none) is not asked. Of several refused envelopes the reason is that of the one that came
    furthest.
    """
    policy = trust.require_rehearsal
    if policy is msgspec.UNSET:
        return
    unknown = sorted(set(policy.coverage) - set(get_args(Coverage)))
    if unknown:
        raise PlanRefused(
            f"the trust file requires a coverage that no rehearsal has: {', '.join(unknown)}",
            fix=f"name some of: {', '.join(get_args(Coverage))}",
        )
    needed = set(policy.coverage) & set(plan.index.coverage)
    best = (0, "no evidence of a rehearsal of this plan was found")
    for envelope in evidence:
        reached, reason = _judge(envelope, plan, trust=trust, needed=needed)
        if not reason:
            return
        best = max(best, (reached, reason), key=lambda one: one[0])
    raise PlanRefused(
        f"a rehearsal is required before a real apply: {best[1]}", fix=_REHEARSE, details={"plan": plan.digest}
    )


def _judge(content: bytes, plan: Plan, *, trust: Trust, needed: set[str]) -> tuple[int, str]:
    """How many conditions hold, and the first that does not (empty: all do)."""
    try:
        envelope = json.loads(content)
        payload, good = verify(envelope, trust.with_role("rehearser"))
        if payload_type(envelope) != PAYLOAD_TYPE:
            return 1, "the evidence is not a signed statement"
        signers = ", ".join(keyid[:12] for keyid in signature_keyids(envelope)) or "nobody"
        predicate = msgspec.json.decode(payload, type=_Statement).predicate
    except (ValueError, RecursionError):
        return 1, "the evidence is not a signed statement"
    world = predicate.world
    missing = ", ".join(sorted(needed - _proven(predicate)))
    conditions = (
        (predicate.plan.digest == plan.digest, f"the evidence is of another plan ({predicate.plan.digest[:19]}…)"),
        (bool(good), f"the evidence is not signed by a trusted rehearser (signed by {signers})"),
        (world.kind == "rehearsal", "the evidence is not of a rehearsal"),
        (predicate.result == "passed", f"the rehearsal {world.id} did not pass: {predicate.result}"),
        (not predicate.faulted, f"faults were injected into the rehearsal {world.id}, its pass proves nothing"),
        (not missing, f"the rehearsal {world.id} (hosts {world.hosts}) did not prove {missing}"),
    )
    for reached, (holds, reason) in enumerate(conditions, start=2):
        if not holds:
            return reached, reason
    return len(conditions) + 2, ""


def _proven(predicate: _Predicate) -> set[str]:
    """What the statement proves; without hosts that is AWS at most, whatever it says."""
    proven = set(predicate.coverage.proven)
    return proven & {"aws"} if predicate.world.hosts == "none" else proven
