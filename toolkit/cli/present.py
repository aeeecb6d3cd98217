"""How the command line prints: data on stdout, messages and progress on stderr, control characters made visible."""

from __future__ import annotations

import json
import shutil
import sys
import time
from typing import Any

import click

from toolkit.errors import OnboardError
from toolkit.run.store import EventRow
from toolkit.visible import visible


def print_json(value: Any) -> None:
    """One JSON object on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    click.echo(visible(text, keep_newlines=True))


def print_error(error: OnboardError, *, as_json: bool) -> None:
    """The error on stderr with its fix; as one object on stdout for ``--format json``."""
    if as_json:
        print_json(error.to_json())
        return
    click.secho(f"error: {visible(error.message, keep_newlines=True)}", fg="red", err=True)
    for line in _detail_lines(error.details):
        click.echo(f"  {visible(line, keep_newlines=True)}", err=True)
    if error.fix:
        click.echo(f"  fix: {visible(error.fix, keep_newlines=True)}", err=True)


def _detail_lines(details: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, value in details.items():
        if isinstance(value, list | tuple):
            lines += [f"{key}: {item}" if isinstance(item, str) else _line(key, item) for item in value]
        elif isinstance(value, str | int | float | bool):
            lines.append(f"{key}: {value}")
    return lines


def _line(key: str, item: Any) -> str:
    """An object on one line: a problem of an inventory as its place, what is wrong and the fix, else as JSON."""
    if isinstance(item, dict) and {"rule", "file", "message", "fix"} <= item.keys():
        place = ":".join(str(part) for part in (item["file"], item.get("line"), item.get("column")) if part is not None)
        return f"{place}: {item['message']} [{item['rule']}]" + (f"; {item['fix']}" if item["fix"] else "")
    return f"{key}: {json.dumps(item, ensure_ascii=False)}"


class Progress:
    """Says on stderr what a run does: a line per step, every event with ``verbose``, a moving line on a terminal."""

    def __init__(self, *, verbose: bool = False, quiet: bool = False) -> None:
        self._verbose, self._quiet = verbose, quiet
        self._began: dict[str, float] = {}
        self._start = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, row: EventRow) -> None:
        event = row.event
        if event.kind == "started":
            self._began[event.step] = time.monotonic()
            self.say(f"{event.step} …", moving=True)
        elif event.kind == "progress":
            if event.message.startswith("NOT PROVEN"):
                self.say(f"{event.step}: {event.message}")
            else:
                self.say(f"{event.step}: {event.message}", moving=not self._verbose)
        elif event.kind == "finished":
            now = time.monotonic()
            took = now - self._began.get(event.step, now)
            counts = ", ".join(
                f"{value} {name.replace('_', ' ')}" for name, value in event.data.get("counts", {}).items()
            )
            self.say(f"{event.step} done in {took:.1f} s{': ' + counts if counts else ''}")

    def say(self, message: str, *, moving: bool = False) -> None:
        """One line; a ``moving`` one is shown on a terminal only and overwritten by the next."""
        if self._quiet or (moving and not self._terminal and not self._verbose):
            return
        line = f"[{time.monotonic() - self._start:6.1f}s] {visible(message)}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r\x1b[K" + (line[:width] if moving else line + "\n"))
            sys.stderr.flush()
        else:
            click.echo(line, err=True)
