"""Merkle tree over a list of leaves, as RFC 6962 §2.1 builds it: SHA-256, leaves prefixed 00, nodes 01."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    """``SHA-256(00 || leaf)``."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``SHA-256(01 || left || right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree's hash; of no leaves, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes beside the way from leaf ``index`` up to the root, lowest first (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*proof(leaves[:split], index), root(leaves[split:]))
    return (*proof(leaves[split:], index - split), root(leaves[:split]))


def verify_proof(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``leaf`` stands at ``index`` of a tree of ``size`` leaves with the root ``expected`` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            return False
        if position % 2 == 1 or position == last:
            found = node_hash(sibling, found)
            while position % 2 == 0 and position != 0:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and found == expected


def _split(size: int) -> int:
    """Give the largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
