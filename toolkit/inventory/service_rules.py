"""The rules of the service itself: SD-1 §1.6 (management and support levels) and §1.7 (backup policies)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit import catalogue
from toolkit.inventory.crossrefs import ids
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, listed, shown, strings, text

_NEED_OS = ("database", "middleware")
_BACKED_UP = frozenset(("os", "database", "middleware", "application"))
_MANAGERS = ("service_delivery_manager", "contract_manager")
_MIN_MONTHS = 12
_PUBLIC_CLOUDS = ("aws", "azure", "gcp")
_OWN_CLOUDS_ONLY = {"active-directory": "SD-1 §1.6", "virtual-desktop": "SD-1 §1.14"}


def check_service(value: Any) -> list[Finding]:
    """Every violation of the service description that the inventory names."""
    return [
        *_tenant_levels(value),
        *_desktop_levels(value),
        *_vm_levels(value),
        *_backups(value),
        *_managers(value),
        *_commitment(value),
    ]


def _levels(tenant: Mapping | None) -> set[str]:
    return {level for _, level in strings(tenant, "subscribed_levels")}


def _tenant_levels(value: Any) -> Iterator[Finding]:
    for path, tenant in listed(value, "tenants"):
        levels = _levels(tenant)
        for index, level in strings(tenant, "subscribed_levels"):
            where = f"{path}/subscribed_levels/{index}"
            if level in _NEED_OS and "os" not in levels:
                message = f"the {level} level needs the os level, which this tenant does not subscribe (SD-1 §1.6)"
                yield Finding(rule="INV-060", path=where, message=message)
            if level == "os" and text(tenant, "management") not in (None, "managed"):
                message = f"the os level exists on managed tenants only; this one is {tenant['management']} (SD-1 §1.6)"
                yield Finding(rule="INV-061", path=where, message=message)
            if level == "containers" and "kubernetes" not in levels:
                message = "the containers level needs the kubernetes level with the same tooling (SD-1 §1.6)"
                yield Finding(rule="INV-070", path=where, message=message)


def _desktop_levels(value: Any) -> Iterator[Finding]:
    """Directory, virtual and remote desktop (SD-1 §1.6 and §1.14).

    A remote desktop may stand on a public cloud while its directory stands on a tenant of the provider's clouds, so
    any tenant of the project may subscribe the directory.
    """
    project = {level for _, tenant in listed(value, "tenants") for level in _levels(tenant)}
    for path, tenant in listed(value, "tenants"):
        kind, own = text(tenant, "platform", "kind"), _levels(tenant)
        for index, level in strings(tenant, "subscribed_levels"):
            where = f"{path}/subscribed_levels/{index}"
            if level in _OWN_CLOUDS_ONLY and kind in _PUBLIC_CLOUDS:
                source = _OWN_CLOUDS_ONLY[level]
                message = f"the {level} level exists on the provider's own clouds only, not on {kind} ({source})"
                yield Finding(rule="INV-071", path=where, message=message)
            missing = sorted(({"os"} - own) | ({"active-directory"} - project))
            if level == "remote-desktop" and missing:
                message = f"the remote-desktop level needs the {' and '.join(missing)} level(s) (SD-1 §1.6)"
                yield Finding(rule="INV-072", path=where, message=message)


def _vm_levels(value: Any) -> Iterator[Finding]:
    tenants, used = ids(value, "tenants"), _used_levels(value)
    for path, item in listed(value, "components"):
        tenant = tenants.get(text(item, "tenant") or "")
        if text(item, "kind") != "vm" or tenant is None:
            continue
        level, managed = text(item, "management_level"), text(tenant, "management") == "managed"
        where, levels = f"{path}/management_level", _levels(tenant)
        if level is None:
            if managed and "management_level" not in item:
                yield Finding(
                    rule="INV-062",
                    path=path,
                    message="a vm of a managed tenant has exactly one management level (SD-1 §1.6)",
                    fix="add management_level: os, database, middleware or application",
                )
            continue
        if level in (*_NEED_OS, "os") and not managed and text(tenant, "management") is not None:
            message = f"the {level} level stands on the os level, which exists on managed tenants only (SD-1 §1.6)"
            yield Finding(rule="INV-061", path=where, message=message)
        elif level in _NEED_OS and "os" not in levels:
            message = f"the {level} level needs the os level, which the tenant does not subscribe (SD-1 §1.6)"
            yield Finding(rule="INV-060", path=where, message=message)
        elif level in _BACKED_UP and level not in levels:
            message = f"the tenant does not subscribe the {level} level (SD-1 §1.6)"
            yield Finding(rule="INV-068", path=where, message=message, severity="warning")
        if level == "application":
            needed = {"os"} | used.get((text(item, "tenant"), text(item, "application")), set())
            yield from _application_level(where, needed - levels)


def _used_levels(value: Any) -> dict[tuple[str | None, str | None], set[str]]:
    """The database and middleware levels that the components of each tenant's application stand for."""
    used: dict[tuple[str | None, str | None], set[str]] = {}
    for _, item in listed(value, "components"):
        kind = text(item, "kind")
        if kind in _NEED_OS:
            used.setdefault((text(item, "tenant"), text(item, "application")), set()).add(kind)
    return used


