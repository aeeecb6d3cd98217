"""Which world a plan meets: the real one, or a rehearsal's. The plan is the same; only this differs."""

from __future__ import annotations

from typing import Literal

import msgspec


class HostBinding(msgspec.Struct, frozen=True, kw_only=True):
    """How one host is reached: ``host_key`` is the pinned public key line (``ssh-ed25519 AAAA…``)."""

    address: str
    port: int
    user: str
    host_key: str


class AwsBinding(msgspec.Struct, frozen=True, kw_only=True):
    """Where AWS answers; ``endpoint`` is None for the real one and a loopback URL in a rehearsal."""

    endpoint: str | None = None


class Bindings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between worlds; paths are absolute. Holds no secret.

    ``hosts``: ``real``, ``lab`` or ``none`` (host steps are skipped and said to be NOT PROVEN).
    ``console``: who installs the bundle at a site's endpoint: a ``person`` (gate) or the lab's ``container`` command.
    ``probe_command``: by link id, what probes from the tenant's network through one tunnel; ``<tunnel> <target>`` is added
    and JSON is answered: ``answered``, ``carried`` (bytes out and in by tunnel number), ``reason``.
    ``engine_path`` is put first on the engine's PATH (a rehearsal's stand-in providers live there).
    ``netns`` is the network namespace that every step runs in.
    """

    schema: Literal["onboarding/bindings/v1"] = "onboarding/bindings/v1"
    world: Literal["real", "rehearsal"]
    id: str
    nonce: str
    hosts: Literal["real", "lab", "none"]
    time_scale: Literal["real", "fast"]
    aws: AwsBinding
    state: str
    secrets: str
    engine_path: str | None = None
    netns: str | None = None
    console: Literal["person", "container"] = "person"
    console_command: dict[str, tuple[str, ...]] = {}
    probe_command: dict[str, tuple[str, ...]] = {}
    ssh_key: str | None = None
    host_bindings: dict[str, HostBinding] = {}
    proxy: str | None = None
    receiver_log: str | None = None
    intrusive: bool = False


PROVIDER_HOST = "provider-hub"
"""Key of the hub in ``Bindings.host_bindings``; a site's endpoint is ``endpoint-<site id>``, a VM its component id."""


def endpoint_host(site: str) -> str:
    """Key of a site's VPN endpoint in ``Bindings.host_bindings`` and in Ansible's inventory."""
    return f"endpoint-{site}"
