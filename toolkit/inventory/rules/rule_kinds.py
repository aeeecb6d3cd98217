"""The three shapes of a service rule, and how each says what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from toolkit.inventory.finding import Finding, Mapping
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.registry import RULES


class Noted(NamedTuple):
    """What others ask of a component that they name; None where it is absent or no text.

    ``has_level``: whatever its level is, there is one. ``backend``: who integrates it into the back office.
    """

    kind: str | None = None
    tenant: str | None = None
    has_level: bool = False
    level: str | None = None
    tooling: str | None = None
    backend: str | None = None


Known = Callable[[str], Noted | None]
"""What is noted of the component of an id; None where there is none."""


class HeaderRule(Protocol):
    """What a header breaks; pointers begin at the inventory."""

    def __call__(self, header: Header) -> Iterator[Finding]: ...


class ComponentCheck(Protocol):
    """What a component breaks; pointers begin at the component."""

    def __call__(self, item: Mapping, header: Header) -> Iterator[Finding]: ...


class AcrossCheck(Protocol):
    """What a component breaks together with those that it names; pointers begin at the component."""

    def __call__(self, item: Mapping, header: Header, known: Known) -> Iterator[Finding]: ...


class ComponentRule(NamedTuple):
    """A check on components of some kinds. It depends on the header and on the fields that it ``reads``, on no other.

    So its verdict is the same for every component with the same values there.
    """

    check: ComponentCheck
    kinds: tuple[str, ...]
    reads: tuple[str, ...]


class AcrossRule(NamedTuple):
    """A check on components of some kinds and on what is noted of those that they name."""

    check: AcrossCheck
    kinds: tuple[str, ...]
    reads: tuple[str, ...]


def broken(rule: str, path: str, message: str, *, fix: str = "", key: bool = False) -> Finding:
    """The finding of a rule with its severity; the message ends with the section that it stands in."""
    found = RULES[rule]
    return Finding(
        rule=rule, path=path, message=f"{message} ({found.section})", fix=fix, key=key, severity=found.severity
    )
