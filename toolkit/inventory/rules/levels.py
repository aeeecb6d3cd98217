"""Management levels of servers, clusters and containers, and what each stands on (SD-1 §1.6)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, listed, shown, strings, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, Known, broken

NEED_OS = ("database", "middleware")
_OF_SERVERS = ("os", "database", "middleware", "application")
_STANDS_ON = {"kubernetes": (), "containers": ("kubernetes",), "application": ("kubernetes", "containers")}


def subscribed(tenant: Mapping) -> set[str]:
    """The levels that a tenant subscribes."""
    return {level for _, level in strings(tenant, "subscribed_levels")}


def _tenants(header: Header) -> Iterator[Finding]:
    """What the levels that a tenant subscribes need."""
    for path, tenant in listed(header.value, "tenants"):
        levels = subscribed(tenant)
        for index, level in strings(tenant, "subscribed_levels"):
            where = f"{path}/subscribed_levels/{index}"
            if level in NEED_OS and "os" not in levels:
                yield broken(
                    "INV-060", where, f"the {level} level needs the os level, which this tenant does not subscribe"
                )
            if level == "os" and text(tenant, "management") not in (None, "managed"):
                message = f"the os level exists on managed tenants only; this one is {tenant['management']}"
                yield broken("INV-061", where, message)
            if level == "containers" and "kubernetes" not in levels:
                yield broken("INV-070", where, "the containers level needs the kubernetes level with the same tooling")


def vm_levels(level: str | None, *, given: bool, tenant: Mapping) -> Iterator[Finding]:
    """What the management level of a vm breaks on its tenant; ``given``: whatever it is, there is one.

    Pointers begin at the vm. What the application level needs is told by ``application_level``.
    """
    managed, levels, where = text(tenant, "management") == "managed", subscribed(tenant), "/management_level"
    if level is None:
        if managed and not given:
            message = "a vm of a managed tenant has exactly one management level"
            yield broken("INV-062", "", message, fix="add management_level: os, database, middleware or application")
    elif level in (*NEED_OS, "os") and not managed and text(tenant, "management") is not None:
        message = f"the {level} level stands on the os level, which exists on managed tenants only"
        yield broken("INV-061", where, message)
    elif level in NEED_OS and "os" not in levels:
        yield broken("INV-060", where, f"the {level} level needs the os level, which the tenant does not subscribe")
    elif level in _OF_SERVERS and level not in levels:
        yield broken("INV-068", where, f"the tenant does not subscribe the {level} level")


def application_level(missing: set[str]) -> Iterator[Finding]:
    """OS, database and middleware levels, each only where the application uses such a component."""
    if missing:
        message = f"the application level needs the {' and '.join(sorted(missing))} level(s) of what it uses"
        yield broken("INV-067", "/management_level", message, fix=f"subscribe {', '.join(sorted(missing))}")


def _whole_server(item: Mapping, header: Header) -> Iterator[Finding]:
    """Database or middleware on a server whose operating system is left to the customer altogether."""
    level = text(item, "management_level")
    if level in NEED_OS and header.no_build(item):
        message = f"the {level} level asks that the provider wholly manages the server's OS; this server is not managed"
        yield broken("INV-073", "/management_level", message)


def _cluster(item: Mapping, header: Header) -> Iterator[Finding]:
    tenant, level = text(item, "tenant"), text(item, "management_level")
    if tenant not in header.tenants:
        return
    if "management_level" not in item:
        if header.managed_tenant(tenant):
            message = "a Kubernetes cluster of a managed tenant has exactly one management level"
            yield broken("INV-074", "", message, fix="add management_level: kubernetes, containers or application")
        return
    levels = header.levels(tenant)
    missing = [name for name in _STANDS_ON.get(level or "", ()) if name not in levels]
    if missing:
        message = f"a cluster of the {level} level needs the {' and '.join(missing)} level(s) of its tenant"
        yield broken("INV-075", "/management_level", message, fix=f"subscribe {', '.join(missing)}")
    elif level in _STANDS_ON and level not in levels:
        yield broken("INV-068", "/management_level", f"the tenant does not subscribe the {level} level")


def _same_tooling(item: Mapping, header: Header, known: Known) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    name = text(item, "cluster")
    cluster = known(name) if name is not None else None
    if cluster is not None and text(item, "tooling") == "provider" and cluster.tooling == "customer":
        message = f"containers with the provider's tooling on {shown(name)}, whose Kubernetes has the customer's"
        yield broken("INV-076", "/tooling", message)


def _sap(item: Mapping, header: Header) -> Iterator[Finding]:
    """SAP is of the application level: the levels of the servers and databases that it uses."""
    levels = header.levels(text(item, "tenant"))
    needed = {"os"} | ({"database"} if item.get("databases") else set())
    missing = sorted(needed - levels)
    if "application" in levels and missing:
        message = f"the application level needs the {' and '.join(missing)} level(s) of what it uses"
        yield broken("INV-067", "/product", message, fix=f"subscribe {', '.join(missing)}")


HEADER = (_tenants,)
COMPONENT = (
    ComponentRule(_whole_server, ("vm",), ("management_level", "application", "responsibility")),
    ComponentRule(_cluster, ("kubernetes-cluster",), ("tenant", "management_level")),
    ComponentRule(_sap, ("sap",), ("tenant", "databases")),
)
ACROSS = (AcrossRule(_same_tooling, ("container-group",), ("cluster", "tooling")),)
