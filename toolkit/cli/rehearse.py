"""``onboard rehearse``: the whole flow in a throwaway world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from toolkit.cli.keys import CREATE_KEY, signing_key
from toolkit.cli.options import PATH, Shown, common


class PathOrCommand(click.Group):
    """``rehearse PATH`` beside ``rehearse down PATH``: what is no command's name is a path."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Options may stand before the path: `rehearse --keep PATH`.
        if args and args[0].startswith("-") and args[0] not in {"-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=PathOrCommand, subcommand_metavar="PATH | COMMAND")
def rehearse() -> None:
    """Rehearse the whole onboarding of PATH with the real parts, in a throwaway world on this machine.

    Options of `onboard rehearse PATH`: --hosts auto|lab|none, --keep, --evidence-key URI, --create-key; each is
    explained by `onboard rehearse run --help`.
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--keep", is_flag=True, help="Leave the world standing, with its bindings file."),
        click.option("--evidence-key", metavar="URI", help="A rehearser's key.  [default: one of this rehearsal only]"),
        CREATE_KEY,
    ):
        function = option(function)
    return function


@rehearse.command("run")
@click.argument("path", type=PATH)
@click.option("--hosts", type=click.Choice(["auto", "lab", "none"]), default="auto", show_default=True)
@_options
@common()
def run(*, path: Path, hosts: Any, keep: bool, evidence_key: str | None, create_key: bool, shown: Shown) -> None:
    """Make a world, apply the plan in it, verify, take the world away. Ctrl-C takes it away too, unless --keep."""
    _perform(
        "rehearse", path, hosts=hosts, keep=keep, evidence_key=signing_key(evidence_key, create=create_key), shown=shown
    )


@rehearse.command()
@click.argument("path", type=PATH)
@_options
@common()
def resume(*, path: Path, keep: bool, evidence_key: str | None, create_key: bool, shown: Shown) -> None:
    """Finish a rehearsal that was killed, in the world that it left."""
    _perform(
        "resume", path, hosts="auto", keep=keep, evidence_key=signing_key(evidence_key, create=create_key), shown=shown
    )


@rehearse.command()
@click.argument("path", type=PATH)
@common()
def down(*, path: Path, shown: Shown) -> None:
    """Remove the world that a killed or kept rehearsal left."""
    from toolkit.cli.present import Progress, print_json, print_text
    from toolkit.errors import OnboardError
    from toolkit.pipeline import rehearsing, workspace

    left = rehearsing.down(workspace.find(path), say=Progress(quiet=shown.quiet).say)
    if left:
        raise OnboardError(f"this is left of the rehearsal: {', '.join(left)}", fix="stop it, then run this again")
    if shown.as_json:
        print_json({"schema": "onboarding/rehearsal-removed/v1", "left": left})
    else:
        print_text("nothing is left of the rehearsal")


def _perform(verb: str, path: Path, *, hosts: Any, keep: bool, evidence_key: str | None, shown: Shown) -> None:
    from toolkit.cli.outcome import print_outcome
    from toolkit.cli.present import Progress
    from toolkit.pipeline import rehearsing, workspace

    where = workspace.find(path)
    request = rehearsing.RehearseRequest(
        workspace=where, hosts=hosts, keep=keep, evidence_key=evidence_key, verbose=shown.verbose, quiet=shown.quiet
    )
    say = Progress(verbose=shown.verbose, quiet=shown.quiet).say
    summary = rehearsing.resume(request, say=say) if verb == "resume" else rehearsing.rehearse(request, say=say)
    print_outcome(where, summary, as_json=shown.as_json)
    if keep and not shown.as_json:
        standing = rehearsing.current(where)
        if standing is not None:
            click.echo(f"  the world stands; its bindings: {where.rehearsal / standing.id / 'bindings.json'}")
