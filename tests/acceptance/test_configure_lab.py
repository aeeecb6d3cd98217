"""The configure stage on the lab's machines: each action in a process of its own, inside the rehearsal's namespace."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
import yaml
from lab_parts import ROOT, acme_topology, on, ssh

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest
from toolkit.rehearsal import lab, namespace
from toolkit.rehearsal.lab import cloud_gateway

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.proof]
INVENTORY = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
PROFILE = msgspec.convert(
    yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()), ProviderProfile
)
ADDRESSES = {"tunnel1_address": "203.0.113.11", "tunnel2_address": "203.0.113.12"}


class Site:
    """A lab, and the steps of its site run as the executor runs them."""

    def __init__(self, state: lab.LabState, folder: Path) -> None:
        self.state, self.folder = state, folder
        self.key = folder / "outside" / "store.key"
        self.key.parent.mkdir(mode=0o700)
        self.bindings = Bindings(
            world="rehearsal",
            id=state.id,
            nonce=secrets.token_hex(8),
            hosts="lab",
            time_scale="fast",
            aws=AwsBinding(endpoint="http://127.0.0.1:1"),
            state=str(folder / "state"),
            secrets=str(folder / "store"),
            ssh_key=state.ssh_key,
            host_bindings=lab.host_bindings(state),
            proxy=state.proxy,
            console="container",
            console_command=lab.console_commands(state),
        )

    def step(
        self, action: str, *, inventory: Inventory = INVENTORY, time_scale: Literal["fast", "real"] = "fast"
    ) -> dict[str, Any]:
        """The last line of the step's process: a result or an error."""
        name = f"configure/acme-hq/{action}"
        request = StepRequest(
            run="run",
            attempt=1,
            fence=1,
            resumed=False,
            step=Step(
                id=f"{name}@000000000000",
                name=name,
                stage="configure",
                action=f"configure.{action}",
                kind="effect",
                scope="site/acme-hq",
                inputs={"site": "acme-hq", "hosts": ["erp-vm-1", "erp-vm-2"]},
            ),
            inventory=inventory,
            profile=PROFILE,
            bindings=msgspec.structs.replace(self.bindings, time_scale=time_scale),
            workspace=str(self.folder / "workspace"),
            scratch=str(self.folder / "scratch"),
            outputs={"provision/acme-prod/vpn": {"links": {"prod-hq": ADDRESSES}}},
        )
        done = subprocess.run(
            [*namespace.enter(self.state.netns), sys.executable, "-m", "toolkit.run.worker"],
            input=msgspec.json.encode(request),
            capture_output=True,
            timeout=600,
            check=True,
            cwd=ROOT,
            env={**os.environ, "ONBOARD_SECRET_KEY_FILE": str(self.key)},
        )
        assert not list((self.folder / "scratch").glob("*")), "a step leaves nothing in its scratch folder"
        assert not any(value.encode() in done.stdout + done.stderr for value in self.secrets())
        last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return last

    def result(self, action: str, **changed: Any) -> dict[str, Any]:
        last = self.step(action, **changed)
        assert last["kind"] == "result", last
        found: dict[str, Any] = last["result"]
        return found

    def secrets(self) -> tuple[str, ...]:
        if not Path(self.bindings.secrets).exists():
            return ()
        from toolkit.secrets.embedded import EmbeddedStore

        return EmbeddedStore(path=Path(self.bindings.secrets), customer="acme", key_file=self.key).every_value()

    def load_cloud(self, **changed: str) -> None:
        """Give the cloud's gateway the keys that the store has, as the engine would."""
        from toolkit.secrets.embedded import EmbeddedStore

        store = EmbeddedStore(path=Path(self.bindings.secrets), customer="acme", key_file=self.key)
        keys = {f"tunnel{number}_preshared_key": store.get(f"psk/prod-hq/{number}") for number in (1, 2)}
        cloud_gateway.load(self.state, "acme-prod", {"links": {"prod-hq": {**ADDRESSES, **keys, **changed}}})

    def shell(self, host: str, command: str) -> str:
        done = ssh(self.state, host, f"sudo -n {command}", timeout=90)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    state = lab.up(acme_topology(f"t{secrets.token_hex(3)}"), tmp_path_factory.mktemp("lab"), say=lambda _: None)
    yield Site(state, tmp_path_factory.mktemp("site"))
    assert lab.down(state.id) == []


@pytest.fixture(scope="module")
def joined(site):
    """The site joined to hub and cloud by the steps themselves."""
    site.result("hub")
    site.result("bundle")
    site.load_cloud()
    assert site.result("console")["changed"] == 1
    assert site.result("endpoint")["counts"]["management_links"] == 1
    return site


@pytest.fixture(scope="module")
def configured(joined):
    for host, path in (("erp-vm-1", "/srv/erp"), ("erp-vm-2", "/srv/files")):
        filled = on(joined.state, f"host-{host}", f"mkdir -p {path} && head -c 200000 /dev/urandom >{path}/data")
        assert filled.returncode == 0
    found = joined.result("hosts")
    assert found["changed"] > 0
    assert found["facts"][0]["second_run_changed"] == 0
    assert found["counts"]["agents"] == 6
    return joined


