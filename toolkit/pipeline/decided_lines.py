"""The decisions of an inventory of any size as lines: each component is checked, decided and hashed as it is read.

``onboarding/decision-lines/v1``, RFC 8785 each: ``{"component": id, "decision": ID or null, "sha256": hex}`` in the order
of the inventory, the hash that of the component's own RFC 8785 bytes; before the first component that it is of, the
decision with its rules, facts, reasons and terms as ``{"decision": ID, "is": {…}}``, where ID is the begin of the digest
of what it is; last the assumptions. Null is the decision of what belongs to no application (SD-2 §2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from toolkit.canonical import canonical_bytes, component_lines
from toolkit.collector import without_collection
from toolkit.decide.decisions import decide
from toolkit.decide.present import decisions_json
from toolkit.decide.terms import assumed, terms
from toolkit.errors import OnboardError, Undecided
from toolkit.inventory.files import find_pieces
from toolkit.inventory.load import refuse, survey
from toolkit.inventory.source import Source
from toolkit.inventory.typed import typed, typed_component
from toolkit.model.inventory import Inventory
from toolkit.model.problem import Problem
from toolkit.pipeline.workspace import Workspace

_REMEMBERED = 50_000
"""Combinations of facts that one process keeps."""
_UNDECIDED = ""


class Batch(msgspec.Struct, frozen=True):
    """Lines of some components in order; a name before those that say what the decision of that name is.

    ``sound`` is false where the schema refuses one of them, and then nothing else counts; ``misfits`` are the ids of
    those that no rule fits.
    """

    parts: list[tuple[str, bytes]] = []
    misfits: list[str] = []
    sound: bool = True


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """How many components the lines are of, and how many decisions they share."""

    components: int
    decisions: int


def write_decided(workspace: Workspace, out: BinaryIO) -> Written:
    """Write the lines of a workspace's inventory; raises InventoryInvalid (3) or Undecided (4) after some are written."""
    with without_collection():
        source = Source(find_pieces(workspace.root))
        problems, written, misfits = decided_source(source, out)
        refuse(str(workspace.root), problems)
        header = typed(source.header, ())
        # as there: a day without rules is refused whatever the components are
        decide(header)
        if misfits is None or misfits:
            _fail(source, misfits)
        assumptions = assumed(header) if written.decisions else ()
        out.writelines(canonical_bytes({"assumed": one}) + b"\n" for one in assumptions)
    return written


def decided_source(source: Source, out: BinaryIO) -> tuple[list[Problem], Written, set[str] | None]:
    """Every problem; what was written; the ids of the components that no rule fits, None where even that is unknown."""
    out.write(canonical_bytes({"schema": "onboarding/decision-lines/v1"}) + b"\n")
    known: set[str] = set()
    misfits: set[str] = set()
    sound = True

    def take(batch: Batch) -> None:
        nonlocal sound
        sound = sound and batch.sound
        misfits.update(batch.misfits)
        for name, lines in batch.parts:
            if name not in known:
                out.write(lines)
            if name:
                known.add(name)

    problems, _ = survey(source, decided, take)
    return problems, Written(components=source.components, decisions=len(known)), misfits if sound else None


def decided(header: Any) -> Callable[[list[Any]], Batch]:
    """Of a header, a function that gives the lines of some components; each process has its own."""
    try:
        inventory = typed(header, ())
    except (OnboardError, TypeError):
        return lambda _: Batch(sound=False)
    named: dict[Any, str] = {}
    sha256, encode = hashlib.sha256, msgspec.json.encode

    def lines(items: list[Any]) -> Batch:
        parts: list[tuple[str, bytes]] = []
        misfits: list[str] = []
        text: list[str] = []
        try:
            for item, content in zip(items, component_lines(items), strict=True):
                get = item.get
                key: tuple[Any, ...] = (get("application"), get("kind"), get("tenant"), get("supervised"))
                own, other = get("responsibility"), get("transition_class")
                if own is not None or other is not None:
                    key += (encode((own, other)),)
                name = named.get(key)
                if name is None:
                    if len(named) >= _REMEMBERED:
                        named.clear()
                    name, line = _decision(inventory, item)
                    named[key] = name
                    if line:
                        parts += [("", "".join(text).encode()), (name, line)]
                        text = []
                if name == _UNDECIDED:
                    misfits.append(item["id"])
                digest = sha256(content).hexdigest()
                text.append(f'{{"component":"{item["id"]}","decision":{name},"sha256":"{digest}"}}\n')
        except (OnboardError, msgspec.MsgspecError, AttributeError, TypeError, ValueError, KeyError):
            return Batch(sound=False)
        parts.append(("", "".join(text).encode()))
        return Batch(parts, misfits)

    return lines


def _decision(header: Inventory, item: Any) -> tuple[str, bytes]:
    """The name of a component's decision as JSON, and the line that says what it is."""
    component = typed_component(item)
    if not component.application:
        return "null", b""
    of = msgspec.structs.replace(
        header,
        components=(component,),
        applications=tuple(one for one in header.applications if one.id == component.application),
        tenants=tuple(one for one in header.tenants if one.id == component.tenant),
    )
    try:
        decisions = decide(of)
        told = decisions_json(decisions, terms(of, decisions))["decisions"][0]
    except Undecided:
        return _UNDECIDED, b""
    del told["component"]
    # of what only the tables and the schema can put there
    (content,) = component_lines([told])
    name = json.dumps(hashlib.sha256(content).hexdigest()[:16])
    return name, b'{"decision":%s,"is":%s}\n' % (name.encode(), content)


def _fail(source: Source, misfits: set[str] | None) -> None:
    """Raise what ``decide`` says of these components; of all of them where it is not known which."""
    batches = ([item for item in batch if misfits is None or item["id"] in misfits] for batch in source.batches())
    inventory = typed(source.header, batches)
    terms(inventory, decide(inventory))
    raise OnboardError("components that can be decided were not", fix="report this, with onboard decide's own answer")
