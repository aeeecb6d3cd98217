"""``onboard schema``: what an inventory may say, kind by kind."""

from __future__ import annotations

import shutil

import click

from toolkit.cli.options import Shown, common


@click.group()
def schema() -> None:
    """What an inventory may say, kind by kind."""


@schema.command("list")
@common()
def list_schemas(*, shown: Shown) -> None:
    """Every kind of component, by service."""
    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory.schema_table import list_kinds

    found = list_kinds()
    if shown.as_json:
        print_json({"schema": "onboarding/kinds/v1", "kinds": found})
        return
    width = max(len(one["kind"]) for one in found)
    for service in dict.fromkeys(one["service"] for one in found):
        print_text(service)
        for one in found:
            if one["service"] == service:
                print_text(f"  {one['kind']:{width}}  {one['description']}")


@schema.command()
@click.argument("kind")
@common()
def show(*, kind: str, shown: Shown) -> None:
    """The properties of a KIND, or of the inventory around the components (KIND: inventory).

    With --format json the JSON Schema itself, in one file that refers to no other.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory.schema_files import whole
    from toolkit.inventory.schema_table import as_text

    if shown.as_json:
        print_json(whole(kind))
    else:
        print_text(as_text(kind, width=shutil.get_terminal_size((110, 40)).columns))
