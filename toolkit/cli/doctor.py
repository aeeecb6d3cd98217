"""``onboard doctor``: what this machine allows, and the fix for each gap."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import OnboardError, PrerequisiteMissing


@click.command()
@click.argument("path", type=PATH, required=False)
@common()
def doctor(*, path: Path | None, shown: Shown) -> int:
    """Look at this machine, and at a workspace when PATH names one. Exit 13 when something is missing."""
    from toolkit.cli.present import print_json, print_text

    findings = [_python(), _engine(), *_extras(), *_lab()]
    if path is not None:
        findings.append(_inventory(path))
    if shown.as_json:
        print_json(
            {
                "schema": "onboarding/doctor/v1",
                "findings": [dict(zip(("part", "ok", "says", "fix"), f, strict=True)) for f in findings],
            }
        )
    else:
        for part, ok, says, fix in findings:
            print_text(f"{'ok     ' if ok else 'MISSING'} {part}: {says}")
            if fix:
                print_text(f"        fix: {fix}")
    return 0 if all(ok for _, ok, _, _ in findings) else PrerequisiteMissing.exit_code


Finding = tuple[str, bool, str, str]


def _python() -> Finding:
    version = sys.version.split()[0]
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return ("python", fits, version, "" if fits else "use Python 3.11, 3.12 or 3.13")


def _engine() -> Finding:
    from toolkit.provision.engine import find_engine

    try:
        return ("engine", True, str(find_engine().path), "")
    except OnboardError as error:
        return ("engine", False, error.message, error.fix)


def _extras() -> list[Finding]:
    import importlib.util

    wanted = {"aws": ("boto3",), "hosts": ("ansible_runner",), "rehearsal": ("moto", "grpc")}
    found: list[Finding] = []
    for extra, modules in wanted.items():
        gone = [module for module in modules if importlib.util.find_spec(module) is None]
        fix = f"pip install 'onboarding-toolkit[{extra}]'" if gone else ""
        found.append((f"extra {extra}", not gone, f"without {', '.join(gone)}" if gone else "installed", fix))
    return found


def _lab() -> list[Finding]:
    from toolkit.rehearsal.lab.prerequisites import prerequisites

    gaps = prerequisites()
    if not gaps:
        return [("host lab", True, "this machine can run it", "")]
    return [(f"host lab, {gap.name}", False, gap.message, gap.fix) for gap in gaps]


def _inventory(path: Path) -> Finding:
    from toolkit.pipeline import planning, workspace

    try:
        inventory = planning.prepare(workspace.find(path)).inventory
    except OnboardError as error:
        return ("workspace", False, error.message, error.fix)
    return ("workspace", True, f"{inventory.customer.id}: {len(inventory.components)} components", "")
