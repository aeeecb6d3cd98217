"""The checks that look at one component at a time, and what they note of it for those that need all."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import msgspec

from toolkit.inventory.crossrefs import referred
from toolkit.inventory.finding import Finding
from toolkit.inventory.networks import placed
from toolkit.inventory.rules.backups import backup_without_level
from toolkit.inventory.rules.judge import Judge, Judged
from toolkit.inventory.rules.rule_kinds import Noted
from toolkit.inventory.schema import check_component, judge_of, service_of
from toolkit.inventory.schema_files import kinds, references
from toolkit.inventory.secret_rules import component_host_key, literals, may_hold_secret
from toolkit.inventory.verdicts import Facts, Verdicts
from toolkit.model.inventory import COMPONENT_FIELDS

DEPENDS, HOST, SERVER = "depends_on", "hosted_on", "hosted_on, with a backup"
"""Roles of edges; the others are kinds: what a kind refers to is of that kind."""

_TEXTS = ("id", "kind", "tenant", "site", "application", "management_level", "hosted_on", "address", "ssh_host_key")
_encode = msgspec.json.Encoder().encode
_FIRST = "/components/0"
_NOTHING = Noted()


class Part(msgspec.Struct, kw_only=True):
    """What is noted of some components, by their numbers among themselves; pointers begin at the component.

    ``told``: what the schema and the search for secrets found. ``findings``: the rest, of what they accepted.
    ``edges``: component, pointer, the id that stands there, and what it must be (DEPENDS, HOST, SERVER or a kind).
    ``asking``: vms whose level depends on what the application uses, with tenant and application.
    ``asks``: components with rules about those that they name, with the fields that these rules read.
    """

    size: int
    names: list[str | None] = []
    traits: list[Noted] = []
    told: list[tuple[int, Finding]] = []
    findings: list[tuple[int, Finding]] = []
    edges: list[tuple[int, str, str, str]] = []
    addressed: array[int]
    addresses: array[int]
    asking: list[tuple[int, str, str | None]] = []
    asks: list[tuple[int, dict[str, Any]]] = []
    sites: set[str] = set()
    uses: set[tuple[str | None, str | None, str]] = set()
    mappings: bool = True


class Components:
    """The pass over components under one header."""

    def __init__(self, header: Any) -> None:
        self._service = service_of(header)
        self._verdicts = Verdicts(header)
        self._rules = Judge(header)
        self._judges: dict[Any, Callable[[Any], bool]] = {}
        self._referring: set[str] = set()

    def part(self, items: list[Any]) -> Part:
        """Check these components and note what the rest needs."""
        part = Part(size=len(items), addressed=array("I"), addresses=array("I"))
        suspects, judges = _suspects(items), self._judges
        for number, item in enumerate(items):
            kind = item.get("kind") if type(item) is dict else None
            judge = (judges.get(kind) or self._judge(kind)) if type(kind) is str else _refuse
            if judge(item) and number not in suspects:
                level = item.get("management_level")
                judged = self._rules.sound(item)
                self._note(part, number, item, judged, level=level)
            else:
                self._odd(part, number, item)
        return part

    def _note(self, part: Part, number: int, item: Any, judged: Judged, *, level: str | None) -> None:
        """What a component says whose fields have the types that the schema asks for."""
        get = item.get
        kind, site, backup = get("kind"), get("site"), get("backup")
        has_level = judged.noted.has_level
        facts = (kind, get("tenant"), site, get("application"), level, has_level)
        verdict = self._verdicts.known.get(facts) or self._verdicts.of(Facts(*facts))
        part.names.append(get("id"))
        self._keep(part, number, item, judged)
        for finding in verdict.findings:
            part.findings.append((number, finding))
        if verdict.uses is not None:
            part.uses.add(verdict.uses)
        if verdict.asks:
            part.asking.append((number, facts[1], facts[3]))
        if site is not None:
            part.sites.add(site)
        if backup is not None:
            self._backup(part, number, kind, backup, has_level=has_level)
        self._edges(part, number, item, kind, backed=backup is not None)
        if verdict.room is not None and "address" in item:
            where, wrong = placed("/address", item["address"], verdict.room)
            if where is not None:
                part.addressed.append(number)
                part.addresses.append(where)
            if wrong is not None:
                part.findings.append((number, wrong))
        if "ssh_host_key" in item and (wrong := component_host_key(item["ssh_host_key"])) is not None:
            part.findings.append((number, wrong))

    def _keep(self, part: Part, number: int, item: Any, judged: Judged) -> None:
        """What the service rules say."""
        part.traits.append(judged.noted)
        for finding in judged.findings:
            part.findings.append((number, finding))
        if judged.asks:
            part.asks.append((number, {field: item[field] for field in judged.asks if field in item}))

    def _edges(self, part: Part, number: int, item: Any, kind: str | None, *, backed: bool) -> None:
        edges, host = part.edges, item.get("hosted_on")
        for index, other in enumerate(item.get("depends_on", ())):
            if other is not None:
                edges.append((number, f"/depends_on/{index}", other, DEPENDS))
        if kind in self._referring:
            for below, other, targets in referred(item):
                edges.append((number, below, other, targets[0].removeprefix("components/")))
        if host is not None:
            # a vm's backup rests on its own level
            edges.append((number, "/hosted_on", host, SERVER if backed and kind != "vm" else HOST))

    def _backup(self, part: Part, number: int, kind: str | None, backup: dict[str, Any], *, has_level: bool) -> None:
        names = tuple(backup.get("policies", ()))
        for finding in self._verdicts.of_policies(names, approved=bool(backup.get("approval"))):
            part.findings.append((number, finding))
        if kind == "vm" and not has_level:
            part.findings.append((number, backup_without_level()))

    def _odd(self, part: Part, number: int, item: Any) -> None:
        """A component that the schema refuses, or that may hold a secret: the rest is told where they do not complain."""
        complained = self._tell(part, number, item)
        if not isinstance(item, dict):
            part.mappings = False
            part.names.append(None)
            part.traits.append(_NOTHING)
            return
        begin, sound = len(part.findings), _sound_fields(item)
        level = sound.get("management_level")
        if "site" in item and "site" not in sound:
            # whether it is at the tenant cannot be said
            sound.pop("address", None)
        self._note(part, number, sound, self._rules.component(item), level=level)
        part.findings[begin:] = [found for found in part.findings[begin:] if found[1].path not in complained]

    def _tell(self, part: Part, number: int, item: Any) -> set[str]:
        """Note what schema and search for secrets say; returns the pointers at which nothing else is to be said."""
        secrets = list(literals(item, called="components"))
        literal = {finding.path for finding in secrets}
        by_schema = [
            msgspec.structs.replace(finding, path=finding.path.removeprefix(_FIRST))
            for finding in check_component(item, self._service, index=0)
        ]
        by_schema = [finding for finding in by_schema if not told_already(literal, finding)]
        part.told += [(number, finding) for finding in (*secrets, *by_schema)]
        return literal | {finding.path for finding in by_schema if finding.rule != "INV-011"}

    def _judge(self, kind: str) -> Callable[[Any], bool]:
        if kind in kinds() and any(found.steps[0] not in COMPONENT_FIELDS for found in references(kind)):
            self._referring.add(kind)
        judge = judge_of(kind, self._service) or _refuse
        if kind in kinds():
            self._judges[kind] = judge
        return judge


def told_already(literal: set[str], finding: Finding) -> bool:
    """Whether the finding about a literal secret says it: at that value, or at an unknown field around it."""
    if finding.path in literal:
        return True
    return finding.rule == "INV-010" and any(secret.startswith(finding.path + "/") for secret in literal)


def _suspects(items: list[Any]) -> set[int]:
    """Components in which a secret may stand."""
    if not may_hold_secret(_encode(items)):
        return set()
    return {number for number, item in enumerate(items) if may_hold_secret(_encode(item))}


def _sound_fields(item: dict[str, Any]) -> dict[str, Any]:
    """A component without the fields whose types the schema refuses."""
    sound = {key: value for key, value in item.items() if key not in _TEXTS or isinstance(value, str)}
    needs, backup = sound.pop("depends_on", None), sound.pop("backup", None)
    if isinstance(needs, list):
        sound["depends_on"] = [other if isinstance(other, str) else None for other in needs]
    if isinstance(backup, dict):
        names, approval = backup.get("policies"), backup.get("approval")
        written = [name if isinstance(name, str) else None for name in names] if isinstance(names, list) else ()
        sound["backup"] = {"policies": written, "approval": approval if isinstance(approval, str) else ""}
    return sound


def _refuse(_: Any) -> bool:
    return False
