"""``onboard event``: the plan of a supported event."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@common()
def event(*, path: Path, shown: Shown) -> None:
    """Plan an event: rehearsal, support of each day, deadlines, who does what (SD-5 §5).

    What keeps no limit is planned to fit, and said with rule, figures and the nearest plan: exit 0. Where no plan fits:
    exit 3.
    """
    from toolkit.agenda.present_event import event_json, event_lines
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline import workspace
    from toolkit.pipeline.scheduling import plan_of

    plan = plan_of(workspace.find(path))
    if shown.as_json:
        print_json(event_json(plan))
        return
    for line in event_lines(plan):
        print_text(line)
    if plan.broken and not shown.quiet:
        count = len(plan.broken)
        click.echo(f"warning: {count} limit{'s' if count > 1 else ''} not kept; the plan is cut to fit", err=True)