def test_after_the_bundle_the_role_finds_nothing_to_change(joined) -> None:
    assert joined.result("endpoint").get("changed", 0) == 0
    assert joined.result("hub").get("changed", 0) == 0


@pytest.mark.parametrize("machine", ["endpoint-acme-hq", "hub"])
def test_units_are_accepted_by_systemd(joined, machine) -> None:
    verify = "cd /etc/systemd/system && systemd-analyze verify --man=no --recursive-errors=no onboard-*.*"
    found = on(joined.state, machine, verify)
    assert found.returncode == 0, found.stderr
    assert b"onboard-" not in found.stderr


def test_all_tunnels_of_the_site_are_up(joined) -> None:
    found = joined.shell("endpoint-acme-hq", "swanctl --list-sas")
    assert set(re.findall(r"^(\S+): #\d+, ESTABLISHED, IKEv2", found, re.MULTILINE)) >= {
        "hq-management",
        "prod-hq-1",
        "prod-hq-2",
    }


def test_a_changed_file_at_the_endpoint_is_found_and_corrected(joined) -> None:
    joined.shell("endpoint-acme-hq", "sh -c 'echo >>/etc/onboard/firewall.nft'")
    last = joined.step("endpoint")
    assert last["kind"] == "error"
    assert "Write the firewall" in last["data"]["message"]
    assert joined.result("endpoint").get("changed", 0) == 0


def test_a_refused_tunnel_returns_when_its_key_does(joined) -> None:
    def established() -> bool:
        return "prod-hq-1: #" in joined.shell("endpoint-acme-hq", "swanctl --list-sas")

    assert established()
    joined.load_cloud(tunnel1_preshared_key="another.key_for.tunnel1")
    cloud_gateway.drop(joined.state, "prod-hq", 1)
    time.sleep(2)
    found = joined.shell("endpoint-acme-hq", "swanctl --list-sas")
    assert "prod-hq-1: #" not in found
    assert "prod-hq-2: #" in found
    joined.load_cloud()
    deadline = time.monotonic() + 45
    while not established() and time.monotonic() < deadline:
        time.sleep(1)
    assert established()


def test_metrics_and_logs_leave_the_hosts(configured) -> None:
    for host in ("erp-vm-1", "erp-vm-2"):
        address = configured.bindings.host_bindings[host].address
        scraped = on(configured.state, "hub", f"curl -sf -m 5 http://{address}:9100/metrics | grep -c ^node_")
        assert int(scraped.stdout) > 100
        mark = secrets.token_hex(8)
        configured.shell(host, f"logger {mark}")
        deadline = time.monotonic() + 15
        arrived = f"grep -q {mark} /var/log/onboard/acme/{host}.log"
        while on(configured.state, "hub", arrived).returncode and time.monotonic() < deadline:
            time.sleep(0.5)
        assert on(configured.state, "hub", arrived).returncode == 0


def test_keys_are_where_they_belong_only(configured) -> None:
    """PSKs and passwords: root's files of mode 0600, the bundle and the store; no other file of a machine."""
    for machine in ("hub", "endpoint-acme-hq", "host-erp-vm-1"):
        values = b"\n".join(value.encode() for value in configured.secrets())
        found = on(
            configured.state,
            machine,
            "grep -rlFf - /etc /usr/local /var/log /var/lib /tmp /root /home 2>/dev/null || true",
            stdin=values,
        )
        paths = found.stdout.decode().split()
        assert all(
            path.startswith("/etc/swanctl/conf.d/onboard-") or path == "/etc/onboard/backup/password" for path in paths
        ), paths
        assert paths
        modes = on(configured.state, machine, f"stat -c '%a %U' {' '.join(paths)}").stdout.decode().split("\n")
        assert set(filter(None, modes)) == {"600 root"}
    bundle = configured.folder / "workspace/.onboard/bundles/acme-hq.tar"
    assert bundle.stat().st_mode & 0o777 == 0o600


def test_a_policy_that_is_gone_is_removed(configured) -> None:
    fewer = msgspec.structs.replace(
        INVENTORY,
        components=tuple(
            msgspec.structs.replace(one, backup=msgspec.structs.replace(one.backup, policies=("WEEKLY-2",)))
            if one.id == "erp-db-1"
            else one
            for one in INVENTORY.components
        ),
    )
    timers = "systemctl list-timers --all --no-legend onboard-backup-*"
    assert "MONTHLY-12" in configured.shell("erp-vm-1", timers)
    # without the second run, which the first configuration had
    configured.result("hosts", inventory=fewer, time_scale="real")
    found = configured.shell("erp-vm-1", timers)
    assert "MONTHLY-12" not in found
    assert "WEEKLY-2" in found
