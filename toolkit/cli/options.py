"""Options that every command has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


def common(*, formats: tuple[str, ...] = ("text", "json")) -> Callable[[Command], Command]:
    """``--format``, ``-v``, ``-q`` and ``--no-color``; they arrive as ``output``, ``verbose``, ``quiet``, ``no_color``."""

    def decorate(function: Command) -> Command:
        for option in (
            click.option("--no-color", is_flag=True, help="No colours, also on a terminal."),
            click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
            click.option("-v", "--verbose", is_flag=True, help="Every progress line on stderr."),
            click.option("--format", "output", type=click.Choice(formats), default=formats[0], show_default=True),
        ):
            function = option(function)
        return function

    return decorate
