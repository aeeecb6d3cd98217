"""Backups of one tenant.

Configuration: the tenant's, ``policies`` (a list of ``name``, ``cadence``, ``retention_days``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from components.backup import BackupPlans
from components.tenant import Tenant

tenant = Tenant()
foundation = tenant.upstream("foundation")
backup = BackupPlans(
    tenant,
    key_arn=foundation.require_output("kms_key_arn"),
    policies=tenant.config.require_object("policies"),
)
pulumi.export("vault_arn", backup.vault.arn)
pulumi.export("plan_ids", {name: plan.id for name, plan in backup.plans.items()})
