"""What lives in the world, read and changed in moto's own store, past every API and every provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from toolkit.aws_api import OWNERSHIP_TAG


class PathMissing(KeyError):
    """A step of a corruption's path leads nowhere."""


class Objects:
    """moto's backends of one account and region."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region

    def backend(self, service: str) -> Any:
        """The backend of a service (``ec2``, ``s3``, ``kms``, ``iam``, ``cloudtrail``, ``logs``, ``backup``)."""
        from moto import backends

        found: Any = backends.get_backend
        regions = found(service)[self.account]
        return regions["aws"] if service in ("s3", "iam") else regions[self.region]

    def live(self) -> list[dict[str, Any]]:
        """Every live object that carries the ownership tag: service, collection, id, tags."""
        return [found for found in self._tagged() if OWNERSHIP_TAG in found["tags"]]

    def count_by_owner(self) -> dict[str, int]:
        """How many live objects each ownership tag has; a healthy world has one each."""
        return dict(Counter(found["tags"][OWNERSHIP_TAG] for found in self.live()))

    def _tagged(self) -> Iterator[dict[str, Any]]:
        ec2 = self.backend("ec2")
        for collection in ("vpcs", "route_tables", "flow_logs"):
            yield from self._ec2(collection, getattr(ec2, collection).values())
        for zone in ec2.subnets.values():
            yield from self._ec2("subnets", zone.values())
        for collection in ("customer_gateways", "vpn_gateways", "vpn_connections"):
            alive = [item for item in getattr(ec2, collection).values() if item.state not in ("deleted", "deleting")]
            yield from self._ec2(collection, alive)
        for groups in ec2.groups.values():
            yield from self._ec2("groups", groups.values())
        yield from self._others()

    def _ec2(self, collection: str, items: Any) -> Iterator[dict[str, Any]]:
        for item in list(items):
            tags = {tag["key"]: tag["value"] for tag in item.get_tags()}
            yield {"service": "ec2", "collection": collection, "id": item.id, "tags": tags}

    def _others(self) -> Iterator[dict[str, Any]]:
        kms, s3, iam = self.backend("kms"), self.backend("s3"), self.backend("iam")
        trails, logs, backup = self.backend("cloudtrail"), self.backend("logs"), self.backend("backup")
        keys = [key for key in kms.keys.values() if key.key_state != "PendingDeletion"]
        plans = [plan for plan in backup.plans.values() if plan.deletion_date is None]
        held = trails.tagging_service.get_tag_dict_for_resource
        yield from _rows("kms", "keys", [(key.id, kms.tagger.get_tag_dict_for_resource(key.id)) for key in keys])
        yield from _rows(
            "s3", "buckets", [(b.name, s3.tagger.get_tag_dict_for_resource(b.arn)) for b in s3.buckets.values()]
        )
        yield from _rows("iam", "roles", [(role.name, _role_tags(role.tags)) for role in iam.roles.values()])
        yield from _rows("cloudtrail", "trails", [(t.trail_name, held(t.arn)) for t in trails.trails.values()])
        yield from _rows(
            "logs", "groups", [(g.name, logs.tagger.get_tag_dict_for_resource(g.arn)) for g in logs.groups.values()]
        )
        vaults = [(v.backup_vault_name, backup.list_tags(v.backup_vault_arn)) for v in backup.vaults.values()]
        yield from _rows("backup", "vaults", vaults)
        yield from _rows("backup", "plans", [(p.backup_plan_id, backup.list_tags(p.backup_plan_arn)) for p in plans])

    def corrupt(self, service: str, path: list[Any], *, value: Any = None, remove: bool = False) -> Any:
        """Set (or remove) what ``path`` leads to from the service's backend; returns what stood there (text if not JSON).

        A step is an attribute's name, a dictionary's key or a list's index.
        """
        owner = self.backend(service)
        for step in path[:-1]:
            owner = _follow(owner, step)
        last = path[-1]
        before = _follow(owner, last) if remove else _follow_or_none(owner, last)
        if isinstance(owner, (dict, list)):
            if remove:
                del owner[last]
            else:
                owner[last] = value
        elif remove:
            delattr(owner, last)
        else:
            setattr(owner, last, value)
        return before if isinstance(before, (str, int, float, bool, type(None))) else str(type(before))

    def look(self, service: str, path: list[Any]) -> Any:
        """Names and simple values at ``path``: how a test finds its way to what it corrupts."""
        owner = self.backend(service)
        for step in path:
            owner = _follow(owner, step)
        if isinstance(owner, dict):
            return {str(name): _simple(item) for name, item in owner.items()}
        if isinstance(owner, (list, tuple)):
            return [_simple(item) for item in owner]
        if hasattr(owner, "__dict__"):
            return {name: _simple(item) for name, item in vars(owner).items()}
        return _simple(owner)


def _rows(service: str, collection: str, found: list[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    for identity, tags in found:
        yield {"service": service, "collection": collection, "id": identity, "tags": dict(tags or {})}


def _role_tags(tags: Any) -> dict[str, str]:
    """A role's tags: moto keeps a list after its creation, a dictionary by name after a change."""
    pairs = tags.values() if isinstance(tags, dict) else tags or []
    return {pair["Key"]: pair["Value"] for pair in pairs}


def _follow(owner: Any, step: Any) -> Any:
    try:
        if isinstance(owner, (dict, list, tuple)):
            return owner[step]
        return getattr(owner, step)
    except (KeyError, IndexError, AttributeError, TypeError) as error:
        raise PathMissing(f"{step!r} is not in {type(owner).__name__}") from error


def _follow_or_none(owner: Any, step: Any) -> Any:
    try:
        return _follow(owner, step)
    except PathMissing:
        return None


def _simple(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
