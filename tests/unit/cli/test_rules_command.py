"""``onboard rules`` as a user runs it."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from toolkit.cli.rules import rules
from toolkit.errors import UsageError
from toolkit.inventory import RULES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rules, arguments)


def test_all_are_listed_by_section() -> None:
    lines = run().output.splitlines()
    assert {line.split()[0] for line in lines if line.startswith("  ")} == set(RULES)
    assert "  INV-117  error    a VPN link below 10 Mbit/s" in lines
    assert lines.index("SD-2 §2") < lines.index("  INV-117  error    a VPN link below 10 Mbit/s")


def test_a_section_as_json() -> None:
    found = json.loads(run("--section", "SD-1 §1.7", "--format", "json").output)
    assert found["schema"] == "onboarding/rules/v1"
    assert [one["id"] for one in found["rules"]] == ["INV-012", "INV-050", "INV-051", "INV-094"]
    assert set(found["rules"][0]) == {"id", "title", "section", "severity", "fix"}


def test_one_is_shown_with_its_examples() -> None:
    shown = run("--id", "INV-117").output
    assert "error, from SD-2 §2" in shown
    assert shown.index("breaks it:") < shown.index("upload_mbps: 8") < shown.index("keeps it:")
    about = json.loads(run("--id", "inv-117", "--format", "json").output)["rule"]
    assert "upload_mbps: 8" in about["breaks"]
    assert "upload_mbps" not in about["passes"]
    assert "(an empty file)" in run("--id", "INV-002").output


def test_what_is_unknown_is_said() -> None:
    assert isinstance(run("--id", "INV-999").exception, UsageError)
    assert isinstance(run("--section", "SD-9").exception, UsageError)
    assert isinstance(run("--section", "SD-2", "--id", "INV-117").exception, UsageError)
