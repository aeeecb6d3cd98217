"""``onboard catalogue``: what each service promises, needs, delivers and leaves out."""

from __future__ import annotations

import shutil

import click

from toolkit.cli.options import Shown, common
from toolkit.errors import ChangesFound

WIDTH = 120
"""Columns of text where no terminal says how wide it is."""


@click.group()
def catalogue() -> None:
    """What each service promises, needs, delivers and leaves out, with the section that says so.

    ONBOARD_CATALOGUE names a folder of services that are added.
    """


@catalogue.command(name="list")
@common()
def list_services(*, shown: Shown) -> None:
    """Every service: the row of its description, id, title and kind."""
    from toolkit.catalogue import services
    from toolkit.cli.present import print_json, print_text

    found = services().values()
    if shown.as_json:
        listed = [
            {
                "id": one.id,
                "description": one.description,
                "title": {"en": one.title.en, "fr": one.title.fr},
                "summary": {"en": one.summary.en, "fr": one.summary.fr},
            }
            for one in found
        ]
        print_json({"schema": "onboarding/catalogue/v1", "services": listed})
        return
    rows, ids = max(len(one.description) for one in found), max(len(one.id) for one in found)
    for one in found:
        print_text(f"{one.description:{rows}}  {one.id:{ids}}  {one.title.en}")
        print_text(f"{'':{rows}}  {'':{ids}}  {one.summary.en}")


@catalogue.command()
@click.argument("service")
@click.option("--section", metavar="NAME", help="One table (restore-targets) or the tables of a section (1.10).")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@common()
def show(*, service: str, section: str | None, language: str, shown: Shown) -> None:
    """A service as the tables of its description. SERVICE is an id or a row: SD-1.

    The name in brackets after a table's title is what --section knows it by.
    """
    from typing import cast

    from toolkit.canonical import plain
    from toolkit.catalogue import service_named
    from toolkit.catalogue.lines import sections, service_lines
    from toolkit.catalogue.shown import shown_tables
    from toolkit.catalogue.words import Language
    from toolkit.cli.present import print_json, print_text

    found, spoken = service_named(service), cast("Language", language)
    tables = shown_tables(found, spoken)
    if section is not None:
        tables = sections(tables, section)
    if shown.as_json:
        print_json({"schema": "onboarding/catalogue/v1", "service": plain(found), "tables": plain(tables)})
        return
    width = shutil.get_terminal_size((WIDTH, 24)).columns
    for line in service_lines(found, tables, language=spoken, width=width):
        print_text(line)


@catalogue.command()
@click.argument("old")
@click.argument("new")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when something differs.")
@common()
def diff(*, old: str, new: str, detailed_exitcode: bool, shown: Shown) -> int:
    """What differs from OLD to NEW, entry by entry: each a service (id or row) or the file or folder of one."""
    from toolkit.canonical import plain
    from toolkit.catalogue.difference import change_lines, differences, service_or_file
    from toolkit.cli.present import print_json, print_text

    changes = differences(service_or_file(old), service_or_file(new))
    if shown.as_json:
        print_json({"schema": "onboarding/catalogue-diff/v1", "changes": plain(changes)})
    elif not changes:
        print_text("no difference")
    else:
        for line in change_lines(changes):
            print_text(line)
    return ChangesFound.exit_code if changes and detailed_exitcode else 0
