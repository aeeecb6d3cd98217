"""The four stacks of the example on the real engine: applied, unchanged, looked up, refused. In this order."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from provision_bench import LAYERS, REGION, Customer, recorded

from toolkit.errors import IdentityWrong, PlanRefused, ProvisionFailed
from toolkit.provision.adapter import StackEngine
from toolkit.provision.checkpoint import by_urn
from toolkit.provision.engine import find_engine
from toolkit.provision.find import PUTS, find
from toolkit.provision.step import secret_outputs, stack_settings
from toolkit.secrets.store import open_store

pytestmark = [
    pytest.mark.engine,
    # the SDK's language server does not close its event loop after a failed update
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def cloud_types(layer: str) -> list[str]:
    return sorted(one.type for one in recorded(layer)[1] if one.type.startswith("aws:"))


def state_of(customer: Customer, layer: str) -> dict[str, Any]:
    engine = find_engine()
    stack, _ = recorded(layer)
    settings = stack_settings(
        customer.bindings,
        engine=engine,
        customer="acme",
        tenant=stack.tenant,
        platform="aws",
        layer=layer,
        config=stack.config,
        store=open_store(Path(customer.bindings.secrets), "acme"),
    )
    return StackEngine(settings, engine).export()


def test_wrong_account_has_no_effect(customer: Customer) -> None:
    request = customer.request("foundation")
    inputs = {**request.step.inputs, "config": {**request.step.inputs["config"], "account": "999900001111"}}
    with pytest.raises(IdentityWrong, match="999900001111"):
        customer.apply("foundation", step=msgspec.structs.replace(request.step, inputs=inputs))
    assert customer.world.client().count() == {}
    assert not Path(customer.bindings.state).exists()


def test_more_than_the_plan_is_refused_before_any_effect(customer: Customer) -> None:
    planned = tuple(one for one in recorded("foundation")[1] if one.type != "aws:cloudtrail/trail:Trail")
    with pytest.raises(PlanRefused, match="the plan does not have it"):
        customer.apply("foundation", resources=planned)
    assert customer.world.client().count() == {}


def test_another_input_than_planned_is_refused(customer: Customer) -> None:
    planned = tuple(
        msgspec.structs.replace(one, inputs={**one.inputs, "rotationPeriodInDays": 90})
        if one.type == "aws:kms/key:Key"
        else one
        for one in recorded("foundation")[1]
    )
    with pytest.raises(PlanRefused, match="rotationPeriodInDays"):
        customer.apply("foundation", resources=planned)
    assert customer.world.client().count() == {}


def test_the_resource_that_fails_is_named(customer: Customer) -> None:
    client = customer.world.client()
    fault = client.fault("fail", "cloudtrail:CreateTrail")
    with pytest.raises(ProvisionFailed, match="aws:cloudtrail/trail:Trail audit") as caught:
        customer.apply("foundation")
    client.release(fault)
    assert caught.value.details["operation"] == "up"


@pytest.mark.parametrize("layer", LAYERS)
def test_apply(customer: Customer, layer: str) -> None:
    result = customer.apply(layer)
    assert result.changed > 0
    assert result.counts == {"resources": len(cloud_types(layer))}
    assert sorted(fact["type"] for fact in result.facts if "type" in fact) == cloud_types(layer)
    assert "preshared" not in json.dumps(result.outputs)


def test_one_live_object_for_each_logical_resource(customer: Customer) -> None:
    wanted = {
        one.inputs["tags"]["onboard:urn"] for layer in LAYERS for one in recorded(layer)[1] if "tags" in one.inputs
    }
    assert customer.world.client().count() == dict.fromkeys(wanted, 1)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_object_is_found_again_by_what_the_cloud_was_told(customer: Customer, layer: str) -> None:
    for record in by_urn(state_of(customer, layer)).values():
        if record["type"].startswith("aws:") and record["type"] not in PUTS:
            assert find(record["type"], record["inputs"], customer.clients) == [record["id"]], record["urn"]


def test_an_object_of_another_owner_is_not_found(customer: Customer) -> None:
    for layer in LAYERS:
        for record in by_urn(state_of(customer, layer)).values():
            if "tags" in record.get("inputs", {}):
                inputs = {**record["inputs"], "tags": {"onboard:urn": "another"}}
                assert find(record["type"], inputs, customer.clients) == [], record["urn"]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_second_apply_changes_nothing(customer: Customer, layer: str) -> None:
    assert customer.apply(layer).changed == 0


def test_drift_is_mended(customer: Customer) -> None:
    customer.clients("s3").put_bucket_versioning(
        Bucket="acme-acme-prod-logs-111122223333", VersioningConfiguration={"Status": "Suspended"}
    )
    assert customer.apply("foundation").changed == 1
    found = customer.clients("s3").get_bucket_versioning(Bucket="acme-acme-prod-logs-111122223333")
    assert found["Status"] == "Enabled"


def test_a_removal_is_refused(customer: Customer) -> None:
    request = customer.request("backup")
    config = request.step.inputs["config"]
    fewer = {**config, "policies": config["policies"][:1]}
    kept = config["policies"][0]["name"]
    planned = tuple(
        one
        for one in request.resources
        if one.type not in {"aws:backup/plan:Plan", "aws:backup/selection:Selection"} or one.name == kept
    )
    inputs = {**request.step.inputs, "config": fewer}
    before = customer.world.client().count()
    with pytest.raises(PlanRefused, match="delete"):
        customer.apply("backup", step=msgspec.structs.replace(request.step, inputs=inputs), resources=planned)
    assert customer.world.client().count() == before


def test_the_engine_gives_the_stores_keys_to_the_gateway(customer: Customer) -> None:
    store = open_store(Path(customer.bindings.secrets), "acme")
    outputs = secret_outputs(customer.bindings, customer="acme", tenant="acme-prod", layer="vpn", region=REGION)
    link = outputs["links"]["prod-hq"]
    for tunnel in (1, 2):
        assert link[f"tunnel{tunnel}_preshared_key"] == store.get(f"psk/prod-hq/{tunnel}")
    assert link["tunnel1_address"] != link["tunnel2_address"]


def test_no_secret_in_any_file_or_word(customer: Customer) -> None:
    values = [value.encode() for value in open_store(Path(customer.bindings.secrets), "acme").every_value()]
    assert len(values) == 3
    for file in customer.folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            assert not any(value in content for value in values), file
    assert not any(value.decode() in line for value in values for line in customer.said)


def test_the_state_is_private(customer: Customer) -> None:
    for folder in (Path(customer.bindings.state), customer.folder / "engine" / "acme-acme-prod-vpn" / "work"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
