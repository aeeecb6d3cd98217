"""What is looked at on a site, the receiver's log, and that one dead thing hides no other."""

from __future__ import annotations

import json

import pytest
import yaml

from toolkit.errors import VerifyFailed
from toolkit.register.rules import TIMINGS, rules
from toolkit.verify.alerts import matching, received, registered_nonce
from toolkit.verify.check import holds
from toolkit.verify.place import guarded, wait_until
from toolkit.verify.step import counts
from toolkit.verify.tunnels import CommandProber, tunnels_up


def alert(status: str, **labels: str) -> dict:
    return {"status": status, "labels": labels, "annotations": {"runbook_url": "https://r/AgentDown"}}


def line(*alerts: dict, receiver: str = "L1") -> bytes:
    return json.dumps({"received": 1.0, "path": "/", "body": {"receiver": receiver, "alerts": list(alerts)}}).encode()


LABELS = {"alertname": "AgentDown", "component": "erp-vm-1", "run_nonce": "n0nce"}


def test_an_alert_of_another_run_is_not_ours() -> None:
    log = line(alert("firing", alertname="AgentDown", component="erp-vm-1", run_nonce="other"))
    assert matching(log, status="firing", labels=LABELS) is None
    found = matching(log + b"\n" + line(alert("firing", **LABELS, level="L1")), status="firing", labels=LABELS)
    assert found is not None
    assert found["receiver"] == "L1"


def test_firing_is_not_resolved() -> None:
    log = line(alert("firing", **LABELS)) + b"\n" + line(alert("resolved", **LABELS))
    assert matching(log, status="firing", labels=LABELS) is not None
    assert matching(log, status="resolved", labels=LABELS) is not None
    assert matching(line(alert("firing", **LABELS)), status="resolved", labels=LABELS) is None


def test_what_real_rules_carry_is_read_from_the_hub_not_from_the_bindings(inventory, profile) -> None:
    """A real apply registers no nonce, so a later verification must not wait for one."""
    for nonce in ("", "n0nce"):
        made = yaml.safe_load(rules(inventory, inventory.sites[0], timing=TIMINGS["real"], runbooks="r", nonce=nonce))
        # the rules API gives `name` where the file says `alert`
        loaded = [
            {**group, "rules": [{**rule, "name": rule["alert"]} for rule in group["rules"]]} for group in made["groups"]
        ]
        other = [{**group, "name": "onboard.other.acme-hq"} for group in loaded]
        assert registered_nonce([*other, *loaded], customer="acme", site="acme-hq") == nonce
        assert registered_nonce(other, customer="acme", site="acme-hq") == ""
    log = line(alert("firing", alertname="AgentDown", component="erp-vm-1"))
    wanted = {name: value for name, value in LABELS.items() if name != "run_nonce"}
    assert matching(log, status="firing", labels=wanted)


@pytest.mark.parametrize(
    "log", [b"", b"\xff\xfe\n", b"{}\n[]\nnull\n", b'{"body": {"alerts": 3}}\n', line(alert("firing"))[:-5]]
)
def test_a_torn_log_is_read_as_far_as_it_goes(log: bytes) -> None:
    assert received(log) == []


def test_policies_of_a_host_are_those_of_all_that_it_carries(inventory) -> None:
    assert [(job.policy, job.paths) for job in inventory.backup_jobs("erp-vm-1")] == [
        ("MONTHLY-12", ("/srv/erp",)),
        ("WEEKLY-2", ("/srv/erp",)),
    ]
    assert [job.policy for job in inventory.backup_jobs("erp-vm-2")] == ["WEEKLY-1"]


def check(result: bool, id_: str = "a.b", subject: str = "s"):
    return holds(id_, subject=subject, claim="c", how="h", truth=result, observed=None)


def test_one_dead_thing_hides_no_other() -> None:
    def dies():
        yield check(True)
        raise VerifyFailed("no route to host")

    found = guarded("agent.scraped", "vm", dies())
    assert [one.result for one in found] == ["passed", "failed"]
    assert found[1].id == "agent.scraped"
    assert found[1].observed == "no route to host"


def test_a_tunnel_counts_when_every_end_has_it() -> None:
    ends = [("t-1 at hub", True), ("t-1 at endpoint", True), ("t-2 at endpoint", False)]
    assert tunnels_up([check(up, "tunnel.association", subject) for subject, up in ends]) == 1


def test_counts_are_of_what_passed() -> None:
    checks = [check(True, "backup.restored"), check(False, "backup.restored"), check(True, "alert.fires")]
    made = counts([*checks, check(True, "tunnel.association", "t at hub")])
    assert (made["checks"], made["backups_restored"], made["alerts_proven"], made["tunnels"]) == (4, 1, 1, 1)


def test_waiting_ends_and_says_what_for() -> None:
    assert wait_until(lambda: True, seconds=0, emit=lambda *_, **__: None, what="x") is not None
    assert wait_until(lambda: False, seconds=0.4, emit=lambda *_, **__: None, what="x") is None


def test_the_prober_of_the_bindings_is_asked_and_believed_only_in_json() -> None:
    script = 'import sys,json; print(json.dumps({"answered": True, "carried": {sys.argv[1]: [1, 2]}}))'
    import sys

    answer = CommandProber((sys.executable, "-c", script))(tunnel=2, target="10.0.0.1")
    assert answer == {"answered": True, "carried": {"2": [1, 2]}}
    with pytest.raises(VerifyFailed):
        CommandProber(("false",))(tunnel=1, target="10.0.0.1")
    with pytest.raises(VerifyFailed):
        CommandProber(("echo", "yes"))(tunnel=1, target="10.0.0.1")
    with pytest.raises(VerifyFailed):
        CommandProber(("/nowhere/prober",))(tunnel=1, target="10.0.0.1")
