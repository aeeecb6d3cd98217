"""kill -9 at every point of every effect step, then resume: one live object for each logical resource, none lost.

Before a step's first effect and after its last no engine runs, so there are two victims there and three in the middle.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import canary
import pytest
from conftest import Rehearsed, make_desk, removed
from killing import Road, Scenario, Victim, table

from toolkit.pipeline.scratch import scratch_folder
from toolkit.rehearsal import namespace
from toolkit.secrets.embedded import EmbeddedStore

POINTS = ("before", "mid", "after")

# Three types of one step, each made only after the one before it: one for each victim in the middle of the step.
MID = {
    "provision/acme-prod/foundation": (
        "aws:kms/key:Key",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:cloudtrail/trail:Trail",
    ),
    "provision/acme-prod/network": (
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
    ),
    "provision/acme-prod/vpn": (
        "aws:ec2/customerGateway:CustomerGateway",
        "aws:ec2/vpnConnection:VpnConnection",
        "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
    ),
    "provision/acme-prod/backup": (
        "aws:backup/vault:Vault",
        "aws:backup/plan:Plan",
        "aws:backup/selection:Selection",
    ),
}
# What a playbook is doing when it is killed, for each victim: before its handlers, among them, and after a killed one,
# where a file is written already and only a note on the host says that its service must still be restarted.
PLAYS = {
    "configure/acme-hq/hub": ("doing: Write the tunnels", "doing: Load the tunnels", "doing: Restart rsyslog"),
    "configure/acme-hq/endpoint": ("doing: Read the operating", "doing: Write the firewall", "doing: Run the gateway"),
    "configure/acme-hq/hosts": (
        "doing: Install what is missing",
        "doing: Create the repository",
        "doing: Restart the metrics agent",
    ),
}
# Steps without an engine, and where they are held. Killed when it reloads, the hub has files that it did not load.
TALKS = {
    "configure/acme-hq/bundle": ("bundle of", "bundle of"),
    "configure/acme-hq/console": ("", "has its bundle"),
    "register/acme-hq": ("staging", "amtool checks", "reloading"),
    "verify/acme-hq": ("running backup", "waiting for AgentDown"),
}
CONSOLE = "podman exec --interactive endpoint-acme-hq"
SITE = (
    "configure/acme-hq/hub",
    "configure/acme-hq/bundle",
    "configure/acme-hq/console",
    "configure/acme-hq/endpoint",
    "configure/acme-hq/hosts",
    "register/acme-hq",
    "verify/acme-hq",
)
VERIFY = {"verify/acme-prod": "reading account"}
VICTIMS: tuple[Victim, ...] = ("group", "coordinator", "engine")


@pytest.fixture(scope="module")
def scenarios() -> Iterator[list[Scenario]]:
    """Every kill of this module; printed as a table at the end."""
    found: list[Scenario] = []
    yield found
    print(f"\n\n{table(found)}\n{len(found)} kills")


def road(folder: Path, *, hosts: str, scenarios: list[Scenario]) -> Iterator[Road]:
    made = Road(make_desk(folder), hosts=hosts, done=scenarios)  # type: ignore[arg-type]
    yield made
    take_away(made)


def take_away(road: Road) -> None:
    """Whatever a test came to, its world goes."""
    road.give_up()
    if road.standing:
        removed(road.desk)


@pytest.fixture(scope="module")
def cloud_road(tmp_path_factory: pytest.TempPathFactory, scenarios: list[Scenario]) -> Iterator[Road]:
    """One rehearsal without hosts, that is killed all along."""
    yield from road(tmp_path_factory.mktemp("cloud"), hosts="none", scenarios=scenarios)


@pytest.fixture(scope="module")
def site_road(tmp_path_factory: pytest.TempPathFactory, scenarios: list[Scenario]) -> Iterator[Road]:
    """One rehearsal with hosts, that is killed all along."""
    yield from road(tmp_path_factory.mktemp("site"), hosts="lab", scenarios=scenarios)


def kill_around(road: Road, step: str, point: str, *, at: str = "") -> None:
    """Kill group and coordinator where the step has no engine running; ``at`` is where in the middle it is held."""
    for victim in VICTIMS[:2]:
        began = time.monotonic()
        road.hold_at(f"{step}:{at or point}")
        road.kill(step, point, victim, began=began)


@pytest.mark.kill
@pytest.mark.engine
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("step", MID)
def test_killed_in_a_stack(cloud_road: Road, step: str) -> None:
    kill_around(cloud_road, step, "before")
    for victim, type_ in zip(VICTIMS, MID[step], strict=True):
        began = time.monotonic()
        cloud_road.hold_reply(step, type_)
        cloud_road.kill(step, "mid", victim, began=began)
    kill_around(cloud_road, step, "after")
    steps = [*MID, *VERIFY]
    cloud_road.hold_at(f"{steps[steps.index(step) + 1]}:before")
    live = cloud_road.control.count()
    stack = step.removeprefix("provision/").replace("/", "-")
    wanted = cloud_road.planned()[f"acme-{stack}"]
    assert {tag: live.get(tag) for tag in wanted} == dict.fromkeys(wanted, 1)


@pytest.mark.kill
@pytest.mark.engine
@pytest.mark.timeout(2400)
def test_killed_while_the_tenant_is_verified(cloud_road: Road) -> None:
    ((step, text),) = VERIFY.items()
    kill_around(cloud_road, step, "before")
    kill_around(cloud_road, step, "mid", at=f"at:{text}")
    kill_around(cloud_road, step, "after")
    states = cloud_road.finish()
    assert states[step] == "done"
    cloud_road.assert_undisturbed()
    removed(cloud_road.desk)


@pytest.mark.kill
@pytest.mark.lab
@pytest.mark.engine
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("step", SITE)
def test_killed_at_a_site(site_road: Road, step: str) -> None:
    kill_around(site_road, step, "before")
    victims = VICTIMS if step in PLAYS else (*VICTIMS[:2], *VICTIMS[:2])
    for victim, text in zip(victims, PLAYS.get(step) or TALKS[step], strict=False):
        began = time.monotonic()
        if step in PLAYS:
            site_road.reach(step, text)
        elif text:
            site_road.hold_at(f"{step}:at:{text}")
        else:
            site_road.catch(step, CONSOLE)
        site_road.kill(step, "mid", victim, began=began)
    kill_around(site_road, step, "after")
    after = SITE[SITE.index(step) + 1] if step != SITE[-1] else "verify/acme-prod"
    site_road.hold_at(f"{after}:before")


@pytest.mark.kill
@pytest.mark.lab
@pytest.mark.engine
@pytest.mark.timeout(3600)
def test_a_killed_site_is_the_undisturbed_one(site_road: Road) -> None:
    states = site_road.finish()
    assert set(states.values()) == {"done"}
    site_road.assert_undisturbed()
    site_road.assert_still()
    removed(site_road.desk)


@pytest.mark.kill
@pytest.mark.lab
@pytest.mark.engine
def test_killed_while_the_lab_is_made(tmp_path: Path) -> None:
    made = Road(make_desk(tmp_path), hosts="lab")
    try:
        made.kill_when_machines_start()
        made.hold_at("provision/acme-prod/foundation:before")
    finally:
        take_away(made)


@pytest.mark.lab
@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_in_a_playbook(rehearsed: Rehearsed, tmp_path: Path) -> None:
    """Beside a world with the same addresses, which is verified anew at the same time: both pass."""
    made = Road(make_desk(tmp_path), hosts="lab")
    step = "configure/acme-hq/hosts"
    try:
        began = time.monotonic()
        made.reach(step, "doing: Create the repository")
        made.kill(step, "mid", "coordinator", began=began)
        # The killed step's passwords lie where it wrote them until the run is resumed, and nowhere after that.
        passwords, left = restic_passwords(made), scratch_folder(made.store.runs()[-1])
        assert canary.search_for(passwords, [left])
        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(rehearsed.verify)
            states = made.finish()
        assert set(states.values()) == {"done"}
        assert not left.exists()
        assert (
            canary.search_for(passwords, [made.desk.workspace / ".onboard/log", *left.parent.glob("onboard-*")]) == []
        )
        assert first.result().returncode == 0, first.result().stdout
        for outcome in (rehearsed.outcome, json.loads(first.result().stdout)):
            assert (outcome["state"], outcome["not_proven"]) == ("done", [])
        here, there = made.desk.bindings.host_bindings, rehearsed.desk.bindings.host_bindings
        assert {key: one.address for key, one in here.items()} == {key: one.address for key, one in there.items()}
        # Each controller meets its own machine behind the same address.
        for desk in (made.desk, rehearsed.desk):
            key = desk.bindings.host_bindings["provider-hub"].host_key.split()[1]
            scan = [*namespace.enter(str(desk.bindings.netns)), "ssh-keyscan", "-t", "ed25519", "10.50.0.10"]
            assert key in subprocess.run(scan, capture_output=True, text=True, check=True).stdout
    finally:
        take_away(made)


def restic_passwords(road: Road) -> list[bytes]:
    key = road.desk.rehearsal / "home/.config/onboarding-toolkit/acme.key"
    store = EmbeddedStore(path=road.desk.rehearsal / "secrets.store", customer="acme", key_file=key)
    return [store.get(name).encode() for name in store.names() if name.startswith("restic/")]


@pytest.mark.engine
@pytest.mark.slow
def test_killed_between_the_world_and_the_checkpoint(tmp_path: Path) -> None:
    made = Road(make_desk(tmp_path), hosts="none")
    step = "provision/acme-prod/network"
    try:
        began = time.monotonic()
        made.hold_reply(step, "aws:ec2/vpc:Vpc")
        made.kill(step, "mid", "group", began=began)
        made.finish()
        made.assert_undisturbed()
        # Killed after its last step and before its evidence: a resume makes up for it.
        evidence = made.desk.workspace / ".onboard/evidence"
        shutil.rmtree(evidence)
        made.finish()
        assert len(list(evidence.iterdir())) == 1
    finally:
        take_away(made)
