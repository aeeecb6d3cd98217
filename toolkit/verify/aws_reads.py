"""Reads a tenant's live objects from AWS, found by their ownership tag: plain values, nothing is judged here.

Errors: ResultIncomplete when a read is denied, VerifyFailed when AWS does not answer.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

from toolkit.aws_api import OWNERSHIP_TAG, aws_clients
from toolkit.errors import ResultIncomplete, VerifyFailed
from toolkit.model.bindings import Bindings
from toolkit.model.inventory import Tenant

ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchBucket",
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}

Found = dict[str, list[dict[str, Any]]]
"""Live objects by the value of their ownership tag; one logical resource should have one."""


class Aws:
    """The reads of one tenant's account and region."""

    def __init__(self, bindings: Bindings, tenant: Tenant) -> None:
        self.tenant = tenant
        self.client = aws_clients(bindings, region=tenant.platform.region)

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The answer to one call; None where AWS says that the thing is not configured."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ABSENT:
                return None
            if code in DENIED:
                raise ResultIncomplete(
                    f"{service}.{operation} was denied: nothing can be said of what it shows",
                    fix="let the operator's role read it",
                ) from error
            raise VerifyFailed(f"{service}.{operation}: {error}", fix="read the cloud's message") from error
        except BotoCoreError as error:
            raise VerifyFailed(f"{service}.{operation}: {error}", fix="check the endpoint and credentials") from error
        answer.pop("ResponseMetadata", None)
        return answer

    def listed(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Every item of a list call, over all of its pages."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client(service)
        if not client.can_paginate(operation):
            yield from (self.ask(service, operation, **parameters) or {}).get(key, [])
            return
        try:
            for page in client.get_paginator(operation).paginate(**parameters):
                yield from page.get(key, [])
        except (ClientError, BotoCoreError) as error:
            denied = any(code in str(error) for code in DENIED)
            refused = ResultIncomplete if denied else VerifyFailed
            raise refused(f"{service}.{operation}: {error}", fix="read the cloud's message") from error


def _tags(pairs: Any) -> dict[str, str]:
    """Tags by key, from any of the shapes that services answer with."""
    if isinstance(pairs, dict):
        return {str(key): str(value) for key, value in pairs.items()}
    return {
        str(pair.get("Key", pair.get("TagKey"))): str(pair.get("Value", pair.get("TagValue"))) for pair in pairs or ()
    }


def _document(policy: Any) -> dict[str, Any]:
    """A policy document from text, URL-encoded text or an object."""
    if isinstance(policy, str):
        text = policy if policy.lstrip().startswith("{") else urllib.parse.unquote(policy)
        return dict(json.loads(text))
    return dict(policy or {})


def _keys(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in aws.listed("kms", "list_keys", "Keys"):
        key = {"KeyId": entry["KeyId"]}
        metadata = (aws.ask("kms", "describe_key", **key) or {})["KeyMetadata"]
        if metadata.get("KeyState") == "PendingDeletion" or metadata.get("KeyManager") == "AWS":
            continue
        tags = _tags((aws.ask("kms", "list_resource_tags", **key) or {}).get("Tags"))
        if OWNERSHIP_TAG in tags:
            policy = (aws.ask("kms", "get_key_policy", **key, PolicyName="default") or {}).get("Policy")
            rotation = aws.ask("kms", "get_key_rotation_status", **key)
            yield tags, {**metadata, "Rotation": rotation, "Policy": _document(policy)}


def _buckets(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in aws.listed("s3", "list_buckets", "Buckets"):
        bucket = {"Bucket": entry["Name"]}
        tags = _tags((aws.ask("s3", "get_bucket_tagging", **bucket) or {}).get("TagSet"))
        if OWNERSHIP_TAG in tags:
            yield (
                tags,
                {
                    "Name": entry["Name"],
                    "Encryption": aws.ask("s3", "get_bucket_encryption", **bucket),
                    "PublicAccess": aws.ask("s3", "get_public_access_block", **bucket),
                    "Versioning": aws.ask("s3", "get_bucket_versioning", **bucket),
                    "Ownership": aws.ask("s3", "get_bucket_ownership_controls", **bucket),
                    "Policy": _document((aws.ask("s3", "get_bucket_policy", **bucket) or {}).get("Policy")),
                },
            )


def _trails(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in aws.listed("cloudtrail", "list_trails", "Trails"):
        arn = entry["TrailARN"]
        listed = (aws.ask("cloudtrail", "list_tags", ResourceIdList=[arn]) or {}).get("ResourceTagList", [])
        tags = _tags(listed[0].get("TagsList") if listed else None)
        if OWNERSHIP_TAG in tags:
            trail = (aws.ask("cloudtrail", "get_trail", Name=arn) or {}).get("Trail", {})
            yield (
                tags,
                {
                    **trail,
                    "Status": aws.ask("cloudtrail", "get_trail_status", Name=arn),
                    "Selectors": aws.ask("cloudtrail", "get_event_selectors", TrailName=arn),
                },
            )


def _roles(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in aws.listed("iam", "list_roles", "Roles"):
        name = {"RoleName": entry["RoleName"]}
        tags = _tags((aws.ask("iam", "list_role_tags", **name) or {}).get("Tags"))
        if OWNERSHIP_TAG in tags:
            attached = aws.listed("iam", "list_attached_role_policies", "AttachedPolicies", **name)
            own = list(aws.listed("iam", "list_role_policies", "PolicyNames", **name))
            inline = {one: aws.ask("iam", "get_role_policy", **name, PolicyName=one) or {} for one in own}
            yield (
                tags,
                {
                    **entry,
                    "Trust": _document(entry["AssumeRolePolicyDocument"]),
                    "Attached": sorted(policy["PolicyArn"] for policy in attached),
                    "Inline": {one: _document(read["PolicyDocument"]) for one, read in inline.items()},
                },
            )


EC2 = {
    "describe_vpcs": "Vpcs",
    "describe_subnets": "Subnets",
    "describe_security_groups": "SecurityGroups",
    "describe_route_tables": "RouteTables",
    "describe_flow_logs": "FlowLogs",
    "describe_vpn_gateways": "VpnGateways",
    "describe_customer_gateways": "CustomerGateways",
    "describe_vpn_connections": "VpnConnections",
}
"""Reads of EC2 and the key of their answer."""


def _ec2(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for operation, key in EC2.items():
        for entry in aws.listed("ec2", operation, key):
            tags = _tags(entry.get("Tags"))
            if OWNERSHIP_TAG in tags and entry.get("State") not in ("deleted", "deleting"):
                entry.pop("CustomerGatewayConfiguration", None)  # holds the keys
                for tunnel in (entry.get("Options") or {}).get("TunnelOptions", []):
                    tunnel.pop("PreSharedKey", None)
                yield tags, entry


def _log_groups(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    prefix = "/onboard/"
    for entry in aws.listed("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
        arn = entry["arn"].removesuffix(":*")
        yield _tags((aws.ask("logs", "list_tags_for_resource", resourceArn=arn) or {}).get("tags")), entry


def _backup(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    def tags_of(arn: str) -> dict[str, str]:
        return _tags((aws.ask("backup", "list_tags", ResourceArn=arn) or {}).get("Tags"))

    for entry in aws.listed("backup", "list_backup_vaults", "BackupVaultList"):
        described = aws.ask("backup", "describe_backup_vault", BackupVaultName=entry["BackupVaultName"])
        yield tags_of(entry["BackupVaultArn"]), described or {}
    for entry in aws.listed("backup", "list_backup_plans", "BackupPlansList"):
        plan = {"BackupPlanId": entry["BackupPlanId"]}
        described = aws.ask("backup", "get_backup_plan", **plan) or {}
        selections = [
            (aws.ask("backup", "get_backup_selection", **plan, SelectionId=item["SelectionId"]) or {})
            for item in aws.listed("backup", "list_backup_selections", "BackupSelectionsList", **plan)
        ]
        yield (
            tags_of(entry["BackupPlanArn"]),
            {
                **described,
                "Selections": [item.get("BackupSelection", {}) for item in selections],
                "SelectionIds": [item.get("SelectionId") for item in selections],
            },
        )


READERS: tuple[Callable[[Aws], Iterator[tuple[dict[str, str], dict[str, Any]]]], ...] = (
    _keys,
    _buckets,
    _trails,
    _roles,
    _ec2,
    _log_groups,
    _backup,
)


def live_objects(aws: Aws, *, customer: str) -> Found:
    """Every live object of the tenant that carries an ownership tag, with what the checks look at."""
    prefix = f"urn:pulumi:{customer}-{aws.tenant.id}-"
    found: Found = {}
    for reader in READERS:
        for tags, entry in reader(aws):
            owner = tags.get(OWNERSHIP_TAG, "")
            if owner.startswith(prefix):
                found.setdefault(owner, []).append({**entry, "_tags": tags})
    return found
