"""``onboard price change`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolkit.cli.price import price
from toolkit.errors import RecordsInvalid, UsageError

SAMPLES = Path(__file__).parents[3] / "schemas/samples"
CATALOGUE = ("--catalogue", str(SAMPLES / "changes.sample.csv"))
PRICES = ("--prices", str(SAMPLES / "prices.sample.csv"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(price, ["change", *map(str, arguments)], standalone_mode=False)


def test_one_change_in_euros_says_sample() -> None:
    done = run("disk-grow", *CATALOGUE, *PRICES, "--on", "2027-03-01", "--out-of-hours", "--explain")
    assert done.exception is None
    lines = done.stdout.splitlines()
    assert lines[0].startswith("SAMPLE")
    assert lines[1] == "disk-grow: 4 tokens, 220.00 EUR at the pay-per-use rate"
    assert "2 x 2 = 4 tokens, 120 minutes" in lines[-1]


def test_json() -> None:
    told = json.loads(run("user-add", *CATALOGUE, "--accelerated", "--format", "json").stdout)
    assert (told["schema"], told["sample"], told["tokens"], told["price_eur"]) == (
        "onboarding/price-change/v1", True, 2, None,
    )  # fmt: skip
    assert told["because"][0]["section"] == "SD-1 §1.11"


def test_a_refusal_says_why() -> None:
    done = run("database-upgrade", *CATALOGUE, "--accelerated")
    assert "refused" in done.stdout
    assert "only standard changes" in done.stdout


def test_records_and_pack(tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    file.write_text(
        "id,service,date,change,initiator,accelerated,validation\n"
        "c1,prod,2027-01-05,cluster-resize,customer,no,\n"
        "c2,prod,2027-02-05,user-add,provider,no,\n"
        "c3,prod,2027-02-06,user-add,customer,yes,accepted\n"
    )
    done = run("--records", file, *CATALOGUE, "--start", "2027-01-01", "--months", "2", "--pack", "3")
    assert done.return_value == RecordsInvalid.exit_code
    assert "2027-01: 4 used, 3 from the pack of 3, 1 pay-per-use, 0 expired" in done.stdout
    assert "2027-02: 3 used, 3 from the pack of 3, 0 pay-per-use, 0 expired" in done.stdout
    assert "CONSENT MISSING" in done.stdout
    told = json.loads(run("--records", file, *CATALOGUE, "--start", "2027-01-01", "--format", "json").stdout)
    assert told["schema"] == "onboarding/price-changes/v1"
    assert len(told["months"]) == 12
    euros = run("--records", file, *CATALOGUE, "--start", "2027-01-01", "--months", "2", "--pack", "20", *PRICES)
    assert "2027-01: 900.00 EUR SAMPLE" in euros.stdout
    per_use = run("--records", file, *CATALOGUE, "--start", "2027-01-01", *PRICES, "--format", "json")
    assert [one["total"] for one in json.loads(per_use.stdout)["priced"][:3]] == ["220.00", "165.00", "0.00"]
    asked = run(
        "user-add", *CATALOGUE, "--accelerated", "--records", file, "--service", "prod", "--start", "2027-01-01",
        "--on", "2027-03-01", "--explain",
    )  # fmt: skip
    assert "2 of 6" in asked.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("user-add",),
        ("user-ad", *CATALOGUE),
        CATALOGUE,
        ("--minutes", "5"),
        ("--cause", "shared"),
        ("user-add", "--minutes", "5", "--cause", "shared"),
        ("user-add", *CATALOGUE, *PRICES),
        ("user-add", *CATALOGUE, "--accelerated", "--records", "none.csv"),
        (*CATALOGUE, "--records", str(SAMPLES / "changes.sample.csv"), "--start", "2027-01-01"),
        (*CATALOGUE, "--records", "none.csv"),
        ("user-add", *CATALOGUE, "--pack", "5"),
        (*CATALOGUE, "--records", "none.csv", "--accelerated"),
        ("--minutes", "5", "--cause", "shared", "--out-of-hours"),
        ("--minutes", "5", "--cause", "procedure", *CATALOGUE),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, UsageError)
    assert done.exception.fix


def test_a_long_procedure_is_billed_by_time() -> None:
    assert "2 tokens" in run("--minutes", "40", "--cause", "procedure").stdout
    assert "operation" in run("--minutes", "15", "--cause", "procedure").stdout


def test_a_title_that_a_spreadsheet_or_a_terminal_would_obey_is_text(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_text('id,title,tokens,native_service,standard\nx,"=cmd|\x1b[2J",1,no,yes\n')
    done = run("x", "--catalogue", file, "--explain")
    assert done.exception is None
    assert "\x1b" not in done.stdout
