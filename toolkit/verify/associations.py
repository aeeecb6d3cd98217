"""What strongSwan says of its security associations: ``swanctl --list-sas --raw``, read and compared. Pure.

Source: swanctl(8) and the vici protocol's list-sa event (strongSwan 5.9, as in Debian 12).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

_TOKEN = re.compile(r"[^\s{}\[\]]+|[{}\[\]]")
_CIPHER = re.compile(r"aes(?P<size>128|192|256)(?P<mode>gcm(?:8|12|16))?")


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """One IKE association with its children's names; ``suite`` is cipher, PRF and group in strongSwan's words."""

    name: str
    version: str
    state: str
    suite: tuple[str, ...]
    children: tuple[Child, ...]


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """One installed pair of ESP associations; bytes are payload since its installation."""

    name: str
    state: str
    cipher: str
    local: tuple[str, ...]
    remote: tuple[str, ...]
    bytes_in: int
    bytes_out: int


def _section(tokens: Iterator[str]) -> dict[str, Any]:
    """Keys and values up to the section's closing brace."""
    found: dict[str, Any] = {}
    previous = ""
    for word in tokens:
        if word == "}":
            return found
        if word == "{":
            found[previous] = _section(tokens)
        elif word == "[":
            items = []
            for item in tokens:
                if item == "]":
                    break
                items.append(item)
            found[previous.removesuffix("=")] = items
        else:
            key, separator, value = word.partition("=")
            if separator and value:
                found[key] = value
            previous = word
    return found


def _cipher(section: dict[str, Any]) -> str:
    words = (section.get("encr-alg"), section.get("encr-keysize"))
    return "-".join(str(word) for word in words if word)


def _child(section: dict[str, Any]) -> Child:
    return Child(
        name=str(section.get("name", "")),
        state=str(section.get("state", "")),
        cipher=_cipher(section),
        local=tuple(section.get("local-ts", ())),
        remote=tuple(section.get("remote-ts", ())),
        bytes_in=int(section.get("bytes-in", 0)),
        bytes_out=int(section.get("bytes-out", 0)),
    )


def associations(raw: str) -> tuple[Association, ...]:
    """Every IKE association of the raw listing, in its order."""
    found = []
    for line in raw.splitlines():
        if not line.startswith("list-sa event "):
            continue
        for name, section in _section(iter(_TOKEN.findall(line.removeprefix("list-sa event ").strip()[1:]))).items():
            if isinstance(section, dict):
                children = section.get("child-sas", {})
                found.append(
                    Association(
                        name=name,
                        version=str(section.get("version", "")),
                        state=str(section.get("state", "")),
                        suite=tuple(
                            word for word in (_cipher(section), section.get("prf-alg"), section.get("dh-group")) if word
                        ),
                        children=tuple(_child(child) for child in children.values()),
                    )
                )
    return tuple(found)


def installed(found: tuple[Association, ...], name: str) -> tuple[Association, Child] | None:
    """The established association of that name and its newest installed child, or None."""
    for association in found:
        if association.name == name and association.state == "ESTABLISHED":
            for child in reversed(association.children):
                if child.state == "INSTALLED":
                    return association, child
    return None


def cipher_of(proposal: str) -> str:
    """The cipher of a swanctl proposal in strongSwan's words: ``aes256gcm16`` is ``AES_GCM_16-256``."""
    match = _CIPHER.match(proposal)
    if not match:
        return proposal
    mode = f"AES_GCM_{match['mode'][3:]}" if match["mode"] else "AES_CBC"
    return f"{mode}-{match['size']}"


def suite_of(proposal: str) -> tuple[str, ...]:
    """Cipher, PRF and group of a swanctl proposal in strongSwan's words."""
    words = [cipher_of(proposal)]
    for word in proposal.split("-")[1:]:
        if word.startswith(("prfsha", "sha")):
            words.append(f"PRF_HMAC_SHA2_{word[-3:]}")
        elif word.startswith("ecp"):
            words.append(f"ECP_{word[3:]}")
        elif word.startswith("modp"):
            words.append(f"MODP_{word[4:]}")
    return tuple(words)
