"""What is managed: tenants, sites, links, applications, components, and the backups of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from toolkit.conventions import AGENT_PORT
from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.topology import topology
from toolkit.model.inventory import Component, Inventory, Link

NOT_APPLICABLE = "not-applicable"


def estate_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``tenants``, ``sites``, ``links``, ``networks``, ``applications``, ``components``, ``backups``, ``figures``."""
    inventory = sources.inventory
    return {
        "tenants": tuple(_tenant(inventory, one) for one in inventory.tenants),
        "sites": tuple(_site(inventory, one) for one in inventory.sites),
        "links": tuple(_link(one) for one in inventory.links),
        "networks": tuple(_networks(sources)),
        "applications": tuple(_application(inventory, one) for one in inventory.applications),
        "components": tuple(_components(sources)),
        "backups": tuple(_backups(sources)),
        "unprotected": tuple(
            {"id": one.id, "kind": one.kind} for one in inventory.components if not _covered(one, inventory)
        ),
        "licences": tuple(_licences(inventory)),
        "configurations": tuple(_configurations(inventory)),
        "functions": tuple(_functions(inventory)),
        "flows": tuple(_flows(sources)),
        "figures": {"topology": topology(inventory, language)},
    }


def _tenant(inventory: Inventory, tenant: Any) -> Row:
    return {
        "id": tenant.id,
        "environment": tenant.environment,
        "support_level": tenant.support_level,
        "support_chain": tenant.support_chain,
        "management": tenant.management,
        "levels": tenant.subscribed_levels,
        "platform": tenant.platform.kind,
        "account": tenant.platform.account,
        "region": tenant.platform.region,
        "zone_state": tenant.landing_zone.state,
        "cidr": tenant.landing_zone.cidr,
        "zones": tenant.landing_zone.zones,
        "components": tuple(one.id for one in inventory.components if one.tenant == tenant.id),
    }


def _site(inventory: Inventory, site: Any) -> Row:
    endpoint = site.vpn_endpoint
    return {
        "id": site.id,
        "networks": site.networks,
        "endpoint": endpoint.kind,
        "public_address": endpoint.public_address,
        "address": endpoint.address,
        "bandwidth": endpoint.bandwidth_mbps,
        "upload": endpoint.upload_mbps or endpoint.bandwidth_mbps,
        "user": site.access.user,
        "port": site.access.port,
        "components": tuple(one.id for one in inventory.components if one.site == site.id),
        "links": tuple(link.id for link in inventory.links_at(f"site/{site.id}")),
    }


def _link(link: Link) -> Row:
    return {
        "id": link.id,
        "kind": link.kind,
        "from": link.from_,
        "to": link.to,
        "routing": link.routing,
        "use": "management" if "provider" in link.ends else "traffic",
    }


def _networks(sources: Sources) -> list[Row]:
    inventory = sources.inventory
    rows: list[Row] = [
        {"network": one.landing_zone.cidr, "of": f"tenant/{one.id}", "use": "tenant-network"}
        for one in inventory.tenants
    ]
    for site in inventory.sites:
        rows += [{"network": one, "of": f"site/{site.id}", "use": "site-network"} for one in site.networks]
    for network in sources.profile.hub.networks if sources.profile else ():
        rows.append({"network": network, "of": "provider", "use": "hub-network"})
    return rows


def _application(inventory: Inventory, application: Any) -> Row:
    who = application.responsibility
    return {
        "id": application.id,
        "criticality": application.criticality,
        "infrastructure": who.infrastructure,
        "operations": who.operations,
        "backend": who.backend,
        "software": who.software,
        "components": tuple(one.id for one in inventory.components if one.application == application.id),
    }


def _components(sources: Sources) -> list[Row]:
    inventory = sources.inventory
    decisions = {one.component: one for one in sources.decisions}
    environments = {one.id: one.environment for one in inventory.tenants}
    criticalities = {one.id: one.criticality for one in inventory.applications}
    rows = []
    for component in inventory.components:
        decision, terms = decisions.get(component.id), sources.terms.get(component.id, {})
        undecided = Missing(what="decision", of=component.id, where="command", at="onboard decide PATH")
        decided: Any = undecided if component.application else NOT_APPLICABLE
        rows.append(
            {
                "id": component.id,
                "kind": component.kind,
                "technology": _technology(component),
                "application": component.application or NONE,
                "criticality": criticalities.get(component.application, NOT_APPLICABLE),
                "tenant": component.tenant or NONE,
                "environment": environments.get(component.tenant, NOT_APPLICABLE),
                "site": component.site or NONE,
                "hosted_on": component.hosted_on or NONE,
                "place": component.hosted_on or component.site or component.tenant or NONE,
                "address": component.address or NONE,
                "owner": component.owner,
                "level": component.management_level or NONE,
                "build_model": decision.build_model if decision else decided,
                "transition_class": (decision.transition_class or NONE) if decision else decided,
                "rule": f"{decision.rule}, {decision.class_rule}" if decision else NONE,
                "reasons": decision.reasons if decision else (),
                "managed": decision.managed if decision else decided,
                "management": terms.get("management", decided),
                "supervision": terms.get("supervision", decided),
                "windows": terms.get("windows", {}),
                "backup_policies": component.backup.policies if component.backup else (),
                "backup_paths": component.backup.paths if component.backup else (),
                "security_updates": component.security_updates,
                "depends_on": component.depends_on,
            }
        )
    return rows


