"""What every stack of a tenant shares: its settings, its provider, its names and its tags."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

TAG_LIMIT = 256


def bounded(text: str, limit: int) -> str:
    """``text``, or when longer than ``limit`` characters its beginning and a digest of the whole: still unique."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 13]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def ownership(type_: str, name: str) -> str:
    """The logical resource's id for the tag ``onboard:urn``.

    It is the URN without parent types: AWS tag values forbid the ``$`` that joins them, and type and name are
    unique in a stack without them.
    """
    urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{type_}::{name}"
    return bounded(urn, TAG_LIMIT)


class Tenant:
    """The tenant that a stack belongs to, read from the stack's configuration.

    Keys that every AWS stack has: ``customer`` and ``tenant`` (ids), ``account`` (12 digits), ``region``,
    ``environment``.
    """

    def __init__(self) -> None:
        self.config = pulumi.Config()
        self.customer = self.config.require("customer")
        self.id = self.config.require("tenant")
        self.account = self.config.require("account")
        self.region = self.config.require("region")
        self.partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        self.provider = aws.Provider(
            "aws",
            region=self.region,
            allowed_account_ids=[self.account],
            default_tags=aws.ProviderDefaultTagsArgs(
                tags={
                    "onboard:customer": self.customer,
                    "onboard:environment": self.config.require("environment"),
                    "onboard:tenant": self.id,
                }
            ),
        )

    def physical(self, suffix: str, limit: int = 64) -> str:
        """A physical name of at most ``limit`` characters that no other tenant of any customer has."""
        return bounded(f"{self.customer}-{self.id}-{suffix}", limit)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional object of this tenant whose name is known before it exists."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def tags(self, type_: str, name: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Tags of one object; customer and tenant come from the provider's default tags."""
        return {"onboard:urn": ownership(type_, name), **(extra or {})}

    def upstream(self, layer: str) -> pulumi.StackReference:
        """The tenant's stack of another layer, whose outputs this one reads."""
        stack = f"{self.customer}-{self.id}-{layer}"
        return pulumi.StackReference(layer, stack_name=f"{pulumi.get_organization()}/onboarding-{layer}/{stack}")


class Group(pulumi.ComponentResource):
    """A component of one tenant; its children use the tenant's provider and carry their ownership tag."""

    def __init__(self, kind: str, name: str, tenant: Tenant, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"onboard:aws:{kind}", name, None, opts)
        self.tenant = tenant

    def child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child that waits for ``depends_on``."""
        return pulumi.ResourceOptions(parent=self, provider=self.tenant.provider, depends_on=list(depends_on))
