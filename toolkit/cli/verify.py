"""``onboard verify``: the running things, checked again."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.keys import signing_key
from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@click.option("--bindings", type=PATH, help="Which world: a kept rehearsal's bindings file.  [default: the real one]")
@click.option("--intrusive", is_flag=True, help="Also stop an agent and restore a backup, outside a rehearsal.")
@click.option("--evidence-key", metavar="URI", help="Key that signs the evidence.  [default: the operator's own]")
@common()
def verify(*, path: Path, bindings: Path | None, intrusive: bool, evidence_key: str | None, shown: Shown) -> None:
    """Check what the last finished run of this world set up, against the running things. Exit 9 when one differs."""
    from toolkit.cli.outcome import print_outcome
    from toolkit.cli.present import Progress
    from toolkit.pipeline import applying, workspace, worlds

    where = workspace.find(path)
    summary = applying.verify(
        where,
        bindings=worlds.read_bindings(bindings) if bindings else None,
        intrusive=intrusive,
        evidence_key=signing_key(evidence_key, create=False),
        listeners=(Progress(verbose=shown.verbose, quiet=shown.quiet),),
    )
    print_outcome(where, summary, as_json=shown.as_json)
