"""CloudTrail: trails."""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, mapping, pairs, tag_changes

_FIELDS = {
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "kmsKeyId": "KmsKeyId",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "enableLogFileValidation": "EnableLogFileValidation",
    "isOrganizationTrail": "IsOrganizationTrail",
}


def _fields(new: Props) -> dict[str, Any]:
    return {sent: new[name] for name, sent in _FIELDS.items() if new.get(name) is not None}


def _create(cloud: Cloud, new: Props) -> str:
    cloud.cloudtrail.create_trail(Name=new["name"], TagsList=pairs(new["tags"]), **_fields(new))
    return cloud.arn("cloudtrail", f"trail/{new['name']}")


def _settle(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    trails, name = cloud.cloudtrail, new["name"]
    if old and _fields(old) != _fields(new):
        removed = {_FIELDS[name]: "" for name in ("s3KeyPrefix", "kmsKeyId") if old.get(name) and not new.get(name)}
        trails.update_trail(Name=name, **_fields(new), **removed)
    if old.get("enableLogging", False) != new.get("enableLogging", True):
        (trails.start_logging if new.get("enableLogging", True) else trails.stop_logging)(Name=name)
    if old:
        set_tags, removed_tags = tag_changes(old, new)
        if set_tags:
            trails.add_tags(ResourceId=identity, TagsList=pairs(set_tags))
        if removed_tags:
            trails.remove_tags(ResourceId=identity, TagsList=[{"Key": name} for name in removed_tags])


def _read(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    trails = cloud.cloudtrail
    found = trails.get_trail(Name=identity)["Trail"]
    tags = trails.list_tags(ResourceIdList=[found["TrailARN"]])["ResourceTagList"][0]["TagsList"]
    return {
        "name": found["Name"],
        "s3BucketName": found["S3BucketName"],
        "s3KeyPrefix": found.get("S3KeyPrefix"),
        "kmsKeyId": found.get("KmsKeyId") or None,
        "isMultiRegionTrail": found["IsMultiRegionTrail"],
        "includeGlobalServiceEvents": found["IncludeGlobalServiceEvents"],
        "enableLogFileValidation": found["LogFileValidationEnabled"],
        "isOrganizationTrail": found["IsOrganizationTrail"],
        "enableLogging": trails.get_trail_status(Name=found["TrailARN"])["IsLogging"],
        "tags": mapping(tags),
        "arn": found["TrailARN"],
        "homeRegion": found.get("HomeRegion", cloud.region),
    }


KINDS = (
    Kind(
        type="aws:cloudtrail/trail:Trail",
        create=_create,
        settle=_settle,
        read=_read,
        delete=lambda cloud, identity, _state: cloud.cloudtrail.delete_trail(Name=identity),
    ),
)
