"""From an inventory to a plan in a folder; offline and without credentials."""

from __future__ import annotations

from pathlib import Path

import msgspec

from toolkit import catalogue, places
from toolkit.canonical import write_atomic
from toolkit.errors import PlanRefused
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.model.profile import ProviderProfile
from toolkit.pipeline.workspace import Workspace
from toolkit.resources import folder as data_folder


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A sound inventory, what was decided for it, and the provider profile that it names."""

    inventory: Inventory
    decisions: tuple[Decision, ...]
    profile: ProviderProfile


def prepare(workspace: Workspace) -> Prepared:
    """Load, check and decide; raises InventoryInvalid (3) or Undecided (4)."""
    from toolkit.decide.decisions import decide
    from toolkit.inventory.load import load

    inventory = load(workspace.root)
    return Prepared(
        inventory=inventory,
        decisions=decide(inventory),
        profile=catalogue.provider_profile(inventory.provider.profile),
    )


def make_plan(
    workspace: Workspace, prepared: Prepared, *, output: Path | None = None, base: Path | None = None
) -> tuple[Plan, Path]:
    """Compile the plan and write its folder (``.onboard/plans/<digest>`` unless ``output`` names another).

    ``base`` is the folder of the plan that is changed; without it, the last one that was applied for real.
    """
    from toolkit.plan.folder import read_plan, write_plan

    plan = compiled(prepared, base=read_plan(base) if base else _base(workspace))
    target = output or kept_plan(workspace, plan.digest)
    write_plan(plan, target)
    return plan, target


def compiled(prepared: Prepared, *, base: Plan | None = None) -> Plan:
    """The plan as it stands, written nowhere; raises PlanRefused (5)."""
    from toolkit.plan.compile import compile_plan
    from toolkit.plan.stack_config import stack_configs
    from toolkit.plan.supported import check_supported
    from toolkit.provision.record import record_stack

    check_supported(prepared.inventory, prepared.decisions)
    stacks = {
        name: record_stack(
            data_folder("stacks") / request.program, stack=name, project=request.project, config=request.config
        )
        for name, request in stack_configs(prepared.inventory, prepared.profile).items()
    }
    return compile_plan(
        prepared.inventory,
        prepared.decisions,
        profile=prepared.profile,
        stacks=stacks,
        bound=_bound(prepared),
        base=base,
    )


def last_applied(workspace: Workspace) -> str | None:
    """The digest of the newest plan that a real run began with: also a run that failed may have made something."""
    if not places.ledger(workspace.root).is_file():
        return None
    begun = [row for row in workspace.store().runs() if row.bindings.world == "real" and row.stages is None]
    return begun[-1].plan if begun else None


def kept_plan(workspace: Workspace, digest: str) -> Path:
    """Where a workspace keeps the plan of that digest."""
    return workspace.plans / digest.removeprefix("sha256:")[:16]


def keep_plan(workspace: Workspace, plan: Plan, folder: Path) -> Path:
    """Put a plan and its approvals where a later plan and a resumed run find them, whatever becomes of ``folder``."""
    from toolkit.plan.folder import APPROVALS, write_plan

    kept = kept_plan(workspace, plan.digest)
    if kept.resolve() != folder.resolve():
        write_plan(plan, kept)
        for path in (folder / APPROVALS).glob("*.json"):
            write_atomic(kept / APPROVALS / path.name, path.read_bytes())
    return kept


def _base(workspace: Workspace) -> Plan | None:
    """The plan that was applied last; PlanRefused when it is not there any more, for its removals would go unseen."""
    from toolkit.plan.folder import read_plan

    applied = last_applied(workspace)
    if applied is None:
        return None
    folder = kept_plan(workspace, applied)
    if not folder.is_dir() or (plan := read_plan(folder)).digest != applied:
        raise PlanRefused(
            f"the plan that was applied last ({applied[:19]}…) is not in {folder} any more",
            fix="restore that folder, or name the plan that is changed: --against PLAN",
        )
    return plan


def check_fresh(plan: Plan, prepared: Prepared) -> None:
    """Refuse (5) a plan made from another inventory, other tables, programs or versions than are here now."""
    from toolkit.plan.bound import check_bound

    check_bound(plan, inventory=prepared.inventory, decisions=prepared.decisions, bound=_bound(prepared))


def _bound(prepared: Prepared) -> dict[str, str]:
    from toolkit.decide.table import tables_digest
    from toolkit.plan.bound import bound_digests

    return bound_digests(profile=prepared.profile, tables=tables_digest())
