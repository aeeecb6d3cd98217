"""A tenant's cloud backups: an encrypted vault and one plan for each backup policy in use (SD-1 §1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components import policies as documents
from components.tenant import Group, Tenant

POLICY_TAG = "onboard:backup"
ROLE_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
SCHEDULES = {"daily": "cron(0 1 * * ? *)", "weekly": "cron(0 1 ? * SUN *)", "monthly": "cron(0 1 1 * ? *)"}
"""By cadence, in UTC: every day, Sundays, and the first of the month, at 01:00."""
START_WINDOW_MINUTES = 60
COMPLETION_WINDOW_MINUTES = 480


class BackupPlans(Group):
    """``policies`` are ``name``, ``cadence`` (daily, weekly or monthly) and ``retention_days`` of each.

    A plan takes every object of the account whose tag ``onboard:backup`` is the policy's name.
    """

    def __init__(self, tenant: Tenant, *, key_arn: pulumi.Input[str], policies: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("BackupPlans", "backup", tenant)
        self.vault = aws.backup.Vault(
            "vault",
            name=tenant.physical("vault", 50),
            kms_key_arn=key_arn,
            force_destroy=False,
            tags=tenant.tags("aws:backup/vault:Vault", "vault"),
            opts=self.child(),
        )
        self.role = aws.iam.Role(
            "backup",
            name=tenant.physical("backup"),
            description="AWS Backup copies and restores this tenant's objects",
            assume_role_policy=documents.trust("backup.amazonaws.com"),
            tags=tenant.tags("aws:iam/role:Role", "backup"),
            opts=self.child(),
        )
        allowed = [
            aws.iam.RolePolicyAttachment(
                name,
                role=self.role.name,
                policy_arn=f"arn:{tenant.partition}:iam::aws:policy/service-role/{name}",
                opts=self.child(),
            )
            for name in ROLE_POLICIES
        ]
        self.plans = {policy["name"]: self._plan(policy, allowed) for policy in policies}
        self.register_outputs({})

    def _plan(self, policy: Mapping[str, Any], allowed: list[aws.iam.RolePolicyAttachment]) -> aws.backup.Plan:
        name = policy["name"]
        plan = aws.backup.Plan(
            name,
            name=self.tenant.physical(name, 50),
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name=name,
                    target_vault_name=self.vault.name,
                    schedule=SCHEDULES[policy["cadence"]],
                    start_window=START_WINDOW_MINUTES,
                    completion_window=COMPLETION_WINDOW_MINUTES,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=int(policy["retention_days"])),
                )
            ],
            tags=self.tenant.tags("aws:backup/plan:Plan", name),
            opts=self.child(),
        )
        aws.backup.Selection(
            name,
            name=name,
            plan_id=plan.id,
            iam_role_arn=self.role.arn,
            selection_tags=[aws.backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key=POLICY_TAG, value=name)],
            opts=self.child(*allowed),
        )
        return plan
