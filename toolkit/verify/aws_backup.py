"""Judges a tenant's cloud backups on AWS (SD-1 §1.7). Pure: live objects in, checks out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.verify.aws_expected import DAYS, Expected
from toolkit.verify.aws_foundation import Objects
from toolkit.verify.aws_policies import allows, backup_rights, rights, service_trust
from toolkit.verify.check import Check, equal, holds

POLICY_TAG = "onboard:backup"
_CRON = re.compile(r"cron\((?P<minute>\S+) (?P<hour>\S+) (?P<day>\S+) (?P<month>\S+) (?P<weekday>\S+) (?P<year>\S+)\)")


def cadence(schedule: str) -> str:
    """``DAILY``, ``WEEKLY`` or ``MONTHLY`` for an AWS cron expression that runs once in each, else ``other``.

    The 29th to 31st are not monthly: there are months without them.
    """
    cron = _CRON.fullmatch(schedule)
    if (
        not cron
        or not (cron["minute"].isdigit() and cron["hour"].isdigit())
        or (cron["month"], cron["year"]) != ("*", "*")
    ):
        return "other"
    if {cron["day"], cron["weekday"]} == {"?", "*"}:
        return "DAILY"
    if cron["day"] in ("?", "*") and re.fullmatch(r"[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT", cron["weekday"]):
        return "WEEKLY"
    if cron["weekday"] in ("?", "*") and re.fullmatch(r"0?[1-9]|1\d|2[0-8]|L", cron["day"]):
        return "MONTHLY"
    return "other"


def kept_days(policy: str) -> tuple[int, int]:
    """Fewest and most days that a policy's copies may be kept: ``MONTHLY-12`` is 12 months."""
    parts = policy.removeprefix("CUSTOM-").rsplit("-", 1)
    fewest, most = DAYS[parts[0]]
    return int(parts[1]) * fewest, int(parts[1]) * most


def backup_checks(want: Expected, live: Objects) -> Iterator[Check]:
    """The vault, and each policy's plan and selection, as far as they are there."""
    vault = live.get("vault", {})
    if vault:
        yield equal(
            "backup.vault-encryption",
            subject=f"vault {vault.get('BackupVaultName')}",
            claim="the vault encrypts with the tenant's key",
            how="backup.DescribeBackupVault",
            expected=live.get("key", {}).get("Arn"),
            observed=vault.get("EncryptionKeyArn"),
        )
    if "backup-role" in live:
        role = live["backup-role"]
        yield equal(
            "backup.role",
            subject=f"iam {role['RoleName']}",
            claim="AWS Backup alone may take its role, which has AWS's own policies for copies and restores only",
            how="iam.ListRoles, iam.ListAttachedRolePolicies, iam.ListRolePolicies, iam.GetRolePolicy",
            expected={"trust": service_trust("backup.amazonaws.com"), **backup_rights(want)},
            observed={"trust": allows(role["Trust"]), **rights(role)},
        )
    for policy in want.policies:
        plan = live.get(f"plan/{policy}")
        if plan:
            yield from _plan(policy, plan, vault=vault, role=live.get("backup-role", {}))


def _plan(
    policy: str, plan: Mapping[str, Any], *, vault: Mapping[str, Any], role: Mapping[str, Any]
) -> Iterator[Check]:
    rules = (plan.get("BackupPlan") or {}).get("Rules", [])
    subject, how = f"{policy}: plan {plan.get('BackupPlanId')}", "backup.GetBackupPlan"
    yield equal(
        "backup.schedule",
        subject=subject,
        claim="the plan has one rule, at the policy's cadence, into the tenant's vault",
        how=how,
        expected=[[policy.removeprefix("CUSTOM-").split("-")[0], vault.get("BackupVaultName")]],
        observed=[[cadence(r.get("ScheduleExpression", "")), r.get("TargetBackupVaultName")] for r in rules],
    )
    fewest, most = kept_days(policy)
    days = [(rule.get("Lifecycle") or {}).get("DeleteAfterDays") for rule in rules]
    yield holds(
        "backup.retention",
        subject=subject,
        claim=f"copies are kept {fewest} to {most} days",
        how=how,
        truth=len(days) == 1 and all(day is not None and fewest <= int(day) <= most for day in days),
        observed=days,
    )
    selections = plan.get("Selections", [])
    yield equal(
        "backup.selection",
        subject=subject,
        claim="the plan takes what carries the policy's tag, with the backup role",
        how="backup.GetBackupSelection",
        expected=[[role.get("Arn"), [["STRINGEQUALS", POLICY_TAG, policy]]]],
        observed=[
            [
                selection.get("IamRoleArn"),
                [
                    [tag.get("ConditionType"), tag.get("ConditionKey"), tag.get("ConditionValue")]
                    for tag in selection.get("ListOfTags", [])
                ],
            ]
            for selection in selections
        ],
    )
