"""YAML by the core schema of YAML 1.2.2, from the events of PyYAML's C parser.

Refused: repeated keys, keys that are not strings, several documents, tags of other types, aliases that multiply,
values without an exact JSON form. ``<<`` merges mappings as YAML 1.1 had it, since people write it.

The values are read first, without places (yaml_values); the places of a component from its own text, when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # exported, but not in its __all__

from toolkit.inventory.readers.place import (
    MAX_DEPTH,
    Document,
    Place,
    ReadRefused,
    Spot,
    parts,
    place_at,
    place_below,
)
from toolkit.inventory.readers.yaml_meaning import MAX_ALIASED, MERGE, TAG, scalar_meaning, tag_refused
from toolkit.inventory.readers.yaml_values import Odd, Span, Values, read_values

_MOST_KEPT = 256
"""Nodes whose places are kept for the next question."""


def read_yaml(text: str) -> Document:
    """The one document in ``text``; raises ReadRefused with a place."""
    try:
        values = read_values(text)
    except (Odd, ReadRefused, yaml.YAMLError):
        return exact_yaml(text)
    return _YamlDocument(values, text)


def exact_yaml(text: str) -> Document:
    """The same in one pass that keeps every place: five times slower, and the judge of what is refused."""
    try:
        value, spot = _Builder(text).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # at the end of a text the parser stands a line below it
        end = place_at(text, len(text))
        place = min(Place(mark.line + 1, mark.column + 1), end) if mark else None
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise ReadRefused("INV-004", f"not YAML: {said}", place) from error
    except yaml.YAMLError as error:
        raise ReadRefused("INV-004", f"not YAML: {getattr(error, 'reason', 'cannot be read')}") from error
    return Document(value, text, lambda: spot)


class _YamlDocument(Document):
    """A document whose sections and components are located one by one, each from its own text."""

    def __init__(self, values: Values, text: str) -> None:
        super().__init__(values.value, text, lambda: _Builder(text).read()[1])
        self._values = values
        self._found: dict[Span, tuple[Any, Spot]] = {}

    def locate(self, path: str, *, key: bool = False) -> Place:
        """As of any document."""
        place = self._locate(parts(path), key=key) if self._root is None else None
        return place or super().locate(path, key=key)

    def _locate(self, steps: list[str], *, key: bool) -> Place | None:
        """The place, where reading a section or a component is enough to find it."""
        values = self._values
        if not isinstance(values.value, dict):
            return None
        if not steps or steps[0] not in values.value:
            return _begin(values.root)
        if steps[0] not in values.sections:
            return None
        name, span = values.sections[steps[0]]
        place = _begin(name if key else span)
        value, rest = values.value[steps[0]], steps[1:]
        if rest and steps[0] == "components" and values.components:
            if not (rest[0].isascii() and rest[0].isdigit() and int(rest[0]) < len(values.components)):
                return place
            value, span = value[int(rest[0])], values.components[int(rest[0])]
            place, rest = _begin(span), rest[1:]
        spot = self._spot(span, value) if rest else None
        return place_below(spot, rest, place, key=key) if spot else None if rest else place

    def _spot(self, span: Span, value: Any) -> Spot | None:
        """The places in a node; None where reading its own text gives another value than the document has there."""
        try:
            found, spot = self._read(self._values.aliases.get(span.start, span))
        except (ReadRefused, yaml.YAMLError, RecursionError):
            return None
        return spot if found == value else None

    def _read(self, span: Span) -> tuple[Any, Spot]:
        """The node at a span, read from its own text; raises ReadRefused or YAMLError where that is not enough."""
        found = self._found.get(span)
        if found is None:
            text = " " * span.column + self.text[span.start : span.end]
            offset = span.start - span.column

            def repeated(at: int) -> tuple[Any, Spot]:
                target = self._values.aliases.get(offset + at)
                if target is None:
                    raise ReadRefused("INV-004", "an alias of nothing")
                return self._read(target)

            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            found = self._found[span] = _Builder(text, above=span.line, repeated=repeated).read()
        return found


def _begin(span: Span) -> Place:
    return Place(span.line + 1, span.column + 1)


class _Anchored(NamedTuple):
    value: Any
    spot: Spot
    size: int
    height: int


class _Frame:
    """A mapping or sequence that is still open."""

    __slots__ = ("anchor", "height", "key", "key_place", "merges", "size", "spot", "value")

    def __init__(self, value: Any, spot: Spot, anchor: str | None) -> None:
        self.value = value
        self.spot = spot
        self.anchor = anchor
        self.key: Any = None
        self.key_place = spot.place
        self.merges: list[tuple[dict[str, Any], Spot]] | None = None
        self.size = 1
        self.height = 1


class _Builder:
    """Turns events into values and the tree of their places, without recursion.

    ``text`` may be a part of a document that begins ``above`` lines below its first; ``repeated`` is then asked for
    the node that an alias at an offset repeats.
    """

    def __init__(self, text: str, *, above: int = 0, repeated: Callable[[int], tuple[Any, Spot]] | None = None) -> None:
        self.events = CParser(text)
        self.above = above
        self.repeated = repeated
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Anchored | None] = {}
        self.aliased = 0
        self.root: tuple[Any, Spot] | None = None

    def read(self) -> tuple[Any, Spot]:
        """The value and the tree of places."""
        documents = 0
        while True:
            event = self.events.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ReadRefused("INV-007", "a second document begins here", self._place(event))
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close()
        if self.root is None:
            raise ReadRefused("INV-002", "the file holds no document", Place(1, 1))
        return self.root

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        return Place(mark.line + 1 + self.above, mark.column + 1)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        place = self._place(event)
        if event.tag not in (None, "!", TAG + ("map" if mapping else "seq")):
            raise tag_refused(event.tag, place)
        if len(self.stack) >= MAX_DEPTH:
            raise ReadRefused("INV-006", f"nested more than {MAX_DEPTH} levels deep", place)
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            raise ReadRefused("INV-007", "a key must be a string", place)
        spot = Spot(place)
        if not mapping:
            spot.children = []
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame({} if mapping else [], spot, event.anchor))

    def _close(self) -> None:
        frame = self.stack.pop()
        for merged, spot in frame.merges or ():
            for key, value in merged.items():
                if key not in frame.value:
                    frame.value[key] = value
                    assert isinstance(frame.spot.children, dict)
                    assert isinstance(spot.children, dict)
                    frame.spot.keys[key] = spot.keys[key]
                    frame.spot.children[key] = spot.children[key]
        self._add(frame.value, frame.spot, frame.size, frame.height, frame.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        if event.anchor not in self.anchors and self.repeated and event.start_mark:
            target: _Anchored | None = _Anchored(*self.repeated(event.start_mark.index), 1, 0)
        elif event.anchor not in self.anchors:
            raise ReadRefused("INV-004", f"not YAML: no anchor &{event.anchor} before this alias", place)
        else:
            target = self.anchors[event.anchor]
        if target is None:
            raise ReadRefused("INV-006", f"the alias *{event.anchor} stands inside what it repeats", place)
        if len(self.stack) + target.height > MAX_DEPTH:
            raise ReadRefused("INV-006", f"nested more than {MAX_DEPTH} levels deep", place)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            raise ReadRefused("INV-006", f"aliases make this document grow by more than {MAX_ALIASED} nodes", place)
        here = Spot(place)
        here.keys, here.children = target.spot.keys, target.spot.children
        self._add(target.value, here, target.size, target.height, None)

    def _add(self, value: Any, spot: Spot, size: int, height: int, anchor: str | None) -> None:
        """Put a finished node where the parser stands: a key, a value, an item or the root."""
        if anchor:
            self.anchors[anchor] = _Anchored(value, spot, size, height)
        if not self.stack:
            self.root = (None if value is MERGE else value, spot)
            return
        frame = self.stack[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.value, list):
            frame.value.append("<<" if value is MERGE else value)
            assert isinstance(frame.spot.children, list)
            frame.spot.children.append(spot)
        elif frame.key is None:
            self._key(frame, value, spot.place)
        else:
            self._member(frame, value, spot)

    def _key(self, frame: _Frame, key: Any, place: Place) -> None:
        if key is MERGE:
            if frame.merges is not None:
                raise ReadRefused("INV-005", "the key << stands here a second time", place)
        elif not isinstance(key, str):
            raise ReadRefused("INV-007", f"a key must be a string: put {_word(key)} in quotes", place)
        elif key in frame.value:
            raise ReadRefused("INV-005", f'the key "{key[:60]}" stands here a second time', place)
        frame.key, frame.key_place = key, place

    def _member(self, frame: _Frame, value: Any, spot: Spot) -> None:
        key, frame.key = frame.key, None
        if key is MERGE:
            frame.merges = _merged(value, spot)
            return
        frame.value[key] = "<<" if value is MERGE else value
        assert isinstance(frame.spot.children, dict)
        frame.spot.keys[key], frame.spot.children[key] = frame.key_place, spot

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        value = scalar_meaning(event, place)
        if value == "<<" and event.tag is None and event.implicit[0]:
            frame = self.stack[-1] if self.stack else None
            if frame and isinstance(frame.value, dict) and frame.key is None:
                value = MERGE
        self._add(value, Spot(place), 1, 0, event.anchor)


def _merged(value: Any, spot: Spot) -> list[tuple[dict[str, Any], Spot]]:
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise ReadRefused("INV-007", "<< merges a mapping or a list of mappings", spot.place)
    if isinstance(value, list):
        assert isinstance(spot.children, list)
        return list(zip(sources, spot.children, strict=True))
    return [(value, spot)]


def _word(value: Any) -> str:
    return "null" if value is None else str(value).lower()[:40] if not isinstance(value, dict | list) else "it"
