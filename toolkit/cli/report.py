"""``onboard report``: the report of a run, made from its evidence."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@click.option("--run", help="The run.  [default: the newest with evidence]")
@common()
def report(*, path: Path, run: str | None, shown: Shown) -> None:
    """Write the HTML report of a run and print its summary; PATH is a workspace or an evidence bundle."""
    from toolkit.cli.present import print_json, print_text
    from toolkit.evidence.bundle import STATEMENT
    from toolkit.evidence.verify import verify_bundle
    from toolkit.pipeline import evidencing, workspace
    from toolkit.report import text
    from toolkit.report.html import write_report

    if (path / STATEMENT).is_file():
        bundle, target = path, path.with_suffix(".html")
    else:
        where = workspace.find(path)
        bundle = evidencing.newest(where, run)
        target = where.report(bundle.name)
    verdict = verify_bundle(bundle).summary
    write_report(bundle, target, verdict=verdict)
    if shown.as_json:
        print_json({"schema": "onboarding/report/v1", "bundle": str(bundle), "report": str(target)})
    else:
        print_text(text.summary(bundle, verdict=verdict))
        print_text(f"report: {target}")
