"""The configuration that each program below stacks/ reads, from inventory and provider profile. Pure.

Keys of every stack: ``customer``, ``tenant``, ``account``, ``region``, ``environment``. Beside them:

- foundation: ``external_id``, ``operator_principal`` (absent when the profile names none for the platform)
- network: ``cidr``, ``zones``
- vpn: ``cidr``, ``phase1`` and ``phase2`` (``encryption``, ``integrity``, ``dh_group`` in AWS's notation), ``links``:
  a list of ``id``, ``peer_address``, ``networks``, ``routing``; secret: ``psk-<link id>-1`` and ``psk-<link id>-2``
- backup: ``policies``: a list of ``name``, ``cadence`` (daily, weekly or monthly), ``kept``, ``retention_days``

A program finds its upstream stacks by the names that ``stack_name`` and ``project_name`` give.
"""

from __future__ import annotations

from typing import Any

from toolkit.catalogue import backup_policy
from toolkit.errors import PlanRefused
from toolkit.model.inventory import Inventory, Link, Tenant
from toolkit.model.plan import StackRequest
from toolkit.model.profile import Ike, ProviderProfile

LAYERS = ("foundation", "network", "vpn", "backup")
"""In the order of their dependence."""

PLATFORMS = frozenset({"aws"})
"""The clouds that stacks/ has programs for."""

_DAYS = {"day": 1, "week": 7, "month": 31}  # the longest month: a copy is never dropped before its month is over
_AWS_ENCRYPTION = {"aes256gcm16": "AES256-GCM-16", "aes128gcm16": "AES128-GCM-16", "aes256": "AES256"}
_AWS_INTEGRITY = {
    "prfsha256": "SHA2-256",
    "prfsha384": "SHA2-384",
    "prfsha512": "SHA2-512",
    "sha256": "SHA2-256",
    "sha384": "SHA2-384",
    "sha512": "SHA2-512",
}
_AWS_GROUP = {"ecp256": 19, "ecp384": 20, "ecp521": 21, "modp2048": 14, "modp4096": 16}


def stack_name(customer: str, tenant: str, layer: str) -> str:
    """Name of the stack of a tenant's layer."""
    return f"{customer}-{tenant}-{layer}"


def project_name(layer: str) -> str:
    """Name of the engine's project that a layer's program belongs to."""
    return f"onboarding-{layer}"


def tenant_links(inventory: Inventory, tenant: str) -> tuple[Link, ...]:
    """Links between the tenant and a site, by id; either end may be named first."""
    return tuple(
        link
        for link in sorted(inventory.links_at(f"tenant/{tenant}"), key=lambda link: link.id)
        if site_of(link) is not None
    )


def site_of(link: Link) -> str | None:
    """Id of the site at one of the link's ends."""
    for end in link.ends:
        if end.startswith("site/"):
            return end.removeprefix("site/")
    return None


def used_policies(inventory: Inventory, tenant: str) -> tuple[str, ...]:
    """Backup policies that the tenant's components use, sorted."""
    return tuple(
        sorted(
            {
                policy
                for component in inventory.components
                if component.tenant == tenant and component.backup is not None
                for policy in component.backup.policies
            }
        )
    )


def stack_configs(inventory: Inventory, profile: ProviderProfile) -> dict[str, StackRequest]:
    """Every stack of every managed landing zone, by stack name, in the order of tenants (by id) and layers.

    A tenant without links to sites has no vpn stack, one without backup policies no backup stack.
    Raises PlanRefused for a platform without programs, and for a suite that the platform does not offer.
    """
    requests: dict[str, StackRequest] = {}
    for tenant in sorted(inventory.tenants, key=lambda tenant: tenant.id):
        if tenant.landing_zone.state != "managed":
            continue
        platform = tenant.platform.kind
        if platform != "aws":
            raise PlanRefused(
                f"no program builds landing zones on {platform}",
                fix="let it be made elsewhere (landing_zone.state: referenced)",
            )
        for layer, config in _layer_configs(inventory, profile, tenant).items():
            name = stack_name(inventory.customer.id, tenant.id, layer)
            requests[name] = StackRequest(
                name=name,
                project=project_name(layer),
                tenant=tenant.id,
                platform=platform,
                layer=layer,  # type: ignore[arg-type]  # keys of _layer_configs are LAYERS
                program=f"{platform}/{layer}",
                config=config,
            )
    return requests


