"""CloudWatch Logs: log groups."""

from __future__ import annotations

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, tag_changes


def _create(cloud: Cloud, new: Props) -> str:
    cloud.logs.create_log_group(logGroupName=new["name"], tags=new["tags"], **given(kmsKeyId=new.get("kmsKeyId")))
    return str(new["name"])


def _settle(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    logs = cloud.logs
    if (old.get("retentionInDays") or 0) != (new.get("retentionInDays") or 0):
        if new.get("retentionInDays"):
            logs.put_retention_policy(logGroupName=identity, retentionInDays=new["retentionInDays"])
        else:
            logs.delete_retention_policy(logGroupName=identity)
    if not old:
        return
    if changed(old, new, "kmsKeyId"):
        if new.get("kmsKeyId"):
            logs.associate_kms_key(logGroupName=identity, kmsKeyId=new["kmsKeyId"])
        else:
            logs.disassociate_kms_key(logGroupName=identity)
    set_tags, removed = tag_changes(old, new)
    arn = cloud.arn("logs", f"log-group:{identity}")
    if set_tags:
        logs.tag_resource(resourceArn=arn, tags=set_tags)
    if removed:
        logs.untag_resource(resourceArn=arn, tagKeys=removed)


def _read(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    for group in cloud.logs.describe_log_groups(logGroupNamePrefix=identity)["logGroups"]:
        if group["logGroupName"] == identity:
            arn = group["arn"].removesuffix(":*")
            return {
                "name": identity,
                "retentionInDays": group.get("retentionInDays", 0),
                "kmsKeyId": group.get("kmsKeyId"),
                "tags": cloud.logs.list_tags_for_resource(resourceArn=arn)["tags"],
                "arn": arn,
            }
    return None


def _delete(cloud: Cloud, identity: str, state: Props) -> None:
    if not state.get("skipDestroy"):
        cloud.logs.delete_log_group(logGroupName=identity)


KINDS = (Kind(type="aws:cloudwatch/logGroup:LogGroup", create=_create, settle=_settle, read=_read, delete=_delete),)
