"""``onboard price build``, ``bill``, ``revision`` and ``minimum`` as a user runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from toolkit.cli.price import price
from toolkit.errors import RecordsInvalid, UsageError

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "schemas/samples"
ACME = ROOT / "examples/acme"
GOLDEN = ROOT / "tests/golden/money"
PRICES = ("--prices", str(SAMPLES / "prices.sample.csv"))
TERMS = ("--terms", str(SAMPLES / "commercial.sample.yaml"))
EFFORT = ("--effort", str(SAMPLES / "effort.sample.yaml"))
USAGE = ("--usage", str(SAMPLES / "usage.sample.csv"))
INDICES = ("--indices", str(SAMPLES / "indices.sample.csv"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(price, [str(one) for one in arguments], standalone_mode=False)


def test_a_bill_with_samples_says_so_and_explains_itself() -> None:
    done = run("bill", ACME, "--month", "2027-03", *PRICES, *TERMS, *USAGE, "--explain")
    assert done.exception is None
    lines = done.stdout.splitlines()
    assert lines[0].startswith("SAMPLE")
    assert "2925.70  total" in done.stdout
    assert "1 x 62 x 21/31 = 42.00 EUR" in done.stdout
    assert "120 x (1 + 3/100) = 123.6" in done.stdout


def test_a_bill_in_json() -> None:
    told = json.loads(run("bill", ACME, "--month", "2027-03", *PRICES, *TERMS, "--format", "json").stdout)
    assert (told["schema"], told["sample"], told["month"], told["currency"]) == (
        "onboarding/price-bill/v1", True, "2027-03", "EUR",
    )  # fmt: skip
    assert all(isinstance(line["amount"], str) and line["because"] for line in told["lines"])
    assert told["notes"]


def test_a_build_with_samples_by_lots() -> None:
    done = run("build", ACME, *PRICES, *EFFORT, *TERMS, "--explain")
    assert done.exception is None
    assert done.stdout.startswith("SAMPLE")
    assert "invoice at the delivery of lot-1 on 2027-02-15: 2100.00" in done.stdout
    told = json.loads(run("build", ACME, *PRICES, *EFFORT, "--format", "json").stdout)
    assert (told["schema"], told["total"]) == ("onboarding/price-build/v1", "2450.00")
    assert [(one["id"], one["amount"], one["on"]) for one in told["invoices"]] == [
        ("order", "735.00", None),
        ("end", "1715.00", None),
    ]


def test_prices_of_another_day(tmp_path: Path) -> None:
    done = run("build", ACME, *PRICES, *EFFORT, "--on", "2026-12-31")
    assert isinstance(done.exception, RecordsInvalid)
    assert "no price for build/person-day in eu-west-3 on 2026-12-31" in str(done.exception.details)


def test_an_effort_that_is_missing_is_named(tmp_path: Path) -> None:
    value = yaml.safe_load((SAMPLES / "effort.sample.yaml").read_text())
    value["figures"] = value["figures"][:1]
    (tmp_path / "effort.yaml").write_text(yaml.safe_dump(value))
    done = run("build", ACME, *PRICES, "--effort", tmp_path / "effort.yaml")
    assert isinstance(done.exception, RecordsInvalid)
    (problem,) = done.exception.details["problems"]
    assert "erp-db-1" in problem["message"]


def test_a_bill_needs_its_terms(tmp_path: Path) -> None:
    shutil.copy(ACME / "inventory.yaml", tmp_path / "inventory.yaml")
    done = run("bill", tmp_path, "--month", "2027-03", *PRICES)
    assert isinstance(done.exception, UsageError)
    assert "commercial.yaml" in done.exception.message


@pytest.mark.parametrize(
    "arguments",
    [
        ("bill", ACME, "--month", "2027-3", *PRICES, *TERMS),
        ("bill", ACME, "--month", "2027-03", "--prices", "none.csv", *TERMS),
        ("bill", ACME, "--month", "2027-03", *PRICES, "--terms", "none.yaml"),
        ("bill", ACME, "--month", "2027-03", *PRICES, *TERMS, "--usage", "none.csv"),
        ("bill", "none", "--month", "2027-03", *PRICES, *TERMS),
        ("build", ACME, *PRICES, "--effort", "none.yaml"),
        ("build", ROOT / "tests/examples/valid/kind-call-manager.yaml", *PRICES, *EFFORT),
        ("revision", *INDICES, "--start", "2027-01-15", "--until", "2028-01-15"),
        ("revision", *INDICES, "--start", "2027-01-15", "--until", "2028-01-15", "--price", "1", *PRICES),
        ("revision", *INDICES, "--start", "2027-01-15", "--until", "2028-01-15", "--price", "=1"),
        ("revision", *INDICES, "--start", "2027-01-15", "--until", "2028-01-15", "--price", "1", "--first-bill", "x"),
        ("minimum", "--revenue", "-1", "--years", "3", "--records", str(SAMPLES / "minimum.sample.csv")),
        ("minimum", "--revenue", "1", "--years", "3", "--records", "none.csv"),
    ],
)
def test_wrong_arguments(arguments: tuple[str | Path, ...], tmp_path: Path) -> None:
    if str(arguments[1]).endswith("kind-call-manager.yaml"):
        shutil.copy(Path(str(arguments[1])), tmp_path / "inventory.yaml")
        arguments = (arguments[0], tmp_path, *arguments[2:])
    done = run(*arguments)
    assert isinstance(done.exception, UsageError), done.output
    assert done.exception.fix


def test_revisions() -> None:
    done = run("revision", *INDICES, "--start", "2027-01-15", "--until", "2029-06-30", "--price", "120", "--explain")
    assert "price from 2028-01-15: 123.60 EUR" in done.stdout
    assert "123.6 x 315.2/309 = 126.08" in done.stdout
    assert done.stdout.startswith("SAMPLE")
    told = json.loads(
        run(
            "revision", *INDICES, "--start", "2027-01-15", "--until", "2028-06-30", *PRICES, "--format", "json"
        ).stdout
    )  # fmt: skip
    assert told["schema"] == "onboarding/price-revision/v1"
    items = {one["name"].partition("/")[0] for one in told["prices"]}
    assert not items & {"backup", "restore", "support", "ticket", "token", "access-fee", "minimum"}
    hosting = run(
        "revision", *INDICES, "--start", "2027-01-15", "--until", "2028-06-30", "--price", "120", "--formula", "hosting"
    )
    assert "125.60 EUR" in hosting.stdout
    none = run("revision", *INDICES, "--start", "2027-01-15", "--until", "2027-06-30", "--price", "120")
    assert none.stdout == "price: no revision yet\n"


def test_the_guaranteed_minimum() -> None:
    records = SAMPLES / "minimum.sample.csv"
    done = run("minimum", "--revenue", "300000", "--years", "3", "--records", records, "--explain")
    assert (
        "year 2: guaranteed 80000.00, run 65000.00, carried in 10000.00: shortfall 5000.00, to be invoiced by 2029-02-19"
        in done.stdout
    )
    assert done.stdout.startswith("SAMPLE")
    told = json.loads(
        run("minimum", "--revenue", "300000", "--years", "3", "--records", records, "--format", "json").stdout
    )
    assert told["schema"] == "onboarding/price-minimum/v1"
    assert [year["shortfall"] for year in told["years"]] == ["0.00", "5000.00", "11000.00"]


def test_a_shortfall_without_notice_says_so() -> None:
    done = run("minimum", "--revenue", "100000", "--years", "3", "--records", GOLDEN / "years.csv")
    assert "year 2: " in done.stdout
    assert "SAMPLE" not in done.stdout


@pytest.mark.parametrize("text", ["2027-02-30", "1999-12-31", "9999-01-01", "20270101", "soon", ""])
def test_no_day(text: str) -> None:
    done = run("revision", *INDICES, "--start", text, "--until", "2028-01-15", "--price", "1")
    assert isinstance(done.exception, click.BadParameter)


@pytest.mark.parametrize("command", ["change", "build", "bill", "revision", "minimum"])
def test_help_says_what_it_does(command: str) -> None:
    done = CliRunner().invoke(price, [command, "--help"])
    assert done.exit_code == 0
    assert "SD-1 §1.1" in " ".join(done.output.split())
    assert f"onboard price {command}" in done.output
