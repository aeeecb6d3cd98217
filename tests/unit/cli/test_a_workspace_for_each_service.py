"""What services without components decide, and the workbook of each service; the whole way is tests/unit/services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolkit import catalogue
from toolkit.cli.decide import decide
from toolkit.cli.template import template

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
WORKSPACES = {
    "managed-applications": "acme",
    "ucaas-partners": "telephony",
    "cloud-meetings": "meetings",
    "collaboration-support": "support-desk",
    "event-support": "summit",
}
WITHOUT = sorted(name for name in WORKSPACES if not catalogue.service(name).inventory.kinds)


def run(command: object, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)  # type: ignore[arg-type]


def test_every_service_has_one() -> None:
    own = {name for name in catalogue.service_ids() if catalogue.service_folder(name).is_relative_to(EXAMPLES.parent)}
    assert own == set(WORKSPACES)


@pytest.mark.parametrize("service", WITHOUT)
def test_without_components_nothing_is_decided(service: str) -> None:
    workspace = EXAMPLES / WORKSPACES[service]
    done = run(decide, workspace)
    assert done.exception is None
    found = catalogue.service(service)
    assert f"{found.title.en} ({found.description}): no components, so that there is nothing to decide" in done.output
    assert json.loads(run(decide, workspace, "--format", "json").output)["decisions"] == []
    assert run(decide, workspace, "--format", "ndjson").output == '{"schema":"onboarding/decision-lines/v1"}\n'


@pytest.mark.parametrize("service", WORKSPACES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_has_a_workbook_to_fill_in(service: str, language: str, tmp_path: Path) -> None:
    import openpyxl

    target = tmp_path / "x.xlsx"
    assert run(template, "--service", service, "--language", language, "-o", target).exception is None
    book = openpyxl.load_workbook(target)
    shape = catalogue.service(service).inventory
    prerequisites = "prérequis" if language == "fr" else "prerequisites"
    assert (prerequisites in book.sheetnames) == ("prerequisites" in shape.sections)
    if "prerequisites" in shape.sections:
        lists = book[prerequisites].data_validations.dataValidation
        assert [str(found.sqref) for found in lists if "A3" in str(found.sqref)] == ["A3:A1001"]
