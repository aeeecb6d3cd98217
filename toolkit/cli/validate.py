"""``onboard validate``: every problem at once, in any format, once or on every save; corrected where that is safe."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError
from toolkit.report.problems import FORMATS, SUFFIXES

SHOWN = 50
"""Problems that a text on the screen shows, unless ``--limit`` says otherwise."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option(
    "--output", "file", type=PATH, help="Write them into FILE (its suffix picks the format); stdout gets text."
)
@click.option("--limit", type=click.IntRange(0), help=f"Problems that a text shows (0: all).  [default: {SHOWN}]")
@click.option("--fix", is_flag=True, help="Show the safe corrections as a diff; ask; write them; check again.")
@click.option("--yes", is_flag=True, help="Write the corrections without asking.")
@click.option("--watch", is_flag=True, help="Check again on every save, until Ctrl-C.")
@common(formats=FORMATS)
def validate(
    *,
    paths: tuple[Path, ...],
    file: Path | None,
    limit: int | None,
    fix: bool,
    yes: bool,
    watch: bool,
    shown: Shown,
) -> int:
    """Check inventories: schema, cross-references, service rules. Exit 3 when one has problems.

    PATHS are workspace folders or inventory files.
    """
    from toolkit.cli.checking import Request, check_once

    request = Request(
        paths=paths, shown=shown, form=_form(shown, file), file=file, limit=SHOWN if limit is None else limit
    )
    if yes and not fix:
        raise UsageError("--yes answers what --fix asks", fix="add --fix")
    if watch:
        if fix or file is not None or request.form != "text":
            raise UsageError("--watch prints text only", fix="leave out --fix, --output and --format")
        from toolkit.cli.watching import watch_paths

        return watch_paths(request)
    if fix:
        from toolkit.cli.fixing import fix_paths

        fix_paths(paths, yes=yes, quiet=request.form != "text" and file is None)
    return check_once(request)


def _form(shown: Shown, file: Path | None) -> str:
    """The format that was asked for: by name, else by the suffix of the file."""
    source = click.get_current_context().get_parameter_source("output")
    if file is None or source is not click.core.ParameterSource.DEFAULT:
        return shown.output
    return SUFFIXES.get(file.suffix.lower(), shown.output)
