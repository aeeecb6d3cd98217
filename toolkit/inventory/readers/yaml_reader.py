"""YAML by the core schema of YAML 1.2.2 (chapter 10.3), from the events of PyYAML's C parser.

``no``, ``on`` and dates are strings, ``0o14`` and ``12.0`` are twelve, ``1:30`` a string. Refused: repeated keys, keys that are not
strings, several documents, tags of other types, aliases that multiply, values without an exact JSON form.
``<<`` merges mappings as YAML 1.1 had it, since people write it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # exported, but not in its __all__

from toolkit.inventory.readers.place import (
    MAX_DEPTH,
    Document,
    Place,
    ReadRefused,
    Spot,
    check_string,
    number,
    place_at,
)

MAX_ALIASED = 100_000
"""Nodes that aliases and merges may add to a document: bounds what a few lines can grow to."""

_TAG = "tag:yaml.org,2002:"
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_MERGE = object()


def read_yaml(text: str) -> Document:
    """The one document in ``text``; raises ReadRefused with a place."""
    value = _build(text, spots=False)[0]
    return Document(value, text, lambda: _build(text, spots=True)[1])


def _build(text: str, *, spots: bool) -> tuple[Any, Spot]:
    try:
        return _Builder(text, spots=spots).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # at the end of a text the parser stands a line below it
        end = place_at(text, len(text))
        place = min(Place(mark.line + 1, mark.column + 1), end) if mark else None
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise ReadRefused("INV-004", f"not YAML: {said}", place) from error
    except yaml.YAMLError as error:
        raise ReadRefused("INV-004", f"not YAML: {getattr(error, 'reason', 'cannot be read')}") from error


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
    """Turns events into values without recursion; ``spots`` also records places."""

    def __init__(self, text: str, *, spots: bool) -> None:
        self.events = CParser(text)
        self.spots = spots
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, Spot, int, int] | None] = {}
        self.aliased = 0
        self.root: tuple[Any, Spot] | None = None

    def read(self) -> tuple[Any, Spot]:
        """The value and the tree of places (only its root, without ``spots``)."""
        documents = 0
        while True:
            event = self.events.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ReadRefused("INV-007", "a second document begins here", _place(event))
            elif isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event), Spot(_place(event)), 1, 0, event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close()
        if self.root is None:
            raise ReadRefused("INV-002", "the file holds no document", Place(1, 1))
        return self.root

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        place = _place(event)
        if event.tag not in (None, "!", _TAG + ("map" if mapping else "seq")):
            raise _tag_refused(event.tag, place)
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
                    if self.spots:
                        assert isinstance(frame.spot.children, dict)
                        assert isinstance(spot.children, dict)
                        frame.spot.keys[key] = spot.keys[key]
                        frame.spot.children[key] = spot.children[key]
        self._add(frame.value, frame.spot, frame.size, frame.height, frame.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = _place(event)
        if event.anchor not in self.anchors:
            raise ReadRefused("INV-004", f"not YAML: no anchor &{event.anchor} before this alias", place)
        target = self.anchors[event.anchor]
        if target is None:
            raise ReadRefused("INV-006", f"the alias *{event.anchor} stands inside what it repeats", place)
        value, spot, size, height = target
        if len(self.stack) + height > MAX_DEPTH:
            raise ReadRefused("INV-006", f"nested more than {MAX_DEPTH} levels deep", place)
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise ReadRefused("INV-006", f"aliases make this document grow by more than {MAX_ALIASED} nodes", place)
        here = Spot(place)
        here.keys, here.children = spot.keys, spot.children
        self._add(value, here, size, height, None)

    def _add(self, value: Any, spot: Spot, size: int, height: int, anchor: str | None) -> None:
        """Put a finished node where the parser stands: a key, a value, an item or the root."""
        if anchor:
            self.anchors[anchor] = (value, spot, size, height)
        if not self.stack:
            self.root = (None if value is _MERGE else value, spot)
            return
        frame = self.stack[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.value, list):
            frame.value.append("<<" if value is _MERGE else value)
            if self.spots:
                assert isinstance(frame.spot.children, list)
                frame.spot.children.append(spot)
        elif frame.key is None:
            self._key(frame, value, spot.place)
        else:
            self._member(frame, value, spot)

    def _key(self, frame: _Frame, key: Any, place: Place) -> None:
        if key is _MERGE:
            if frame.merges is not None:
                raise ReadRefused("INV-005", "the key << stands here a second time", place)
        elif not isinstance(key, str):
            raise ReadRefused("INV-007", f"a key must be a string: put {_word(key)} in quotes", place)
        elif key in frame.value:
            raise ReadRefused("INV-005", f'the key "{key[:60]}" stands here a second time', place)
        frame.key, frame.key_place = key, place

    def _member(self, frame: _Frame, value: Any, spot: Spot) -> None:
        key, frame.key = frame.key, None
        if key is _MERGE:
            frame.merges = _merged(value, spot, spots=self.spots)
            return
        frame.value[key] = "<<" if value is _MERGE else value
        if self.spots:
            assert isinstance(frame.spot.children, dict)
            frame.spot.keys[key], frame.spot.children[key] = frame.key_place, spot

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text, tag, place = event.value, event.tag, _place(event)
        if tag == "!" or (tag is None and not event.implicit[0]) or tag == _TAG + "str":
            return check_string(text, place)
        meaning = _plain(text, place)
        if tag is None:
            frame = self.stack[-1] if self.stack else None
            if text == "<<" and frame and isinstance(frame.value, dict) and frame.key is None:
                return _MERGE
            return meaning
        wanted = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(tag.removeprefix(_TAG))
        if wanted is None or not tag.startswith(_TAG):
            raise _tag_refused(tag, place)
        if wanted is float and type(meaning) is int:
            return meaning
        if type(meaning) is not wanted:
            raise ReadRefused("INV-007", f"the tag {tag} does not fit what it stands at", place)
        return meaning


def _merged(value: Any, spot: Spot, *, spots: bool) -> list[tuple[dict[str, Any], Spot]]:
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise ReadRefused("INV-007", "<< merges a mapping or a list of mappings", spot.place)
    if isinstance(value, list):
        places = spot.children if spots and isinstance(spot.children, list) else [spot] * len(sources)
        return list(zip(sources, places, strict=True))
    return [(value, spot)]


def _plain(text: str, place: Place) -> Any:
    """The meaning of a plain scalar by the core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _NUMBER.fullmatch(text):
        return number(text.lower() if "." in text and not text[-1].isdigit() else text, place)
    return check_string(text, place)


def _word(value: Any) -> str:
    return "null" if value is None else str(value).lower()[:40] if not isinstance(value, dict | list) else "it"


def _tag_refused(tag: str, place: Place) -> ReadRefused:
    return ReadRefused("INV-007", f"the tag {tag[:60]} is not understood here", place)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)
