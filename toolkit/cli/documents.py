"""``onboard documents``: the documents of an onboarding, from inventory, decisions, plan and evidence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolkit.cli.options import PATH, Shown, common

if TYPE_CHECKING:
    from toolkit.pipeline.documenting import GapRow, Written


@click.command()
@click.argument("path", type=PATH)
@click.option("--only", multiple=True, metavar="ID", help="Only this document; may be repeated.")
@click.option("--language", multiple=True, type=click.Choice(["fr", "en"]), help="[default: the customer's]")
@click.option("--as", "formats", multiple=True, type=click.Choice(["md", "html", "docx"]), help="[default: all three]")
@click.option("--output", "folder", type=PATH, metavar="DIR", help="[default: .onboard/documents of the workspace]")
@click.option("--raci", "matrix", type=PATH, metavar="FILE", help="The project's RACI matrix; none is assumed.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The date that stands on the documents.")
@click.option("--month", metavar="YYYY-MM", help="The month of reports and claims, from the workspace's records.")
@click.option("--strict", is_flag=True, help="Exit 3 when a fact is missing in one of them.")
@click.option("--list", "listing", is_flag=True, help="Which documents there are; writes none.")
@click.option("--facts", is_flag=True, help="Which facts a template may name; writes none.")
@common()
def documents(
    *,
    path: Path,
    only: tuple[str, ...],
    language: tuple[str, ...],
    formats: tuple[str, ...],
    folder: Path | None,
    matrix: Path | None,
    date: dt.datetime | None,
    month: str | None,
    strict: bool,
    listing: bool,
    facts: bool,
    shown: Shown,
) -> int:
    """Write the service's documents as Markdown, HTML and Word, in French or English.

    A fact that is missing is a marked gap, listed at the end of each document and counted here (-v names each);
    nothing is invented.
    """
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.errors import InventoryInvalid
    from toolkit.pipeline import documenting, workspace

    place = workspace.find(path)
    if facts:
        print_json({"schema": "onboarding/document-facts/v1", "facts": documenting.names(place)})
        return 0
    request = documenting.Request(
        only=only,
        languages=tuple(dict.fromkeys(language)),
        formats=tuple(dict.fromkeys(formats)) or ("md", "html", "docx"),
        output=folder,
        matrix=matrix,
        date=date.date() if date else None,
        month=month,
    )
    if listing:
        rows = documenting.listed(place, request)
        if shown.as_json:
            print_json({"schema": "onboarding/document-list/v1", "documents": plain(rows)})
        else:
            for row in rows:
                id_ = f"{row.id}.{row.language}" if len(request.languages) > 1 else row.id
                print_text(f"{id_}: {row.title} [{row.source}]")
        return 0
    written = documenting.write_documents(place, request)
    if shown.as_json:
        print_json(plain(written))
    else:
        for line in _lines(written, every=shown.verbose):
            print_text(line)
        if written.gaps and not shown.verbose and not shown.quiet:
            click.echo("-v names each point", err=True)
    return InventoryInvalid.exit_code if strict and written.gaps else 0


def _lines(written: Written, *, every: bool) -> list[str]:
    """The files, then each document's number of gaps; with ``every`` each gap below it."""
    from toolkit.report.problems.listing import counted

    lines = [file.path for file in written.files]
    by_document: dict[str, list[GapRow]] = {}
    for gap in written.gaps:
        by_document.setdefault(f"{gap.document}.{gap.language}", []).append(gap)
    for document, gaps in by_document.items():
        lines.append(f"TO BE COMPLETED: {document}: {counted(len(gaps), 'point')}")
        if every:
            lines += [f"  ({gap.number}) {gap.what}: {gap.where}{_at(gap)}" for gap in gaps]
    return [*lines, f"{counted(len(written.files), 'file')}, {counted(len(written.gaps), 'point')} to be completed"]


def _at(gap: GapRow) -> str:
    return f" [{', '.join(gap.sections)}]" if gap.sections else ""
