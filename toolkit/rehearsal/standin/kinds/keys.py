"""KMS: keys and aliases."""

from __future__ import annotations

from toolkit.rehearsal.standin.clients import Cloud, is_gone
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, mapping, pairs, tag_changes


def _create_key(cloud: Cloud, new: Props) -> str:
    made = cloud.kms.create_key(
        Tags=pairs(new["tags"], "TagKey", "TagValue"),
        **given(
            Description=new.get("description"),
            KeyUsage=new.get("keyUsage"),
            KeySpec=new.get("customerMasterKeySpec"),
            Policy=new.get("policy"),
            MultiRegion=new.get("multiRegion"),
        ),
    )
    return str(made["KeyMetadata"]["KeyId"])


def _settle_key(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    kms = cloud.kms
    if old:
        if changed(old, new, "description"):
            kms.update_key_description(KeyId=identity, Description=new.get("description", ""))
        if changed(old, new, "policy") and new.get("policy"):
            kms.put_key_policy(KeyId=identity, PolicyName="default", Policy=new["policy"])
        set_tags, removed = tag_changes(old, new)
        if set_tags:
            kms.tag_resource(KeyId=identity, Tags=pairs(set_tags, "TagKey", "TagValue"))
        if removed:
            kms.untag_resource(KeyId=identity, TagKeys=removed)
    if changed(old, new, "enableKeyRotation", "rotationPeriodInDays"):
        if new.get("enableKeyRotation"):
            kms.enable_key_rotation(KeyId=identity, **given(RotationPeriodInDays=new.get("rotationPeriodInDays")))
        elif old:
            kms.disable_key_rotation(KeyId=identity)
    if old.get("isEnabled", True) != new.get("isEnabled", True):
        (kms.enable_key if new.get("isEnabled", True) else kms.disable_key)(KeyId=identity)


def _read_key(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    kms = cloud.kms
    found = kms.describe_key(KeyId=identity)["KeyMetadata"]
    if found["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
        return None
    rotation = kms.get_key_rotation_status(KeyId=identity)
    return {
        "description": found.get("Description"),
        "keyUsage": found["KeyUsage"],
        "customerMasterKeySpec": found["KeySpec"],
        "policy": kms.get_key_policy(KeyId=identity, PolicyName="default")["Policy"],
        "isEnabled": found["Enabled"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "multiRegion": found.get("MultiRegion", False),
        "tags": mapping(kms.list_resource_tags(KeyId=identity)["Tags"], "TagKey", "TagValue"),
        "arn": found["Arn"],
        "keyId": found["KeyId"],
    }


def _delete_key(cloud: Cloud, identity: str, state: Props) -> None:
    cloud.kms.schedule_key_deletion(KeyId=identity, PendingWindowInDays=state.get("deletionWindowInDays") or 30)


def _create_alias(cloud: Cloud, new: Props) -> str:
    cloud.kms.create_alias(AliasName=new["name"], TargetKeyId=new["targetKeyId"])
    return str(new["name"])


def _settle_alias(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if old and changed(old, new, "targetKeyId"):
        cloud.kms.update_alias(AliasName=identity, TargetKeyId=new["targetKeyId"])


def _read_alias(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    for page in cloud.kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == identity and "TargetKeyId" in alias:
                key = alias["TargetKeyId"]
                return {
                    "name": identity,
                    "targetKeyId": key,
                    "arn": alias["AliasArn"],
                    "targetKeyArn": cloud.arn("kms", f"key/{key}"),
                }
    return None


def _delete_alias(cloud: Cloud, identity: str, _state: Props) -> None:
    try:
        cloud.kms.delete_alias(AliasName=identity)
    except cloud.kms.exceptions.ClientError as error:
        if not is_gone(error):
            raise


KINDS = (
    Kind(type="aws:kms/key:Key", create=_create_key, settle=_settle_key, read=_read_key, delete=_delete_key),
    Kind(
        type="aws:kms/alias:Alias", create=_create_alias, settle=_settle_alias, read=_read_alias, delete=_delete_alias
    ),
)
