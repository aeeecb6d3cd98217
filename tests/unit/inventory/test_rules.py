"""Cross-references and service rules, each by the smallest change to a sound inventory that breaks or keeps it."""

from __future__ import annotations

import copy
import runpy
from pathlib import Path
from typing import Any

import pytest

from toolkit.inventory.load import findings
from toolkit.inventory.readers import read_file
from toolkit.inventory.secret_rules import smells
from toolkit.plan.stack_config import LAYERS, stack_name

ROOT = Path(__file__).resolve().parents[3]
SOUND = read_file(ROOT / "tests/examples/valid/full.yaml").value
DELETE = object()


def changed(*changes: tuple[str, Any]) -> Any:
    """The sound inventory with the value at each pointer set, appended (``-``) or removed (``DELETE``)."""
    value = copy.deepcopy(SOUND)
    for path, new in changes:
        *above, last = path.strip("/").split("/")
        parent: Any = value
        for step in above:
            parent = parent[int(step)] if isinstance(parent, list) else parent[step]
        if new is DELETE:
            del parent[int(last) if isinstance(parent, list) else last]
        elif isinstance(parent, list) and last == "-":
            parent.append(new)
        else:
            parent[int(last) if isinstance(parent, list) else last] = new
    return value


def rules(*changes: tuple[str, Any]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in findings(changed(*changes))]


def test_the_base_is_sound() -> None:
    assert rules() == []


SITE = copy.deepcopy(SOUND["sites"][0])
TENANT = copy.deepcopy(SOUND["tenants"][0])
SECOND_SITE = {
    **SITE,
    "id": "globex-nice",
    "networks": ["10.71.0.0/24"],
    "vpn_endpoint": {**SITE["vpn_endpoint"], "public_address": "198.18.71.10", "address": "10.71.0.2"},
}
SECOND_TENANT = {
    **TENANT,
    "id": "globex-dev",
    "environment": "development",
    "landing_zone": {**TENANT["landing_zone"], "cidr": "10.31.0.0/16"},
}


def long_ids(length: int) -> list[tuple[str, Any]]:
    """A customer id of 63 characters and a tenant id of ``length``, wherever they are named."""
    tenant = "t" * length
    places = ["/tenants/0/id", *(f"/components/{n}/tenant" for n in range(3))]
    return [("/customer/id", "c" * 63), ("/links/1/from", f"tenant/{tenant}"), *((place, tenant) for place in places)]


LEVELS = "/tenants/0/subscribed_levels"

KEPT = [
    [("/sites/-", SECOND_SITE), ("/tenants/-", SECOND_TENANT)],
    [("/components/2/depends_on", ["lyon-management", "shop-vm-1"])],
    [("/components/0/ssh_host_key", "secretref://host-keys/shop-vm-1")],
    [("/sites/0/networks/-", "10.72.0.0/31")],
    [("/tenants/0/support_level", "standard"), ("/tenants/-", {**SECOND_TENANT, "support_level": "premium"})],
    [("/tenants/0/support_level", "standard"), ("/tenants/-", {**SECOND_TENANT, "support_level": "initial"})],
    [
        ("/tenants/0/support_level", "standard"),
        ("/provider/service_delivery_manager", DELETE),
        ("/provider/contract_manager", DELETE),
    ],
    [("/components/0/management_level", "application"), ("/tenants/0/subscribed_levels/-", "application")],
    [("/components/2/backup/policies", ["CUSTOM-WEEKLY-8"]), ("/components/2/backup/approval", "Q-1")],
    [("/tenants/0/subscribed_levels/-", "containers"), ("/tenants/0/subscribed_levels/-", "kubernetes")],
    [("/tenants/0/landing_zone/cidr", "10.30.0.0/25"), ("/tenants/0/landing_zone/zones", 6)],
    long_ids(25),
]


@pytest.mark.parametrize("changes", KEPT)
def test_kept(changes: list[tuple[str, Any]]) -> None:
    assert rules(*changes) == []


