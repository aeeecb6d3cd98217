"""``onboard diff``: two versions of an inventory, by meaning."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import ChangesFound


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when something differs.")
@common(formats=("text", "json", "html"))
def diff(*, old: Path, new: Path, detailed_exitcode: bool, shown: Shown) -> int:
    """What was added, removed, renamed, moved and changed from OLD to NEW, and what is decided otherwise.

    Order, layout and spelled-out defaults do not count. OLD and NEW are workspaces or inventory files, of any format.
    """
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline.comparing import compare_inventories
    from toolkit.report import inventory_diff as present

    found = compare_inventories(old, new)
    if shown.as_json:
        print_json(plain(found))
    elif shown.output == "html":
        click.echo(present.as_html(found), nl=False)
    else:
        for line in present.as_lines(found):
            print_text(line)
    return ChangesFound.exit_code if found.differs and detailed_exitcode else 0
