"""The pure parts of the AWS checks."""

from __future__ import annotations

import ast
import fnmatch
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import VerifyFailed
from toolkit.plan.stack_config import policy_config
from toolkit.verify import aws_reads
from toolkit.verify.aws import judge
from toolkit.verify.aws_backup import backup_checks, cadence, kept_days
from toolkit.verify.aws_expected import suite, suites
from toolkit.verify.aws_foundation import foundation_checks
from toolkit.verify.aws_policies import ALL_BUT, BACKUP_POLICIES, OPERATOR_READS, allows, principals
from toolkit.verify.check import equal, failures, refuse_failures

STACKS = Path(__file__).resolve().parents[3] / "stacks" / "components"


def program_constant(file: str, name: str) -> Any:
    """The value of a constant of a program, read and not run: it would start an engine's SDK."""
    for node in ast.parse((STACKS / file).read_text()).body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [name]:
            return ast.literal_eval(node.value)
    raise LookupError(name)


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
        ("cron(0 2 28 * ? *)", "MONTHLY"),
        ("cron(0 1 * * ? *)", "DAILY"),
        ("cron(0 1 ? * * *)", "DAILY"),
        ("cron(0 2 29 * ? *)", "other"),
        ("cron(0 2 31 * ? *)", "other"),
        ("cron(0 2 0 * ? *)", "other"),
        ("cron(0 1 1/2 * ? *)", "other"),
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
    assert kept_days("CUSTOM-DAILY-7") == (7, 7)
    assert kept_days("CUSTOM-WEEKLY-8") == (56, 56)


@pytest.mark.parametrize("name", ["WEEKLY-2", "MONTHLY-12", "CUSTOM-DAILY-7", "CUSTOM-WEEKLY-8", "CUSTOM-MONTHLY-3"])
def test_what_is_planned_for_a_policy_passes(want, name: str) -> None:
    planned = policy_config(name)
    rule = {
        "ScheduleExpression": program_constant("backup.py", "SCHEDULES")[planned["cadence"]],
        "TargetBackupVaultName": "v",
        "Lifecycle": {"DeleteAfterDays": planned["retention_days"]},
    }
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": "onboard:backup", "ConditionValue": name}
    plan = {
        "BackupPlanId": "p",
        "BackupPlan": {"Rules": [rule]},
        "Selections": [{"IamRoleArn": None, "ListOfTags": [tag]}],
    }
    live = {"vault": {"BackupVaultName": "v"}, f"plan/{name}": plan}
    checks = list(backup_checks(msgspec.structs.replace(want, policies=(name,)), live))
    assert len(checks) == 4
    assert failures(checks) == ()


def test_the_rights_of_the_programs_are_those_that_are_expected() -> None:
    assert program_constant("foundation.py", "OPERATOR_READS") == OPERATOR_READS
    assert program_constant("backup.py", "ROLE_POLICIES") == BACKUP_POLICIES


ACTIONS = {
    "s3.list_buckets": "s3:ListAllMyBuckets",
    "s3.get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3.get_public_access_block": "s3:GetBucketPublicAccessBlock",
}
"""Where AWS calls the right otherwise than the call."""


def test_the_operator_may_read_all_that_is_verified() -> None:
    """Of each call that aws_reads.py makes, the right to it."""
    calls = {f"ec2.{operation}" for operation in aws_reads.EC2}
    for node in ast.walk(ast.parse(Path(aws_reads.__file__).read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("ask", "listed"):
            calls.add(".".join(str(ast.literal_eval(one)) for one in node.args[:2] if isinstance(one, ast.Constant)))
    calls = {call for call in calls if "." in call and call != "ec2"}
    assert len(calls) > 20
    rights = {ACTIONS.get(call) or f"{call.partition('.')[0]}:{camel(call.partition('.')[2])}" for call in calls}
    denied = {right for right in rights if not any(fnmatch.fnmatchcase(right, allowed) for allowed in OPERATOR_READS)}
    assert denied == set()


def camel(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def test_one_word_and_a_list_of_it_allow_the_same() -> None:
    one = {"Effect": "Allow", "Principal": {"Service": "a"}, "Action": "x:y", "Resource": ["r"], "Sid": "S"}
    other = {"Resource": "r", "Effect": "Allow", "Principal": {"Service": ["a"]}, "Action": ["x:y"]}
    assert allows({"Statement": one}) == allows({"Statement": [other, {**other, "Effect": "Deny"}]})
    assert allows({"Statement": [other]}) != allows({"Statement": [{**other, "Condition": {"Bool": {"k": "true"}}}]})
    assert allows({"Statement": [other]}) != allows({"Statement": [other, other]})


def test_all_but_some_is_nobody_that_may_be_named(want) -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": want.operator}}
    assert principals(statement) == [ALL_BUT]


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ([{"Field": "eventCategory", "Equals": ["Management"]}], "passed"),
        ([{"Field": "eventCategory", "Equals": ["Data"]}], "failed"),
        (
            [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}],
            "failed",
        ),
    ],
)
def test_advanced_selectors_of_a_trail(want, fields: list[object], result: str) -> None:
    trail = {"Selectors": {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}}
    found = [check for check in foundation_checks(want, {"trail": trail}) if check.id == "trail.management-events"]
    assert [check.result for check in found] == [result]


def test_who_may_take_the_role_must_be_named_by_the_profile(want) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}}]}
    role = {"RoleName": "r", "Trust": trust, "Attached": [], "Inline": {}}
    checks = foundation_checks(msgspec.structs.replace(want, operator=None), {"operator": role})
    assert "operator.principal" in {check.id for check in failures(checks)}


def test_a_check_says_what_it_saw() -> None:
    check = equal("a.b", subject="s", claim="c", how="h", expected=1, observed=2)
    assert check.fact()["result"] == "failed"
    assert check.fact()["observed"] == 2
