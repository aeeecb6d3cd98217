"""JSON decoded in C, where it is proven that nothing was lost; whatever is odd is left to the exact reader.

msgspec keeps the last of two equal keys in silence. That no key was lost is proven by counting: written again, the
values must have as many colons as the text had. A colon inside a string is written as it was read, unless it was
written as an escape, which is looked for; a lost key takes at least its own colon with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from toolkit.inventory.readers.place import NOT_TEXT, integral

_FEW = 16
"""Slices that are read one by one, once one of them is odd."""
_DEEP = 60
"""Opening brackets below this number cannot nest beyond the bound on depth, wherever the component stands."""
_CONTROL = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]
_CLASSES = bytes(
    1
    if byte in _CONTROL
    else 0x30
    if 0x30 <= byte <= 0x39
    else 0x7B
    if byte in b"{["
    else 0x0A
    if byte == 0x0A
    else 0x2E
    for byte in range(256)
)
_LONG_NUMBER = b"0" * 16
_encode = msgspec.json.Encoder().encode


class Proven(list[Any]):
    """Values that lost nothing, and what proved it: all of them ``written`` as JSON again."""

    written: bytes


class _NoNumber(ValueError):
    """A number without an exact form."""


def _float(text: str) -> int | float:
    value = float(text)
    if abs(value) == float("inf"):
        raise _NoNumber
    return integral(value)


_decoder = msgspec.json.Decoder(float_hook=_float)
_FAULTS = (ValueError, RecursionError)
"""Of msgspec, of UTF-8, of a number with thousands of digits."""


def decode_lines(text: bytes) -> list[Any] | None:
    """The mapping on each line; None unless it is proven that each line holds exactly one, and means what it says."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    text = text.removesuffix(b"\n")
    breaks = text.count(b"\n")
    # a break between braces stands in no value, so as many values as lines are one on each
    if not (text.startswith(b"{") and text.endswith(b"}") and text.count(b"}\n{") == breaks):
        return None
    try:
        values: list[Any] = _decoder.decode_lines(text)
    except _FAULTS:
        return None
    if len(values) != breaks + 1:
        return None
    classes = text.translate(_CLASSES)
    if b"{" * _DEEP in classes.translate(None, b".0\x01"):
        return None
    return _proven(text, classes, values)


def decode_slices(slices: Sequence[bytes], exactly: Callable[[int], Any], start: int = 0) -> list[Any]:
    """The value of each slice, where each is known to be one value; ``exactly`` reads the odd ones, by their index."""
    text = b"[" + b",".join(slices) + b"]"
    try:
        values: list[Any] | None = _decoder.decode(text)
    except _FAULTS:
        values = None
    if values is not None and (proven := _proven(text, text.translate(_CLASSES), values)) is not None:
        return proven
    if len(slices) <= _FEW:
        return [exactly(start + index) for index in range(len(slices))]
    middle = len(slices) // 2
    return [
        *decode_slices(slices[:middle], exactly, start),
        *decode_slices(slices[middle:], exactly, start + middle),
    ]


def is_shallow(text: bytes) -> bool:
    """Whether a text cannot nest too deep."""
    return text.count(b"{") + text.count(b"[") < _DEEP


def _proven(text: bytes, classes: bytes, values: list[Any]) -> Proven | None:
    """None unless the exact reader would say the same: no character that it refuses, no number, no key twice."""
    if b"\x01" in classes or _LONG_NUMBER in classes or (b"\\" in text and b"\\u00" in text):
        return None
    if not text.isascii() and (b"\xc2" in text or b"\xef\xbf" in text) and NOT_TEXT.search(text.decode()):
        return None
    proven = Proven(values)
    proven.written = _encode(values)
    return proven if text.count(b":") == proven.written.count(b":") else None
