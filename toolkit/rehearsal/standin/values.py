"""The engine's values on the wire and in Python: whole numbers, unknowns, secrets. Source: Pulumi SDK, ``runtime/rpc.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 the wire format's mark of a secret, not one

Props = dict[str, Any]


def unpack(struct: Any) -> tuple[Props, set[str]]:
    """(plain values, names of the top-level properties that hold a secret) of a protobuf Struct."""
    from google.protobuf import json_format  # type: ignore[import-untyped]

    wire = json_format.MessageToDict(struct)
    secret = {name for name, value in wire.items() if _holds_secret(value)}
    return {name: _plain(value) for name, value in wire.items() if value is not None}, secret


def pack(props: Mapping[str, Any], secret: Iterable[str] = ()) -> Any:
    """A protobuf Struct; the properties named in ``secret`` are marked, what is None is left out."""
    from google.protobuf import struct_pb2

    hidden = set(secret)
    struct = struct_pb2.Struct()
    struct.update(
        {
            name: {_SIGNATURE: _SECRET, "value": value} if name in hidden and value != UNKNOWN else value
            for name, value in props.items()
            if value is not None
        }
    )
    return struct


def is_unknown(value: Any) -> bool:
    """Whether a value is, or contains, something that only an apply will know."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(is_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def same(known: Any, asked: Any, found: Any) -> bool:
    """Whether ``found`` (the world's) is what was ``asked`` for, as AWS would see it.

    ``known`` is the property of the map: documents are compared by meaning, sets without order, numbers also as text;
    of an object only the fields asked for count, the cloud fills in the rest.
    """
    if known.json and isinstance(asked, str) and isinstance(found, str):
        return bool(_document(asked) == _document(found))
    return _matches(asked, found, unordered=known.unordered)


def _matches(asked: Any, found: Any, *, unordered: bool) -> bool:
    if isinstance(asked, Mapping) and isinstance(found, Mapping):
        return all(_matches(value, found.get(name), unordered=True) for name, value in asked.items())
    if isinstance(asked, list) and isinstance(found, list):
        return _lists_match(asked, found, unordered=unordered)
    if asked in (None, "", [], {}) and found in (None, "", [], {}):
        return True
    if asked is None or found is None:
        return not asked and not found  # an absent switch is off
    return bool(asked == found or _text(asked) == _text(found))


def _lists_match(asked: list[Any], found: list[Any], *, unordered: bool) -> bool:
    if len(asked) != len(found):
        return False
    if not unordered:
        return all(_matches(a, f, unordered=False) for a, f in zip(asked, found, strict=True))
    left = list(found)
    for item in asked:
        hit = next((index for index, other in enumerate(left) if _matches(item, other, unordered=True)), None)
        if hit is None:
            return False
        left.pop(hit)
    return True


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _document(text: str) -> Any:
    try:
        return _canonical(json.loads(text))
    except ValueError:
        return text


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        if len(items) == 1:
            return items[0]  # IAM holds "x" and ["x"] equal
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(_SIGNATURE) == _SECRET or any(_holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_secret(item) for item in value)
    return False


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return _plain(value.get("value"))
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
