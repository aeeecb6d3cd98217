"""What of a site is watched: target groups for Prometheus' file-based discovery, from the inventory alone.

A component is watched when the provider operates it (backend integration, SD-1 §1.1 and §1.3) and it is supervised
(§1.2). An agent is scraped only where the provider also answers for the operations layer, for it installs the agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from toolkit.canonical import canonical_bytes
from toolkit.conventions import AGENT_PORT
from toolkit.model.inventory import Application, Component, Inventory, Site, Tenant
from toolkit.register.labels import bare_address, host_port, label_value

Job = Literal["node", "ssh", "icmp", "tunnel"]
JOBS: tuple[Job, ...] = ("node", "ssh", "icmp", "tunnel")


class TargetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a file_sd file: addresses that carry the same labels."""

    targets: tuple[str, ...]
    labels: dict[str, str]


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A supervised virtual machine of a site with what its alerts depend on."""

    component: Component
    tenant: Tenant
    application: Application
    agent: bool


def watched(inventory: Inventory, site: str) -> tuple[Watched, ...]:
    """The supervised, managed virtual machines that run at ``site``, in the inventory's order."""
    tenants = {tenant.id: tenant for tenant in inventory.tenants}
    applications = {application.id: application for application in inventory.applications}
    found = []
    for component in inventory.components:
        if component.kind != "vm" or component.site != site or not component.address or not component.supervised:
            continue
        application = applications[component.application]
        who = inventory.responsibility(component)
        if who.backend == "provider":
            found.append(
                Watched(
                    component=component,
                    tenant=tenants[component.tenant],
                    application=application,
                    agent=who.operations == "provider",
                )
            )
    return tuple(found)


def component_labels(inventory: Inventory, site: str, host: Watched) -> dict[str, str]:
    """The labels of every target of one virtual machine."""
    return {
        "customer": label_value(inventory.customer.id),
        "site": label_value(site),
        "tenant": label_value(host.tenant.id),
        "environment": host.tenant.environment,
        "support_level": host.tenant.support_level,
        "application": label_value(host.application.id),
        "criticality": host.application.criticality,
        "component": label_value(host.component.id),
    }


def tunnel_labels(inventory: Inventory, site: Site) -> dict[str, str]:
    """The labels of the probe through the management link; the endpoint serves every application of the site."""
    return {
        "customer": label_value(inventory.customer.id),
        "site": label_value(site.id),
        "component": label_value(f"endpoint-{site.id}"),
    }


def groups(inventory: Inventory, site: Site, job: Job) -> tuple[TargetGroup, ...]:
    """The target groups of one job at one site."""
    if job == "tunnel":
        address = host_port(site.vpn_endpoint.address, site.access.port)
        return (TargetGroup(targets=(address,), labels=tunnel_labels(inventory, site)),)
    found = []
    for host in watched(inventory, site.id):
        address = str(host.component.address)
        if job == "node" and not host.agent:
            continue
        target = {
            "node": lambda a=address: host_port(a, AGENT_PORT),
            "ssh": lambda a=address: host_port(a, site.access.port),
            "icmp": lambda a=address: bare_address(a),
        }[job]()
        found.append(TargetGroup(targets=(target,), labels=component_labels(inventory, site.id, host)))
    return tuple(found)


def file_sd(entries: Iterable[TargetGroup]) -> bytes:
    """The bytes of a file_sd JSON file."""
    return canonical_bytes(list(entries)) + b"\n"
