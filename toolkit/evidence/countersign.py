"""A further signature over a bundle's statement: what a witness adds, so that the operator's word is not alone."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.canonical import canonical_bytes, write_atomic
from toolkit.evidence import bundle
from toolkit.evidence.verify import Verdict, verify_bundle
from toolkit.signing import Signer, add_signature, signature_keyids


def countersign(folder: Path, signer: Signer) -> Verdict:
    """Verify the bundle, add ``signer``'s signature and public key to it, and give its verdict without a trust file."""
    statement = folder / bundle.STATEMENT
    key = folder / bundle.KEYS / f"{signer.keyid}.pem"
    if key.exists() and statement.is_file() and signer.keyid not in statement.read_text("utf-8", "replace"):
        key.unlink()  # left by an attempt that was killed between the two writes
    verify_bundle(folder)
    envelope = json.loads(statement.read_bytes())
    if signer.keyid not in signature_keyids(envelope):
        write_atomic(key, signer.public.encode(), mode=0o644)
        write_atomic(statement, canonical_bytes(add_signature(envelope, signer)), mode=0o644)
    return verify_bundle(folder)
