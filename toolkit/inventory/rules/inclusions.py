"""The conditions of what the management levels include (SD-1 §1.14)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, listed, shown, strings, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, Known, broken

_MANAGED = ("tenant", "application", "responsibility")
_SUPERVISED = (
    "vm",
    "database",
    "middleware",
    "container-group",
    "kubernetes-cluster",
    "application-function",
    "external-interface",
    "big-data",
    "computer-vision",
    "remote-desktop",
    "active-directory",
    "firewall",
    "load-balancer",
    "virtual-desktop",
    "mail",
    "sap",
)
"""Every kind of SD-1 but native services."""
_AUDITED = ("audit", "high_level_design")


def _own_clouds(item: Mapping, header: Header) -> Iterator[Finding]:
    """Kinds that the provider manages on its own clouds only."""
    cloud = header.on_public_cloud(text(item, "tenant"))
    if cloud is None or not header.managed(item):
        return
    kind, noun = text(item, "kind"), ""
    if kind in ("active-directory", "virtual-desktop"):
        noun = kind.replace("-", " ")
    elif kind == "firewall" and text(item, "origin") == "native":
        noun = "native firewall"
    elif kind == "mail" and text(item, "hosting") == "provider-cloud":
        noun = "mail on the provider's cloud"
    if noun:
        path = {"firewall": "/origin", "mail": "/hosting"}.get(kind or "", "/tenant")
        yield broken("INV-071", path, f"a managed {noun} exists on the provider's own clouds only, not on {cloud}")


def _unsupervised(item: Mapping, header: Header) -> Iterator[Finding]:
    if header.managed(item) and item.get("supervised") is False:
        message = "only some native services are kept up without supervision; this component is supervised"
        yield broken("INV-104", "/supervised", message)


def _cluster(item: Mapping, header: Header) -> Iterator[Finding]:
    if not header.managed(item) or "management_level" not in item:
        return
    if text(item, "tooling") == "customer":
        yield broken(
            "INV-095", "/tooling", "a managed Kubernetes cluster is deployed and run by the provider's tooling"
        )
    if "repository" not in item:
        message = "a managed cluster is restored from its repository of configuration; it names none"
        yield broken("INV-096", "", message)


def _containers(item: Mapping, header: Header) -> Iterator[Finding]:
    missing = [field for field in ("manifests", "incident_procedure") if field not in item]
    if header.managed(item) and "containers" in header.levels(text(item, "tenant")) and missing:
        said = " and ".join(missing).replace("_", " ")
        message = f"containers are deployed from the customer's manifests and treated by an agreed procedure: no {said}"
        yield broken("INV-098", "", message, fix=f"add {', '.join(missing)}")


def _managed_cluster(item: Mapping, header: Header, known: Known) -> Iterator[Finding]:
    name = text(item, "cluster")
    cluster = known(name) if name is not None else None
    subscribed = "containers" in header.levels(text(item, "tenant"))
    if cluster is None or cluster.kind != "kubernetes-cluster" or not (subscribed and header.managed(item)):
        return
    if cluster.level is None or cluster.backend != "provider":
        yield broken("INV-097", "/cluster", f"containers are managed on managed clusters; {shown(name)} is none")


def _native(item: Mapping, header: Header) -> Iterator[Finding]:
    missing = [field for field in _AUDITED if field not in item]
    if header.managed(item) and "native-services" in header.levels(text(item, "tenant")) and missing:
        said = " and ".join(missing).replace("_", " ")
        yield broken("INV-099", "", f"a managed native service needs its {said}", fix=f"add {', '.join(missing)}")


def _native_link(header: Header) -> Iterator[Finding]:
    """Tenants with native services that no link, direct or by one site, joins with the provider's service zone."""
    joined: dict[str, set[str]] = {}
    for _, link in listed(header.value, "links"):
        start, end = text(link, "from") or "", text(link, "to") or ""
        joined.setdefault(start, set()).add(end)
        joined.setdefault(end, set()).add(start)
    provider = joined.get("provider", set())
    for path, tenant in listed(header.value, "tenants"):
        own = f"tenant/{text(tenant, 'id')}"
        for index, level in strings(tenant, "subscribed_levels"):
            if level == "native-services" and own not in provider and not joined.get(own, set()) & provider:
                message = (
                    "managed native services need a network link between the provider's service zone and the platform"
                )
                yield broken("INV-100", f"{path}/subscribed_levels/{index}", message)


def _balancer(item: Mapping, header: Header) -> Iterator[Finding]:
    if header.managed(item) and text(item, "origin") == "native":
        yield broken("INV-101", "/origin", "managed load balancers are third-party ones; this one is native")


def _mailboxes(item: Mapping, header: Header) -> Iterator[Finding]:
    boxes, users = item.get("mailboxes"), item.get("active_users")
    if header.managed(item) and type(boxes) is int and type(users) is int and boxes < users:
        yield broken("INV-102", "/mailboxes", f"managed mail covers all active users: {boxes} mailboxes for {users}")


HEADER = (_native_link,)
COMPONENT = (
    ComponentRule(_unsupervised, _SUPERVISED, ("supervised", "application", "responsibility")),
    ComponentRule(_own_clouds, ("active-directory", "virtual-desktop"), ("kind", *_MANAGED)),
    ComponentRule(_own_clouds, ("firewall",), ("kind", "origin", *_MANAGED)),
    ComponentRule(_own_clouds, ("mail",), ("kind", "hosting", *_MANAGED)),
    ComponentRule(_cluster, ("kubernetes-cluster",), ("management_level", "tooling", "repository", *_MANAGED)),
    ComponentRule(_containers, ("container-group",), ("manifests", "incident_procedure", *_MANAGED)),
    ComponentRule(_native, ("native-service",), (*_AUDITED, *_MANAGED)),
    ComponentRule(_balancer, ("load-balancer",), ("origin", *_MANAGED)),
    ComponentRule(_mailboxes, ("mail",), ("mailboxes", "active_users", *_MANAGED)),
)
ACROSS = (AcrossRule(_managed_cluster, ("container-group",), ("cluster", *_MANAGED)),)
