"""One declarative entry per resource type: how it is created, read back, changed and deleted, by boto3 calls."""

from __future__ import annotations

from toolkit.rehearsal.standin.kinds import backup, identity, keys, logs, network, s3, trail, vpn
from toolkit.rehearsal.standin.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.type: kind
    for group in (keys.KINDS, s3.KINDS, trail.KINDS, identity.KINDS, network.KINDS, vpn.KINDS, logs.KINDS, backup.KINDS)
    for kind in group
}

__all__ = ["KINDS", "Kind"]
