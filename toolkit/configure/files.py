"""A file of a host, as the bundle, the gateways' roles and Ansible's documents share it."""

from __future__ import annotations

import msgspec


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a host: ``path`` without the leading slash, owned by root."""

    path: str
    mode: int
    content: str
