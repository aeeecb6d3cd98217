"""The list of changes, and that nothing is removed by silence."""

import msgspec
import pytest

from toolkit.errors import PlanRefused
from toolkit.plan.changes import check_base, check_removals, list_changes, removals

replace = msgspec.structs.replace


def shown(plan) -> set[str]:
    return {f"{change.operation} {change.kind} {change.name}" for change in plan.index.changes}


def test_a_first_plan_adds_its_scopes_and_links(acme, make_plan):
    plan = make_plan(acme)
    assert plan.index.base is None
    assert shown(plan) == {
        "add scope service/managed-applications",
        "add scope site/acme-hq",
        "add scope tenant/acme-prod",
        "add link hq-management",
        "add link prod-hq",
    }


def test_the_same_inventory_again_changes_nothing(acme, make_plan):
    first = make_plan(acme)
    again = make_plan(acme, base=first)
    assert again.index.changes == ()
    assert again.index.base == first.digest
    assert again.index.documents == first.index.documents


def test_a_changed_component_shows_itself_and_the_steps_that_read_it(acme, make_plan):
    vm, *rest = acme.components
    plan = make_plan(replace(acme, components=(replace(vm, owner="other@acme.example"), *rest)), base=make_plan(acme))
    assert "change component erp-vm-1" in shown(plan)
    assert "change step configure/acme-hq/hosts" in shown(plan)
    assert not any("provision" in line or line.startswith(("add", "remove")) for line in shown(plan))


def test_a_new_resource_is_listed_in_its_stack(acme, make_plan):
    plan = make_plan(acme, base=make_plan(acme), extra=("audit",))
    stack = "acme-acme-prod-foundation"
    urn = f"urn:pulumi:{stack}::onboarding-foundation::aws:s3/bucket:Bucket::audit"
    assert {f"change stack {stack}", f"add resource {urn}", "change step provision/acme-prod/foundation"} <= shown(plan)


def test_a_removed_site_lists_all_that_goes_and_is_refused(acme, make_plan):
    base = make_plan(acme)
    plan = make_plan(replace(acme, sites=(), links=(), components=()), base=base)
    gone = removals(plan)
    assert {
        "scope/site/acme-hq",
        "component/erp-vm-1",
        "component/erp-db-1",
        "link/prod-hq",
        "link/hq-management",
        "stack/acme-acme-prod-vpn",
        "resource/urn:pulumi:acme-acme-prod-vpn::onboarding-vpn::aws:s3/bucket:Bucket::logs",
        "step/configure/acme-hq/hosts",
    } <= set(gone)
    with pytest.raises(PlanRefused, match="scope/site/acme-hq") as caught:
        check_removals(plan)
    assert caught.value.details["removals"] == list(gone)
    check_removals(base)


def test_a_removed_component_alone_is_a_removal(acme, make_plan):
    plan = make_plan(replace(acme, components=acme.components[:1]), base=make_plan(acme))
    assert {"component/erp-vm-2", "component/erp-db-1"} <= set(removals(plan))


def test_there_and_back_are_opposites(acme, wide, make_plan):
    small, large = make_plan(acme), make_plan(wide)
    there = {(one.kind, one.name) for one in list_changes(small.documents, large.documents) if one.operation == "add"}
    back = {(one.kind, one.name) for one in list_changes(large.documents, small.documents) if one.operation == "remove"}
    assert there <= back
    assert ("scope", "tenant/acme-dev") in there


def test_a_plan_changes_what_was_applied_last_or_is_refused(acme, wide, make_plan):
    first = make_plan(acme)
    second = make_plan(wide, base=first)
    check_base(first, applied=None)
    check_base(first, applied=first.digest)
    check_base(second, applied=first.digest)
    check_base(second, applied=second.digest)
    for plan, applied in ((first, second.digest), (second, None), (make_plan(wide), first.digest)):
        with pytest.raises(PlanRefused, match="stale") as caught:
            check_base(plan, applied=applied)
        assert caught.value.details == {"base": plan.index.base, "applied": applied}