def _licences(inventory: Inventory) -> list[Row]:
    """Support contract and licence of each component with their ends.

    What is not given is a gap where the service asks for both of every component (SD-2 §2); SD-1 leaves licences to who
    brings them.
    """
    rows = []
    for one in inventory.components:
        if one.application:
            given: Any = one.licence
            contract = given.support_contract if given else NONE
            rows.append(
                {
                    "component": one.id,
                    "what": "support_contract",
                    "reference": contract,
                    "ends": given.ends if given else NONE,
                }
            )
            continue
        for what in ("support_contract", "vendor_licence"):
            row: Row = one.attributes.get(what) or {}
            gap = Missing(what=what, of=one.id, at=f"components/{one.id}/{what}")
            rows.append(
                {
                    "component": one.id,
                    "what": what,
                    "reference": row.get("reference", gap),
                    "ends": _day(row.get("ends", gap)),
                }
            )
    return rows


def _day(value: Any) -> Any:
    """A day that a kind's own property holds as text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _configurations(inventory: Inventory) -> list[Row]:
    """Where the configuration of each component is backed up (SD-2 §2), for components of which it is."""
    rows = []
    for one in inventory.components:
        given: Row = one.attributes.get("configuration_backup") or {}
        if given:
            rows.append(
                {"component": one.id, "storage": given.get("storage", NONE), "days": given.get("retention_days", NONE)}
            )
    return rows


def _technology(component: Component) -> str:
    if component.os:
        return f"{component.os.family} {component.os.version}"
    version = str(component.attributes.get("version", ""))
    return f"{component.technology or component.service or ''} {version}".strip() or NONE


def _backups(sources: Sources) -> list[Row]:
    policies = {row["name"]: row for row in sources.backups}
    rows = []
    for component in sources.inventory.components:
        if component.backup is None:
            continue
        for name in component.backup.policies:
            policy, gap = policies.get(name), Missing(what="policy", of=name, where="provider")
            rows.append(
                {
                    "component": component.id,
                    "host": component.hosted_on or component.id,
                    "policy": name,
                    "cadence": policy["cadence"] if policy else gap,
                    "kept": policy["kept"] if policy else gap,
                    "unit": policy["unit"] if policy else gap,
                    "paths": component.backup.paths,
                    "approval": component.backup.approval or NONE,
                    "restore": Missing(what="restore-procedure", of=component.id, where="people"),
                }
            )
    return rows


def _functions(inventory: Inventory) -> list[Row]:
    """The business functions with the procedure that the customer gives for each (SD-1 §1.6)."""
    rows = []
    for one in inventory.components:
        if one.kind == "application-function":
            given: Row = one.attributes.get("procedure") or {}
            at = f"components/{one.id}/procedure"
            gap = Missing(what="procedure", of=one.id, at=at)
            rows.append(
                {
                    "id": one.id,
                    "application": one.application,
                    "reference": given.get("reference", gap),
                    "minutes": given.get("minutes", gap),
                }
            )
    return rows


def _flows(sources: Sources) -> list[Row]:
    """What passes between hub and sites for the management of what runs there; ports are those of the roles."""
    inventory, profile = sources.inventory, sources.profile
    rows: list[Row] = []
    for site in inventory.sites if profile else ():
        scope = f"site/{site.id}"
        links = inventory.links_at(scope)
        hosts = any(one.site == site.id and one.kind == "vm" for one in inventory.components)
        if links:
            rows += [
                {"from": "provider", "to": scope, "protocol": "UDP 500, UDP 4500, ESP", "use": "tunnel"},
            ]
        if hosts and profile and any("provider" in link.ends for link in links):
            rows += [
                {"from": "provider", "to": scope, "protocol": f"TCP {site.access.port}", "use": "administration"},
                {"from": "provider", "to": scope, "protocol": f"TCP {AGENT_PORT}", "use": "metrics"},
                {"from": "provider", "to": scope, "protocol": "ICMP", "use": "probe"},
                {"from": scope, "to": "provider", "protocol": f"TCP {profile.hub.services.syslog}", "use": "logs"},
                {"from": scope, "to": "provider", "protocol": f"TCP {profile.hub.port}", "use": "backup"},
            ]
    return rows


def _covered(component: Component, inventory: Inventory) -> bool:
    """Whether a backup policy takes something of the component, its own or that of what it hosts."""
    return any(one.backup for one in inventory.components if component.id in (one.id, one.hosted_on))
