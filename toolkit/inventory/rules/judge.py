"""Every service rule that looks at a header, a component, or a component and those that it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from toolkit.inventory.finding import Finding, Mapping, text
from toolkit.inventory.rules import (
    backups,
    building,
    by_section,
    desktops,
    functions,
    inclusions,
    levels,
    partners,
    support,
    support_contacts,
    transition,
)
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, HeaderRule, Known, Noted
from toolkit.inventory.schema_files import definition, kinds

_MODULES = (
    levels,
    desktops,
    support,
    functions,
    backups,
    inclusions,
    building,
    by_section,
    partners,
    transition,
    support_contacts,
)
HEADER: tuple[HeaderRule, ...] = tuple(rule for module in _MODULES for rule in module.HEADER)
COMPONENT: tuple[ComponentRule, ...] = tuple(rule for module in _MODULES for rule in module.COMPONENT)
ACROSS: tuple[AcrossRule, ...] = tuple(rule for module in _MODULES for rule in module.ACROSS)

_NOTED = ("tenant", "application", "responsibility", "management_level", "tooling")
_REMEMBERED = 50_000
_ABSENT = object()
_encode = msgspec.json.Encoder().encode


class Judged(NamedTuple):
    """What the rules say of a component: findings that point into it, and what others may ask of it.

    ``asks`` names the fields that its rules about others read; none: it has no such rules.
    """

    findings: tuple[Finding, ...]
    noted: Noted
    asks: tuple[str, ...]


class _Kind(msgspec.Struct, frozen=True, eq=False):
    """The rules of a kind and the fields that they read together."""

    kind: str | None
    component: tuple[ComponentRule, ...]
    reads: tuple[str, ...]
    asks: tuple[str, ...]


def _kind(kind: str | None) -> _Kind:
    component = tuple(rule for rule in COMPONENT if kind in rule.kinds)
    noted = (field for field in _NOTED if kind not in kinds() or field in definition(str(kind))["properties"])
    reads = dict.fromkeys((*noted, *(field for rule in component for field in rule.reads)))
    asks = dict.fromkeys(field for rule in ACROSS if kind in rule.kinds for field in ("kind", *rule.reads))
    return _Kind(kind, component, tuple(reads), tuple(asks))


class Judge:
    """The service rules under one header; what they say of a component is worked out once for the same facts."""

    def __init__(self, header: Any, *, today: dt.date | None = None) -> None:
        self._header = Header(header, today=today)
        self._kinds: dict[str | None, _Kind] = {}
        self._told: dict[tuple[Any, ...], Judged] = {}

    def header(self) -> Iterator[Finding]:
        """What the header breaks by itself; pointers begin at the inventory."""
        for rule in HEADER:
            yield from rule(self._header)

    def sound(self, item: Mapping) -> Judged:
        """``component`` for one that keeps to its schema, so that no field is null: faster."""
        of_kind = self._kinds.get(item["kind"]) or self._kind(item["kind"])
        facts = (of_kind, *map(item.get, of_kind.reads))
        try:
            found = self._told.get(facts)
        except TypeError:
            # a mapping or a list
            return self.component(item)
        return found or self._remember(facts, item, of_kind)

    def reads(self, kind: str) -> tuple[str, ...]:
        """The fields that ``sound`` depends on, beside the kind."""
        return (self._kinds.get(kind) or self._kind(kind)).reads

    def component(self, item: Mapping) -> Judged:
        """What a component breaks by itself; pointers begin at the component."""
        kind = item.get("kind")
        if type(kind) is not str:
            kind = None
        of_kind = self._kinds.get(kind) or self._kind(kind)
        facts: list[Any] = [kind]
        for field in of_kind.reads:
            value = item.get(field, _ABSENT)
            facts.append(value if value is _ABSENT or type(value) is str else _encode(value))
        key = tuple(facts)
        return self._told.get(key) or self._remember(key, item, of_kind)

    def _kind(self, kind: str | None) -> _Kind:
        found = self._kinds[kind] = _kind(kind)
        return found

    def _remember(self, facts: tuple[Any, ...], item: Mapping, of_kind: _Kind) -> Judged:
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        found = self._told[facts] = self._judge(item, of_kind)
        return found

    def across(self, item: Mapping, known: Known) -> Iterator[Finding]:
        """What a component breaks together with those that it names; pointers begin at the component.

        Of the component the fields that ``Judged.asks`` names are enough.
        """
        for rule in ACROSS:
            if item.get("kind") in rule.kinds:
                yield from rule.check(item, self._header, known)

    def together(self, noted: Iterable[Noted]) -> Iterator[Finding]:
        """What the inventory breaks by what its components are; ``noted``: each of the different notes on them."""
        if any(note.backend == "provider" for note in noted):
            yield from building.missing_inputs(self._header)

    def _judge(self, item: Mapping, of_kind: _Kind) -> Judged:
        findings = tuple(found for rule in of_kind.component for found in rule.check(item, self._header))
        noted = Noted(
            kind=of_kind.kind,
            tenant=text(item, "tenant"),
            has_level="management_level" in item,
            level=text(item, "management_level"),
            tooling=text(item, "tooling"),
            backend=self._header.responsible(item, "backend"),
        )
        return Judged(findings, noted, of_kind.asks)
