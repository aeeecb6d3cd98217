"""Secrets never stand in an inventory: names that smell of one, values that look like one, host keys that are none."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from toolkit.inventory.finding import Finding, listed, looks_secret, text
from toolkit.inventory.readers.place import pointer

SECRET_NAME = re.compile(
    r"(?:^|[^a-z0-9])(?:passwords?|passwd|pwd|passphrases?|psk|pre[_-]?shared[_-]?keys?|secrets?|tokens?|private[_-]?keys?"
    r"|api[_-]?keys?|(?:secret[_-]?)?access[_-]?keys?|credentials?)(?:$|[^a-z0-9])"
)
SECRET_REFERENCE = re.compile(r"secretref://[a-z0-9][a-z0-9/._-]{0,200}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def check_secrets(value: Any) -> list[Finding]:
    """Every literal secret, and every host key that is not a public key line or a reference."""
    return [*_literals(value), *_host_keys(value)]


def smells(name: str) -> bool:
    """Whether a field of that name would hold a secret."""
    return SECRET_NAME.search(_CAMEL.sub("_", name[:200]).lower()) is not None


def _literals(value: Any) -> Iterator[Finding]:
    stack: list[tuple[tuple[str | int, ...], Any, bool]] = [((), value, False)]
    while stack:
        steps, item, secret = stack.pop()
        if isinstance(item, dict):
            stack.extend(((*steps, key), inner, secret or smells(key)) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend(((*steps, index), inner, secret) for index, inner in reversed(list(enumerate(item))))
        elif (secret and _literal(item)) or (isinstance(item, str) and looks_secret(item)):
            name = next((str(step) for step in reversed(steps) if isinstance(step, str)), "this value")
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
    for path, item in listed(value, "components"):
        if _bad_host_key(text(item, "ssh_host_key")):
            yield _refused(f"{path}/ssh_host_key")


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
