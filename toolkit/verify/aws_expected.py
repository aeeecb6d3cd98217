"""What a tenant should have on AWS, from inventory and provider profile by the naming convention: pure, no plan read.

The convention: stack ``<customer>-<tenant>-<layer>``, project ``onboarding-<layer>``, and every taggable object
carries ``onboard:urn`` with its logical resource's URN (at most 256 characters, the end replaced by a digest).
"""

from __future__ import annotations

import hashlib

import msgspec

from toolkit.errors import VerifyFailed
from toolkit.model.inventory import Inventory, Site, Tenant
from toolkit.model.profile import Ike, ProviderProfile

ZONE_LETTERS = "abcdef"
KEY = "aws:kms/key:Key"
BUCKET = "aws:s3/bucket:Bucket"
TRAIL = "aws:cloudtrail/trail:Trail"
ROLE = "aws:iam/role:Role"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
ROUTES = "aws:ec2/routeTable:RouteTable"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
GATEWAY = "aws:ec2/vpnGateway:VpnGateway"
CUSTOMER_GATEWAY = "aws:ec2/customerGateway:CustomerGateway"
CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"

_ENCRYPTION = {"aes128gcm16": "AES128-GCM-16", "aes256gcm16": "AES256-GCM-16", "aes128": "AES128", "aes256": "AES256"}
_HASHES = {"256": "SHA2-256", "384": "SHA2-384", "512": "SHA2-512"}
_GROUPS = {"modp2048": 14, "modp3072": 15, "modp4096": 16, "ecp256": 19, "ecp384": 20, "ecp521": 21}
DAYS = {"DAILY": (1, 1), "WEEKLY": (7, 7), "MONTHLY": (30, 31)}
"""Fewest and most days that one day, week or month of retention may be written as."""


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """One suite in AWS's words; ``integrity`` is None where the proposal names no hash of its own."""

    encryption: str
    integrity: str | None
    group: int


class ExpectedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link between the tenant and a site."""

    id: str
    peer: str
    networks: tuple[str, ...]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """All that the checks compare with; URNs by type and logical name are made by ``urn``.

    ``operator`` is the ARN that may take the operator's role, None when the profile names none for the platform.
    """

    customer: str
    tenant: str
    account: str
    region: str
    cidr: str
    zones: int
    external_id: str
    operator: str | None
    links: tuple[ExpectedLink, ...]
    policies: tuple[str, ...]
    phase1: Suite
    phase2: Suite

    @property
    def partition(self) -> str:
        """The second word of the region's ARNs."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    def urn(self, layer: str, type_: str, name: str) -> str:
        """The value of the ownership tag of one logical resource."""
        text = f"urn:pulumi:{self.customer}-{self.tenant}-{layer}::onboarding-{layer}::{type_}::{name}"
        if len(text) <= 256:
            return text
        return f"{text[:243]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def logical(self) -> dict[str, str]:
        """URN of every logical resource that can carry a tag, by a short name."""
        made = {
            "key": self.urn("foundation", KEY, "tenant"),
            "bucket": self.urn("foundation", BUCKET, "logs"),
            "trail": self.urn("foundation", TRAIL, "audit"),
            "operator": self.urn("foundation", ROLE, "operator"),
            "vpc": self.urn("network", VPC, "vpc"),
            "group": self.urn("network", GROUP, "closed"),
            "routes": self.urn("network", ROUTES, "private"),
            "flow-log": self.urn("network", FLOW_LOG, "flows"),
            "log-group": self.urn("network", LOG_GROUP, "flows"),
            "flow-role": self.urn("network", ROLE, "flows"),
        }
        for letter in ZONE_LETTERS[: self.zones]:
            made[f"subnet-{letter}"] = self.urn("network", SUBNET, f"private-{letter}")
        if self.links:
            made["gateway"] = self.urn("vpn", GATEWAY, "gateway")
        for link in self.links:
            made[f"customer-gateway/{link.id}"] = self.urn("vpn", CUSTOMER_GATEWAY, link.id)
            made[f"connection/{link.id}"] = self.urn("vpn", CONNECTION, link.id)
        if self.policies:
            made["vault"] = self.urn("backup", VAULT, "vault")
            made["backup-role"] = self.urn("backup", ROLE, "backup")
        for policy in self.policies:
            made[f"plan/{policy}"] = self.urn("backup", PLAN, policy)
        return made


def suite(proposal: str) -> Suite:
    """A swanctl proposal in AWS's words; VerifyFailed for one that AWS does not offer."""
    words = proposal.split("-")
    encryption = [_ENCRYPTION[word] for word in words if word in _ENCRYPTION]
    group = [_GROUPS[word] for word in words if word in _GROUPS]
    hashes = [_HASHES[word[-3:]] for word in words if word.startswith(("sha", "prfsha")) and word[-3:] in _HASHES]
    if len(encryption) != 1 or len(group) != 1:
        raise VerifyFailed(f"AWS offers no suite {proposal!r}", fix="name one cipher, one hash and one group")
    return Suite(encryption=encryption[0], integrity=hashes[0] if hashes else None, group=group[0])


def suites(ike: Ike) -> tuple[Suite, Suite]:
    """Phases 1 and 2; AWS wants a hash for phase 2 too, and without one of its own it is phase 1's."""
    first, second = suite(ike.proposal), suite(ike.esp_proposal)
    return first, msgspec.structs.replace(second, integrity=second.integrity or first.integrity)


def expected_links(inventory: Inventory, tenant: str) -> tuple[ExpectedLink, ...]:
    """The tenant's links to sites, by id."""
    sites: dict[str, Site] = {f"site/{site.id}": site for site in inventory.sites}
    found = []
    for link in sorted(inventory.links, key=lambda link: link.id):
        ends = (link.from_, link.to)
        site = next((sites[end] for end in ends if end in sites), None)
        if f"tenant/{tenant}" in ends and site is not None:
            peer, networks = site.vpn_endpoint.public_address, tuple(sorted(site.networks))
            found.append(ExpectedLink(id=link.id, peer=peer, networks=networks))
    return tuple(found)


def expected(inventory: Inventory, profile: ProviderProfile, tenant: Tenant) -> Expected:
    """What ``tenant`` should have; its landing zone is managed."""
    first, second = suites(profile.ike)
    backups = (part.backup for part in inventory.components if part.tenant == tenant.id and part.backup)
    return Expected(
        customer=inventory.customer.id,
        tenant=tenant.id,
        account=tenant.platform.account,
        region=tenant.platform.region,
        cidr=tenant.landing_zone.cidr,
        zones=tenant.landing_zone.zones,
        external_id=f"{inventory.customer.id}-{tenant.id}",
        operator=profile.operator_principals.get(tenant.platform.kind),
        links=expected_links(inventory, tenant.id),
        policies=tuple(sorted({policy for backup in backups for policy in backup.policies})),
        phase1=first,
        phase2=second,
    )
