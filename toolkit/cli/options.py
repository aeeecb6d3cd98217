"""Options that every command has, as one argument: ``shown``."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

PATH = click.Path(path_type=Path)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """How the user wants to see things: ``output`` is text or json; ``colored`` when stdout is a terminal."""

    output: str
    verbose: bool
    quiet: bool
    colored: bool = False

    @property
    def as_json(self) -> bool:
        return self.output == "json"


def common(*, formats: tuple[str, ...] = ("text", "json")) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--format``, ``-v``, ``-q`` and ``--no-color``; the command gets them as ``shown``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*, output: str, verbose: bool, quiet: bool, no_color: bool, **named: Any) -> Any:
            colored = sys.stdout.isatty() and not no_color and "NO_COLOR" not in os.environ
            if no_color:
                click.get_current_context().color = False
            return function(shown=Shown(output=output, verbose=verbose, quiet=quiet, colored=colored), **named)

        decorated: Callable[..., Any] = call
        for option in (
            click.option("--no-color", is_flag=True, help="No colours, also on a terminal."),
            click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
            click.option("-v", "--verbose", is_flag=True, help="Every progress line on stderr."),
            click.option("--format", "output", type=click.Choice(formats), default=formats[0], show_default=True),
        ):
            decorated = option(decorated)
        return decorated

    return decorate
