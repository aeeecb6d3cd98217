"""The bindings of the real world, from the inventory and the workspace's settings."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from toolkit.errors import UsageError
from toolkit.model.bindings import PROVIDER_HOST, AwsBinding, Bindings, HostBinding, endpoint_host
from toolkit.pipeline.planning import Prepared
from toolkit.pipeline.workspace import Workspace


def real_bindings(workspace: Workspace, prepared: Prepared) -> Bindings:
    """Hosts by the addresses and pinned keys of the inventory, the hub by the profile and ``onboard.yaml``.

    A host whose key stands as ``secretref://…`` is bound only by a bindings file: nothing is trusted blindly.
    """
    settings = workspace.settings()
    hub = prepared.profile.hub
    bound = {}
    if settings.hub_host_key:
        bound[PROVIDER_HOST] = HostBinding(
            address=hub.gateway, port=hub.port, user=hub.user, host_key=settings.hub_host_key
        )
    for site in prepared.inventory.sites:
        access, endpoint = site.access, site.vpn_endpoint
        if not endpoint.ssh_host_key.startswith("secretref://"):
            bound[endpoint_host(site.id)] = HostBinding(
                address=endpoint.address, port=access.port, user=access.user, host_key=endpoint.ssh_host_key
            )
        for component in prepared.inventory.components:
            key = component.ssh_host_key
            if component.site == site.id and component.address and key and not key.startswith("secretref://"):
                bound[component.id] = HostBinding(
                    address=component.address, port=access.port, user=access.user, host_key=key
                )
    return Bindings(
        world="real",
        id="real",
        nonce=secrets.token_hex(8),
        hosts="real",
        time_scale="real",
        aws=AwsBinding(),
        state=str(Path(settings.state).expanduser() if settings.state else workspace.own / "state"),
        secrets=str(workspace.own / "secrets.store"),
        ssh_key=str(Path(settings.ssh_key).expanduser()) if settings.ssh_key else None,
        host_bindings=bound,
    )


def read_bindings(path: Path) -> Bindings:
    """The bindings in a file; UsageError when it is absent or is no bindings file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Bindings)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", fix="name the bindings file of a kept rehearsal") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: not a bindings file: {error}", fix="see schemas/bindings.schema.json") from None
