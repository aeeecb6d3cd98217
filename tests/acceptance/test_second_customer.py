"""Nothing is made for one example: another customer, one without sites, one with several accounts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Desk, make_desk

pytestmark = pytest.mark.slow
BISTRO = ROOT / "examples/bistro"


@pytest.fixture
def bistro(tmp_path) -> Desk:
    return make_desk(tmp_path, example=BISTRO)


@pytest.fixture
def landlord(desk: Desk) -> dict:
    """Acme without sites and machines: tenants only."""
    found = yaml.safe_load((desk.workspace / "inventory.yaml").read_text())
    return found | {"sites": [], "links": [], "applications": [], "components": []}


def write(desk: Desk, inventory: dict) -> None:
    (desk.workspace / "inventory.yaml").write_text(yaml.safe_dump(inventory, sort_keys=False))


def test_another_customer_is_validated_decided_and_planned(bistro, tmp_path):
    assert bistro.onboard("validate", bistro.workspace).returncode == 0
    decided = json.loads(bistro.onboard("decide", bistro.workspace, "--format", "json").stdout)
    assert [(one["component"], one["build_model"]) for one in decided["decisions"]] == [("till-1", "operations-build")]
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        made = bistro.onboard("plan", bistro.workspace, "-o", folder)
        assert made.returncode == 0, made.stderr
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second
    text = b"".join(first.values())
    assert b"bistro-bistro-dev-network" in text
    assert b"acme" not in text
    # No link leads to the tenant, so it has no gateways; the site has its management link all the same.
    steps = [step["name"] for name in first if name != "index.json" for step in json.loads(first[name])["steps"]]
    assert "provision/bistro-dev/vpn" not in steps
    assert "configure/back-office/console" in steps


@pytest.mark.engine
def test_another_customer_is_rehearsed(bistro):
    done = bistro.onboard("rehearse", bistro.workspace, "--hosts", "none", "--format", "json")
    assert done.returncode == 0, done.stderr + done.stdout
    outcome = json.loads(done.stdout)
    assert outcome["counts"]["resources"] > 15
    assert any("back-office" in line for line in outcome["not_proven"])
    assert not (bistro.workspace / ".onboard/rehearsal").exists()
    report = (bistro.workspace / outcome["report"]).read_text()
    assert "Bistro du Port SARL" in report
    assert "acme" not in report.lower()


@pytest.mark.engine
def test_a_customer_without_sites_needs_no_lab(desk, landlord):
    write(desk, landlord)
    done = desk.onboard("rehearse", desk.workspace, "--format", "json")
    assert done.returncode == 0, done.stderr + done.stdout
    outcome = json.loads(done.stdout)
    assert outcome["not_proven"] == []
    assert outcome["counts"]["resources"] > 15
    assert "NOT PROVEN" not in done.stderr
    assert "starting" not in done.stderr.replace("starting the stand-in cloud", "")


def test_several_accounts_are_refused_before_anything_is_made(desk, landlord):
    (tenant,) = landlord["tenants"]
    other = {
        **tenant,
        "id": "acme-dev",
        "platform": {**tenant["platform"], "account": "999988887777"},
        "landing_zone": {**tenant["landing_zone"], "cidr": "10.21.0.0/16"},
    }
    write(desk, landlord | {"tenants": [tenant, other]})
    # Such a customer can be planned: only a rehearsal stands for one account.
    assert desk.onboard("plan", desk.workspace).returncode == 0
    done = desk.onboard("rehearse", desk.workspace, "--hosts", "none", "--format", "json")
    assert done.returncode == 2
    error = json.loads(done.stdout)
    assert "one rehearsal stands for one AWS account" in error["message"]
    assert "111122223333, 999988887777" in error["message"]
    assert error["fix"]
    assert not Path(desk.workspace, ".onboard/rehearsal").exists()
