"""What EC2's types share: tags at creation, tag changes, and objects that answer although they are deleted."""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.kind import Props, pairs, tag_changes


def tag_specification(resource_type: str, new: Props) -> dict[str, Any]:
    """The ``TagSpecifications`` argument of a create call: the object is never without its ownership tag."""
    tags = pairs(new["tags"])
    return {"TagSpecifications": [{"ResourceType": resource_type, "Tags": tags}]} if tags else {}


def retag(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    """Change an object's tags."""
    set_tags, removed = tag_changes(old, new)
    if set_tags:
        cloud.ec2.create_tags(Resources=[identity], Tags=pairs(set_tags))
    if removed:
        cloud.ec2.delete_tags(Resources=[identity], Tags=[{"Key": name} for name in removed])


def settle_tags(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    """``settle`` of a type whose only changeable property is its tags."""
    if old:
        retag(cloud, identity, old, new)


def ec2_arn(cloud: Cloud, kind: str, identity: str) -> str:
    """ARN of an EC2 object."""
    return cloud.arn("ec2", f"{kind}/{identity}")
