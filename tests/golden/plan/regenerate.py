"""Writes the golden plans anew: ``python tests/golden/plan/regenerate.py``; review the diff.

Each folder beside this file is a case: ``inventory.yaml`` (for acme that of examples/acme), and the plan's documents,
indented for review. What binds a plan to versions and digests of code is left out of the index.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT))


def inventory_of(case: str) -> Path:
    """The inventory that a case is made from."""
    own = HERE / case / "inventory.yaml"
    return own if own.exists() else ROOT / "examples" / case / "inventory.yaml"


def compiled(case: str) -> dict[str, Any]:
    """File name to content of a case's plan, from the real stack programs."""
    import msgspec
    import yaml

    from toolkit import resources
    from toolkit.canonical import canonical_bytes
    from toolkit.catalogue import provider_profile
    from toolkit.decide.decisions import decide
    from toolkit.model.inventory import Inventory
    from toolkit.plan.compile import compile_plan
    from toolkit.plan.folder import file_name
    from toolkit.plan.stack_config import stack_configs
    from toolkit.provision.record import record_stack

    inventory = msgspec.convert(yaml.safe_load(inventory_of(case).read_text()), Inventory)
    profile = provider_profile(inventory.provider.profile)
    stacks = {
        name: record_stack(
            resources.folder("stacks") / request.program, stack=name, project=request.project, config=request.config
        )
        for name, request in stack_configs(inventory, profile).items()
    }
    plan = compile_plan(inventory, decide(inventory), profile=profile, stacks=stacks, bound={})
    files = {file_name(document.scope): json.loads(canonical_bytes(document)) for document in plan.documents}
    return {**files, "index.json": json.loads(canonical_bytes(plan.index))}


def main() -> None:
    for case in sorted(path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"):
        for old in case.glob("*.json"):
            old.unlink()
        for name, content in compiled(case.name).items():
            (case / name).write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
