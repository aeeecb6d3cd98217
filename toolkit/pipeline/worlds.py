"""The bindings of the real world, from the inventory and the workspace's settings."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from toolkit.errors import PrerequisiteMissing, UsageError
from toolkit.model.bindings import PROVIDER_HOST, AwsBinding, Bindings, HostBinding, endpoint_host
from toolkit.model.plan import Plan
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
        state=_named(workspace, settings.state) or str(workspace.own / "state"),
        secrets=str(workspace.own / "secrets.store"),
        ssh_key=_named(workspace, settings.ssh_key),
        host_bindings=bound,
        receiver_log=_named(workspace, settings.receiver_log),
    )


def _named(workspace: Workspace, path: str | None) -> str | None:
    """A path of ``onboard.yaml``, made absolute: a run is resumed from anywhere."""
    return str(workspace.root / Path(path).expanduser()) if path else None


def check_reachable(plan: Plan, bindings: Bindings) -> None:
    """PrerequisiteMissing (13), naming every host of the plan that the bindings do not lead to, before any effect."""
    if bindings.hosts == "none":
        return
    wanted: set[str] = set()
    for step in plan.steps:
        if step.action in {"configure.hub", "register.site"}:
            wanted.add(PROVIDER_HOST)
        elif step.action == "configure.endpoint":
            wanted.add(endpoint_host(step.inputs["site"]))
        elif step.action == "configure.hosts":
            wanted.update(step.inputs["hosts"])
    missing = sorted(wanted - bindings.host_bindings.keys())
    if missing or (wanted and not bindings.ssh_key):
        raise PrerequisiteMissing(
            f"nothing says how these hosts are reached: {', '.join(missing) or 'no ssh_key is set'}",
            fix="pin their public host keys (ssh_host_key in the inventory, hub_host_key in onboard.yaml) and set ssh_key, "
            "or name a bindings file",
        )


def read_bindings(path: Path) -> Bindings:
    """The bindings in a file; UsageError when it is absent or is no bindings file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Bindings)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", fix="name the bindings file of a kept rehearsal") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: not a bindings file: {error}", fix="see schemas/bindings.schema.json") from None