def _layer_configs(inventory: Inventory, profile: ProviderProfile, tenant: Tenant) -> dict[str, dict[str, Any]]:
    common = {
        "customer": inventory.customer.id,
        "tenant": tenant.id,
        "account": tenant.platform.account,
        "region": tenant.platform.region,
        "environment": tenant.environment,
    }
    foundation: dict[str, Any] = {**common, "external_id": f"{inventory.customer.id}-{tenant.id}"}
    principal = profile.operator_principals.get(tenant.platform.kind)
    if principal is not None:
        foundation["operator_principal"] = principal
    zone = tenant.landing_zone
    layers = {"foundation": foundation, "network": {**common, "cidr": zone.cidr, "zones": zone.zones}}
    links = [_link_config(inventory, link) for link in tenant_links(inventory, tenant.id)]
    if links:
        secrets = {key: value for link in links for key, value in tunnel_secrets(link["id"]).items()}
        layers["vpn"] = {**common, "cidr": zone.cidr, "links": links, **aws_suite(profile.ike), **secrets}
    policies = [policy_config(policy) for policy in used_policies(inventory, tenant.id)]
    if policies:
        layers["backup"] = {**common, "policies": policies}
    return layers


def _link_config(inventory: Inventory, link: Link) -> dict[str, Any]:
    site = inventory.site(site_of(link) or "")
    return {
        "id": link.id,
        "peer_address": site.vpn_endpoint.public_address,
        "networks": sorted(site.networks),
        "routing": link.routing,
    }


def tunnel_secrets(link: str) -> dict[str, dict[str, str]]:
    """References to the pre-shared keys of a link's two tunnels, by the program's configuration key."""
    return {f"psk-{link}-{tunnel}": {"$secret": f"secretref://psk/{link}/{tunnel}"} for tunnel in (1, 2)}


def policy_config(name: str) -> dict[str, Any]:
    """Cadence and retention of a backup policy of the catalogue (SD-1 §1.7); PlanRefused for an unknown one."""
    policy = backup_policy(name)
    if policy is None:
        raise PlanRefused(
            f"backup policy {name!r} is not in the catalogue", fix="use a policy of the service description"
        )
    return {
        "name": policy.name,
        "cadence": policy.cadence,
        "kept": policy.kept,
        "retention_days": policy.kept * _DAYS[policy.unit],
    }


def aws_suite(ike: Ike) -> dict[str, dict[str, Any]]:
    """The profile's suite in the words of AWS's tunnel options, as ``phase1`` and ``phase2``.

    AWS wants an integrity algorithm beside AES-GCM too: phase 2 repeats that of phase 1 there.
    """
    phase1 = _proposal(ike.proposal)
    phase2 = _proposal(ike.esp_proposal)
    return {"phase1": phase1, "phase2": {**phase2, "integrity": phase2["integrity"] or phase1["integrity"]}}


def _proposal(text: str) -> dict[str, Any]:
    words = text.split("-")
    encryption = [_AWS_ENCRYPTION[word] for word in words if word in _AWS_ENCRYPTION]
    integrity = [_AWS_INTEGRITY[word] for word in words if word in _AWS_INTEGRITY]
    groups = [_AWS_GROUP[word] for word in words if word in _AWS_GROUP]
    if len(encryption) != 1 or len(groups) != 1 or len(integrity) > 1 or len(words) > 3:
        raise PlanRefused(
            f"suite {text!r} of the provider profile is not one that AWS's VPN offers",
            fix="name one cipher, one hash and one group, for example aes256gcm16-prfsha384-ecp384",
        )
    return {"encryption": encryption[0], "integrity": integrity[0] if integrity else None, "dh_group": groups[0]}
