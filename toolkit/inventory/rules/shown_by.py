"""The examples of each rule: one that breaks it and one that keeps it, in the folder of its id."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from toolkit.errors import UsageError
from toolkit.inventory.rules.registry import RULES, Rule

FOLDER = Path(__file__).resolve().parent / "examples"


def rule(name: str) -> Rule:
    """The rule of an id, in whatever letter case; raises UsageError for an unknown one."""
    found = RULES.get(name.upper())
    if found is None:
        raise UsageError(f"no rule {name!r}", fix=f"onboard rules lists all, {next(iter(RULES))} for one")
    return found


def chosen(section: str | None) -> tuple[Rule, ...]:
    """The rules of a section (``SD-1 §1.6``; ``1.6`` or ``SD-2`` is enough), all without one; UsageError for none."""
    found = tuple(one for one in RULES.values() if section is None or _within(one.section, section))
    if not found:
        known = ", ".join(dict.fromkeys(one.section for one in RULES.values()))
        raise UsageError(f"no rule of the section {section!r}", fix=f"name one of: {known}")
    return found


def _within(written: str, section: str) -> bool:
    """Whether a section is one of those that a rule names: 1.1 is no part of 1.14."""
    wanted = section.replace("§", "").lower().split()
    if len(wanted) < 2 or not wanted[0].startswith("sd-"):
        words = written.replace("§", "").replace(",", " ").lower()
        return " ".join(wanted) == written.lower() or (len(wanted) == 1 and wanted[0] in words.split())
    source, _, parts = written.replace("§", "").lower().partition(" ")
    return source == wanted[0] and wanted[1] in parts.replace(",", " ").split()


def example(name: str, which: Literal["breaks", "passes"]) -> Path:
    """The file or folder that breaks or keeps the rule of that id."""
    (found,) = (FOLDER / name).glob(f"{which}*")
    return found


def written(path: Path) -> str:
    """An example as text; of a folder each file under its name, and bytes that are no UTF-8 by their numbers."""
    if path.is_file():
        return path.read_text(encoding="utf-8", errors="backslashreplace")
    files = sorted(one for one in path.rglob("*") if one.is_file())
    return "\n".join(f"# {one.relative_to(path).as_posix()}\n{written(one)}" for one in files)
