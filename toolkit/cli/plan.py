"""``onboard plan``: offline, the same bytes for the same inventory."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@click.option("-o", "--output-folder", type=PATH, help="Where the plan goes.  [default: .onboard/plans/<digest>]")
@click.option("--against", type=PATH, help="The plan that this one changes.  [default: the last one applied]")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when the plan changes anything.")
@common()
def plan(*, path: Path, output_folder: Path | None, against: Path | None, detailed_exitcode: bool, shown: Shown) -> int:
    """Compile the plan: steps, resources per stack, and every change against the last plan."""
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.errors import ChangesFound
    from toolkit.pipeline import planning, workspace

    where = workspace.find(path)
    made, folder = planning.make_plan(where, planning.prepare(where), output=output_folder, base=against)
    if shown.as_json:
        print_json({"plan": made.digest, "folder": str(folder), **plain(made.index)})
    else:
        print_text(f"plan {made.digest}")
        print_text(f"in {folder}")
        for document in made.documents:
            print_text(f"{document.scope}:")
            for stack, resources in document.stacks.items():
                print_text(f"  stack {stack}: {len(resources)} resources")
            for step in document.steps:
                print_text(f"  {'gate' if step.kind == 'gate' else 'step'} {step.name}")
        counted = {
            operation: sum(change.operation == operation for change in made.index.changes)
            for operation in ("add", "change", "remove")
        }
        print_text("changes: " + ", ".join(f"{count} to {operation}" for operation, count in counted.items()))
        for change in made.index.changes:
            if shown.verbose or change.operation == "remove":
                print_text(f"  {change.operation} {change.kind} {change.name}")
        for name in made.index.uncovered:
            print_text(f"NOT COVERED: {name}: no step of this version reaches it")
    return ChangesFound.exit_code if detailed_exitcode and made.index.changes else 0
