"""Rules whose one example does not show all their ways to be broken."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.inventory.rules.judge import Judge
from toolkit.inventory.schema_files import kinds_of

PROVIDER = {"infrastructure": "provider", "operations": "provider", "backend": "provider", "software": "customer"}
CUSTOMER = {"infrastructure": "customer", "operations": "customer", "backend": "none", "software": "customer"}


def told(
    item: dict[str, Any], *levels: str, cloud: str = "aws", responsibility: Any = PROVIDER, **header: Any
) -> list[tuple[str, str]]:
    tenant = {"id": "t", "management": "managed", "subscribed_levels": list(levels), "platform": {"kind": cloud}}
    whole = {"tenants": [tenant], "applications": [{"id": "a", "responsibility": responsibility}], **header}
    judged = Judge(whole).component({"id": "c", "tenant": "t", "application": "a", **item})
    return [(finding.rule, finding.path) for finding in judged.findings]


@pytest.mark.parametrize(
    ("policy", "approval", "rules"),
    [
        ("MONTHLY-36", None, []),
        ("WEEKLY-1", None, ["INV-051"]),
        ("YEARLY-1", None, ["INV-012"]),
        ("CUSTOM-MONTHLY-60", None, ["INV-050"]),
        ("CUSTOM-MONTHLY-60", "Q-7", []),
    ],
)
def test_office_policies(policy: str, approval: str | None, rules: list[str]) -> None:
    backup = {"policies": [policy], "contents": ["teams"]} | ({"approval": approval} if approval else {})
    mail = {"kind": "mail", "hosting": "online", "mailboxes": 5, "office_365_backup": backup}
    assert told(mail, "mail") == [(rule, "/office_365_backup/policies/0") for rule in rules]


@pytest.mark.parametrize(("levels", "broken"), [((), True), (("containers",), False), (("application",), False)])
def test_a_backup_of_containers(levels: tuple[str, ...], *, broken: bool) -> None:
    group = {"kind": "container-group", "manifests": "m", "incident_procedure": "p", "backup": {"policies": []}}
    assert told(group, *levels) == ([("INV-068", "/tenant"), ("INV-063", "/backup")] if broken else [])


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"kind": "active-directory", "hosts": ["a", "b"]}, "/tenant"),
        ({"kind": "virtual-desktop", "desktops": 5}, "/tenant"),
        ({"kind": "firewall", "origin": "native"}, "/origin"),
        ({"kind": "mail", "hosting": "provider-cloud", "mailboxes": 5}, "/hosting"),
    ],
)
def test_what_only_the_providers_clouds_have(item: dict[str, Any], path: str) -> None:
    assert told(item, "application") == [("INV-071", path)]
    assert told(item, "application", cloud="provider-public") == []
    assert told(item, responsibility=CUSTOMER) == []


def test_sap_stands_on_os_and_the_databases_that_it_uses() -> None:
    assert told({"kind": "sap", "databases": ["d"]}, "application", "os") == [("INV-067", "/product")]
    assert told({"kind": "sap"}, "application", "os") == []


LIMITED = ("INV-111", "/lifecycle/third_party")


@pytest.mark.parametrize(
    ("lifecycle", "order", "expected"),
    [
        ({"grey_market": True}, {}, [("INV-110", "/lifecycle/grey_market")]),
        ({"grey_market": True}, {"authorises": ["c"]}, []),
        ({"grey_market": True, "authorised_in_order": True}, {}, []),
        ({"end_of_life": True}, {"documents": ["c"]}, [("INV-110", "/lifecycle/end_of_life")]),
        ({"end_of_life": True, "authorised_in_order": True}, {"documents": ["c"]}, []),
        ({"third_party": True}, {}, [LIMITED]),
        ({"third_party": True, "documented_in_order": True}, {}, []),
        ({"third_party": False}, {}, []),
    ],
)
def test_the_order_and_the_component_speak_for_each_other(
    lifecycle: dict[str, bool], order: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = told({"kind": "voice-gateway", "lifecycle": lifecycle}, order={"effective": "2027-01-01", **order})
    assert [one for one in found if one[0] in ("INV-110", "INV-111")] == expected


@pytest.mark.parametrize("kind", kinds_of("managed-applications"))
def test_only_native_services_are_without_supervision(kind: str) -> None:
    def unsupervised(responsibility: Any, *, supervised: bool) -> list[str]:
        found = told({"kind": kind, "supervised": supervised}, responsibility=responsibility)
        return [path for rule, path in found if rule == "INV-104"]

    assert unsupervised(PROVIDER, supervised=False) == ([] if kind == "native-service" else ["/supervised"])
    assert unsupervised(PROVIDER, supervised=True) == []
    assert unsupervised(CUSTOMER, supervised=False) == []


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("database", "database"),
        ("middleware", "middleware"),
        ("container-group", "containers"),
        ("native-service", "native-services"),
        ("big-data", "big-data"),
        ("computer-vision", "computer-vision"),
        ("remote-desktop", "remote-desktop"),
        ("active-directory", "active-directory"),
        ("firewall", "security"),
        ("load-balancer", "security"),
        ("virtual-desktop", "virtual-desktop"),
        ("mail", "mail"),
        ("sap", "application"),
    ],
)
def test_the_level_of_a_managed_component_is_subscribed(kind: str, level: str) -> None:
    missing = ("INV-068", "/tenant")
    assert missing in told({"kind": kind}, "os")
    assert missing not in told({"kind": kind}, level)
    assert missing not in told({"kind": kind}, "application")
    assert missing not in told({"kind": kind}, responsibility=CUSTOMER)
    assert missing not in told({"kind": kind, "tenant": "unknown"})


@pytest.mark.parametrize(
    ("service", "over"), [("managed-applications", ["/customer/contacts/6/phone"]), ("ucaas-partners", [])]
)
def test_contacts_beyond_the_fifth_do_not_call(service: str, over: list[str]) -> None:
    """The second contact has no phone, and the last is broken: neither counts."""
    contacts = [{"role": "technical", **({} if number == 1 else {"phone": "+33 1"})} for number in range(7)]
    whole = {"service": service, "customer": {"contacts": [*contacts, "no contact"]}}
    found = [finding.path for finding in Judge(whole).header() if finding.rule == "INV-105"]
    assert found == over
