"""What the stack programs are configured with."""

import msgspec
import pytest

from toolkit.errors import PlanRefused
from toolkit.model.profile import Ike
from toolkit.plan.stack_config import aws_suite, policy_config, stack_configs

replace = msgspec.structs.replace
SUITE = {"encryption": "AES256-GCM-16", "integrity": "SHA2-384", "dh_group": 20}


def test_the_stacks_of_the_example(acme, profile):
    requests = stack_configs(acme, profile)
    assert list(requests) == [f"acme-acme-prod-{layer}" for layer in ("foundation", "network", "vpn", "backup")]
    vpn = requests["acme-acme-prod-vpn"]
    assert (vpn.project, vpn.program, vpn.tenant) == ("onboarding-vpn", "aws/vpn", "acme-prod")
    assert vpn.config["links"] == [
        {"id": "prod-hq", "peer_address": "198.18.60.10", "networks": ["10.60.0.0/24"], "routing": "static"}
    ]
    assert vpn.config["psk-prod-hq-2"] == {"$secret": "secretref://psk/prod-hq/2"}
    assert vpn.config["phase1"] == SUITE
    assert [one["name"] for one in requests["acme-acme-prod-backup"].config["policies"]] == [
        "MONTHLY-12",
        "WEEKLY-1",
        "WEEKLY-2",
    ]


def test_either_end_of_a_link_may_be_named_first(acme, profile):
    management, link = acme.links
    turned = replace(acme, links=(management, replace(link, from_=link.to, to=link.from_)))
    assert stack_configs(turned, profile) == stack_configs(acme, profile)


def test_a_profile_without_operator_leaves_it_out(acme, profile):
    config = stack_configs(acme, replace(profile, operator_principals={}))["acme-acme-prod-foundation"].config
    assert "operator_principal" not in config


@pytest.mark.parametrize(
    ("name", "cadence", "days"),
    [("WEEKLY-2", "weekly", 14), ("MONTHLY-12", "monthly", 372), ("CUSTOM-DAILY-10", "daily", 10)],
)
def test_policies(name, cadence, days):
    assert (policy_config(name)["cadence"], policy_config(name)["retention_days"]) == (cadence, days)


def test_an_unknown_policy_is_refused():
    with pytest.raises(PlanRefused, match="YEARLY-1"):
        policy_config("YEARLY-1")


def test_the_suite_in_awss_words():
    assert aws_suite(Ike(proposal="aes256gcm16-prfsha384-ecp384", esp_proposal="aes256gcm16-ecp384")) == {
        "phase1": SUITE,
        "phase2": SUITE,
    }
    assert aws_suite(Ike(proposal="aes256-sha256-modp2048", esp_proposal="aes256-sha512-modp2048"))["phase2"] == {
        "encryption": "AES256",
        "integrity": "SHA2-512",
        "dh_group": 14,
    }


@pytest.mark.parametrize("text", ["", "aes256gcm16", "3des-sha1-modp1024", "aes256gcm16-ecp384-ecp256", "a-b-c-d"])
def test_a_suite_that_aws_does_not_offer_is_refused(text):
    with pytest.raises(PlanRefused, match="suite"):
        aws_suite(Ike(proposal=text, esp_proposal="aes256gcm16-ecp384"))