BROKEN = [
    ([("/tenants/-", TENANT)], {("INV-021", "/tenants/1/id"), ("INV-031", "/tenants/1/landing_zone/cidr")}),
    ([("/sites/-", {**SECOND_SITE, "networks": ["10.71.0.0/24", "10.71.0.0/25"]})], {("INV-031", "/sites/1/networks/1")}),
    (
        [("/sites/-", {**SECOND_SITE, "vpn_endpoint": {**SECOND_SITE["vpn_endpoint"], "public_address": "198.18.70.10"}})],
        {("INV-033", "/sites/1/vpn_endpoint/public_address")},
    ),
    (
        [("/sites/0/vpn_endpoint/public_address", "203.0.113.5"), ("/sites/0/networks/-", "203.0.113.0/24")],
        {("INV-034", "/sites/0/vpn_endpoint/public_address")},
    ),
    ([("/sites/0/vpn_endpoint/address", "10.70.0.0")], {("INV-032", "/sites/0/vpn_endpoint/address")}),
    ([("/sites/0/networks/0", "10.0.0.0/8")], {("INV-031", "/tenants/0/landing_zone/cidr"), ("INV-031", "/sites/0/networks/0")}),
    ([("/sites/0/networks/0", "0.0.0.0/0")], {("INV-030", "/sites/0/networks/0")}),
    ([("/components/0/depends_on", ["shop-vm-1"])], {("INV-022", "/components/0/depends_on/0")}),
    ([("/components/0/depends_on", ["shop-db"])], {("INV-022", "/components/2/hosted_on")}),
    ([("/components/2/hosted_on", "lyon-management")], {("INV-020", "/components/2/hosted_on")}),
    (
        [("/tenants/-", SECOND_TENANT), ("/components/2/tenant", "globex-dev")],
        {("INV-024", "/components/2/hosted_on")},
    ),
    ([("/components/0/tenant", DELETE)], {("INV-011", "/components/0")}),
    ([("/components/1/site", DELETE)], {("INV-032", "/components/1/address")}),
    ([("/components/1/address", DELETE)], {("INV-011", "/components/1")}),
    ([("/tenants/0/management", "co-managed"), ("/tenants/0/subscribed_levels", []), ("/components", [])], set()),
    (
        [("/tenants/0/subscribed_levels", ["middleware"]), ("/components", [])],
        {("INV-060", "/tenants/0/subscribed_levels/0")},
    ),
    ([("/provider/service_delivery_manager", DELETE)], {("INV-064", "/provider")}),
    ([("/tenants/0/support_level", "initial")], {("INV-066", "/provider/service_delivery_manager"), ("INV-066", "/provider/contract_manager")}),
    ([("/components/0/management_level", "middleware")], {("INV-068", "/components/0/management_level")}),
    ([("/components/0/management_level", DELETE)], {("INV-062", "/components/0"), ("INV-063", "/components/2/backup")}),
    ([("/components/2/backup/policies", ["CUSTOM-HOURLY-8"])], {("INV-012", "/components/2/backup/policies/0")}),
    ([("/components/2/backup/policies", ["MONTHLY-36"])], {("INV-051", "/components/2/backup/policies/0")}),
    ([("/customer/commitment/months", 11)], {("INV-069", "/customer/commitment/months")}),
    ([("/customer/commitment/months", 0)], {("INV-016", "/customer/commitment/months")}),
    ([("/components/0/ssh_host_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5")], {("INV-041", "/components/0/ssh_host_key")}),
    ([("/links/0/to", "provider/hub")], {("INV-015", "/links/0/to"), ("INV-026", "/sites/0")}),
    ([(f"{LEVELS}/-", "containers")], {("INV-070", f"{LEVELS}/2")}),
    ([(f"{LEVELS}/-", "active-directory"), (f"{LEVELS}/-", "virtual-desktop")], {("INV-071", f"{LEVELS}/2"), ("INV-071", f"{LEVELS}/3")}),
    ([(f"{LEVELS}/-", "remote-desktop")], {("INV-072", f"{LEVELS}/2")}),
    # the directory of a project may stand on another tenant, the os level may not
    (
        [(f"{LEVELS}/-", "remote-desktop"), ("/tenants/-", {**SECOND_TENANT, "subscribed_levels": ["active-directory"]})],
        {("INV-071", "/tenants/1/subscribed_levels/0")},
    ),
    (
        [("/tenants/-", {**SECOND_TENANT, "subscribed_levels": ["remote-desktop"]}), (f"{LEVELS}/-", "active-directory")],
        {("INV-071", f"{LEVELS}/2"), ("INV-072", "/tenants/1/subscribed_levels/0")},
    ),
    ([("/tenants/0/landing_zone/cidr", "10.30.0.0/26"), ("/tenants/0/landing_zone/zones", 5)], {("INV-035", "/tenants/0/landing_zone/cidr")}),
    (long_ids(26), {("INV-027", "/tenants/0/id")}),
    ([("/customer/commitment/start", "0000-01-01")], {("INV-015", "/customer/commitment/start")}),
    ([("/tenants", 5)], {("INV-013", "/tenants")}),
    ([("/components/1", "shop-vm-2")], {("INV-013", "/components/1")}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), BROKEN)
