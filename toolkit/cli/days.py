"""A day on the command line: ``type=day, metavar=DAY``."""

from __future__ import annotations

import datetime as dt

import click

DAY = "YYYY-MM-DD"


def day(text: str) -> dt.date:
    """A day of this century or the next; click.BadParameter (2) for anything else."""
    try:
        found = dt.date.fromisoformat(text) if len(text) == len(DAY) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year < 2200:
        raise click.BadParameter(f"{text!r} is no day; write it as 2027-03-01")
    return found
