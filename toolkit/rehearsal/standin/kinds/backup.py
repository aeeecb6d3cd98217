"""AWS Backup: vaults, plans, selections."""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, tag_changes

_RULE = {
    "ruleName": "RuleName",
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "enableContinuousBackup": "EnableContinuousBackup",
    "recoveryPointTags": "RecoveryPointTags",
}
_LIFECYCLE = {"deleteAfter": "DeleteAfterDays", "coldStorageAfter": "MoveToColdStorageAfterDays"}


def _renamed(values: Props, names: dict[str, str]) -> dict[str, Any]:
    return {sent: values[name] for name, sent in names.items() if values.get(name) is not None}


def _named_back(values: Props, names: dict[str, str]) -> Props:
    return {name: values[sent] for name, sent in names.items() if values.get(sent) is not None}


def _document(new: Props) -> dict[str, Any]:
    rules = []
    for rule in new["rules"]:
        sent = _renamed(rule, _RULE)
        if rule.get("lifecycle"):
            sent["Lifecycle"] = _renamed(rule["lifecycle"], _LIFECYCLE)
        rules.append(sent)
    return {"BackupPlanName": new["name"], "Rules": rules}


def _tag(cloud: Cloud, arn: str, old: Props, new: Props) -> None:
    set_tags, removed = tag_changes(old, new)
    if set_tags:
        cloud.backup.tag_resource(ResourceArn=arn, Tags=set_tags)
    if removed:
        cloud.backup.untag_resource(ResourceArn=arn, TagKeyList=removed)


def _create_vault(cloud: Cloud, new: Props) -> str:
    cloud.backup.create_backup_vault(
        BackupVaultName=new["name"], BackupVaultTags=new["tags"], **given(EncryptionKeyArn=new.get("kmsKeyArn"))
    )
    return str(new["name"])


def _settle_vault(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if old:
        _tag(cloud, cloud.arn("backup", f"backup-vault:{identity}"), old, new)


def _read_vault(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = cloud.backup.describe_backup_vault(BackupVaultName=identity)
    return {
        "name": found["BackupVaultName"],
        "kmsKeyArn": found.get("EncryptionKeyArn"),
        "tags": cloud.backup.list_tags(ResourceArn=found["BackupVaultArn"])["Tags"],
        "arn": found["BackupVaultArn"],
        "recoveryPoints": found.get("NumberOfRecoveryPoints", 0),
    }


def _create_plan(cloud: Cloud, new: Props) -> str:
    made = cloud.backup.create_backup_plan(BackupPlan=_document(new), BackupPlanTags=new["tags"])
    return str(made["BackupPlanId"])


def _settle_plan(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if not old:
        return
    if changed(old, new, "rules"):
        cloud.backup.update_backup_plan(BackupPlanId=identity, BackupPlan=_document(new))
    _tag(cloud, cloud.arn("backup", f"backup-plan:{identity}"), old, new)


def _read_plan(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    found = cloud.backup.get_backup_plan(BackupPlanId=identity)
    rules = []
    for rule in found["BackupPlan"]["Rules"]:
        read = _named_back(rule, _RULE)
        if rule.get("Lifecycle"):
            read["lifecycle"] = _named_back(rule["Lifecycle"], _LIFECYCLE)
        rules.append(read)
    return {
        "name": found["BackupPlan"]["BackupPlanName"],
        "rules": rules,
        "tags": cloud.backup.list_tags(ResourceArn=found["BackupPlanArn"])["Tags"],
        "arn": found["BackupPlanArn"],
        "version": found["VersionId"],
    }


def _create_selection(cloud: Cloud, new: Props) -> str:
    tags = [
        {"ConditionType": tag["type"], "ConditionKey": tag["key"], "ConditionValue": tag["value"]}
        for tag in new.get("selectionTags") or []
    ]
    selection = {
        "SelectionName": new["name"],
        "IamRoleArn": new["iamRoleArn"],
        **given(ListOfTags=tags or None, Resources=new.get("resources"), NotResources=new.get("notResources")),
    }
    made = cloud.backup.create_backup_selection(BackupPlanId=new["planId"], BackupSelection=selection)
    return str(made["SelectionId"])


def _read_selection(cloud: Cloud, identity: str, known: Props) -> Props | None:
    """``identity`` is the selection's id or, for an import, ``<plan>|<selection>``."""
    plan, _, selection_id = identity.rpartition("|")
    plan = plan or known["planId"]
    found = cloud.backup.get_backup_selection(BackupPlanId=plan, SelectionId=selection_id)["BackupSelection"]
    tags = [
        {"type": tag["ConditionType"], "key": tag["ConditionKey"], "value": tag["ConditionValue"]}
        for tag in found.get("ListOfTags") or []
    ]
    return {
        "id": selection_id,
        "name": found["SelectionName"],
        "planId": plan,
        "iamRoleArn": found["IamRoleArn"],
        "selectionTags": tags,
        "resources": found.get("Resources"),
        "notResources": found.get("NotResources"),
    }


def _delete_selection(cloud: Cloud, identity: str, state: Props) -> None:
    cloud.backup.delete_backup_selection(BackupPlanId=state["planId"], SelectionId=identity)


KINDS = (
    Kind(
        type="aws:backup/vault:Vault",
        create=_create_vault,
        settle=_settle_vault,
        read=_read_vault,
        delete=lambda cloud, identity, _state: cloud.backup.delete_backup_vault(BackupVaultName=identity),
    ),
    Kind(
        type="aws:backup/plan:Plan",
        create=_create_plan,
        settle=_settle_plan,
        read=_read_plan,
        delete=lambda cloud, identity, _state: cloud.backup.delete_backup_plan(BackupPlanId=identity),
    ),
    Kind(
        type="aws:backup/selection:Selection",
        create=_create_selection,
        read=_read_selection,
        delete=_delete_selection,
    ),
)
