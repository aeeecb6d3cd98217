"""What the engine is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from toolkit.errors import IdentityWrong, UsageError
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.provision.settings import engine_environment, engine_folder, engine_values, secret_name

REHEARSAL = Bindings(
    world="rehearsal",
    id="r1",
    nonce="n",
    hosts="none",
    time_scale="fast",
    aws=AwsBinding(endpoint="http://127.0.0.1:4000"),
    state="/w/.onboard/rehearsal/state",
    secrets="/w/s",
    engine_path="/w/bin",
)
REAL = msgspec.structs.replace(REHEARSAL, world="real", aws=AwsBinding(), engine_path=None, state="/w/.onboard/state")
BASE = {
    "PATH": "/usr/bin",
    "HOME": "/home/u",
    "AWS_PROFILE": "acme",
    "AWS_ENDPOINT_URL": "https://evil.example",
    "PULUMI_ACCESS_TOKEN": "t",
    "HTTPS_PROXY": "http://proxy:1",
    "SSH_AUTH_SOCK": "/agent",
    "ONBOARD_RUN": "r",
}


def environment(bindings: Bindings) -> dict[str, str]:
    return engine_environment(
        bindings, base=BASE, engine=Path("/e/pulumi"), home=Path("/w/home"), passphrase="p", region="eu-west-3"
    )


def test_a_rehearsal_takes_nothing_of_a_cloud_from_outside() -> None:
    found = environment(REHEARSAL)
    assert {name: value for name, value in found.items() if name.startswith(("AWS_", "PULUMI_"))} == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4000",
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_REGION": "eu-west-3",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_AUTOMATION_API": "true",
        "PULUMI_BACKEND_URL": "file:///w/.onboard/rehearsal/state",
        "PULUMI_CONFIG_PASSPHRASE": "p",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": "/w/home",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    assert found["PATH"] == "/w/bin:/e:/usr/bin"
    assert found["ONBOARD_REHEARSAL"] == "r1"
    assert "HTTPS_PROXY" not in found
    assert "SSH_AUTH_SOCK" not in found


def test_the_real_world_keeps_the_users_credentials() -> None:
    found = environment(REAL)
    assert found["AWS_PROFILE"] == "acme"
    assert found["HTTPS_PROXY"] == "http://proxy:1"
    assert found["PULUMI_BACKEND_URL"] == "file:///w/.onboard/state"
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in found
    assert "SSH_AUTH_SOCK" not in found


@pytest.mark.parametrize(
    "endpoint", [None, "", "https://ec2.eu-west-3.amazonaws.com", "http://10.0.0.1:4000", "http://localhost.example:1"]
)
def test_a_rehearsal_without_loopback_starts_nothing(endpoint: str | None) -> None:
    bindings = msgspec.structs.replace(REHEARSAL, aws=AwsBinding(endpoint=endpoint))
    with pytest.raises(IdentityWrong, match="loopback"):
        environment(bindings)


def test_each_stack_has_a_folder_of_its_own() -> None:
    assert engine_folder(REHEARSAL, "s") == Path("/w/.onboard/rehearsal/engine/s")


def test_values_are_prefixed_and_secrets_marked() -> None:
    values, secret_keys = engine_values(
        "p",
        {"zones": 2, "id": "a", "psk": {"$secret": "secretref://psk/l/1"}},
        text=str,
        secret=lambda name: f"value of {name}",
    )
    assert values == {"p:zones": "2", "p:id": "a", "p:psk": "value of psk/l/1"}
    assert secret_keys == ("p:psk",)


@pytest.mark.parametrize("value", ["psk", {"$secret": "x", "more": 1}, {"other": "secretref://x"}, None, 3])
def test_plain_values_are_no_secrets(value: object) -> None:
    assert secret_name(value) is None


def test_a_literal_secret_is_refused() -> None:
    with pytest.raises(UsageError, match="not a secret reference"):
        secret_name({"$secret": "hunter2"})
