"""Reads a tenant's live objects from AWS, found by their ownership tag: plain values, nothing is judged here.

Errors: IdentityWrong for another account or a rehearsal without a loopback endpoint, ResultIncomplete when a read is
denied, VerifyFailed when AWS does not answer.
"""

from __future__ import annotations

import ipaddress
import json
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

from toolkit.errors import IdentityWrong, ResultIncomplete, VerifyFailed
from toolkit.model.bindings import Bindings
from toolkit.model.inventory import Tenant

OWNERSHIP_TAG = "onboard:urn"
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


def _loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def session_settings(bindings: Bindings, region: str) -> dict[str, Any]:
    """Arguments of every client; a rehearsal has an endpoint on the loopback and credentials that no cloud knows."""
    settings: dict[str, Any] = {"region_name": region}
    if bindings.world == "rehearsal":
        if not bindings.aws.endpoint or not _loopback(bindings.aws.endpoint):
            raise IdentityWrong(
                "a rehearsal's AWS client needs an endpoint on the loopback", fix="use the bindings of a rehearsal"
            )
        settings |= {
            "endpoint_url": bindings.aws.endpoint,
            "aws_access_key_id": "rehearsal",
            "aws_secret_access_key": "rehearsal",
        }
    elif bindings.aws.endpoint:
        settings["endpoint_url"] = bindings.aws.endpoint
    return settings


class Aws:
    """The reads of one account and region; clients are made once, for each costs more than its calls."""

    def __init__(self, bindings: Bindings, tenant: Tenant) -> None:
        import boto3
        from botocore.config import Config

        self.tenant = tenant
        self._config = Config(
            connect_timeout=10,
            read_timeout=30,
            retries={"max_attempts": 4, "mode": "standard"},
            proxies={} if bindings.world == "rehearsal" else None,
            s3={"addressing_style": "path"} if bindings.aws.endpoint else None,
        )
        self._settings = session_settings(bindings, tenant.platform.region)
        self._session = boto3.session.Session()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=self._config, **self._settings)
        return self._clients[service]

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

    def listed(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
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

    def identity(self) -> str:
        """The account of the credentials; IdentityWrong unless it is the inventory's."""
        account = str((self.ask("sts", "get_caller_identity") or {}).get("Account", ""))
        if account != self.tenant.platform.account:
            raise IdentityWrong(
                f"the credentials belong to account {account}, {self.tenant.id} is {self.tenant.platform.account}",
                fix="use credentials of the inventory's account",
            )
        return account


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
            yield tags, {**trail, "Status": aws.ask("cloudtrail", "get_trail_status", Name=arn)}


def _roles(aws: Aws) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    for entry in aws.listed("iam", "list_roles", "Roles"):
        name = {"RoleName": entry["RoleName"]}
        tags = _tags((aws.ask("iam", "list_role_tags", **name) or {}).get("Tags"))
        if OWNERSHIP_TAG in tags:
            attached = aws.listed("iam", "list_attached_role_policies", "AttachedPolicies", **name)
            yield (
                tags,
                {
                    **entry,
                    "Trust": _document(entry["AssumeRolePolicyDocument"]),
                    "Attached": sorted(policy["PolicyArn"] for policy in attached),
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
