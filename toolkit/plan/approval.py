"""Approvals: detached signatures over a plan's digest, beside the plan's index, held against a trust file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit.canonical import canonical_bytes, write_atomic
from toolkit.errors import OnboardError, PlanRefused, UsageError
from toolkit.model.plan import Plan
from toolkit.plan.changes import check_removals
from toolkit.plan.folder import APPROVALS, read_plan
from toolkit.signing import Trust, read_trust, sign, signature_keyids, verify
from toolkit.signing.dsse import payload_type
from toolkit.signing.keys import load_signer

PAYLOAD_TYPE = "application/vnd.onboarding.approval+json"
REAL = "real"
_APPROVE = "have the plan approved: onboard approve PLAN --key URI"


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an approver signs.

    ``world`` is ``real`` or ``rehearsal/<id>``. ``removals`` names, as ``<kind>/<name>``, what may be removed: nothing
    yet, for this version carries out no removal; with the field in the format, what is signed today allows none later.
    """

    schema: Literal["onboarding/approval/v1"] = "onboarding/approval/v1"
    plan: str
    role: Literal["approver"] = "approver"
    keyid: str
    expires: dt.datetime
    world: str
    removals: tuple[str, ...] = ()


def approve(plan_dir: Path, *, key_uri: str, expires: dt.datetime, world: str = REAL) -> Path:
    """Sign the digest of the plan in ``plan_dir``; the file written, ``approvals/<keyid>.json``.

    ``expires`` has a time zone. Raises PlanRefused for an altered plan, UsageError for an expiry without time zone,
    and what ``load_signer`` raises.
    """
    plan = read_plan(plan_dir)
    if expires.tzinfo is None:
        raise UsageError("the expiry has no time zone", fix="write it as 2027-01-31T12:00:00Z")
    signer = load_signer(key_uri)
    approval = Approval(
        plan=plan.digest,
        keyid=signer.keyid,
        expires=expires.astimezone(dt.UTC).replace(microsecond=0),
        world=world,
    )
    envelope = sign(canonical_bytes(approval), PAYLOAD_TYPE, signer)
    path = plan_dir / APPROVALS / f"{signer.keyid}.json"
    write_atomic(path, canonical_bytes(envelope))
    return path


def trust_for(path: Path, *, workspace: Path) -> Trust:
    """The trust file, which must stand outside the workspace: who changes the inventory does not choose who approves.

    Raises UsageError when it is absent or malformed, PlanRefused when it lies inside the workspace.
    """
    if path.resolve().is_relative_to(workspace.resolve()):
        raise PlanRefused(
            f"the trust file {path.name} lies inside the workspace", fix="keep it where only its owner can write"
        )
    return read_trust(path)


def check_approval(plan: Plan, plan_dir: Path, *, trust: Trust, now: dt.datetime, world: str = REAL) -> Approval:
    """The first approval beside the plan that allows this plan in this world now.

    Quorum is 1. No approval allows a removal. Raises PlanRefused with the reason: of several refused approvals the one that came furthest.
    """
    folder = plan_dir / APPROVALS
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise PlanRefused("the plan is not approved", fix=_APPROVE, details={"plan": plan.digest})
    refusals: list[tuple[int, PlanRefused]] = []
    for path in files:
        try:
            return _judge(path, plan, trust=trust, now=now, world=world)
        except _Refusal as refusal:
            refusals.append((refusal.reached, refusal.error))
    raise max(refusals, key=lambda one: one[0])[1]


class _Refusal(Exception):
    """Carries a PlanRefused, and how far the approval came, out of the chain of checks."""

    def __init__(self, reached: int, error: PlanRefused) -> None:
        super().__init__(error.message)
        self.reached = reached
        self.error = error


def _refuse(reached: int, message: str, fix: str = _APPROVE) -> _Refusal:
    return _Refusal(reached, PlanRefused(message, fix=fix))


def _judge(path: Path, plan: Plan, *, trust: Trust, now: dt.datetime, world: str) -> Approval:
    envelope, approval = _read(path)
    short = approval.keyid[:12]
    if approval.world != world and approval.world.startswith("rehearsal/"):
        raise _refuse(2, f"the approval by key {short} was made inside {approval.world}, it counts only there")
    key = trust.key(approval.keyid)
    if key is None:
        raise _refuse(3, f"the approval is signed by the unknown key {short}", "add the key to the trust file, if due")
    if approval.keyid not in verify(envelope, (key,))[1]:
        raise _refuse(4, f"the approval {path.name} was altered: its signature is wrong")
    if "approver" not in key.roles:
        raise _refuse(5, f"key {short} ({key.name}) may not approve: its roles are {', '.join(key.roles)}")
    if approval.plan != plan.digest:
        raise _refuse(6, f"the approval by {key.name} is of another plan ({approval.plan[:19]}…)")
    if approval.world != world:
        raise _refuse(7, f"the approval by {key.name} is for the world {approval.world}, not {world}")
    if approval.expires <= now:
        raise _refuse(8, f"the approval by {key.name} expired at {approval.expires.isoformat()}")
    try:
        check_removals(plan)
    except PlanRefused as error:
        raise _Refusal(9, error) from error
    return approval


def _read(path: Path) -> tuple[dict[str, Any], Approval]:
    altered = _refuse(1, f"the approval {path.name} was altered: it is not a signed approval")
    try:
        envelope = json.loads(path.read_bytes())
        payload, _ = verify(envelope, ())
        if payload_type(envelope) != PAYLOAD_TYPE:
            raise altered
        approval = msgspec.json.decode(payload, type=Approval)
        if canonical_bytes(approval) != payload or approval.expires.tzinfo is None:
            raise altered
        if signature_keyids(envelope) != (approval.keyid,):
            raise altered
    except (OSError, ValueError, RecursionError, OnboardError) as error:
        raise altered from error
    return envelope, approval
