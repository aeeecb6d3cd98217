"""The files of the monitoring: golden, read by promtool and amtool, unbroken by hostile strings.

Goldens are written anew by `python tests/unit/register/test_register_files.py`.
"""

from __future__ import annotations

import json
import subprocess

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from register_case import GOLDEN, INVENTORY, PROFILE, files, written

from toolkit.errors import RegisterFailed
from toolkit.register.labels import file_id, host_port, label_value, literal, promql
from toolkit.register.rules import ALERTS, TUNNEL, priority
from toolkit.register.targets import groups, watched

SITE = INVENTORY.sites[0]
HOSTILE = 'a"b\\c\n{{ query "up" }}\u2028$1 %s \x00 é \U0001f600 `id` ${HOME} }}{{'


def tool(*argv: str) -> str:
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def changed(noun, **changes):
    return msgspec.structs.replace(noun, **changes)


def hostile_inventory():
    application = changed(INVENTORY.applications[0], id=HOSTILE)
    components = tuple(
        changed(part, id=f"{HOSTILE}{number}", application=HOSTILE, owner=HOSTILE)
        for number, part in enumerate(INVENTORY.components)
    )
    return changed(INVENTORY, applications=(application,), components=components)


@pytest.mark.parametrize("scale", ["fast", "real"])
def test_files_equal_the_golden_ones(scale: str) -> None:
    made = {fragment.path: fragment.content for fragment in files(scale=scale)}
    folder = GOLDEN / scale
    assert set(made) == {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    for path, content in made.items():
        assert content == (folder / path).read_bytes(), path


@pytest.mark.parametrize("scale", ["fast", "real"])
@pytest.mark.parametrize("inventory", [INVENTORY, hostile_inventory()], ids=["example", "hostile"])
def test_promtool_and_amtool_accept_them(tmp_path, scale: str, inventory) -> None:
    runbooks = changed(PROFILE, runbooks="https://r.example/{{ .Fatal }}\n")
    made = files(inventory, profile=runbooks, scale=scale, nonce=HOSTILE)
    folder = written(made, tmp_path)
    said = tool("promtool", "check", "config", str(folder / "prometheus.yml"))
    assert "SUCCESS: 6 rules found" in said
    assert "SUCCESS" in tool("amtool", "check-config", str(folder / "alertmanager.yml"))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=AgentDown", "level=L1", "priority=P2"], "L1"),
        (["alertname=HostDown", "level=L2", "priority=P1"], "L2"),
        (["alertname=Any", "level=L3"], "L3"),
        (["alertname=NoLevel"], "L1"),
    ],
)
def test_each_level_gets_its_alerts(tmp_path, labels: list[str], receiver: str) -> None:
    config = written(files(), tmp_path) / "alertmanager.yml"
    assert tool("amtool", "config", "routes", "test", f"--config.file={config}", *labels).strip() == receiver


def test_every_alert_has_priority_level_runbook_and_nonce() -> None:
    rules = next(fragment.content for fragment in files() if fragment.path.endswith("rules.yml"))
    for rule in yaml.safe_load(rules)["groups"][0]["rules"]:
        assert rule["labels"]["priority"] in ("P1", "P2", "P3")
        assert rule["labels"]["level"] in ("L1", "L2", "L3")
        assert rule["labels"]["run_nonce"] == "n0nce"
        assert rule["annotations"]["runbook_url"] == f"https://runbooks.provider.example/{rule['alert']}"


def test_without_a_nonce_the_rules_carry_none() -> None:
    assert not any(b"run_nonce" in fragment.content for fragment in files(nonce=""))


def test_only_a_critical_production_application_reaches_p1() -> None:
    for alert in (*ALERTS, TUNNEL):
        for criticality in ("low", "standard", "critical"):
            for environment in ("production", "preproduction", "integration", "development"):
                found = priority(alert, criticality=criticality, environment=environment)
                if found == "P1":
                    assert (alert.name, criticality, environment) == ("HostDown", "critical", "production")


def test_targets_carry_what_alerts_need() -> None:
    (first, second) = groups(INVENTORY, SITE, "node")
    assert first.targets == ("10.60.0.11:9100",)
    assert first.labels == {
        "customer": "acme",
        "site": "acme-hq",
        "tenant": "acme-prod",
        "environment": "production",
        "support_level": "premium",
        "application": "erp",
        "criticality": "critical",
        "component": "erp-vm-1",
    }
    assert second.labels["component"] == "erp-vm-2"
    assert groups(INVENTORY, SITE, "icmp")[0].targets == ("10.60.0.11",)
    assert groups(INVENTORY, SITE, "tunnel")[0].targets == ("10.60.0.2:22",)


def test_what_the_provider_does_not_operate_is_not_watched() -> None:
    mine, theirs = (changed(INVENTORY.applications[0].responsibility, **who) for who in ({}, {"backend": "none"}))
    customers = changed(mine, operations="customer")
    parts = list(INVENTORY.components)

    def seen(**changes):
        return [
            host.component.id
            for host in watched(changed(INVENTORY, components=(changed(parts[0], **changes),)), "acme-hq")
        ]

    assert seen() == ["erp-vm-1"]
    assert seen(supervised=False) == []
    assert seen(responsibility=theirs) == []
    assert seen(site=None) == []
    operations = changed(INVENTORY, components=(changed(parts[0], responsibility=customers),))
    assert groups(operations, SITE, "node") == ()
    assert len(groups(operations, SITE, "ssh")) == 1


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_becomes_a_sane_label(text: str) -> None:
    value = label_value(text)
    assert len(value) <= 200
    assert value.isprintable() or not value
    assert json.loads(promql(text)) == value
    assert "{{" not in literal(text).replace('{{ "{{" }}', "")


@given(st.text(min_size=1, max_size=70))
def test_no_id_leaves_the_folder(text: str) -> None:
    try:
        name = file_id(text)
    except RegisterFailed:
        return
    assert "/" not in name
    assert "." not in name
    assert name[0].isalpha()


@pytest.mark.parametrize("address", ["10.0.0.1:80", "example.org", "10.0.0.1\n", "{{ . }}", "fe80::1%eth0;id", ""])
def test_only_addresses_are_targets(address: str) -> None:
    with pytest.raises(RegisterFailed):
        host_port(address, 22)


def test_two_customers_never_share_a_file() -> None:
    from toolkit.register.hub import prefix

    assert prefix("aa-b", "cc") != prefix("aa", "b-cc")
    assert not prefix("acme", "hq-2").startswith(prefix("acme", "hq"))


if __name__ == "__main__":
    for name in ("fast", "real"):
        written(files(scale=name), GOLDEN / name)
