"""What the customer has and wants, after schema, cross-references and service rules (SD-1).

Field names are the inventory file's; a drift test holds them against schemas/inventory.schema.json.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Party = Literal["customer", "provider", "none"]
Environment = Literal["production", "preproduction", "integration", "development"]
SupportLevel = Literal["initial", "standard", "premium"]


class Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every noun: immutable, named arguments, no field that the schema does not have."""


class Contact(Noun, frozen=True, kw_only=True):
    role: str
    name: str
    email: str
    phone: str | None = None


class Commitment(Noun, frozen=True, kw_only=True):
    start: dt.date
    months: int


class Customer(Noun, frozen=True, kw_only=True):
    id: str
    name: str
    language: Literal["fr", "en"]
    contacts: tuple[Contact, ...]
    commitment: Commitment


class Provider(Noun, frozen=True, kw_only=True):
    profile: str
    service_delivery_manager: str | None = None
    contract_manager: str | None = None


class Platform(Noun, frozen=True, kw_only=True):
    kind: Literal["aws"]
    account: str
    region: str


class LandingZone(Noun, frozen=True, kw_only=True):
    state: Literal["managed", "adopted", "referenced"]
    cidr: str
    zones: int


class Tenant(Noun, frozen=True, kw_only=True):
    id: str
    environment: Environment
    support_level: SupportLevel
    support_chain: Literal["offshore", "full_france", "full_france_reinforced"]
    management: Literal["managed", "co-managed", "resold"]
    subscribed_levels: tuple[str, ...] = ()
    platform: Platform
    landing_zone: LandingZone


class VpnEndpoint(Noun, frozen=True, kw_only=True):
    kind: Literal["software", "hardware"]
    public_address: str
    address: str
    bandwidth_mbps: int
    ssh_host_key: str


class SiteAccess(Noun, frozen=True, kw_only=True):
    user: str
    port: int = 22


class Site(Noun, frozen=True, kw_only=True):
    id: str
    networks: tuple[str, ...]
    vpn_endpoint: VpnEndpoint
    access: SiteAccess


class Link(Noun, frozen=True, kw_only=True):
    """One relation between two ends: ``tenant/<id>``, ``site/<id>`` or ``provider``."""

    id: str
    kind: Literal["vpn"]
    from_: str = msgspec.field(name="from")
    to: str
    routing: Literal["static", "bgp"]


class Responsibility(Noun, frozen=True, kw_only=True):
    """Who answers for each layer (SD-1 §1.1); ``none`` is a value of ``backend`` only."""

    infrastructure: Party
    operations: Party
    backend: Party
    software: Party


class Application(Noun, frozen=True, kw_only=True):
    id: str
    criticality: Literal["low", "standard", "critical"]
    responsibility: Responsibility


class OperatingSystem(Noun, frozen=True, kw_only=True):
    family: str
    version: str


class Licence(Noun, frozen=True, kw_only=True):
    support_contract: str
    ends: dt.date


class Backup(Noun, frozen=True, kw_only=True):
    policies: tuple[str, ...]
    paths: tuple[str, ...]
    approval: str | None = None


class Component(Noun, frozen=True, kw_only=True):
    """A deployable unit; which optional fields it may carry depends on ``kind`` (the schema checks it)."""

    id: str
    kind: Literal["vm", "database", "middleware", "native-service"]
    tenant: str
    application: str
    owner: str
    site: str | None = None
    hosted_on: str | None = None
    management_level: str | None = None
    os: OperatingSystem | None = None
    address: str | None = None
    ssh_host_key: str | None = None
    licence: Licence | None = None
    technology: str | None = None
    service: str | None = None
    backup: Backup | None = None
    responsibility: Responsibility | None = None
    supervised: bool = True
    security_updates: bool = False
    depends_on: tuple[str, ...] = ()


class Inventory(Noun, frozen=True, kw_only=True):
    schema: Literal["onboarding/inventory/v1"]
    service: str
    customer: Customer
    provider: Provider
    tenants: tuple[Tenant, ...] = ()
    sites: tuple[Site, ...] = ()
    links: tuple[Link, ...] = ()
    applications: tuple[Application, ...] = ()
    components: tuple[Component, ...] = ()
