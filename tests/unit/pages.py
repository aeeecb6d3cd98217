"""README and the pages of docs/ as tests read them: screens, links, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = tuple(sorted((ROOT / "docs").glob("*.md")))
ANYTHING = "…"
"""Alone on a line of a screen: any lines; within a line: anything there."""

_BLOCK = re.compile(r"^```\n(\$ (?:.*\n)*?)```$", flags=re.MULTILINE)
_COMMAND = re.compile(r"^\$ ((?:[A-Z_]+=\S+ )*)onboard (.*)\n", flags=re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$", flags=re.MULTILINE | re.DOTALL)


class Screen(NamedTuple):
    """A command of a page, the settings before it, and what the page says that it prints."""

    settings: dict[str, str]
    words: tuple[str, ...]
    shown: str

    def matches(self, said: str) -> bool:
        lines = [
            r"(?:.*\n)*?" if line.strip() == ANYTHING else re.escape(line).replace(re.escape(ANYTHING), ".*") + r"\n"
            for line in self.shown.splitlines()
        ]
        return re.fullmatch("".join(lines), said.rstrip("\n") + "\n" if said.strip() else "") is not None


def screens(text: str) -> tuple[Screen, ...]:
    """Every ``$ onboard …`` of a page's blocks, with the lines up to the next one."""
    return tuple(_screens(text))


def _screens(text: str) -> Iterator[Screen]:
    import shlex

    for block in _BLOCK.findall(text):
        parts = _COMMAND.split(block)
        for before, command, shown in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            settings = dict(one.split("=", 1) for one in before.split())
            yield Screen(settings, tuple(shlex.split(command)), shown)


def links(path: Path) -> tuple[str, ...]:
    """Where a page leads to, but for other machines."""
    found = _LINK.findall(_CODE.sub("", path.read_text()))
    return tuple(link for link in found if not re.match(r"[a-z]+:", link))


def anchors(path: Path) -> frozenset[str]:
    """The names of a page's headings, as links call them."""
    headings = re.findall(r"^#+ (.*)$", _CODE.sub("", path.read_text()), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def rows(text: str) -> Iterator[tuple[str, ...]]:
    """The cells of every table row that is no head."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
