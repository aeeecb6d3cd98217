from __future__ import annotations

import pytest

from toolkit.errors import OnboardError
from toolkit.rehearsal.lab.cloud_config import associations, refusal, swanctl_file, tunnel_name, tunnels
from toolkit.rehearsal.lab.cloud_gateway import Probe

OUTPUTS = {
    "links": {
        "prod-hq": {
            "tunnel1_address": "203.0.113.11",
            "tunnel2_address": "203.0.113.12",
            "tunnel1_preshared_key": "first.key_1",
            "tunnel2_preshared_key": "second.key_2",
        }
    }
}
RAW = (
    "list-sa event {prod-hq-2 {uniqueid=7 version=2 state=ESTABLISHED local-host=203.0.113.12 child-sas "
    "{prod-hq-2-9 {name=prod-hq-2 uniqueid=9 reqid=1 state=INSTALLED mode=TUNNEL protocol=ESP encap=yes "
    "encr-alg=AES_GCM_16 encr-keysize=256 bytes-in=252 packets-in=3 use-in=1 bytes-out=504 packets-out=6 "
    "local-ts=[10.20.0.0/16] remote-ts=[10.60.0.0/24]}}}}\n"
    "list-sa event {prod-hq-1 {uniqueid=8 version=2 state=CONNECTING child-sas {}}}\nlist-sas reply {}\n"
)


def _suite(tunnel):
    return swanctl_file(tunnel, proposal="aes256gcm16-prfsha384-ecp384", esp_proposal="aes256gcm16-ecp384")


def test_both_tunnels_have_equal_selectors_and_their_own_key(acme_topology):
    made = tunnels(acme_topology, "acme-prod", OUTPUTS)
    first, second = (_suite(tunnel) for tunnel in made)
    for text in (first, second):
        assert "local_ts = 10.20.0.0/16" in text
        assert "remote_ts = 10.60.0.0/24" in text
        assert "remote_addrs = 198.18.60.10" in text
    assert 'secret = "first.key_1"' in first
    assert 'secret = "second.key_2"' in second
    assert "second" not in first


def test_a_key_is_in_no_representation(acme_topology):
    assert "key" not in repr(tunnels(acme_topology, "acme-prod", OUTPUTS))


@pytest.mark.parametrize("secret", [None, "short", "0starts.with.zero", 'quo"te.quote', "new\nline.line", "x" * 65])
def test_an_unusable_key_is_refused_without_being_shown(acme_topology, secret):
    links = {"prod-hq": {**OUTPUTS["links"]["prod-hq"], "tunnel1_preshared_key": secret}}
    with pytest.raises(OnboardError) as caught:
        tunnels(acme_topology, "acme-prod", {"links": links})
    assert "no usable key for tunnel 1" in caught.value.message
    assert str(secret) not in caught.value.message or secret is None


@pytest.mark.parametrize("address", [None, "", "203.0.113.11\n}", "fd00::1"])
def test_an_unusable_address_is_refused(acme_topology, address):
    links = {"prod-hq": {**OUTPUTS["links"]["prod-hq"], "tunnel2_address": address}}
    with pytest.raises(OnboardError, match="no address for tunnel 2"):
        tunnels(acme_topology, "acme-prod", {"links": links})


def test_a_hostile_suite_is_refused(acme_topology):
    tunnel = tunnels(acme_topology, "acme-prod", OUTPUTS)[0]
    with pytest.raises(OnboardError, match="not a suite"):
        swanctl_file(tunnel, proposal="aes256\n}", esp_proposal="aes256")


@pytest.mark.parametrize(("link", "number"), [("x}", 1), ("prod-hq", 3), ("../x", 1)])
def test_only_a_tunnel_has_a_tunnels_name(link, number):
    with pytest.raises(OnboardError):
        tunnel_name(link, number)


def test_associations_are_read_as_strongswan_prints_them():
    found = associations(RAW)
    assert [(a.name, a.established, a.encryption, a.bytes_in, a.bytes_out) for a in found] == [
        ("prod-hq-2", True, "AES_GCM_16-256", 252, 504)
    ]


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("[IKE] received AUTHENTICATION_FAILED notify error\ninitiate failed", "AUTHENTICATION_FAILED"),
        ("[IKE] received NO_PROPOSAL_CHOSEN error notify", "NO_PROPOSAL_CHOSEN"),
        ("initiate failed: timeout", "initiate failed: timeout"),
        ("", "no answer"),
    ],
)
def test_a_refusal_is_told_in_ikes_own_word(log, reason):
    assert refusal(log) == reason


@pytest.mark.parametrize(
    ("answered", "carried", "passed"),
    [
        (True, {1: (252, 252)}, True),
        (True, {1: (252, 252), 2: (0, 0)}, True),
        (True, {1: (252, 252), 2: (84, 0)}, False),
        (True, {2: (252, 252)}, False),
        (True, {1: (252, 0)}, False),
        (True, {}, False),
        (False, {1: (252, 252)}, False),
    ],
)
def test_a_probe_passes_only_when_its_own_tunnel_carried_it(answered, carried, passed):
    probe = Probe(link="prod-hq", tunnel=1, target="10.60.0.11", answered=answered, carried=carried)
    assert probe.passed is passed
