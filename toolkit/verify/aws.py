"""A tenant's objects on AWS against what its inventory asks for."""

from __future__ import annotations

from typing import Any

from toolkit.aws_api import OWNERSHIP_TAG, check_identity
from toolkit.model.run import Emit, StepRequest
from toolkit.verify.aws_backup import backup_checks
from toolkit.verify.aws_expected import Expected, expected
from toolkit.verify.aws_foundation import foundation_checks
from toolkit.verify.aws_network import network_checks, vpn_checks
from toolkit.verify.aws_reads import Aws, Found, live_objects
from toolkit.verify.check import Check, equal

PROVES = "the object's settings as the cloud's own API reads them back"


def judge(want: Expected, found: Found) -> tuple[Check, ...]:
    """Every check of a tenant over its live objects; a missing or doubled object fails ``aws.one-each``. Pure."""
    live: dict[str, dict[str, Any]] = {}
    checks = []
    for name, urn in want.logical().items():
        objects = found.get(urn, [])
        if objects:
            live[name] = objects[0]
        checks.append(
            equal(
                "aws.one-each",
                subject=name,
                claim="exactly one live object stands for the logical resource",
                how=f"objects whose tag {OWNERSHIP_TAG} is {urn}",
                expected=1,
                observed=len(objects),
                proves=PROVES,
            )
        )
        wrong = [
            [item["_tags"].get("onboard:customer"), item["_tags"].get("onboard:tenant")]
            for item in objects
            if (item["_tags"].get("onboard:customer"), item["_tags"].get("onboard:tenant"))
            != (want.customer, want.tenant)
        ]
        if objects:
            checks.append(
                equal(
                    "aws.tags",
                    subject=name,
                    claim="the object carries customer and tenant as tags",
                    how="the object's tags",
                    expected=[],
                    observed=wrong,
                    proves=PROVES,
                )
            )
    for judged in (foundation_checks, network_checks, vpn_checks, backup_checks):
        checks.extend(judged(want, live))
    return tuple(checks)


def tenant_checks(request: StepRequest, emit: Emit) -> tuple[Check, ...]:
    """Read the tenant's account and judge it; the account's identity is established before anything else."""
    tenant = request.inventory.tenant(request.step.inputs["tenant"])
    aws = Aws(request.bindings, tenant)
    check_identity(aws.client, account=tenant.platform.account, tenant=tenant.id)
    emit(f"reading account {tenant.platform.account} in {tenant.platform.region}")
    found = live_objects(aws, customer=request.inventory.customer.id)
    emit(f"{sum(map(len, found.values()))} objects carry an ownership tag of {tenant.id}")
    return judge(expected(request.inventory, request.profile, tenant), found)
