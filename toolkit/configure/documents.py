"""Ansible's hosts and variables from the inventory, as one file in which no string is ever a template. Pure.

Every string is marked unsafe, ours as well as the customer's: Ansible takes it as it is. Secrets do not stand in it,
only the paths of files that hold them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from toolkit.configure.files import File
from toolkit.errors import ConfigureFailed
from toolkit.model.bindings import PROVIDER_HOST, Bindings, endpoint_host
from toolkit.model.inventory import Component, Inventory
from toolkit.model.profile import ProviderProfile
from toolkit.remote import bound

_ACCOUNT_LENGTH = 32


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How Ansible reaches every host: ``options`` are ssh's own as one text (``toolkit.remote.ssh_options``)."""

    options: str


def backup_account(customer: str) -> str:
    """The customer's account at the hub; Linux allows 32 characters, so a long id ends in its digest."""
    name = f"backup-{customer}"
    if len(name) <= _ACCOUNT_LENGTH:
        return name
    return f"{name[: _ACCOUNT_LENGTH - 9]}-{hashlib.sha256(customer.encode()).hexdigest()[:8]}"


def hub_document(
    *,
    inventory: Inventory,
    profile: ProviderProfile,
    bindings: Bindings,
    reach: Reach,
    site: str,
    hosts: Iterable[Component],
    source: Path,
    files: Iterable[File],
) -> dict[str, Any]:
    """The hub alone, with what it holds for one site; ``source`` is the folder that ``files`` were written to."""
    customer = inventory.customer.id
    variables = {
        "hub_customer_apt_proxy": bindings.proxy or "",
        "hub_customer_source": str(source),
        "hub_customer_files": _file_list(files),
        "hub_customer_customer": customer,
        "hub_customer_site": site,
        "hub_customer_hosts": [{"name": host.id, "address": host.address or ""} for host in hosts],
        "hub_customer_account": backup_account(customer),
        "hub_customer_log_address": profile.hub.gateway,
        "hub_customer_log_port": profile.hub.services.syslog,
    }
    return _document({"provider_hub": {PROVIDER_HOST: variables}}, bindings, reach)


def endpoint_document(
    *, bindings: Bindings, reach: Reach, site: str, source: Path, files: Iterable[File]
) -> dict[str, Any]:
    """The endpoint of a site alone."""
    variables = {
        "vpn_endpoint_apt_proxy": bindings.proxy or "",
        "vpn_endpoint_source": str(source),
        "vpn_endpoint_files": _file_list(files),
    }
    return _document({"site_endpoints": {endpoint_host(site): variables}}, bindings, reach)


def hosts_document(
    *,
    inventory: Inventory,
    profile: ProviderProfile,
    bindings: Bindings,
    reach: Reach,
    hosts: Iterable[Component],
    passwords: Mapping[str, Path],
) -> dict[str, Any]:
    """The VMs of a site, and the hub that their backup keys are admitted to; ``passwords`` by host are files' paths."""
    hub = bindings.host_bindings.get(PROVIDER_HOST)
    common = {
        "base_apt_proxy": bindings.proxy or "",
        "log_forwarding_hub": profile.hub.gateway,
        "log_forwarding_port": profile.hub.services.syslog,
        "backup_agent_account": backup_account(inventory.customer.id),
        "backup_agent_hub_host": PROVIDER_HOST,
        "backup_agent_hub_address": profile.hub.gateway,
        "backup_agent_hub_port": hub.port if hub else 22,
        "backup_agent_hub_key": " ".join(hub.host_key.split()[:2]) if hub else "",
    }
    variables = {}
    for host in hosts:
        variables[host.id] = {
            **common,
            "base_operator_user": bindings.host_bindings[host.id].user if host.id in bindings.host_bindings else "",
            "base_security_updates": host.security_updates,
            "metrics_agent_address": host.address or "",
            "backup_agent_name": host.id,
            "backup_agent_jobs": [
                {"policy": job.policy, "paths": list(job.paths)} for job in inventory.backup_jobs(host.id)
            ],
            "backup_agent_password_file": str(passwords[host.id]) if host.id in passwords else "",
        }
    return _document({"site_hosts": variables, "provider_hub": {PROVIDER_HOST: {}}}, bindings, reach)


def _document(groups: Mapping[str, Mapping[str, Any]], bindings: Bindings, reach: Reach) -> dict[str, Any]:
    shared = {
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": reach.options,
    }
    children = {
        group: {"hosts": {name: {**_address(name, bindings), **variables} for name, variables in hosts.items()}}
        for group, hosts in groups.items()
    }
    return {"all": {"vars": shared, "children": children}}


def _address(name: str, bindings: Bindings) -> dict[str, Any]:
    host = bound(bindings.host_bindings, name, ConfigureFailed)
    return {"ansible_host": host.address, "ansible_port": host.port, "ansible_user": host.user}


def _file_list(files: Iterable[File]) -> list[dict[str, str]]:
    return [{"path": f"/{file.path}", "mode": f"{file.mode:04o}"} for file in files]


def render(document: Mapping[str, Any]) -> bytes:
    """The document as JSON in which every string is ``{"__ansible_unsafe": "…"}``; Ansible's YAML inventory reads JSON.

    YAML's own ``!unsafe`` is not used: Ansible resolves what stands behind it, so that ``"0600"`` becomes a number.
    Raises ConfigureFailed for what cannot be encoded (a lone surrogate).
    """
    text = json.dumps(_unsafe(document), sort_keys=True, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeError as error:
        raise ConfigureFailed(
            f"a value cannot be given to Ansible: {error}", fix="remove the broken character from the inventory"
        ) from error


def _unsafe(value: Any) -> Any:
    if isinstance(value, str):
        return {"__ansible_unsafe": value}
    if isinstance(value, Mapping):
        return {key: _unsafe(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_unsafe(one) for one in value]
    return value
