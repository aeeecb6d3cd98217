"""``onboard calendar``: what is due when, as a table or an iCalendar file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolkit.cli.days import DAY, day
from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.agenda.entries import Calendar
    from toolkit.pipeline.workspace import Workspace


@click.command()
@click.argument("path", type=PATH)
@click.option("--from", "since", type=day, metavar=DAY, help="Only what is on that day or later.")
@click.option("--until", type=day, metavar=DAY, help="Only what is on that day or earlier.")
@click.option("--owner", metavar="PARTY", help="Only what that party does: provider, customer, partner …")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--output", "file", type=PATH, metavar="FILE.ics", help="Write an iCalendar file.")
@common()
def calendar(
    *,
    path: Path,
    since: dt.date | None,
    until: dt.date | None,
    owner: str | None,
    language: str,
    file: Path | None,
    shown: Shown,
) -> None:
    """List contract dates, ends, recurring deliverables, deadlines and an event's days.

    The same inventory gives the same calendar on any day; a file's bytes too.
    """
    from toolkit.agenda.entries import chosen
    from toolkit.agenda.present_calendar import calendar_json, calendar_lines
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline import workspace
    from toolkit.pipeline.scheduling import whole_calendar

    if file is not None and file.suffix.lower() != ".ics":
        raise UsageError(f"{file} is no iCalendar file", fix="end its name with .ics")
    place = workspace.find(path)
    found = chosen(whole_calendar(place), since=since, until=until, owner=owner)
    if file is not None and found.entries:
        _write(found, file, language, place)
    if shown.as_json:
        print_json(calendar_json(found))
    elif not found.entries:
        print_text("no entries" + ("; no file is written" if file is not None else ""))
    elif file is None:
        for line in calendar_lines(found, language):
            print_text(line)
    if file is not None and found.entries and not shown.quiet:
        click.echo(f"{file}: {len(found.entries)} entries", err=True)


def _write(found: Calendar, file: Path, language: str, place: Workspace) -> None:
    from toolkit.agenda.ics import ics_bytes
    from toolkit.canonical import write_atomic
    from toolkit.inventory.files import keep_apart

    keep_apart(file, place.root)
    write_atomic(file, ics_bytes(found, language), mode=0o644)
