"""``onboard apply``: an approved plan, carried out."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.keys import signing_key
from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("plan_folder", metavar="PLAN", type=PATH)
@click.option(
    "--workspace", "workspace_path", type=PATH, help="The customer's workspace.  [default: where the plan lies]"
)
@click.option("--bindings", type=PATH, help="Which world: a kept rehearsal's bindings file.  [default: the real one]")
@click.option("--trust", type=PATH, help="The trust file.  [default: ~/.config/onboarding-toolkit/trust.yaml]")
@click.option(
    "--rehearsal", multiple=True, type=PATH, help="Evidence of a rehearsal; repeatable.  [default: the workspace's]"
)
@click.option("--evidence-key", metavar="URI", help="Key that signs the evidence.  [default: the operator's own]")
@common()
def apply(
    *,
    plan_folder: Path,
    workspace_path: Path | None,
    bindings: Path | None,
    trust: Path | None,
    rehearsal: tuple[Path, ...],
    evidence_key: str | None,
    shown: Shown,
) -> None:
    """Carry out an approved plan. Ctrl-C stops at the next step's boundary; the run can then be resumed."""
    from toolkit.cli.outcome import print_outcome
    from toolkit.cli.present import Progress
    from toolkit.pipeline import applying, workspace, worlds
    from toolkit.pipeline.admission import Credentials

    where = workspace.find(workspace_path) if workspace_path else workspace.of_plan(plan_folder)
    summary = applying.apply(
        applying.ApplyRequest(
            workspace=where,
            plan_dir=plan_folder,
            bindings=worlds.read_bindings(bindings) if bindings else None,
            credentials=Credentials(trust_file=trust, rehearsals=rehearsal),
            evidence_key=signing_key(evidence_key, create=False),
        ),
        listeners=(Progress(verbose=shown.verbose, quiet=shown.quiet),),
    )
    print_outcome(where, summary, as_json=shown.as_json)
