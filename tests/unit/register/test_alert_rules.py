"""Each alert fires when it should, with the right labels, and not otherwise: `promtool test rules`."""

from __future__ import annotations

import subprocess

import pytest
import yaml
from register_case import files

OWN = 'customer="acme",site="acme-hq"'
HOST = f'{OWN},criticality="critical",environment="production",component="erp-vm-1"'
DAY = 86400


def case(*, series: str, values: str, alert: str, at: str, priority: str | None, level: str = "", interval: str = "1m"):
    expected = []
    if priority:
        _name, _, rest = series.partition("{")
        labels = dict(part.split("=", 1) for part in rest.rstrip("}").split(","))
        labels = {key: value.strip('"') for key, value in labels.items()}
        expected = [{"exp_labels": {**labels, "priority": priority, "level": level}, "exp_annotations": None}]
        if alert != "BackupTooOld":
            expected[0]["exp_labels"].pop("__name__", None)
    return {
        "interval": interval,
        "input_series": [{"series": series, "values": values}],
        "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": expected}],
    }


PROBE = "probe_success{job=%s," + HOST + "}"
BACKUP = '{job="onboard-node",' + HOST + ',policy="%s"}'
CASES = {
    "host down": case(series=PROBE % '"onboard-icmp"', values="0x10", alert="HostDown", at="5m", priority="P1", level="L2"),
    "host up": case(series=PROBE % '"onboard-icmp"', values="1x10", alert="HostDown", at="5m", priority=None),
    "host blinked": case(series=PROBE % '"onboard-icmp"', values="0 1x9", alert="HostDown", at="5m", priority=None),
    "agent down": case(series='up{job="onboard-node",' + HOST + "}", values="0x10", alert="AgentDown", at="5m", priority="P2", level="L1"),
    "agent up": case(series='up{job="onboard-node",' + HOST + "}", values="1x10", alert="AgentDown", at="5m", priority=None),
    "probe failed": case(series=PROBE % '"onboard-ssh"', values="0x10", alert="ProbeFailed", at="5m", priority="P2", level="L1"),
    "probe passed": case(series=PROBE % '"onboard-ssh"', values="1x10", alert="ProbeFailed", at="5m", priority=None),
    "tunnel down": case(
        series='probe_success{job="onboard-tunnel",' + OWN + ',component="endpoint-acme-hq"}',
        values="0x10", alert="TunnelDown", at="5m", priority="P2", level="L2",
    ),
    "tunnel up": case(
        series='probe_success{job="onboard-tunnel",' + OWN + ',component="endpoint-acme-hq"}',
        values="1x10", alert="TunnelDown", at="5m", priority=None,
    ),
    "backup failed": case(series="onboard_backup_success" + BACKUP % "WEEKLY-1", values="0x3", alert="BackupFailed", at="1m", priority="P2", level="L1"),
    "backup succeeded": case(series="onboard_backup_success" + BACKUP % "WEEKLY-1", values="1x3", alert="BackupFailed", at="1m", priority=None),
    "another customer's host": case(
        series='up{job="onboard-node",customer="other",site="acme-hq",criticality="critical",environment="production"}',
        values="0x10", alert="AgentDown", at="5m", priority=None,
    ),
}  # fmt: skip
for policy, days in (("WEEKLY-2", 8), ("MONTHLY-12", 32)):
    for word, day, wanted in (("old", days + 1, "P2"), ("fresh", days - 1, None)):
        CASES[f"{policy} {word}"] = case(
            series="onboard_backup_last_success_timestamp_seconds" + BACKUP % policy,
            values=f"0x{day * 24}", alert="BackupTooOld", at=f"{day}d", priority=wanted, level="L2", interval="1h",
        )  # fmt: skip


@pytest.mark.parametrize("scale", ["fast", "real"])
@pytest.mark.slow
def test_an_alert_fires_when_it_should(tmp_path, scale: str) -> None:
    """Every case in a file of its own, all in one start of promtool, which names the files that fail."""
    rules = next(fragment.content for fragment in files(scale=scale, nonce="") if fragment.path.endswith("rules.yml"))
    # annotations are the golden files' matter; here labels are compared
    document = yaml.safe_load(rules)
    for rule in document["groups"][0]["rules"]:
        del rule["annotations"]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(document))
    tests = []
    for name, one in CASES.items():
        test = {"rule_files": ["rules.yml"], "evaluation_interval": one["interval"], "tests": [one]}
        tests.append(tmp_path / f"{name}.yml")
        tests[-1].write_text(yaml.safe_dump(test))
    ran = subprocess.run(
        ["promtool", "test", "rules", *map(str, tests)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_alert_has_a_case() -> None:
    rules = next(fragment.content for fragment in files() if fragment.path.endswith("rules.yml"))
    names = {rule["alert"] for rule in yaml.safe_load(rules)["groups"][0]["rules"]}
    proven = {test["alertname"] for entry in CASES.values() for test in entry["alert_rule_test"] if test["exp_alerts"]}
    assert names == proven
