"""The values of a YAML document without their places: one pass over the events of PyYAML's C parser.

Only what is sound is read here. Whatever may be refused raises Odd, and the exact reader (yaml_reader) judges the
text, with places. Kept is only where each section and each component begins and ends, and what each alias repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # exported, but not in its __all__

from toolkit.inventory.readers.place import MAX_DEPTH, Place, ReadRefused
from toolkit.inventory.readers.yaml_meaning import MAX_ALIASED, MERGE, TAG, plain_meaning, scalar_meaning

_NOWHERE = Place(1, 1)
_NEW: Any = object()
_MOST_KNOWN = 1 << 16
"""Meanings that are remembered by their text."""
_CONTAINERS = {yaml.MappingStartEvent: (None, "!", TAG + "map"), yaml.SequenceStartEvent: (None, "!", TAG + "seq")}


class Odd(Exception):
    """The text holds something that the exact reader has to judge."""


class Span(NamedTuple):
    """A node's text: offsets of its begin and end (characters), and line and column of the begin, from 0."""

    start: int
    end: int
    line: int
    column: int


class Values(NamedTuple):
    """A document's value, and what its places can be found by.

    ``sections`` has the spans of key and value of each member of the document; ``components`` those of the items of
    that list; ``aliases`` by an alias's offset what it repeats.
    """

    value: Any
    root: Span
    sections: dict[str, tuple[Span, Span]]
    components: list[Span]
    aliases: dict[int, Span]


class _Anchored(NamedTuple):
    value: Any
    span: Span
    size: int
    height: int


def read_values(text: str) -> Values:
    """The one document in ``text``; raises Odd, ReadRefused (with a wrong place) or yaml.YAMLError if it may be unsound."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.next: Callable[[], Any] = CParser(text).get_event
        self.anchors: dict[str, _Anchored | None] = {}
        self.aliases: dict[int, Span] = {}
        self.known: dict[str, Any] = {}
        self.aliased = 0

    def read(self) -> Values:  # noqa: C901, PLR0912, PLR0915 - one loop, without a call for each of a million events
        next_event, known, anchors = self.next, self.known, self.anchors
        event: Any
        begin: Any
        anchor: Any
        is_scalar, is_alias = yaml.ScalarEvent, yaml.AliasEvent
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        stack: list[tuple[Any, ...]] = []
        spans: list[Span] = []
        sections: dict[str, tuple[Span, Span]] = {}
        span: Span | None = None
        named: Any = None
        top: Any = _NEW
        listing: Any = _NEW
        root: Any = _NEW
        current: Any = None  # the open container; key, merges, begin, anchor, size and deepest are its own
        key: Any = None
        merges: list[dict[str, Any]] | None = None
        begin = anchor = None
        nodes = size = deepest = documents = 0
        while True:
            event = next_event()
            kind = event.__class__
            nodes += 1
            if kind is is_scalar:
                if event.tag is None and event.implicit[0]:
                    written = event.value
                    value = known.get(written, _NEW)
                    if value is _NEW:
                        value = plain_meaning(written, _NOWHERE)
                        if len(known) < _MOST_KNOWN:
                            known[written] = value
                    if written == "<<" and key is None and current.__class__ is dict:
                        value = MERGE
                else:
                    value = scalar_meaning(event, _NOWHERE)
                if event.anchor is not None:
                    anchors[event.anchor] = _Anchored(value, _span(event, event), 1, 0)
                if current is listing:
                    spans.append(_span(event, event))
            elif kind in ends:
                nodes -= 1  # an end is no node
                value = current
                for merged in merges or ():
                    for name, item in merged.items():
                        value.setdefault(name, item)
                span = _span(begin, event) if begin is not None else None
                if span is not None and anchor is not None:
                    anchors[anchor] = _Anchored(value, span, nodes - size, deepest - len(stack) + 1)
                within = deepest
                current, key, merges, begin, anchor, size, deepest = stack.pop()
                deepest = max(deepest, within)
                if current is listing and span is not None:
                    spans.append(span)
            elif kind in _CONTAINERS:
                if event.tag not in _CONTAINERS[kind] or len(stack) >= MAX_DEPTH:
                    raise Odd
                if key is None and current.__class__ is dict:
                    raise Odd
                stack.append((current, key, merges, begin, anchor, size, deepest))
                anchor = event.anchor
                begin = event if anchor is not None or current is listing or current is top or current is None else None
                if anchor is not None:
                    anchors[anchor] = None
                current = {} if kind is yaml.MappingStartEvent else []
                if len(stack) == 1:
                    top = current
                elif key == "components" and len(stack) == 2 and current.__class__ is list:
                    listing = current
                key = merges = None
                size, deepest = nodes - 1, len(stack)
                continue
            elif kind is is_alias:
                value, added, height = self._repeated(event, len(stack))
                nodes += added - 1
                deepest = max(deepest, len(stack) + height)
                if current is listing:
                    spans.append(_span(event, event))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise Odd
                continue
            elif event is None or kind is yaml.StreamEndEvent:
                break
            else:
                continue
            if current.__class__ is dict:
                if key is None:
                    if (value.__class__ is not str and value is not MERGE) or value in current:
                        raise Odd
                    if value is MERGE and merges is not None:
                        raise Odd
                    key = value
                    if current is top:
                        named = event
                elif key is MERGE:
                    merges = value if value.__class__ is list else [value]
                    if not all(one.__class__ is dict for one in merges):
                        raise Odd
                    key = None
                else:
                    current[key] = value
                    if current is top:
                        sections[key] = (_span(named, named), span if kind in ends and span else _span(event, event))
                    key = None
            elif current is not None:
                current.append(value)
            else:
                root, whole = value, span or _span(event, event)
        if root is _NEW or root is MERGE:
            raise Odd
        kept = root.__class__ is dict and root.get("components") is listing
        return Values(root, whole, sections, spans if kept else [], self.aliases)

    def _repeated(self, event: Any, depth: int) -> tuple[Any, int, int]:
        """The value, size and height of what an alias repeats."""
        found = self.anchors.get(event.anchor)
        if found is None:
            raise Odd
        self.aliased += found.size
        if self.aliased > MAX_ALIASED or depth + found.height > MAX_DEPTH or found.value is MERGE:
            raise Odd
        self.aliases[event.start_mark.index] = found.span
        return found.value, found.size, found.height


def _span(first: Any, last: Any) -> Span:
    mark = first.start_mark
    return Span(mark.index, last.end_mark.index, mark.line, mark.column)


__all__ = ["Odd", "ReadRefused", "Span", "Values", "read_values"]