def test_broken(changes: list[tuple[str, Any]], expected: set[tuple[str, str]]) -> None:
    assert set(rules(*changes)) == expected


@pytest.mark.parametrize("zones", range(1, 7))
@pytest.mark.parametrize("prefix", range(16, 29))
def test_a_range_is_accepted_exactly_when_the_stack_can_cut_it(prefix: int, zones: int) -> None:
    path = ROOT / "stacks/components/addresses.py"
    addresses = runpy.run_path(str(path))
    found = rules(("/tenants/0/landing_zone/cidr", f"10.30.0.0/{prefix}"), ("/tenants/0/landing_zone/zones", zones))
    try:
        addresses["split"](f"10.30.0.0/{prefix}", zones)
    except ValueError:
        assert found == [("INV-035", "/tenants/0/landing_zone/cidr")]
    else:
        assert found == []


def test_the_length_of_names_is_judged_by_the_longest_layer() -> None:
    value = changed(*long_ids(26))
    (finding,) = findings(value)
    longest = max(len(stack_name("c" * 63, "t" * 26, layer)) for layer in LAYERS)
    assert longest == 101
    assert f"{longest} characters" in finding.message


PLANTED = [
    ("/customer/password", "hunter2"),
    ("/customer/db_password", "hunter2"),
    ("/customer/dbPassword", "hunter2"),
    ("/customer/api-key", "k"),
    ("/customer/credentials", {"user": "a", "value": ["b"]}),
    ("/customer/psk", 12345678),
    ("/customer/name", "-----BEGIN RSA PRIVATE KEY-----"),
    ("/customer/name", "AKIAABCDEFGHIJKLMNOP"),
    ("/components/0/os/private_key", "x"),
    ("/components/0/ssh_host_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"),
]


@pytest.mark.parametrize(("path", "secret"), PLANTED)
def test_literal_secret_is_refused_and_never_repeated(path: str, secret: Any) -> None:
    found = findings(changed((path, secret)))
    assert {finding.rule for finding in found} == {"INV-040"}
    for finding in found:
        assert finding.path.startswith(path)
        assert "hunter2" not in finding.message + finding.fix
        assert "PRIVATE" not in finding.message + finding.fix


@pytest.mark.parametrize("reference", ["secretref://psk/prod-lyon/1", None, ""])
def test_a_reference_is_no_literal(reference: Any) -> None:
    assert "INV-040" not in {rule for rule, _ in rules(("/customer/password", reference))}


def test_words_that_only_look_alike() -> None:
    for name in ("ssh_host_key", "passenger", "tokenizer", "secretary", "compass", "key", "keyboard", "licence"):
        assert not smells(name)
    for name in ("PSK", "pre_shared_key", "preSharedKey", "client-secret", "accessKey", "passphrase", "auth.token"):
        assert smells(name)


def test_misspelt_words_are_corrected() -> None:
    advice = {
        finding.path: finding.fix
        for finding in findings(
            changed(
                ("/components/2/kind", "databse"),
                ("/tenants/0/environment", "producton"),
                ("/components/0/tenant", "globex-prd"),
                ("/components/1/mangement_level", "os"),
                ("/tenants/0/platform/account", 222233334444),
            )
        )
    }
    assert advice == {
        "/components/2/kind": 'did you mean "database"?',
        "/tenants/0/environment": 'did you mean "production"?',
        "/components/0/tenant": 'did you mean "globex-prod"?',
        "/components/1/mangement_level": 'did you mean "management_level"?',
        "/tenants/0/platform/account": "put the value in quotes, so that it is text",
    }
