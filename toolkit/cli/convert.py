"""``onboard convert``: an inventory from any format into any other."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("path", type=PATH)
@click.option("-o", "--output", "target", type=PATH, required=True, metavar="OUT", help="File, or folder inventory/.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@common()
def convert(*, path: Path, target: Path, force: bool, shown: Shown) -> None:
    """Write an inventory as .yaml, .json, .ndjson (.jsonl), .csv or .xlsx, or as a folder inventory/ of pieces.

    Nothing but comments is lost; what a format cannot hold is refused. CSV holds components only.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.inventory import convert as library

    done = library.convert(path, target, force=force)
    if shown.as_json:
        print_json({"files": [str(file) for file in done.files], "components": done.components, "notes": done.notes})
        return
    for note in done.notes:
        print_text(f"note: {note}")
    print_text(f"{target}: {done.components} component{'s' if done.components != 1 else ''}")
