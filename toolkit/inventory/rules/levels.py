"""Management levels of servers, clusters and containers, and what each stands on (SD-1 §1.6)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, shown, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, Known, broken

_STANDS_ON = {"kubernetes": (), "containers": ("kubernetes",), "application": ("kubernetes", "containers")}


def _whole_server(item: Mapping, header: Header) -> Iterator[Finding]:
    """Database or middleware on a server whose operating system is left to the customer altogether."""
    level = text(item, "management_level")
    if level in ("database", "middleware") and header.no_build(item):
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


HEADER = ()
COMPONENT = (
    ComponentRule(_whole_server, ("vm",), ("management_level", "application", "responsibility")),
    ComponentRule(_cluster, ("kubernetes-cluster",), ("tenant", "management_level")),
    ComponentRule(_sap, ("sap",), ("tenant", "databases")),
)
ACROSS = (AcrossRule(_same_tooling, ("container-group",), ("cluster", "tooling")),)
