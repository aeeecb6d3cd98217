"""What a run stands behind: a word of the plan is proven only when every step that could prove it did. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from toolkit.evidence.statement import Coverage, NotProven
from toolkit.model.bindings import Bindings
from toolkit.model.plan import Plan
from toolkit.model.run import StepResult

ONLY_REAL_CLOUD = (
    "the cloud's own enforcement of permissions, quotas and policies",
    "the timing and the failures of the cloud's control plane",
    "the customer's premises: their hosts, their internet access, their VPN device",
)

NO_NAMESPACE = "isolation: only root on Linux (with iproute2) rehearses in a network namespace of its own"


class _Proof(msgspec.Struct, frozen=True):
    """The action whose steps prove a word, what they count, and how the lines of its open ends begin."""

    action: str
    count: str
    open_ends: tuple[str, ...]


_PROOFS = {
    "aws": _Proof("verify.tenant", "checks", ("",)),
    "hosts": _Proof("configure.hosts", "hosts", ("",)),
    "tunnels": _Proof("verify.site", "tunnels", ("probe", "tunnel", "verify/")),
    "backups": _Proof("verify.site", "backups_restored", ("backup", "restore", "verify/")),
    "monitoring": _Proof("verify.site", "alerts_proven", ("alert", "agent", "verify/")),
}


def unproven_world(bindings: Bindings) -> tuple[str, ...]:
    """What a run in that world leaves open before its first step, as ``what: reason``."""
    return (NO_NAMESPACE,) if bindings.world == "rehearsal" and bindings.netns is None else ()


def coverage(plan: Plan, results: Mapping[str, StepResult], *, bindings: Bindings, done: bool) -> Coverage:
    """``results`` by step name; ``done`` says that the run came to its end."""
    left_out = "not part of this run" if done else "the run ended before it"
    lines = [*unproven_world(bindings), *(line for result in results.values() for line in result.not_proven)]
    unproven = [NotProven(what=line.partition(": ")[0], reason=line.partition(": ")[2] or line) for line in lines]
    unproven += [NotProven(what=step.name, reason=left_out) for step in plan.steps if step.name not in results]
    unproven += [
        NotProven(what=name, reason="not covered: no step of this version reaches it") for name in plan.index.uncovered
    ]
    return Coverage(
        proven=tuple(word for word in plan.index.coverage if _is_proven(_PROOFS[word], plan, results)),
        not_proven=tuple(unproven),
        only_real_cloud=ONLY_REAL_CLOUD,
    )


def _is_proven(proof: _Proof, plan: Plan, results: Mapping[str, StepResult]) -> bool:
    """Every such step ended without an open end, and at least one had something to count (a site may have no backups)."""
    found = [results.get(step.name) for step in plan.steps if step.action == proof.action]
    whole = all(result is not None and not _open(proof, result) for result in found)
    return whole and any(result is not None and result.counts.get(proof.count, 0) > 0 for result in found)


def _open(proof: _Proof, result: StepResult) -> bool:
    return any(line.startswith(proof.open_ends) for line in result.not_proven)
