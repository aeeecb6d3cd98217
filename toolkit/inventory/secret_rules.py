"""Secrets never stand in an inventory: names that smell of one, values that look like one, host keys that are none."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from toolkit.inventory.finding import Finding, listed, looks_secret, text
from toolkit.inventory.readers.place import pointer

SECRET_NAME = re.compile(
    r"(?:^|[^a-z0-9])(?:passwords?|passwd|pwd|passphrases?|psk|pre[_-]?shared[_-]?keys?|secrets?|tokens?|private[_-]?keys?"
    r"|api[_-]?keys?|(?:secret[_-]?)?access[_-]?keys?|credentials?)(?:$|[^a-z0-9])"
)
SECRET_REFERENCE = re.compile(r"secretref://[a-z0-9][a-z0-9/._-]{0,200}")
_WITH_PASSWORD = re.compile(rb"://[^\s/:@]+:[^\s/@]+@")
_CLASSES = bytes.maketrans(b"Sours", b"Kpppp")
"""Letters that stand for each other in what ``looks_secret`` looks for: AKIA and ASIA, ghp_ and gho_."""
_MARKS = tuple(
    mark.translate(_CLASSES)
    for mark in (b"-----BEGIN", b"PuTTY-User-Key-File", b"AGE-SECRET-KEY-1", b"AKIA", b"ghp_", b"xox")
)
_OTHERS = bytes(set(range(256)) - set(b"-_:/ABCDEGIKPTUYghpxom1Sours"))
"""Characters without which a text is short, and still holds what is left of its marks."""
_SHORT = tuple(mark.translate(None, _OTHERS) for mark in (*_MARKS, b"://"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def may_hold_secret(written: bytes) -> bool:
    """Whether JSON, written without escapes that could be spared, may hold text that looks like a secret.

    Fields are not named by their smell here: what keeps to a schema has none.
    """
    short = written.translate(_CLASSES, _OTHERS)
    if not any(mark in short for mark in _SHORT):
        return False
    classes = written.translate(_CLASSES)
    return any(mark in classes for mark in _MARKS) or _WITH_PASSWORD.search(written) is not None


def check_secrets(value: Any) -> list[Finding]:
    """Every literal secret of a header, and every host key that is not a public key line or a reference."""
    return [*literals(value), *_host_keys(value)]


def smells(name: str) -> bool:
    """Whether a field of that name would hold a secret."""
    return _smells(name[:200])


@lru_cache(maxsize=4096)
def _smells(name: str) -> bool:
    return SECRET_NAME.search(_CAMEL.sub("_", name).lower()) is not None


def literals(value: Any, *, called: str = "this value") -> Iterator[Finding]:
    """Every literal secret in a plain value, by the name of its field or by its shape; pointers begin at the value."""
    stack: list[tuple[tuple[str | int, ...], Any, bool]] = [((), value, False)]
    while stack:
        steps, item, secret = stack.pop()
        if isinstance(item, dict):
            stack.extend(((*steps, key), inner, secret or smells(key)) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend(((*steps, index), inner, secret) for index, inner in reversed(list(enumerate(item))))
        elif (secret and _literal(item)) or (isinstance(item, str) and looks_secret(item)):
            name = next((str(step) for step in reversed(steps) if isinstance(step, str)), called)
            message = f'a literal secret in "{name[:60]}"'
            yield Finding(rule="INV-040", path=pointer(*steps), message=message)


def _literal(item: Any) -> bool:
    if item is None or isinstance(item, bool) or item == "":
        return False
    return not (isinstance(item, str) and SECRET_REFERENCE.fullmatch(item))


def _host_keys(value: Any) -> Iterator[Finding]:
    for path, site in listed(value, "sites"):
        if _bad_host_key(text(site, "vpn_endpoint", "ssh_host_key")):
            yield _refused(f"{path}/vpn_endpoint/ssh_host_key")


def component_host_key(written: str) -> Finding | None:
    """What is wrong with the host key of a component."""
    return _refused("/ssh_host_key") if _bad_host_key(written) else None


def _refused(path: str) -> Finding:
    return Finding(
        rule="INV-041", path=path, message="this is neither an OpenSSH public key line nor secretref://<name>"
    )


def _bad_host_key(written: str | None) -> bool:
    """Whether a host key is unusable: the blob must name the type that the line names (RFC 4253 §6.6)."""
    if written is None or SECRET_REFERENCE.fullmatch(written):
        return False
    words = written.split(" ")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        return True
    size = int.from_bytes(blob[:4], "big")
    return len(blob) <= size + 4 or blob[4 : 4 + size] != words[0].encode()
