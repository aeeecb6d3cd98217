"""``onboard tables``: prove decision tables, and see what another version of one would change."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import ChangesFound, InventoryInvalid


@click.group()
def tables() -> None:
    """Decision tables: prove them, compare them."""


@tables.command()
@click.argument("files", nargs=-1, type=PATH)
@common()
def lint(*, files: tuple[Path, ...], shown: Shown) -> int:
    """Prove that no rules overlap (UNIQUE), none is unreachable, and no facts or days are left out. Exit 3 otherwise.

    FILES are decision tables; without any, those of this installation.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.decide.lint import lint as prove
    from toolkit.decide.present import lint_json, lint_lines
    from toolkit.decide.table import read_table
    from toolkit.pipeline.deciding import table_files

    linted = [(str(file) if files else file.name, prove(read_table(file))) for file in files or table_files()]
    if shown.as_json:
        print_json(lint_json(linted))
    else:
        for line in lint_lines(linted):
            print_text(line)
    return InventoryInvalid.exit_code if any(one.findings for _, one in linted) else 0


@tables.command()
@click.argument("old")
@click.argument("new")
@click.argument("inventory", type=PATH)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when an outcome changes.")
@common()
def diff(*, old: str, new: str, inventory: Path, detailed_exitcode: bool, shown: Shown) -> int:
    """List every component of INVENTORY whose outcome changes from table OLD to table NEW, and why.

    OLD and NEW are files, or ids of installed tables.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.decide.present import impact_lines, impacts_json
    from toolkit.pipeline import deciding, workspace

    compared = deciding.table_impacts(old, new, workspace.find(inventory))
    if shown.as_json:
        print_json(impacts_json(compared.impacts, table=compared.table, components=compared.components))
    else:
        for line in impact_lines(compared.impacts):
            print_text(line)
        print_text(compared.summary)
    return ChangesFound.exit_code if compared.impacts and detailed_exitcode else 0
