"""Whether a run may begin, or go on: approved, rehearsed where that is required, in its own world, as the right account."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from toolkit.errors import PlanRefused
from toolkit.model.bindings import Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.pipeline import evidencing, planning
from toolkit.pipeline.workspace import Workspace
from toolkit.signing import read_trust


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What vouches for a run: the trust file (None: the user's own) and evidence (none: the workspace's)."""

    trust_file: Path | None = None
    rehearsals: tuple[Path, ...] = ()


def check_build_inputs(inventory: Inventory, bindings: Bindings) -> None:
    """PlanRefused (5) in the real world while a build input is missing: an estimate assumes, an apply waits (SD-1 §1.4)."""
    from toolkit.decide.terms import assumptions

    missing = [assumed.build_input for assumed in assumptions(inventory)]
    if missing and bindings.world != "rehearsal":
        raise PlanRefused(
            f"build inputs are missing, and an apply does not go by assumptions (SD-1 §1.4): {', '.join(missing)}",
            fix="add each under build_inputs, with reference and date, and plan again; a rehearsal goes on without them",
            details={"build_inputs": missing},
        )


def check_allowed(
    workspace: Workspace, plan: Plan, plan_dir: Path, *, bindings: Bindings, credentials: Credentials
) -> None:
    """PlanRefused (5) unless the plan is approved for this world now, and rehearsed where the trust file says so.

    A run that goes on is judged as one that begins: another plan may have been applied since it stopped.
    """
    from toolkit.plan.approval import check_approval, trust_for
    from toolkit.plan.changes import check_base
    from toolkit.plan.rehearsed import check_rehearsed

    path = credentials.trust_file or workspace.trust_file()
    if not path.is_file():
        raise PlanRefused(
            f"the plan is not approved: there is no trust file that says who may approve ({path})",
            fix="list the approvers' public keys in it (see 'From rehearsal to a real account' in the README)",
        )
    now = dt.datetime.now(dt.UTC)
    if bindings.world == "rehearsal":
        # Its trust file stands in its own home; what it may reach is checked by `throwaway.inhabit`.
        check_approval(plan, plan_dir, trust=read_trust(path), now=now, world=f"rehearsal/{bindings.id}")
        return
    trust = trust_for(path, workspace=workspace.root)
    check_approval(plan, plan_dir, trust=trust, now=now)
    check_base(plan, applied=planning.last_applied(workspace))
    check_rehearsed(plan, trust=trust, evidence=evidencing.statements(workspace, credentials.rehearsals))


def check_identities(inventory: Inventory, plan: Plan, bindings: Bindings) -> None:
    """IdentityWrong (14) unless the credentials belong to the account of every tenant that the plan provisions.

    All are asked before the first effect of a run; each stack's step asks again.
    """
    wanted = {step.inputs["tenant"] for step in plan.steps if step.action == "provision.stack"}
    if not wanted:
        return
    from toolkit.aws_api import aws_clients, check_identity

    for tenant in inventory.tenants:
        if tenant.id in wanted:
            clients = aws_clients(bindings, region=tenant.platform.region)
            check_identity(clients, account=tenant.platform.account, tenant=tenant.id)
