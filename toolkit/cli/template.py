"""``onboard template``: the workbook that a customer fills in."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError


@click.command()
@click.option("--service", required=True, help="A service that inventories are of: managed-applications for one.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the headings.")
@click.option("-o", "--output", "target", type=PATH, required=True, metavar="FILE.xlsx", help="The workbook.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@common()
def template(*, service: str, language: str, target: Path, force: bool, shown: Shown) -> None:
    """Write a workbook to fill in: a sheet for each part and kind, with help, lists and an example row.

    What comes back is checked by onboard validate, which names sheet and cell.
    """
    from toolkit.canonical import write_atomic
    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory.schema_files import schema
    from toolkit.inventory.tables import template as library

    services = schema()["properties"]["service"]["enum"]
    if service not in services:
        raise UsageError(f"no service {service!r} has an inventory", fix=f"name one of: {', '.join(services)}")
    if target.suffix.lower() != ".xlsx":
        raise UsageError(f"{target} is no workbook", fix="name a file that ends in .xlsx")
    if target.exists() and not force:
        raise UsageError(f"{target} exists already", fix="name another, or replace it with --force")
    content = library.template(service, "fr" if language == "fr" else "en")
    write_atomic(target, content, mode=0o644)
    sheets = len(library.tables_of(service))
    if shown.as_json:
        print_json({"file": str(target), "service": service, "language": language, "sheets": sheets})
        return
    print_text(f"{target}: {sheets} sheets for an inventory of {service}; fill it in, then: onboard validate {target}")
