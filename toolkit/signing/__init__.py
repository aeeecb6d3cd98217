"""Signatures (DSSE, Ed25519), key files and the trust file: ground floor of approvals and evidence.

create_key(path) -> keyid                          a key file (0600) and its public half beside it
load_signer("file:/…/key.pem") -> Signer
sign(payload, payload_type, signer) -> envelope    add_signature(envelope, signer) -> envelope
verify(envelope, keys) -> (payload, keyids that verified)
read_trust(path) -> Trust
"""

from __future__ import annotations

from toolkit.signing.dsse import add_signature, sign, signature_keyids, verify
from toolkit.signing.keys import Signer, create_key, key_path, keyid_of, load_signer
from toolkit.signing.trust import RequireRehearsal, Trust, TrustedKey, parse_trust, read_trust

__all__ = [
    "RequireRehearsal",
    "Signer",
    "Trust",
    "TrustedKey",
    "add_signature",
    "create_key",
    "key_path",
    "keyid_of",
    "load_signer",
    "parse_trust",
    "read_trust",
    "sign",
    "signature_keyids",
    "verify",
]
