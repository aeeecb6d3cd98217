"""The rules of the service itself: SD-1 §1.6 (management and support levels) and §1.7 (backup policies)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, listed, shown, strings, text

NEED_OS = ("database", "middleware")
_BACKED_UP = frozenset(("os", "database", "middleware", "application"))
_MANAGERS = ("service_delivery_manager", "contract_manager")
_MIN_MONTHS = 12
_PUBLIC_CLOUDS = ("aws", "azure", "gcp")
_OWN_CLOUDS_ONLY = {"active-directory": "SD-1 §1.6", "virtual-desktop": "SD-1 §1.14"}


def check_service(value: Any) -> list[Finding]:
    """Every violation of the service description that a header names."""
    return [
        *_tenant_levels(value),
        *_desktop_levels(value),
        *_managers(value),
        *_commitment(value),
    ]


def subscribed(tenant: Mapping) -> set[str]:
    """The levels that a tenant subscribes."""
    return {level for _, level in strings(tenant, "subscribed_levels")}


def _tenant_levels(value: Any) -> Iterator[Finding]:
    for path, tenant in listed(value, "tenants"):
        levels = subscribed(tenant)
        for index, level in strings(tenant, "subscribed_levels"):
            where = f"{path}/subscribed_levels/{index}"
            if level in NEED_OS and "os" not in levels:
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
    project = {level for _, tenant in listed(value, "tenants") for level in subscribed(tenant)}
    for path, tenant in listed(value, "tenants"):
        kind, own = text(tenant, "platform", "kind"), subscribed(tenant)
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


def vm_levels(level: str | None, *, given: bool, tenant: Mapping) -> Iterator[Finding]:
    """What the management level of a vm breaks on its tenant; ``given``: whatever it is, there is one.

    Pointers begin at the vm. What the application level needs is told by ``application_level``.
    """
    managed, levels, where = text(tenant, "management") == "managed", subscribed(tenant), "/management_level"
    if level is None:
        if managed and not given:
            yield Finding(
                rule="INV-062",
                path="",
                message="a vm of a managed tenant has exactly one management level (SD-1 §1.6)",
                fix="add management_level: os, database, middleware or application",
            )
    elif level in (*NEED_OS, "os") and not managed and text(tenant, "management") is not None:
        message = f"the {level} level stands on the os level, which exists on managed tenants only (SD-1 §1.6)"
        yield Finding(rule="INV-061", path=where, message=message)
    elif level in NEED_OS and "os" not in levels:
        message = f"the {level} level needs the os level, which the tenant does not subscribe (SD-1 §1.6)"
        yield Finding(rule="INV-060", path=where, message=message)
    elif level in _BACKED_UP and level not in levels:
        message = f"the tenant does not subscribe the {level} level (SD-1 §1.6)"
        yield Finding(rule="INV-068", path=where, message=message, severity="warning")


def application_level(missing: set[str]) -> Iterator[Finding]:
    """OS, database and middleware levels, each only where the application uses such a component."""
    if missing:
        said = " and ".join(sorted(missing))
        message = f"the application level needs the {said} level(s) of what it uses (SD-1 §1.6)"
        fix = f"subscribe {', '.join(sorted(missing))}"
        yield Finding(rule="INV-067", path="/management_level", message=message, fix=fix)


def policies(names: Iterable[str | None], *, approved: bool) -> Iterator[Finding]:
    """What the policies of a backup break; pointers begin at the component."""
    file_policies = [policy.name for policy in catalogue.backup_policies().values() if "file" in policy.kinds]
    for index, name in enumerate(names):
        policy = catalogue.backup_policy(name) if name is not None else None
        where = f"/backup/policies/{index}"
        if name is None:
            continue
        if policy is None:
            message = f"no backup policy {shown(name)} in SD-1 §1.7"
            yield Finding(rule="INV-012", path=where, message=message, fix=did_you_mean(name, file_policies))
        elif policy.custom and not approved:
            message = f"{shown(name)} is a custom policy: it needs the provider's approval (SD-1 §1.7)"
            yield Finding(rule="INV-050", path=where, message=message)
        elif "file" not in policy.kinds:
            message = f"{shown(name)} is not a policy of file backup (SD-1 §1.7)"
            yield Finding(rule="INV-051", path=where, message=message, fix="use one of: " + ", ".join(file_policies))


def backup_without_level() -> Finding:
    """That the server of a backup has no management level."""
    message = "a backup needs the os, database, middleware or application level of its server (SD-1 §1.6)"
    return Finding(rule="INV-063", path="/backup", message=message, key=True)


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
