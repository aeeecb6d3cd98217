"""S3: the bucket and the settings that the provider treats as objects of their own, each named by its bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.rehearsal.standin.clients import Cloud, is_gone
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, mapping, pairs

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _create_bucket(cloud: Cloud, new: Props) -> str:
    arguments: dict[str, Any] = {"Bucket": new["bucket"]}
    if cloud.region != "us-east-1":
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": cloud.region}
    if new.get("objectLockEnabled"):
        arguments["ObjectLockEnabledForBucket"] = True
    if any(bucket["Name"] == new["bucket"] for bucket in cloud.s3.list_buckets()["Buckets"]):
        # outside us-east-1 AWS answers so; moto would hand the existing bucket over
        raise FileExistsError(f"BucketAlreadyOwnedByYou: {new['bucket']}")
    cloud.s3.create_bucket(**arguments)
    return str(new["bucket"])


def _settle_bucket(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if changed(old, new, "tags"):
        cloud.s3.put_bucket_tagging(Bucket=identity, Tagging={"TagSet": pairs(new["tags"])})


def _read_bucket(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    cloud.s3.head_bucket(Bucket=identity)
    try:
        tags = mapping(cloud.s3.get_bucket_tagging(Bucket=identity)["TagSet"])
    except cloud.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        tags = {}
    try:
        lock = cloud.s3.get_object_lock_configuration(Bucket=identity)["ObjectLockConfiguration"]
    except cloud.s3.exceptions.ClientError:
        lock = {}
    return {
        "bucket": identity,
        "objectLockEnabled": lock.get("ObjectLockEnabled") == "Enabled",
        "tags": tags,
        "arn": f"arn:aws:s3:::{identity}",
        "bucketDomainName": f"{identity}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{identity}.s3.{cloud.region}.amazonaws.com",
    }


def _delete_bucket(cloud: Cloud, identity: str, state: Props) -> None:
    if state.get("forceDestroy"):
        for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=identity):
            for item in page.get("Versions", []) + page.get("DeleteMarkers", []):
                cloud.s3.delete_object(Bucket=identity, Key=item["Key"], VersionId=item["VersionId"])
    cloud.s3.delete_bucket(Bucket=identity)


def _setting(
    type_: str,
    put: Callable[[Cloud, str, Props], None],
    get: Callable[[Cloud, str], Props],
    remove: Callable[[Cloud, str], None],
) -> Kind:
    """A bucket's setting: put on create and update, gone when the API says that there is none."""

    def create(cloud: Cloud, new: Props) -> str:
        put(cloud, new["bucket"], new)
        return str(new["bucket"])

    def settle(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
        if old:
            put(cloud, identity, new)

    def read(cloud: Cloud, identity: str, _known: Props) -> Props | None:
        found = get(cloud, identity)
        return {"bucket": identity, **found} if found else None

    def delete(cloud: Cloud, identity: str, _state: Props) -> None:
        try:
            remove(cloud, identity)
        except cloud.s3.exceptions.ClientError as error:
            if not is_gone(error):
                raise

    return Kind(type=type_, create=create, settle=settle, read=read, delete=delete)


def _put_blocks(cloud: Cloud, bucket: str, new: Props) -> None:
    blocks = {_upper(name): bool(new.get(name)) for name in _BLOCKS}
    cloud.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)


def _get_blocks(cloud: Cloud, bucket: str) -> Props:
    found = cloud.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    return {name: bool(found.get(_upper(name))) for name in _BLOCKS}


def _put_versioning(cloud: Cloud, bucket: str, new: Props) -> None:
    status = new["versioningConfiguration"]["status"]
    if status != "Disabled":
        cloud.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def _get_versioning(cloud: Cloud, bucket: str) -> Props:
    status = cloud.s3.get_bucket_versioning(Bucket=bucket).get("Status", "Disabled")
    return {"versioningConfiguration": {"status": status}}


def _put_encryption(cloud: Cloud, bucket: str, new: Props) -> None:
    rules = []
    for rule in new["rules"]:
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        sent: dict[str, Any] = {"SSEAlgorithm": default.get("sseAlgorithm")}
        if default.get("kmsMasterKeyId"):
            sent["KMSMasterKeyID"] = default["kmsMasterKeyId"]
        rules.append(
            {"ApplyServerSideEncryptionByDefault": sent, "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled"))}
        )
    cloud.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _get_encryption(cloud: Cloud, bucket: str) -> Props:
    found = cloud.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    rules = []
    for rule in found:
        default = rule["ApplyServerSideEncryptionByDefault"]
        read = {"sseAlgorithm": default["SSEAlgorithm"]}
        if default.get("KMSMasterKeyID"):
            read["kmsMasterKeyId"] = default["KMSMasterKeyID"]
        enabled = str(rule.get("BucketKeyEnabled", False)).lower() == "true"
        rules.append({"applyServerSideEncryptionByDefault": read, "bucketKeyEnabled": enabled})
    return {"rules": rules}


def _put_ownership(cloud: Cloud, bucket: str, new: Props) -> None:
    rules = [{"ObjectOwnership": new["rule"]["objectOwnership"]}]
    cloud.s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})


def _get_ownership(cloud: Cloud, bucket: str) -> Props:
    rules = cloud.s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}} if rules else {}


def _reset_versioning(cloud: Cloud, bucket: str) -> None:
    cloud.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


KINDS = (
    Kind(
        type="aws:s3/bucket:Bucket",
        create=_create_bucket,
        settle=_settle_bucket,
        read=_read_bucket,
        delete=_delete_bucket,
    ),
    _setting(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        _put_blocks,
        _get_blocks,
        lambda cloud, bucket: cloud.s3.delete_public_access_block(Bucket=bucket),
    ),
    _setting("aws:s3/bucketVersioning:BucketVersioning", _put_versioning, _get_versioning, _reset_versioning),
    _setting(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        _put_encryption,
        _get_encryption,
        lambda cloud, bucket: cloud.s3.delete_bucket_encryption(Bucket=bucket),
    ),
    _setting(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        _put_ownership,
        _get_ownership,
        lambda cloud, bucket: cloud.s3.delete_bucket_ownership_controls(Bucket=bucket),
    ),
    _setting(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda cloud, bucket, new: cloud.s3.put_bucket_policy(Bucket=bucket, Policy=new["policy"]),
        lambda cloud, bucket: {"policy": cloud.s3.get_bucket_policy(Bucket=bucket)["Policy"]},
        lambda cloud, bucket: cloud.s3.delete_bucket_policy(Bucket=bucket),
    ),
)
