"""DSSE v1 envelopes (https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md), signed with Ed25519."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from toolkit.signing.keys import Signer, verifies


class PublicKey(Protocol):
    """A key to verify with: ``toolkit.signing.TrustedKey``, or anything with its id and PEM."""

    @property
    def keyid(self) -> str: ...

    @property
    def public(self) -> str: ...


class _Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


def sign(payload: bytes, payload_type: str, signer: Signer) -> dict[str, Any]:
    """An envelope around ``payload`` with one signature, as plain JSON."""
    envelope: dict[str, Any] = {"payload": _encode(payload), "payloadType": payload_type, "signatures": []}
    return add_signature(envelope, signer)


def add_signature(envelope: dict[str, Any], signer: Signer) -> dict[str, Any]:
    """The same envelope with a further signature, last; one key signs at most once."""
    parsed = _parse(envelope)
    message = _encoded(parsed)
    kept = [msgspec.to_builtins(found) for found in parsed.signatures if found.keyid != signer.keyid]
    return {
        "payload": parsed.payload,
        "payloadType": parsed.payload_type,
        "signatures": [*kept, {"keyid": signer.keyid, "sig": _encode(signer.sign(message))}],
    }


def verify(envelope: dict[str, Any], trust_keys: Iterable[PublicKey]) -> tuple[bytes, frozenset[str]]:
    """The payload, and the ids of those ``trust_keys`` whose signature over it is right (possibly none).

    A wrong signature or one by an unknown key counts for nothing. Raises ValueError for what is no envelope; the
    payload type is not judged (``payload_type`` gives it).
    """
    parsed = _parse(envelope)
    message = _encoded(parsed)
    keys = {key.keyid: key.public for key in trust_keys}
    good = {
        found.keyid
        for found in parsed.signatures
        if found.keyid in keys and verifies(keys[found.keyid], signature=_decode(found.sig), message=message)
    }
    return _decode(parsed.payload), frozenset(good)


def payload_type(envelope: dict[str, Any]) -> str:
    """What the envelope says its payload is; raises ValueError for what is no envelope."""
    return _parse(envelope).payload_type


def signature_keyids(envelope: dict[str, Any]) -> tuple[str, ...]:
    """The ids that stand beside the signatures, in their order, verified or not; raises ValueError."""
    return tuple(found.keyid for found in _parse(envelope).signatures)


def _parse(envelope: Any) -> _Envelope:
    try:
        parsed = msgspec.convert(envelope, _Envelope)
    except msgspec.ValidationError as error:
        raise ValueError(f"not a DSSE envelope: {error}") from None
    if len({found.keyid for found in parsed.signatures}) != len(parsed.signatures):
        raise ValueError("not a DSSE envelope that can be judged: one key signed twice")
    for text in (parsed.payload, *(found.sig for found in parsed.signatures)):
        _decode(text)
    return parsed


def _encoded(envelope: _Envelope) -> bytes:
    """Give the pre-authentication encoding (PAE) that is signed."""
    kind, payload = envelope.payload_type.encode(), _decode(envelope.payload)
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(text: str) -> bytes:
    """Only the one canonical spelling counts: base64 has several for the same bytes."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not a DSSE envelope: not base64") from None
    if _encode(content) != text:
        raise ValueError("not a DSSE envelope: not canonical base64")
    return content
