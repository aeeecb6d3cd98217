"""What only all components together show: ids, hosts, references, circles, addresses, levels in use.

Kept in columns: of a component its name, a small number for what others ask of it, and its edges and address as
integers, so that a million fit into memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from operator import eq
from typing import Any

from toolkit.inventory.circles import circles
from toolkit.inventory.components import DEPENDS, HOST, SERVER, Part
from toolkit.inventory.crossrefs import ids, taken, unmanaged_sites, unresolved, whole
from toolkit.inventory.finding import Finding, did_you_mean, listed, shown, strings, text
from toolkit.inventory.networks import address_taken, endpoint_addresses
from toolkit.inventory.rules.backups import backup_without_level
from toolkit.inventory.rules.judge import Judge
from toolkit.inventory.rules.levels import application_level, subscribed
from toolkit.inventory.rules.rule_kinds import Noted
from toolkit.inventory.spelling import Words


class Index:
    """The columns of all components under one header; parts are added in order."""

    def __init__(self, header: Any, rules: Judge) -> None:
        self._header = header
        self._rules = rules
        self.size = 0
        self.whole = whole(header, "components")
        """Whether every component is there and a mapping: only then is a name that is not found a mistake."""
        self.names: list[str | None] = []
        self._first: dict[str, int] = {}
        self._twice: list[int] = []
        self._traits: list[Noted] = []
        self._trait_numbers: dict[Noted, int] = {}
        self._trait = array("I")
        self._words: dict[tuple[str, str], int] = {}
        self._sources, self._labels, self._targets = array("I"), array("I"), array("q")
        self._later: list[str] = []
        self._addressed, self._addresses = array("I"), array("I")
        self._asking: list[tuple[int, str, str | None]] = []
        self._asks: list[tuple[int, dict[str, Any]]] = []
        self._sites: set[str] = set()
        self._uses: set[tuple[str | None, str | None, str]] = set()

    def add(self, part: Part) -> None:
        """Note the next components."""
        start, first = self.size, self._first
        for number, name in enumerate(part.names, start):
            if name is not None and first.setdefault(name, number) != number:
                self._twice.append(number)
        self.names += part.names
        numbers, words = self._trait_numbers, self._words
        here = {trait: numbers.setdefault(Noted(*noted), len(numbers)) for trait, noted in part.noted.items()}
        self._trait.extend([here[trait] for trait in part.traits])
        self._sources.extend([start + number for number in part.sources])
        self._labels.extend([words.setdefault(label, len(words)) for label in part.labels])
        for other in part.targets:
            target = first.get(other)
            if target is None:
                target = ~len(self._later)
                self._later.append(other)
            self._targets.append(target)
        self._addressed.extend([start + number for number in part.addressed])
        self._addresses.extend(part.addresses)
        self._asking += [(start + number, tenant, application) for number, tenant, application in part.asking]
        self._asks += [(start + number, item) for number, item in part.asks]
        self._sites |= part.sites
        self._uses |= part.uses
        self.whole &= part.mappings
        self.size += part.size

    def findings(self) -> Iterator[tuple[int | None, Finding]]:
        """Every finding, with the number of its component or None where it points into the header."""
        self._traits = list(self._trait_numbers)
        for number in self._twice:
            yield number, taken("/id", self.names[number] or "", "component")
        for path, link in listed(self._header, "links"):
            if (name := text(link, "id")) in self._first:
                yield None, taken(f"{path}/id", name or "", "component")
        yield from self._references()
        yield from self._order()
        edges = ((source, target, label) for source, target, label, _ in self._edges() if target >= 0)
        labels = [below for below, _ in self._words]
        for source, label, said in circles(edges, self.size, self._leads, self.names):
            message = f"a circle of dependencies: {said}"
            yield source, Finding(rule="INV-022", path=labels[label], message=message)
        yield from self._twice_addressed()
        yield from self._levels()
        yield from ((None, finding) for finding in unmanaged_sites(self._header, self._sites))
        yield from ((None, finding) for finding in self._rules.together(self._traits))
        for number, item in self._asks:
            yield from ((number, finding) for finding in self._rules.across(item, self._noted))

    def _leads(self, number: int) -> bool:
        """Whether a component is the one that its name means."""
        name = self.names[number]
        return name is not None and self._first[name] == number

    def _edges(self) -> Iterator[tuple[int, int, int, str]]:
        """Source, target (negative where there is none), label, and the name where there is no target."""
        for source, target, label in zip(self._sources, self._targets, self._labels, strict=True):
            name = ""
            if target < 0:
                name = self._later[~target]
                target = self._first.get(name, -1)  # noqa: PLW2901 - it stands further down
            yield source, target, label, name

    def _noted(self, name: str) -> Noted | None:
        number = self._first.get(name)
        return None if number is None else self._trait_of(number)

    def _trait_of(self, number: int) -> Noted:
        return self._traits[self._trait[number]]

    def _references(self) -> Iterator[tuple[int, Finding]]:
        tenants, links = ids(self._header, "tenants"), ids(self._header, "links")
        choices = _Choices(self, links)
        links_sound = whole(self._header, "links")
        words = list(self._words)
        for source, target, label, name in self._edges():
            below, role = words[label]
            if target < 0:
                if role == DEPENDS:
                    if self.whole and links_sound and name not in links:
                        yield source, unresolved(below, "component or link", name, choices.of(DEPENDS))
                elif self.whole:
                    kind = "vm" if role in (HOST, SERVER) else role
                    yield source, unresolved(below, kind, name, choices.of(kind))
                continue
            there = self._trait_of(target)
            if role == SERVER and not there.has_level:
                yield source, backup_without_level()
            if role in (HOST, SERVER):
                # nearly all stand where they should
                if there.kind != "vm" or there.tenant != self._trait_of(source).tenant:
                    yield from ((source, found) for found in self._host(source, target, there, tenants))
            elif role not in (DEPENDS, there.kind) and there.kind is not None and self.whole:
                right = choices.of(role)
                message = f"{shown(self.names[target])} is a {there.kind}, not a {role}"
                fix = did_you_mean(self.names[target], right) if right.choices else ""
                yield source, Finding(rule="INV-020", path=below, message=message, fix=fix)

    def _host(self, source: int, target: int, there: Noted, tenants: dict[str, Any]) -> Iterator[Finding]:
        here = self._trait_of(source).tenant
        message = ""
        if there.kind not in ("vm", None):
            message = f"is a {there.kind}, not a vm"
        elif there.tenant != here and there.tenant in tenants and here in tenants:
            message = f"is on the tenant {shown(there.tenant)}, this component on {shown(here)}"
        if message:
            yield Finding(rule="INV-024", path="/hosted_on", message=f"{shown(self.names[target])} {message}")

    def _order(self) -> Iterator[tuple[None, Finding]]:
        order = self._header.get("order") if isinstance(self._header, dict) else None
        choices = _Choices(self, {})
        for field in ("authorises", "documents"):
            for index, name in strings(order, field):
                if self.whole and name not in self._first:
                    yield None, unresolved(f"/order/{field}/{index}", "component", name, choices.of(DEPENDS))

    def _twice_addressed(self) -> Iterator[tuple[int | None, Finding]]:
        seen: dict[int, str] = {}
        for path, number, owner, finding in endpoint_addresses(self._header):
            if finding is not None:
                yield None, finding
            if number is None:
                continue
            if number in seen:
                yield None, address_taken(path, number, seen[number])
            seen.setdefault(number, owner)
        ordered = sorted(self._addresses)
        again = {some for some, same in zip(ordered, map(eq, ordered, islice(ordered, 1, None)), strict=False) if same}
        again |= seen.keys()
        for component, number in zip(self._addressed, self._addresses, strict=True) if again else ():
            if number in again:
                if number in seen:
                    yield component, address_taken("/address", number, seen[number])
                seen.setdefault(number, f"component {shown(self.names[component])}")

    def _levels(self) -> Iterator[tuple[int, Finding]]:
        tenants = ids(self._header, "tenants")
        used: dict[tuple[str | None, str | None], set[str]] = {}
        for tenant, application, level in self._uses:
            used.setdefault((tenant, application), set()).add(level)
        found: dict[tuple[str, str | None], tuple[Finding, ...]] = {}
        for number, tenant, application in self._asking:
            key = tenant, application
            if key not in found:
                needed = {"os"} | used.get(key, set())
                found[key] = tuple(application_level(needed - subscribed(tenants[tenant])))
            yield from ((number, finding) for finding in found[key])


class _Choices:
    """The names that a reference of each role may mean, sorted once."""

    def __init__(self, index: Index, links: dict[str, Any]) -> None:
        self._index, self._links = index, links
        self._made: dict[str, Words] = {}

    def of(self, role: str) -> Words:
        """``DEPENDS``: any component or link; else the components of that kind."""
        if role not in self._made:
            index = self._index
            if role == DEPENDS:
                known = sorted([*index._first, *self._links])  # noqa: SLF001 - a part of it
            else:
                known = sorted(name for name, number in index._first.items() if index._trait_of(number).kind == role)  # noqa: SLF001
            self._made[role] = Words(known)
        return self._made[role]
