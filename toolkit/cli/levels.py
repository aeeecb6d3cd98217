"""``onboard levels``: what a month's records mean for the service levels, and which credits they earn."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@click.option("--month", required=True, metavar="YYYY-MM", help="The calendar month, in Europe/Paris.")
@click.option("--records", type=PATH, metavar="DIR", help="The folder of the records, not the workspace's records/.")
@click.option("--explain", is_flag=True, help="Records, rule and arithmetic of each credit, and what earns nothing.")
@click.option("--what-if", metavar="TEXT", help='One more incident: "P1 3h [component]".')
@click.option("--language", type=click.Choice(("fr", "en")), help="Of the report, not the customer's.")
@click.option("--as-of", metavar="INSTANT", help="The present: records of later times are refused.")
@click.option("--output", "file", type=PATH, metavar="FILE", help="Write into FILE, not to stdout.")
@common(formats=("text", "json", "html"))
def levels(
    *,
    path: Path,
    month: str,
    records: Path | None,
    explain: bool,
    what_if: str | None,
    language: str | None,
    as_of: str | None,
    file: Path | None,
    shown: Shown,
) -> None:
    """Availability, restore and change times of a month, credits and claims (SD-1 §1.10); SD-2 priorities, SD-4 responses.

    Records are incidents, outages, exclusions, changes, charges, subscriptions and cases (.csv or .ndjson each), and the
    webhooks of Alertmanager (alertmanager.ndjson). Every problem of them is told with file, line, field and fix: exit 3.
    """
    import json

    from toolkit.canonical import write_atomic
    from toolkit.cli.present import print_text
    from toolkit.inventory.files import keep_apart
    from toolkit.model.levels import levels_json
    from toolkit.pipeline import levelling, workspace

    place = workspace.find(path)
    if file is not None:
        keep_apart(file, place.root)
    asked = levelling.Asked(month=month, records=records, what_if=what_if, language=language, as_of=as_of)
    found = levelling.levels(place, asked)
    if shown.as_json:
        written = json.dumps(levels_json(found.report), ensure_ascii=False, indent=2) + "\n"
    elif shown.output == "html":
        written = found.html()
    else:
        written = "".join(f"{line}\n" for line in found.lines(explain=explain))
    if file is not None:
        write_atomic(file, written.encode(), mode=0o644)
    elif shown.output == "text":
        print_text(written.rstrip("\n"))
    else:
        click.echo(written, nl=False)
