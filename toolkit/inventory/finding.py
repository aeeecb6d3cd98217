"""What a check says before it has a place, and tolerant ways into values that may be unsound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from toolkit.inventory.readers.place import pointer
from toolkit.inventory.spelling import Words, nearest

Mapping = dict[str, Any]

_SECRET_TEXT = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File|AGE-SECRET-KEY-1|\b(AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@"
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A problem at a JSON pointer (``path``); with ``key`` the key is meant, not its value. No ``fix``: the rule's."""

    rule: str
    path: str
    message: str
    fix: str = ""
    key: bool = False
    severity: Literal["error", "warning"] = "error"


def listed(value: Any, section: str) -> Iterator[tuple[str, Mapping]]:
    """Pointer and mapping of each sound item of a top-level list, or of a list inside a mapping."""
    items = value.get(section) if isinstance(value, dict) else None
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield pointer(section, index), item


def text(mapping: Any, *keys: str) -> str | None:
    """The string at a path of keys, or None where there is none."""
    for key in keys:
        mapping = mapping.get(key) if isinstance(mapping, dict) else None
    return mapping if isinstance(mapping, str) else None


def strings(mapping: Any, key: str) -> list[tuple[int, str]]:
    """Index and value of the strings in a list."""
    items = mapping.get(key) if isinstance(mapping, dict) else None
    return [(i, item) for i, item in enumerate(items) if isinstance(item, str)] if isinstance(items, list) else []


def looks_secret(value: str) -> bool:
    """Whether a string holds a private key or an access key of a known shape."""
    return _SECRET_TEXT.search(value) is not None


def shown(value: Any) -> str:
    """A value short and quoted for a message; never one that looks like a secret."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, str) and (looks_secret(value) or len(value) > 120):
        return f"a string of {len(value)} characters"
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 60 else written[:57] + '…"'


def did_you_mean(word: Any, known: Iterable[str] | Words, *, otherwise: str = "") -> str:
    """Advice that names the nearest known word, or lists them all."""
    choices = known.choices if isinstance(known, Words) else tuple(known)
    near = nearest(str(word), known if isinstance(known, Words) else choices)
    if near:
        return f'did you mean "{near}"?'
    if otherwise or not choices:
        return otherwise
    return "use one of: " + ", ".join(choices[:20]) + (", …" if len(choices) > 20 else "")
