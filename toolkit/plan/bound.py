"""Code and data that shape a plan, as digests and versions: a plan is void when any of it has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path

import toolkit
from toolkit import resources
from toolkit.canonical import digest, digest_tree
from toolkit.catalogue.service_list import added_folder
from toolkit.errors import PlanRefused
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.model.profile import ProviderProfile
from toolkit.plan.meaning import decisions_digest, inventory_digest

PACKAGE = Path(toolkit.__file__).resolve().parent
CATALOGUE = PACKAGE / "catalogue"
UNBOUND = frozenset({"cli", "rehearsal", "report"})
"""Parts whose code has no say in what lands in accounts and on hosts, nor in what is called proven; all else is bound."""
SDKS = ("ansible-core", "ansible-runner", "boto3", "pulumi", "pulumi-aws")
"""Packages whose versions shape effects or proofs."""

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
    "code": "the toolkit's own code was edited after the plan was made",
}


def bound_digests(
    *, profile: ProviderProfile, tables: str, folder: Callable[[str], Path] = resources.folder, package: Path = PACKAGE
) -> dict[str, str]:
    """What an installation binds a plan to; ``tables`` is ``toolkit.decide.table.tables_digest()``.

    Trees are digested by path and content, the profile by meaning; an SDK that is not installed is ``absent``.
    ``folder`` finds a data folder, ``package`` is the toolkit's own; an installation has the digests of its checkout.
    """
    bound = {
        "tables": tables,
        "catalogue": _catalogue_digest(),
        "profile": digest(profile),
        "stacks": digest_tree(folder("stacks")),
        "playbooks": digest_tree(folder("playbooks")),
        "engine": digest_tree(folder("engine")),
        "toolkit": toolkit.__version__,
        "code": _files_digest(package, _code(package)),
    }
    for name in SDKS:
        bound[f"sdk:{name}"] = _version(name)
    return bound


def _code(package: Path) -> list[Path]:
    """Its data folders lie inside an installed package and beside it in a checkout; they have digests of their own."""
    apart = UNBOUND | {"_data"}
    return [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in apart]


def _catalogue_digest() -> str:
    """Service data only: another customer's provider profile must not void this customer's plans."""
    own, added = _data_digest(CATALOGUE), added_folder()
    return own if added is None else digest([own, _data_digest(added)])


def _data_digest(root: Path) -> str:
    files = (path for path in root.rglob("*") if path.suffix in {".yaml", ".json"})
    return _files_digest(root, [path for path in files if "profiles" not in path.relative_to(root).parts])


def _files_digest(root: Path, files: Iterable[Path]) -> str:
    """Of chosen files only, by path below ``root`` and content: what an editor or a compiler left beside does not count."""
    return digest({path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"


def _version_reason(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    versions = f"{then.get(name, 'not named')} in the plan, {now.get(name, 'not named')} here"
    return f"the version of {name.removeprefix('sdk:')} is another one ({versions})"


def check_bound(plan: Plan, *, inventory: Inventory, decisions: tuple[Decision, ...], bound: Mapping[str, str]) -> None:
    """PlanRefused, naming all that differs, unless inventory, decisions, code and data are still the plan's.

    ``bound`` is ``bound_digests`` of the installation that is about to apply.
    """
    then = {"inventory": plan.index.inventory, "decisions": plan.index.decisions, **plan.index.bound}
    now = {"inventory": inventory_digest(inventory), "decisions": decisions_digest(decisions), **bound}
    different = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if different:
        reasons = [_WHAT.get(name) or _version_reason(name, then, now) for name in different]
        raise PlanRefused(
            f"the plan is stale: {'; '.join(reasons)}",
            fix="make the plan again and have it approved, or put back what was changed",
            details={name: {"plan": then.get(name), "now": now.get(name)} for name in different},
        )