def _application_level(where: str, missing: set[str]) -> Iterator[Finding]:
    """OS, database and middleware levels, each only where the application uses such a component."""
    if missing:
        said = " and ".join(sorted(missing))
        message = f"the application level needs the {said} level(s) of what it uses (SD-1 §1.6)"
        yield Finding(rule="INV-067", path=where, message=message, fix=f"subscribe {', '.join(sorted(missing))}")


def _backups(value: Any) -> Iterator[Finding]:
    components = ids(value, "components")
    for path, item in listed(value, "components"):
        backup = item.get("backup")
        if not isinstance(backup, dict):
            continue
        yield from _policies(f"{path}/backup/policies", backup)
        host = item if text(item, "kind") == "vm" else components.get(text(item, "hosted_on") or "")
        if host is not None and "management_level" not in host:
            message = "a backup needs the os, database, middleware or application level of its server (SD-1 §1.6)"
            yield Finding(rule="INV-063", path=f"{path}/backup", message=message, key=True)


def _policies(path: str, backup: Mapping) -> Iterator[Finding]:
    file_policies = [policy.name for policy in catalogue.backup_policies().values() if "file" in policy.kinds]
    for index, name in strings(backup, "policies"):
        policy = catalogue.backup_policy(name)
        where = f"{path}/{index}"
        if policy is None:
            message = f"no backup policy {shown(name)} in SD-1 §1.7"
            yield Finding(rule="INV-012", path=where, message=message, fix=did_you_mean(name, file_policies))
        elif policy.custom and not text(backup, "approval"):
            message = f"{shown(name)} is a custom policy: it needs the provider's approval (SD-1 §1.7)"
            yield Finding(rule="INV-050", path=where, message=message)
        elif "file" not in policy.kinds:
            message = f"{shown(name)} is not a policy of file backup (SD-1 §1.7)"
            yield Finding(rule="INV-051", path=where, message=message, fix="use one of: " + ", ".join(file_policies))


def _managers(value: Any) -> Iterator[Finding]:
    provider = value.get("provider") if isinstance(value, dict) else None
    levels = {text(tenant, "support_level") for _, tenant in listed(value, "tenants")}
    if not isinstance(provider, dict) or not levels:
        return
    missing = [name for name in _MANAGERS if name not in provider]
    if "premium" in levels and missing:
        message = f"a project with a premium tenant names both managers: {' and '.join(missing)} missing (SD-1 §1.6)"
        yield Finding(rule="INV-064", path="/provider", message=message)
    for name in _MANAGERS:
        if name not in provider:
            continue
        if levels == {"standard"}:
            message = f"a project of standard tenants only cannot subscribe a {name.replace('_', ' ')} (SD-1 §1.6)"
            yield Finding(rule="INV-065", path=f"/provider/{name}", message=message, key=True)
        elif levels == {"initial"}:
            message = f"a {name.replace('_', ' ')} on a project of initial tenants only (SD-1 §1.6)"
            yield Finding(rule="INV-066", path=f"/provider/{name}", message=message, key=True, severity="warning")


def _commitment(value: Any) -> Iterator[Finding]:
    customer = value.get("customer") if isinstance(value, dict) else None
    commitment = customer.get("commitment") if isinstance(customer, dict) else None
    months = commitment.get("months") if isinstance(commitment, dict) else None
    if isinstance(months, int) and not isinstance(months, bool) and 0 < months < _MIN_MONTHS:
        message = f"{months} months is below the minimum service duration of one year (SD-1 §1.6)"
        yield Finding(rule="INV-069", path="/customer/commitment/months", message=message)
