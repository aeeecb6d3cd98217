"""What the customer has and wants, after schema, cross-references and service rules (SD-1 to SD-5).

Field names are the inventory file's; a drift test holds them against schemas/inventory.schema.json.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

import msgspec

from toolkit.errors import PlanRefused
from toolkit.model.contacts import Contact, Contacts
from toolkit.model.event import Event
from toolkit.model.noun import Noun

Party = Literal["customer", "provider", "none"]
Environment = Literal["production", "preproduction", "integration", "development"]
SupportLevel = Literal["initial", "standard", "premium"]


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


class Document(Noun, frozen=True, kw_only=True):
    """A document that is kept elsewhere: its reference, and the day of the version that counts."""

    reference: str
    date: dt.date


class BuildInputs(Noun, frozen=True, kw_only=True):
    """What the customer gives before a build (SD-1 §1.4); None: not given yet."""

    architecture_diagram: Document | None = None
    deployment_plan: Document | None = None
    environments: Document | None = None
    security_policies: Document | None = None
    topology: Document | None = None
    component_inventory: Document | None = None
    sow_raci: Document | None = None


class Order(Noun, frozen=True, kw_only=True):
    """The order of SD-2; ``authorises`` and ``documents`` are ids of components."""

    effective: dt.date
    reference: str | None = None
    planned_activation: dt.date | None = None
    initial_planned_activation: dt.date | None = None
    estimated_activation: dt.date | None = None
    activation: dt.date | None = None
    authorises: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Subscription(Noun, frozen=True, kw_only=True):
    """What is bought of the service: ids of its tiers, options and products in the catalogue."""

    tier: str | None = None
    options: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


class Platform(Noun, frozen=True, kw_only=True):
    """``account``: AWS account number, Azure subscription, GCP project, or the name on the provider's cloud."""

    kind: Literal["aws", "azure", "gcp", "provider-public", "provider-private"]
    account: str
    region: str


class LandingZone(Noun, frozen=True, kw_only=True):
    state: Literal["managed", "adopted", "referenced"]
    cidr: str
    zones: int


class SupportPeriod(Noun, frozen=True, kw_only=True):
    """A support level and its first day."""

    level: SupportLevel
    from_: dt.date = msgspec.field(name="from")


class Tenant(Noun, frozen=True, kw_only=True):
    """``support_history``: the levels that it has had, oldest first, the present one last; empty when not told."""

    id: str
    environment: Environment
    support_level: SupportLevel
    support_history: tuple[SupportPeriod, ...] = ()
    support_chain: Literal["offshore", "full_france", "full_france_reinforced"]
    management: Literal["managed", "co-managed", "resold"]
    subscribed_levels: tuple[str, ...] = ()
    platform: Platform
    landing_zone: LandingZone

    def level_on(self, day: dt.date) -> SupportLevel:
        """The support level on that day; before the first day that is told, the one that it began with."""
        begun = [period for period in self.support_history if period.from_ <= day] or list(self.support_history[:1])
        return max(begun, key=lambda period: period.from_).level if begun else self.support_level


class VpnEndpoint(Noun, frozen=True, kw_only=True):
    kind: Literal["software", "hardware"]
    public_address: str
    address: str
    bandwidth_mbps: int
    upload_mbps: int | None = None
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

    @property
    def ends(self) -> tuple[str, str]:
        """Both ends; a link has no direction."""
        return self.from_, self.to

    def other_end(self, end: str) -> str | None:
        """What ``end`` is joined with; None when it is no end of this link."""
        return {self.from_: self.to, self.to: self.from_}.get(end)


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


class TransitionClass(Noun, frozen=True, kw_only=True):
    """The transition class in the place of the one that follows from the build model, and why (SD-1 §1.2)."""

    class_: Literal[2, 4, 5] = msgspec.field(name="class")
    reason: str


class Component(Noun, frozen=True, kw_only=True):
    """A deployable unit; which optional fields it may carry depends on ``kind`` (the schema checks it).

    ``tenant`` and ``application`` are empty for the kinds of SD-2, which have neither. ``attributes`` holds what only a
    kind has, as plain values under the names of its schema; no list there has an order that means something.
    """

    id: str
    kind: str
    owner: str
    tenant: str = ""
    application: str = ""
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
    transition_class: TransitionClass | None = None
    supervised: bool = True
    security_updates: bool = False
    depends_on: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}


COMPONENT_FIELDS = frozenset(Component.__struct_fields__) - {"attributes"}
"""The properties that a component's stages read by name; of a kind's schema, every other one is an attribute."""


def component_value(written: Mapping[str, Any]) -> dict[str, Any]:
    """The plain value of a component as the model takes it: what only its kind has stands under ``attributes``."""
    value: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for name, inner in written.items():
        (value if name in COMPONENT_FIELDS else attributes)[name] = inner
    return {**value, "attributes": attributes} if attributes else value


class BackupJob(msgspec.Struct, frozen=True, kw_only=True):
    """One backup policy of a host with every path that it covers, sorted."""

    policy: str
    paths: tuple[str, ...]


class Inventory(Noun, frozen=True, kw_only=True):
    schema: Literal["onboarding/inventory/v1"]
    service: str
    customer: Customer
    provider: Provider
    contacts: Contacts | None = None
    order: Order | None = None
    build_inputs: BuildInputs | None = None
    subscription: Subscription | None = None
    prerequisites: dict[str, Document] = {}
    event: Event | None = None
    tenants: tuple[Tenant, ...] = ()
    sites: tuple[Site, ...] = ()
    links: tuple[Link, ...] = ()
    applications: tuple[Application, ...] = ()
    components: tuple[Component, ...] = ()

    def tenant(self, id_: str) -> Tenant:
        """The tenant of that id; PlanRefused when there is none: only a plan of another inventory names it."""
        return _named(self.tenants, id_, "tenant")

    def site(self, id_: str) -> Site:
        """The site of that id; PlanRefused when there is none."""
        return _named(self.sites, id_, "site")

    def hosts(self, ids: Iterable[str]) -> tuple[Component, ...]:
        """The virtual machines of these ids, sorted by id; PlanRefused when one is not among them."""
        machines = tuple(one for one in self.components if one.kind == "vm")
        return tuple(_named(machines, id_, "vm") for id_ in sorted(ids))

    def links_at(self, end: str) -> tuple[Link, ...]:
        """The links that have ``end`` (``tenant/<id>``, ``site/<id>`` or ``provider``) at either side."""
        return tuple(link for link in self.links if end in link.ends)

    def responsibility(self, component: Component) -> Responsibility:
        """Who answers for the component's layers: its own word before its application's."""
        return (
            component.responsibility or _named(self.applications, component.application, "application").responsibility
        )

    def backup_jobs(self, host: str) -> tuple[BackupJob, ...]:
        """The policies of a virtual machine and of all that is hosted on it, sorted (SD-1 §1.7)."""
        paths: dict[str, set[str]] = {}
        for component in self.components:
            if component.backup and host in (component.id, component.hosted_on):
                for policy in component.backup.policies:
                    paths.setdefault(policy, set()).update(component.backup.paths)
        return tuple(BackupJob(policy=policy, paths=tuple(sorted(some))) for policy, some in sorted(paths.items()))


_Named = TypeVar("_Named", Tenant, Site, Application, Component)


def _named(items: tuple[_Named, ...], id_: str, noun: str) -> _Named:
    for item in items:
        if item.id == id_:
            return item
    raise PlanRefused(f"the inventory has no {noun} {id_!r}", fix="plan again from the present inventory")
