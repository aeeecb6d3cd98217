"""What each stack's program registers, offline: golden inventories, and rules that hold for every program."""

from __future__ import annotations

import inspect
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from toolkit import resources
from toolkit.canonical import plain
from toolkit.errors import PlanRefused
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Resource, StackRequest
from toolkit.model.profile import ProviderProfile
from toolkit.plan.stack_config import stack_configs
from toolkit.provision.find import FINDERS, PUTS
from toolkit.provision.record import record_stack

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "stacks"
LAYERS = ("foundation", "network", "vpn", "backup")
# tokens whose physical name AWS chooses from another property, or that have none
NAME_FREE = {"aws:ec2/", "aws:kms/key:", "aws:s3/"}


@cache
def requests() -> dict[str, StackRequest]:
    inventory = msgspec.convert(
        yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory, strict=False
    )
    profile = msgspec.convert(
        yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()), ProviderProfile
    )
    return {request.layer: request for request in stack_configs(inventory, profile).values()}


def record(layer: str, **changed: Any) -> tuple[Resource, ...]:
    request = requests()[layer]
    return record_stack(
        resources.folder("stacks") / request.program,
        stack=request.name,
        project=request.project,
        config={**request.config, **changed},
    )


@cache
def recorded(layer: str) -> tuple[Resource, ...]:
    return record(layer)


def objects(layer: str) -> list[Resource]:
    return [resource for resource in recorded(layer) if resource.type.startswith("aws:")]


def arguments(type_: str) -> set[str]:
    """Names of what the SDK's resource class takes, in camel case."""
    import importlib

    _, module, name = type_.split(":")
    found = getattr(importlib.import_module(f"pulumi_aws.{module.split('/')[0]}"), name)
    words = inspect.signature(found._internal_init).parameters
    return {re.sub("_([a-z0-9])", lambda match: match[1].upper(), word) for word in words}


@pytest.mark.parametrize("layer", LAYERS)
def test_golden_inventory(layer: str) -> None:
    """Regenerate with: ONBOARD_GOLDEN=write pytest tests/stacks; then review the diff like code."""
    file = GOLDEN / f"{layer}.json"
    text = json.dumps(plain(recorded(layer)), indent=1, sort_keys=True) + "\n"
    if os.environ.get("ONBOARD_GOLDEN") == "write":
        file.write_text(text)
    assert json.loads(file.read_text()) == json.loads(text)


@pytest.mark.parametrize("layer", LAYERS)
def test_twice_is_the_same(layer: str) -> None:
    assert record(layer) == recorded(layer)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_taggable_object_has_its_own_ownership_tag(layer: str) -> None:
    owners = []
    for resource in objects(layer):
        taggable = "tags" in arguments(resource.type)
        assert ("tags" in resource.inputs) == taggable, resource.urn
        if taggable:
            owner = resource.inputs["tags"]["onboard:urn"]
            assert re.fullmatch(r"[\w .:/=+@-]{1,256}", owner)
            owners.append(owner)
    assert len(owners) == len(set(owners))


@pytest.mark.parametrize("layer", LAYERS)
def test_no_automatic_name(layer: str) -> None:
    for resource in objects(layer):
        named = arguments(resource.type) & {"name", "bucket"}
        if any(resource.type.startswith(free) for free in NAME_FREE):
            named -= {"name"}
        assert named <= set(resource.inputs), resource.urn
        assert not {"namePrefix", "bucketPrefix"} & set(resource.inputs)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_object_uses_the_tenants_explicit_provider(layer: str) -> None:
    (provider,) = [resource for resource in recorded(layer) if resource.type == "pulumi:providers:aws"]
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["111122223333"]
    assert provider.inputs["region"] == "eu-west-3"
    tags = json.loads(provider.inputs["defaultTags"])["tags"]
    assert tags == {
        "onboard:customer": "acme",
        "onboard:environment": "production",
        "onboard:tenant": "acme-prod",
    }
    assert "endpoints" not in provider.inputs


