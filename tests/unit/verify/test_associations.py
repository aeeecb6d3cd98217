"""strongSwan's raw listing, as 5.9.8 prints it."""

from __future__ import annotations

import pytest

from toolkit.verify.associations import associations, cipher_of, installed, suite_of

RAW = (
    "list-sa event {hq-management {uniqueid=1 version=2 state=ESTABLISHED local-host=198.51.100.10 local-port=4500 "
    "local-id=198.51.100.10 remote-host=198.18.60.10 remote-port=4500 remote-id=198.18.60.10 initiator-spi=1f1d "
    "responder-spi=a2b3 nat-fake=yes nat-any=yes encr-alg=AES_GCM_16 encr-keysize=256 prf-alg=PRF_HMAC_SHA2_384 "
    "dh-group=ECP_384 established=12 rekey-time=13325 child-sas {hq-management-1 {name=hq-management uniqueid=1 reqid=1 "
    "state=INSTALLED mode=TUNNEL protocol=ESP encap=yes spi-in=c1 spi-out=c2 encr-alg=AES_GCM_16 encr-keysize=256 "
    "bytes-in=840 packets-in=10 use-in=0 bytes-out=1260 packets-out=15 use-out=0 rekey-time=3220 life-time=3948 "
    "install-time=12 local-ts=[10.50.0.0/24] remote-ts=[10.60.0.0/24 10.61.0.0/24]}}}}\n"
    "list-sa event {prod-hq-1 {uniqueid=2 version=2 state=CONNECTING local-host=198.18.60.10 child-sas {}}}\n"
    "list-sas reply {}\n"
)


def test_a_listing_is_read_whole() -> None:
    first, second = associations(RAW)
    assert (first.name, first.version, first.state) == ("hq-management", "2", "ESTABLISHED")
    assert first.suite == ("AES_GCM_16-256", "PRF_HMAC_SHA2_384", "ECP_384")
    (child,) = first.children
    assert (child.name, child.cipher, child.bytes_in, child.bytes_out) == ("hq-management", "AES_GCM_16-256", 840, 1260)
    assert child.remote == ("10.60.0.0/24", "10.61.0.0/24")
    assert (second.name, second.state, second.children) == ("prod-hq-1", "CONNECTING", ())


def test_only_what_is_established_and_installed_counts() -> None:
    found = associations(RAW)
    assert installed(found, "hq-management") is not None
    assert installed(found, "prod-hq-1") is None
    assert installed(found, "hq") is None
    assert installed(associations(RAW.replace("INSTALLED", "REKEYED")), "hq-management") is None
    assert installed(associations(RAW.replace("ESTABLISHED", "DELETING")), "hq-management") is None


@pytest.mark.parametrize("raw", ["", "list-sas reply {}\n", "garbage", "list-sa event {", "list-sa event {a {b=[c"])
def test_an_empty_or_torn_listing_shows_nothing_installed(raw: str) -> None:
    assert installed(associations(raw), "a") is None


@pytest.mark.parametrize(
    ("proposal", "suite"),
    [
        ("aes256gcm16-prfsha384-ecp384", ("AES_GCM_16-256", "PRF_HMAC_SHA2_384", "ECP_384")),
        ("aes128-sha256-modp2048", ("AES_CBC-128", "PRF_HMAC_SHA2_256", "MODP_2048")),
    ],
)
def test_proposals_in_the_words_of_strongswan(proposal: str, suite: tuple[str, ...]) -> None:
    assert suite_of(proposal) == suite


def test_the_profile_is_what_the_sample_negotiated(profile) -> None:
    association, child = installed(associations(RAW), "hq-management")
    assert suite_of(profile.ike.proposal) == association.suite
    assert cipher_of(profile.ike.esp_proposal) == child.cipher
