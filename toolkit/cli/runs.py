"""``onboard runs``: where runs stand, and how one goes on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from toolkit.cli.keys import signing_key
from toolkit.cli.options import PATH, Shown, common

WORKSPACE = click.option("--workspace", "path", type=PATH, default=Path(), show_default="this folder")


@click.group()
def runs() -> None:
    """Where runs stand; resume one."""


@runs.command("list")
@click.argument("path", type=PATH, default=Path())
@common()
def list_runs(*, path: Path, shown: Shown) -> None:
    """Every run of a workspace (PATH: this folder), oldest first."""
    from toolkit import places
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline import workspace

    where = workspace.find(path)
    rows = where.ledger().runs() if places.ledger(where.root).is_file() else ()
    if shown.as_json:
        found = [
            {"run": row.id, "state": row.state, "world": row.bindings.world, "plan": row.plan, "started": row.started}
            for row in rows
        ]
        print_json({"schema": "onboarding/runs/v1", "runs": found})
        return
    for row in rows:
        started = dt.datetime.fromtimestamp(row.started, dt.UTC)
        print_text(f"{row.id}  {row.state:11}  {row.bindings.world:9}  {started:%Y-%m-%d %H:%M:%S}  {row.plan[7:19]}")
    if not rows:
        print_text("no runs yet")


@runs.command()
@click.argument("run")
@WORKSPACE
@common()
def show(*, run: str, path: Path, shown: Shown) -> None:
    """The steps of a run, and its events with -v."""
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline import applying, workspace

    where = workspace.find(path)
    store = where.ledger()
    summary, steps, events = applying.summary(where, store, run), store.steps(run), store.events(run)
    if shown.as_json:
        print_json(
            {**plain(summary), "steps": [plain(step) for step in steps.values()], "events": [plain(e) for e in events]}
        )
        return
    print_text(f"run {run}: {summary.state}, plan {summary.plan}")
    for step in steps.values():
        print_text(f"  {step.state:8} {step.step.rpartition('@')[0]} (attempt {step.attempt})")
    for row in events:
        if shown.verbose or row.event.kind in {"failed", "waiting"}:
            print_text(f"  {row.seq:4} {row.event.kind:8} {row.event.step}: {row.event.message}")


@runs.command()
@click.argument("run")
@WORKSPACE
@click.option("--passed", metavar="GATE", multiple=True, help="A gate that a person has passed; may be given again.")
@click.option("--by", metavar="NAME", help="Who passed it.")
@click.option(
    "--forced", metavar="REASON", help="Pass it although something is missing; the evidence keeps the reason."
)
@click.option("--bindings", type=PATH, help="The same world's newest bindings.  [default: those it began with]")
@click.option("--trust", type=PATH, help="The trust file.  [default: ~/.config/onboarding-toolkit/trust.yaml]")
@click.option("--evidence-key", metavar="URI", help="Key that signs the evidence.  [default: the operator's own]")
@common()
def resume(
    *,
    run: str,
    path: Path,
    passed: tuple[str, ...],
    by: str | None,
    forced: str | None,
    bindings: Path | None,
    trust: Path | None,
    evidence_key: str | None,
    shown: Shown,
) -> None:
    """Go on with a run that was killed, interrupted, failed, or waits at a gate."""
    from toolkit.cli.outcome import print_outcome
    from toolkit.cli.present import Progress
    from toolkit.errors import UsageError
    from toolkit.pipeline import applying, workspace, worlds
    from toolkit.pipeline.admission import Credentials
    from toolkit.pipeline.standing import Asked

    if bool(passed) != bool(by):
        raise UsageError("--passed and --by go together", fix="say which gate was passed, and by whom")
    if forced is not None and not passed:
        raise UsageError("--forced is the reason to pass a gate", fix="name the gate: --passed GATE --by NAME")
    for option, said, what in (("--by", by, "who passed it"), ("--forced", forced, "why it is passed all the same")):
        if said is not None and not any(letter.isalnum() for letter in said):
            raise UsageError(f"{option}: {said!r} has no letter", fix=f"say {what}: the evidence keeps it")
    where = workspace.find(path)
    summary = applying.resume(
        where,
        run,
        listeners=(Progress(verbose=shown.verbose, quiet=shown.quiet),),
        passed_gates={gate: Asked(by=by.strip(), forced=forced) for gate in passed} if by else None,
        bindings=worlds.read_bindings(bindings) if bindings else None,
        credentials=Credentials(trust_file=trust),
        evidence_key=signing_key(evidence_key, create=False),
    )
    print_outcome(where, summary, as_json=shown.as_json)
