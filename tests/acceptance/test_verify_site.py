"""A site in the lab, configured, registered and verified; then every thing that is verified is broken on its machine.

The list of what is broken stands in toolkit/verify/properties.yaml.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from corruption import PROPERTIES
from lab_parts import ROOT, acme_topology

from toolkit.errors import VerifyFailed
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest, StepResult
from toolkit.rehearsal import lab, namespace
from toolkit.rehearsal.lab import cloud_gateway
from toolkit.rehearsal.lab.probing import probe_commands
from toolkit.verify.check import refuse_failures
from toolkit.verify.step import PARTS, open_place

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.timeout(1800)]
BROKEN = yaml.safe_load(PROPERTIES.read_text())["hosts"]
REHEARSAL = f"vs{os.getpid()}"


def quiet(message: str, **data: object) -> None:
    pass


class Site:
    """The example's site in a lab of its own; steps run in one thread that lives in the rehearsal's namespace."""

    def __init__(self, folder: Path, state: lab.LabState) -> None:
        self.folder = folder
        self.state = state
        self.inventory = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
        profile = yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text())
        self.profile = msgspec.convert(profile, ProviderProfile)
        self.bindings = Bindings(
            world="rehearsal",
            id=REHEARSAL,
            nonce=f"nonce-{REHEARSAL}",
            hosts="lab",
            time_scale="fast",
            aws=AwsBinding(endpoint="http://127.0.0.1:1"),
            state=str(folder / "state"),
            secrets=str(folder / "secrets.bin"),
            console="container",
            console_command=lab.console_commands(state),
            probe_command=probe_commands(state),
            ssh_key=state.ssh_key,
            host_bindings=lab.host_bindings(state),
            proxy=state.proxy,
            receiver_log=state.receiver_log,
            netns=state.netns,
        )
        self.outputs: dict[str, dict[str, Any]] = {}
        self._thread = ThreadPoolExecutor(1, initializer=namespace.enter_here, initargs=(state.netns,))

    def request(self, name: str) -> StepRequest:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True, mode=0o700)
        step = Step(
            id="s@0",
            name=name,
            stage="verify",
            action="a",
            kind="effect",
            scope="site/acme-hq",
            inputs={"site": "acme-hq"},
        )
        return StepRequest(
            run="r",
            attempt=1,
            fence=1,
            resumed=False,
            step=step,
            inventory=self.inventory,
            profile=self.profile,
            bindings=self.bindings,
            workspace=str(self.folder),
            scratch=str(scratch),
            outputs=self.outputs,
        )

    def inside(self, what: Callable[[], Any]) -> Any:
        return self._thread.submit(what).result()

    def step(self, name: str, function: Callable[..., StepResult]) -> StepResult:
        return self.inside(lambda: function(self.request(name), quiet))

    def part(self, name: str) -> None:
        """One part of the checks; VerifyFailed as the whole step would raise it."""

        def made() -> None:
            refuse_failures(PARTS[name](open_place(self.request("verify/acme-hq"), quiet))[0], of="acme-hq")

        self.inside(made)

    def tunnels(self) -> None:
        """The cloud's side of the tenant's link, with keys of the store as the engine would give them."""
        from toolkit.secrets.store import generate_psk, open_store

        store = open_store(Path(self.bindings.secrets), "acme")
        given = {f"tunnel{n}_address": f"203.0.113.1{n}" for n in (1, 2)}
        self.outputs["provision/acme-prod/vpn"] = {"links": {"prod-hq": dict(given)}}
        keys = {f"tunnel{n}_preshared_key": store.ensure(f"psk/prod-hq/{n}", generate_psk) for n in (1, 2)}
        cloud_gateway.load(self.state, "acme-prod", {"links": {"prod-hq": {**given, **keys}}})

    def on(self, entry: dict[str, Any], script: str) -> None:
        exports = "".join(f"{name}={value}; " for name, value in entry.get("environment", {}).items())
        command = lab.console(self.state, entry["machine"], "sh", "-euc", exports + script)
        ran = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    from toolkit.configure import step as configure
    from toolkit.register import step as register

    folder = tmp_path_factory.mktemp("site")
    key = tmp_path_factory.mktemp("key") / "acme.key"
    before = os.environ.get("ONBOARD_SECRET_KEY_FILE")
    os.environ["ONBOARD_SECRET_KEY_FILE"] = str(key)
    try:
        made = Site(folder, lab.up(acme_topology(REHEARSAL), folder / "lab", say=quiet))
        made.tunnels()
        for name in ("hub", "bundle", "console", "endpoint", "hosts"):
            made.step(f"configure/acme-hq/{name}", getattr(configure, name))
        first = made.step("register/acme-hq", register.run)
        again = made.step("register/acme-hq", register.run)
        assert (first.counts["targets"], again.changed) == (7, 0)
        yield made
    finally:
        assert lab.down(REHEARSAL, folder=folder / "lab") == []
        if before is None:
            del os.environ["ONBOARD_SECRET_KEY_FILE"]
        else:
            os.environ["ONBOARD_SECRET_KEY_FILE"] = before


def test_a_configured_site_is_verified_whole(site: Site) -> None:
    from toolkit.verify import step as verify

    result = site.step("verify/acme-hq", verify.site)
    assert result.not_proven == ()
    assert result.counts["tunnels"] == 3
    assert result.counts["targets_up"] == result.counts["logs_arrived"] == 2
    assert result.counts["backups_restored"] == 3
    assert result.counts["alerts_proven"] == 1
    assert all(fact["result"] == "passed" for fact in result.facts)


@pytest.mark.parametrize("entry", BROKEN, ids=lambda entry: f"{entry['check']}-{entry['subject']}".replace(" ", "-"))
def test_a_broken_thing_fails_its_check(entry: dict[str, Any], site: Site) -> None:
    site.on(entry, entry["break"])
    try:
        with pytest.raises(VerifyFailed) as error:
            site.part(entry["part"])
    finally:
        site.on(entry, entry["mend"])
    assert (entry["check"], entry["subject"]) in {
        (failed["id"], failed["subject"]) for failed in error.value.details["failed"]
    }
    if entry["part"] == "tunnels":
        site.part("tunnels")  # a mended tunnel carries again
