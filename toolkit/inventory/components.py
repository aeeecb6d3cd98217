"""The checks that look at one component at a time, and what they note of it for those that need all."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from toolkit.inventory.crossrefs import referred
from toolkit.inventory.finding import Finding
from toolkit.inventory.networks import Room, placed
from toolkit.inventory.readers.fast_json import Proven
from toolkit.inventory.rules.backups import backup_without_level
from toolkit.inventory.rules.judge import Judge, Judged
from toolkit.inventory.rules.rule_kinds import Noted
from toolkit.inventory.schema import check_component, judge_of, service_of
from toolkit.inventory.schema_files import kinds, references
from toolkit.inventory.secret_rules import component_host_key, literals, may_hold_secret
from toolkit.inventory.verdicts import Facts, Verdict, Verdicts
from toolkit.model.inventory import COMPONENT_FIELDS

DEPENDS, HOST, SERVER = "depends_on", "hosted_on", "hosted_on, with a backup"
"""Roles of edges; the others are kinds: what a kind refers to is of that kind."""

Label = tuple[str, str]
"""Pointer of an edge, and its role."""

_REMEMBERED = 50_000
_OF_HOST, _OF_SERVER = ("/hosted_on", HOST), ("/hosted_on", SERVER)
_OF_NEEDS = tuple((f"/depends_on/{index}", DEPENDS) for index in range(16))
_TEXTS = ("id", "kind", "tenant", "site", "application", "management_level", "hosted_on", "address", "ssh_host_key")
_encode = msgspec.json.Encoder().encode
_FIRST = "/components/0"
_NOTHING = Judged((), Noted(), ())


class _Shared(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What all components with the same facts have in common.

    ``trait`` is the number of ``noted``; ``says``: there are findings, or something is asked for.
    """

    judged: Judged
    verdict: Verdict
    trait: int
    facts: Facts
    says: bool
    refers: bool


class _Kind(NamedTuple):
    """Of a kind: the verdict of its schema, the fields that its facts are, and whether it refers in its own fields."""

    judge: Callable[[Any], bool]
    fields: tuple[str, ...]
    refers: bool