@pytest.mark.parametrize("layer", LAYERS)
def test_every_type_can_be_looked_up_after_a_kill(layer: str) -> None:
    for resource in objects(layer):
        assert (resource.type in FINDERS) != (resource.type in PUTS), resource.type


def test_preshared_keys_are_references_everywhere() -> None:
    (connection,) = [one for one in recorded("vpn") if one.type == "aws:ec2/vpnConnection:VpnConnection"]
    assert connection.inputs["tunnel1PresharedKey"] == {"$secret": "secretref://psk/prod-hq/1"}
    assert connection.inputs["tunnel2PresharedKey"] == {"$secret": "secretref://psk/prod-hq/2"}
    assert json.dumps(plain(recorded("vpn"))).count("secretref://") == 2


def test_tunnels_have_one_suite_and_networks_of_their_own() -> None:
    (connection,) = [one for one in recorded("vpn") if one.type == "aws:ec2/vpnConnection:VpnConnection"]
    inputs = connection.inputs
    for tunnel in ("tunnel1", "tunnel2"):
        assert inputs[f"{tunnel}IkeVersions"] == ["ikev2"]
        for phase in ("Phase1", "Phase2"):
            assert inputs[f"{tunnel}{phase}EncryptionAlgorithms"] == ["AES256-GCM-16"]
            assert inputs[f"{tunnel}{phase}IntegrityAlgorithms"] == ["SHA2-384"]
            assert inputs[f"{tunnel}{phase}DhGroupNumbers"] == [20]
    assert inputs["tunnel1InsideCidr"] != inputs["tunnel2InsideCidr"]
    assert inputs["staticRoutesOnly"] is True
    assert inputs["remoteIpv4NetworkCidr"] == "10.20.0.0/16"
    assert inputs["localIpv4NetworkCidr"] == "10.60.0.0/24"


def test_a_new_link_moves_no_other() -> None:
    request = requests()["vpn"]
    (link,) = request.config["links"]
    more = [{**link, "id": "aaa-first", "networks": ["10.70.0.0/24"], "peer_address": "198.18.70.10"}, link]
    keys = {f"psk-aaa-first-{n}": {"$secret": f"secretref://psk/aaa-first/{n}"} for n in (1, 2)}
    after = {resource.urn: resource for resource in record("vpn", links=more, **keys)}
    for resource in recorded("vpn"):
        assert after[resource.urn] == resource


def test_an_unknown_routing_is_refused() -> None:
    (link,) = requests()["vpn"].config["links"]
    with pytest.raises(PlanRefused, match="routing bgp"):
        record("vpn", links=[{**link, "routing": "bgp"}])


@pytest.mark.parametrize(("zones", "message"), [(0, "0 zones"), (7, "7 zones")])
def test_impossible_zones_are_refused(zones: int, message: str) -> None:
    with pytest.raises(PlanRefused, match=message):
        record("network", zones=zones)


def test_a_missing_key_is_named() -> None:
    request = requests()["foundation"]
    config = {key: value for key, value in request.config.items() if key != "external_id"}
    with pytest.raises(PlanRefused, match="external_id"):
        record_stack(
            resources.folder("stacks") / request.program, stack=request.name, project=request.project, config=config
        )


def test_long_ids_keep_names_within_their_limits() -> None:
    limits = {"aws:iam/role:Role": 64, "aws:backup/vault:Vault": 50, "aws:backup/plan:Plan": 50}
    long = {"customer": "c" * 63, "tenant": "t" * 63}
    for layer in LAYERS:
        for resource in record(layer, **long):
            if resource.type in limits:
                assert len(resource.inputs["name"]) <= limits[resource.type]
            if resource.type == "aws:s3/bucket:Bucket":
                assert len(resource.inputs["bucket"]) <= 63
            if "tags" in resource.inputs:
                assert len(resource.inputs["tags"]["onboard:urn"]) <= 256


def test_programs_import_nothing_of_the_toolkit() -> None:
    for file in (ROOT / "stacks").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) toolkit", file.read_text(), re.MULTILINE), file
