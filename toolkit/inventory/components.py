"""The checks that look at one component at a time, and what they note of it for those that need all."""

from __future__ import annotations

from array import array
from typing import Any

import msgspec

from toolkit.inventory.crossrefs import referred
from toolkit.inventory.finding import Finding
from toolkit.inventory.networks import placed
from toolkit.inventory.schema import check_component, judge_of, service_of
from toolkit.inventory.schema_files import kinds, references
from toolkit.inventory.secret_rules import component_host_key, literals, may_hold_secret
from toolkit.inventory.service_rules import backup_without_level
from toolkit.inventory.verdicts import Facts, Trait, Verdicts
from toolkit.model.inventory import COMPONENT_FIELDS

DEPENDS, HOST, SERVER = "depends_on", "hosted_on", "hosted_on, with a backup"
"""Roles of edges; the others are kinds: what a kind refers to is of that kind."""

_encode = msgspec.json.Encoder().encode
_FIRST = "/components/0"


class Part(msgspec.Struct, kw_only=True):
    """What is noted of some components, by their numbers among themselves; pointers begin at the component.

    ``told``: what the schema and the search for secrets found. ``findings``: the rest, of what they accepted.
    ``edges``: component, pointer, the id that stands there, and what it must be (DEPENDS, HOST, SERVER or a kind).
    ``asking``: vms whose level depends on what the application uses, with tenant and application.
    """

    size: int
    names: list[str | None] = []
    traits: list[Trait] = []
    told: list[tuple[int, Finding]] = []
    findings: list[tuple[int, Finding]] = []
    edges: list[tuple[int, str, str, str]] = []
    addressed: array[int]
    addresses: array[int]
    asking: list[tuple[int, str, str | None]] = []
    sites: set[str] = set()
    uses: set[tuple[str | None, str | None, str]] = set()
    mappings: bool = True


class Components:
    """The pass over components under one header."""

    def __init__(self, header: Any) -> None:
        self._service = service_of(header)
        self._verdicts = Verdicts(header)
        self._judges: dict[str | None, Any] = {}
        self._refers: dict[str | None, bool] = {}

    def part(self, items: list[Any]) -> Part:
        """Check these components and note what the rest needs."""
        part = Part(size=len(items), addressed=array("I"), addresses=array("I"))
        suspects = _suspects(items)
        for number, item in enumerate(items):
            if not isinstance(item, dict):
                part.mappings = False
                part.names.append(None)
                part.traits.append(_NOTHING)
                self._tell(part, number, item)
                continue
            kind = item.get("kind")
            if type(kind) is not str:
                kind = None
            judge = self._judges.get(kind) or self._judge(kind)
            complained: set[str] = set()
            if number in suspects or not judge(item):
                complained = self._tell(part, number, item)
            begin = len(part.findings)
            self._note(part, number, item, kind)
            if complained and len(part.findings) > begin:
                part.findings[begin:] = [found for found in part.findings[begin:] if found[1].path not in complained]
        return part

    def _note(self, part: Part, number: int, item: dict[str, Any], kind: str | None) -> None:
        get = item.get
        name, tenant, site, application, level = (
            get("id"), get("tenant"), get("site"), get("application"), get("management_level"),
        )  # fmt: skip
        verdict = self._verdicts.of(
            Facts(
                kind,
                tenant if type(tenant) is str else None,
                site if type(site) is str else None,
                application if type(application) is str else None,
                level if type(level) is str else None,
                "management_level" in item,
                "site" in item,
            )
        )
        part.names.append(name if type(name) is str else None)
        part.traits.append(verdict.trait)
        if verdict.findings:
            part.findings += [(number, finding) for finding in verdict.findings]
        if verdict.uses is not None:
            part.uses.add(verdict.uses)
        if verdict.asks:
            part.asking.append((number, str(tenant), application if type(application) is str else None))
        if type(site) is str:
            part.sites.add(site)
        backup = get("backup")
        backed = isinstance(backup, dict)
        if isinstance(backup, dict):
            self._backup(part, number, item, backup)
        self._edges(part, number, item, kind, backed=backed)
        address = get("address")
        if type(address) is str and verdict.room is not None:
            where, finding = placed("/address", address, verdict.room)
            if where is not None:
                part.addressed.append(number)
                part.addresses.append(where)
            if finding is not None:
                part.findings.append((number, finding))
        host_key = get("ssh_host_key")
        if type(host_key) is str and (refused := component_host_key(host_key)) is not None:
            part.findings.append((number, refused))

    def _backup(self, part: Part, number: int, item: dict[str, Any], backup: dict[str, Any]) -> None:
        names, approval = backup.get("policies"), backup.get("approval")
        if type(names) is list:
            written = tuple(name if type(name) is str else None for name in names)
            approved = type(approval) is str and approval != ""
            part.findings += [(number, found) for found in self._verdicts.of_policies(written, approved=approved)]
        if item.get("kind") == "vm" and "management_level" not in item:
            part.findings.append((number, backup_without_level()))

    def _edges(self, part: Part, number: int, item: dict[str, Any], kind: str | None, *, backed: bool) -> None:
        needs, host = item.get("depends_on"), item.get("hosted_on")
        if type(needs) is list:
            for index, other in enumerate(needs):
                if type(other) is str:
                    part.edges.append((number, f"/depends_on/{index}", other, DEPENDS))
        if self._refers.get(kind, True):
            for below, other, targets in referred(item):
                part.edges.append((number, below, other, targets[0].removeprefix("components/")))
        if type(host) is str:
            # a vm's backup rests on its own level
            part.edges.append((number, "/hosted_on", host, SERVER if backed and kind != "vm" else HOST))

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

    def _judge(self, kind: str | None) -> Any:
        self._refers[kind] = kind is not None and _refers(kind)
        found = judge_of(kind, self._service) if kind is not None else None
        self._judges[kind] = found = found or _never
        return found


_NOTHING = Trait(None, None, has_level=False)


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


def _never(_: Any) -> bool:
    return False


def _refers(kind: str) -> bool:
    return kind in kinds() and any(found.steps[0] not in COMPONENT_FIELDS for found in references(kind))
