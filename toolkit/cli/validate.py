"""``onboard validate``: every problem at once."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import InventoryInvalid


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
@common()
def validate(*, paths: tuple[Path, ...], shown: Shown) -> int:
    """Check inventories: schema, cross-references, service rules. Exit 3 when one has problems.

    PATHS are workspace folders or inventory files.
    """
    from toolkit.cli.present import print_json
    from toolkit.inventory.load import check
    from toolkit.report import problems

    report = check(paths)
    if shown.as_json:
        print_json(problems.as_json(report.problems, files=report.files, components=report.components))
    else:
        text = problems.as_text(
            report.problems,
            files=report.files,
            components=report.components,
            snippets=report.snippets,
            color=shown.colored,
        )
        click.echo(text, nl=False, color=shown.colored)
    return InventoryInvalid.exit_code if any(problem.severity == "error" for problem in report.problems) else 0
