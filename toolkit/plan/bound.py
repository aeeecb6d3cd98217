"""Code and data that shape a plan, as digests and versions: a plan is void when any of it has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import toolkit
from toolkit import resources
from toolkit.canonical import digest, digest_tree
from toolkit.errors import PlanRefused
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.model.profile import ProviderProfile
from toolkit.plan.meaning import decisions_digest, inventory_digest

CATALOGUE = Path(toolkit.__file__).resolve().parent / "catalogue"
SDKS = ("pulumi", "pulumi-aws")

_WHAT = {
    "inventory": "the inventory was changed after the plan was made",
    "decisions": "the decisions are others than those of the plan",
    "tables": "a decision table was changed after the plan was made",
    "catalogue": "the service catalogue was changed after the plan was made",
    "profile": "the provider profile was changed after the plan was made",
    "stacks": "a stack program was edited after approval",
    "playbooks": "a playbook or role was edited after approval",
    "engine": "the plan was made for another version of the engine",
    "toolkit": "the plan was made by another version of the toolkit",
}


def bound_digests(
    *, profile: ProviderProfile, tables: str, folder: Callable[[str], Path] = resources.folder
) -> dict[str, str]:
    """What an installation binds a plan to; ``tables`` is ``toolkit.decide.table.tables_digest()``.

    Trees are digested by path and content, the profile by meaning; an SDK that is not installed is ``absent``.
    ``folder`` finds a data folder.
    """
    bound = {
        "tables": tables,
        "catalogue": _catalogue_digest(),
        "profile": digest(profile),
        "stacks": digest_tree(folder("stacks")),
        "playbooks": digest_tree(folder("playbooks")),
        "engine": digest_tree(folder("engine")),
        "toolkit": toolkit.__version__,
    }
    for name in SDKS:
        bound[f"sdk:{name}"] = _version(name)
    return bound


def _catalogue_digest() -> str:
    """Service data only: another customer's provider profile must not void this customer's plans."""
    return digest(
        {
            path.relative_to(CATALOGUE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(CATALOGUE.rglob("*"))
            if path.suffix in {".yaml", ".json"} and "profiles" not in path.relative_to(CATALOGUE).parts
        }
    )


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"


def check_bound(plan: Plan, *, inventory: Inventory, decisions: tuple[Decision, ...], bound: Mapping[str, str]) -> None:
    """PlanRefused, naming all that differs, unless inventory, decisions, code and data are still the plan's.

    ``bound`` is ``bound_digests`` of the installation that is about to apply.
    """
    then = {"inventory": plan.index.inventory, "decisions": plan.index.decisions, **plan.index.bound}
    now = {"inventory": inventory_digest(inventory), "decisions": decisions_digest(decisions), **bound}
    different = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if different:
        reasons = [_WHAT.get(name, f"the version of {name.removeprefix('sdk:')} is another one") for name in different]
        raise PlanRefused(
            f"the plan is stale: {'; '.join(reasons)}",
            fix="make the plan again and have it approved, or put back what was changed",
            details={name: {"plan": then.get(name), "now": now.get(name)} for name in different},
        )
