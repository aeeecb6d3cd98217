"""Why a figure is what it is: plain steps that a reader can check with a pencil."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """One step: the rule in words, the section that it stands in, what went in, and the arithmetic with its result.

    A rule that the source leaves open is marked as this project's choice in its words.
    """

    rule: str
    section: str
    inputs: dict[str, str] = {}
    arithmetic: str = ""

    @property
    def text(self) -> str:
        given = ", ".join(f"{name} {value}" for name, value in self.inputs.items())
        return f"{self.rule} ({self.section})" + "".join(f"; {part}" for part in (given, self.arithmetic) if part)


def lines(steps: Iterable[Because], *, indent: str = "    ") -> list[str]:
    """The steps as lines of text, each with ``because``."""
    return [f"{indent}because {step.text}" for step in steps]
