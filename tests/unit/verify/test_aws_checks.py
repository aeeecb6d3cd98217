"""The checks of a tenant's AWS objects: a whole tenant passes, and every broken property is found by its own check."""

from __future__ import annotations

import msgspec
import pytest
from corruption import broken, names, properties

from toolkit.errors import IdentityWrong
from toolkit.verify.aws import judge, tenant_checks
from toolkit.verify.aws_reads import live_objects
from toolkit.verify.check import failures

pytestmark = pytest.mark.slow


def _failed(want, aws) -> set[str]:
    return {check.id for check in failures(judge(want, live_objects(aws, customer=want.customer)))}


def test_a_whole_tenant_passes(want, aws, request_for) -> None:
    checks = tenant_checks(request_for(tenant=want.tenant), lambda *_, **__: None)
    assert failures(checks) == ()
    assert len(checks) > 60


def test_every_check_has_a_committed_corruption(want, aws) -> None:
    checks = judge(want, live_objects(aws, customer=want.customer))
    assert {check.id for check in checks} == {entry["check"] for entry in properties()}


@pytest.mark.parametrize("entry", properties(), ids=lambda entry: entry["check"])
def test_a_broken_property_fails_its_check(entry, want, aws, world) -> None:
    found = live_objects(aws, customer=want.customer)
    known = names(want, found)
    with broken(entry, control=world.client(), aws=aws, known=known):
        assert entry["check"] in _failed(want, aws)
    assert _failed(want, aws) == set()


def test_nothing_secret_is_observed(want, aws) -> None:
    text = repr(live_objects(aws, customer=want.customer))
    assert "PreSharedKey" not in text
    assert "pre_shared_key" not in text


def test_another_account_is_refused(inventory, request_for) -> None:
    tenant = inventory.tenants[0]
    other = msgspec.structs.replace(tenant, platform=msgspec.structs.replace(tenant.platform, account="999988887777"))
    request = request_for(tenant=tenant.id)
    changed = msgspec.structs.replace(inventory, tenants=(other,))
    with pytest.raises(IdentityWrong, match="111122223333"):
        tenant_checks(msgspec.structs.replace(request, inventory=changed), lambda *_, **__: None)