class Part(msgspec.Struct, kw_only=True):
    """What is noted of some components, by their numbers among themselves; pointers begin at the component.

    ``told``: what the schema and the search for secrets found. ``findings``: the rest, of what they accepted.
    ``traits``: of each component the number of its note; ``noted``: those notes by number, as the maker numbers.
    ``sources``, ``labels``, ``targets``: of each edge the component, its pointer with what must stand there (DEPENDS,
    HOST, SERVER or a kind), and the id that does.
    ``asking``: vms whose level depends on what the application uses, with tenant and application.
    ``asks``: components with rules about those that they name, with the fields that these rules read.
    """

    size: int
    names: list[str | None] = []
    traits: array[int]
    noted: dict[int, tuple[Any, ...]] = {}
    told: list[tuple[int, Finding]] = []
    findings: list[tuple[int, Finding]] = []
    sources: array[int]
    labels: list[Label] = []
    targets: list[str] = []
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
        self._kinds: dict[str, _Kind] = {}
        self._shared: dict[tuple[Any, ...], _Shared] = {}
        self._traits: dict[Noted, int] = {}

    def part(self, items: list[Any]) -> Part:
        """Check these components and note what the rest needs."""
        part = Part(size=len(items), traits=array("I"), sources=array("I"), addressed=array("I"), addresses=array("I"))
        suspects, kinds, known, note = _suspects(items), self._kinds, self._shared, self._note
        every: list[_Shared] = []
        named = [item.get("kind") if type(item) is dict else None for item in items]
        of_kinds = [(kinds.get(kind) or self._kind(kind)) if type(kind) is str else _UNKNOWN for kind in named]
        # of a million components each step counts: the schema in a loop of its own is faster, rules are looked up by facts
        sound = [of_kind.judge(item) for of_kind, item in zip(of_kinds, items, strict=True)]
        for number, (item, kind, of_kind) in enumerate(zip(items, named, of_kinds, strict=True)):
            if sound[number] and number not in suspects:
                facts = (kind, *map(item.get, of_kind.fields))
                try:
                    shared = known.get(facts) or self._share(facts, item)
                except TypeError:
                    # a mapping or a list
                    shared = self._of(item, self._rules.component(item))
                every.append(shared)
                note(part, number, item, shared)
            else:
                every.append(self._odd(part, number, item))
        part.traits.extend([shared.trait for shared in every])
        for shared in set(every):
            part.noted[shared.trait] = tuple(shared.judged.noted)
            if shared.verdict.uses is not None:
                part.uses.add(shared.verdict.uses)
            if shared.facts.site is not None:
                part.sites.add(shared.facts.site)
        return part

    def _share(self, key: tuple[Any, ...], item: Any) -> _Shared:
        """For a component that keeps to its schema: worked out once for each combination of facts."""
        if len(self._shared) >= _REMEMBERED:
            self._shared.clear()
        found = self._shared[key] = self._of(item, self._rules.sound(item))
        return found

    def _of(self, item: Any, judged: Judged) -> _Shared:
        """What a component shares with its like; the fields of ``item`` have the types that the schema asks for."""
        get = item.get
        kind, level = get("kind"), get("management_level")
        facts = Facts(kind, get("tenant"), get("site"), get("application"), level, judged.noted.has_level)
        verdict = self._verdicts.of(facts)
        return _Shared(
            judged=judged,
            verdict=verdict,
            trait=self._traits.setdefault(judged.noted, len(self._traits)),
            facts=facts,
            says=bool(judged.findings or verdict.findings or verdict.asks or judged.asks),
            refers=isinstance(kind, str) and (self._kinds.get(kind) or self._kind(kind)).refers,
        )

    def _note(self, part: Part, number: int, item: Any, shared: _Shared) -> None:
        """What a component says whose fields have the types that the schema asks for."""
        get = item.get
        part.names.append(get("id"))
        if shared.says:
            self._say(part, number, item, shared)
        kind, backup, needs, host = shared.facts.kind, get("backup"), get("depends_on"), get("hosted_on")
        if backup is not None:
            names, approved = tuple(backup.get("policies", ())), bool(backup.get("approval"))
            if (names, approved) not in self._verdicts.sound_policies:
                part.findings += [(number, found) for found in self._verdicts.of_policies(names, approved=approved)]
            if kind == "vm" and not shared.facts.has_level:
                part.findings.append((number, backup_without_level()))
        if needs or host is not None or shared.refers:
            # a vm's backup rests on its own level
            of_host = _OF_SERVER if backup is not None and kind != "vm" else _OF_HOST
            self._edges(part, number, item, shared, of_host)
        if shared.verdict.room is not None and "address" in item:
            self._address(part, number, item["address"], shared.verdict.room)
        if "ssh_host_key" in item and (wrong := component_host_key(item["ssh_host_key"])) is not None:
            part.findings.append((number, wrong))

    def _edges(self, part: Part, number: int, item: Any, shared: _Shared, of_host: Label) -> None:
        labels, targets, before = part.labels, part.targets, len(part.targets)
        for index, other in enumerate(item.get("depends_on", ())):
            if other is not None:
                labels.append(_OF_NEEDS[index] if index < len(_OF_NEEDS) else (f"/depends_on/{index}", DEPENDS))
                targets.append(other)
        if shared.refers:
            for below, other, kinds_there in referred(item):
                labels.append((below, kinds_there[0].removeprefix("components/")))
                targets.append(other)
        if "hosted_on" in item:
            labels.append(of_host)
            targets.append(item["hosted_on"])
        part.sources.extend([number] * (len(targets) - before))

    def _address(self, part: Part, number: int, written: str, room: Room) -> None:
        where, wrong = placed("/address", written, room)
        if where is not None:
            part.addressed.append(number)
            part.addresses.append(where)
        if wrong is not None:
            part.findings.append((number, wrong))

    def _say(self, part: Part, number: int, item: Any, shared: _Shared) -> None:
        """What the rules say, and what they are to be told of others."""
        judged, verdict = shared.judged, shared.verdict
        for finding in (*judged.findings, *verdict.findings):
            part.findings.append((number, finding))
        if judged.asks:
            part.asks.append((number, {field: item[field] for field in judged.asks if field in item}))
        if verdict.asks:
            part.asking.append((number, item.get("tenant"), shared.facts.application))

    def _odd(self, part: Part, number: int, item: Any) -> _Shared:
        """A component that the schema refuses, or that may hold a secret: the rest is told where they do not complain."""
        complained = self._tell(part, number, item)
        if not isinstance(item, dict):
            part.mappings = False
            part.names.append(None)
            return self._of({}, _NOTHING)
        begin, sound = len(part.findings), _sound_fields(item)
        if "site" in item and "site" not in sound:
            # whether it is at the tenant cannot be said
            sound.pop("address", None)
        shared = self._of(sound, self._rules.component(item))
        self._note(part, number, sound, shared)
        part.findings[begin:] = [found for found in part.findings[begin:] if found[1].path not in complained]
        return shared

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

    def _kind(self, kind: str) -> _Kind:
        if kind not in kinds():
            return _UNKNOWN
        fields = dict.fromkeys((*self._rules.reads(kind), "tenant", "site", "application", "management_level"))
        refers = any(found.steps[0] not in COMPONENT_FIELDS for found in references(kind))
        found = self._kinds[kind] = _Kind(judge_of(kind, self._service) or _refuse, tuple(fields), refers)
        return found


def told_already(literal: set[str], finding: Finding) -> bool:
    """Whether the finding about a literal secret says it: at that value, or at an unknown field around it."""
    if finding.path in literal:
        return True
    return finding.rule == "INV-010" and any(secret.startswith(finding.path + "/") for secret in literal)


def _suspects(items: list[Any]) -> set[int]:
    """Components in which a secret may stand."""
    if not may_hold_secret(items.written if isinstance(items, Proven) else _encode(items)):
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


_UNKNOWN = _Kind(_refuse, (), refers=False)
