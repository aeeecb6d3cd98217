"""The pure parts of the AWS checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import VerifyFailed
from toolkit.verify.aws import judge
from toolkit.verify.aws_backup import cadence, kept_days
from toolkit.verify.aws_expected import suite, suites
from toolkit.verify.check import equal, refuse_failures


def test_a_missing_tenant_fails_once_for_each_object(want) -> None:
    checks = judge(want, {})
    assert {check.id for check in checks} == {"aws.one-each"}
    assert len(checks) == len(want.logical())
    with pytest.raises(VerifyFailed) as error:
        refuse_failures(checks, of="acme-prod")
    assert error.value.exit_code == 9
    assert error.value.message.count("\n") == len(checks)
    assert "expected 1, observed 0" in error.value.message


def test_ownership_tags_are_those_of_the_stacks(want) -> None:
    assert want.logical()["vpc"] == "urn:pulumi:acme-acme-prod-network::onboarding-network::aws:ec2/vpc:Vpc::vpc"


@given(st.text(alphabet="abc-", min_size=1, max_size=300))
def test_ownership_tags_fit_and_differ(name: str) -> None:
    from toolkit.verify.aws_expected import Expected, Suite

    one = Suite(encryption="AES256", integrity=None, group=14)
    want = Expected(
        customer="c", tenant="t", account="1", region="r", cidr="10.0.0.0/16", zones=1, external_id="e", operator=None,
        links=(), policies=(), phase1=one, phase2=one,
    )  # fmt: skip
    made = want.urn("network", "aws:ec2/vpc:Vpc", name)
    assert len(made) <= 256
    assert made != want.urn("network", "aws:ec2/vpc:Vpc", name + "x")


def test_suites_in_the_words_of_aws(profile) -> None:
    first, second = suites(profile.ike)
    assert (first.encryption, first.integrity, first.group) == ("AES256-GCM-16", "SHA2-384", 20)
    assert second == first
    with pytest.raises(VerifyFailed):
        suite("chacha20poly1305-prfsha256-x25519")


@pytest.mark.parametrize(
    ("schedule", "word"),
    [
        ("cron(0 1 ? * SUN *)", "WEEKLY"),
        ("cron(30 1 ? * 7 *)", "WEEKLY"),
        ("cron(0 2 1 * ? *)", "MONTHLY"),
        ("cron(0 2 L * ? *)", "MONTHLY"),
        ("cron(0 5 ? * * *)", "other"),
        ("cron(0 5 1 1 ? *)", "other"),
        ("cron(0/5 5 1 * ? *)", "other"),
        ("cron(0 5 ? * SUN 2027)", "other"),
        ("rate(7 days)", "other"),
    ],
)
def test_cadence_of_a_schedule(schedule: str, word: str) -> None:
    assert cadence(schedule) == word


def test_retention_of_policies() -> None:
    assert kept_days("WEEKLY-2") == (14, 14)
    assert kept_days("MONTHLY-12") == (360, 372)


def test_a_check_says_what_it_saw() -> None:
    check = equal("a.b", subject="s", claim="c", how="h", expected=1, observed=2)
    assert check.fact()["result"] == "failed"
    assert check.fact()["observed"] == 2
