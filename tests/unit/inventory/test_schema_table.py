"""What ``onboard schema`` shows is what the schema says, for every kind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from toolkit.errors import UsageError
from toolkit.inventory.readers import read_file
from toolkit.inventory.schema_files import definition, kinds, whole
from toolkit.inventory.schema_table import as_text, list_kinds, rows

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["inventory", *kinds()])
def test_every_property_has_a_row_and_every_line_fits(name: str) -> None:
    node = whole(name)
    shown = {row.property: row for row in rows(name)}
    assert {way for way in shown if "/" not in way} == set(node["properties"])
    assert {way for way, row in shown.items() if row.required and "/" not in way} == set(node["required"])
    assert all(row.meaning and row.type for row in shown.values())
    for width in (80, 110, 200):
        text = as_text(name, width=width)
        assert max(map(len, text.splitlines())) <= width
        assert all(way.rpartition("/")[2] in text for way in shown)


def test_types_are_said_in_words() -> None:
    said = {(kind, row.property): row.type for kind in kinds() for row in rows(kind)}
    assert said["vm", "address"] == "IPv4 address"
    assert said["vm", "owner"] == "e-mail address"
    assert said["database", "hosted_on"] == "id of vm"
    assert said["remote-desktop", "hosts"] == "list of ids of vm"
    assert said["application-function", "procedure/minutes"] == "whole number, 1 to 1440"
    assert said["mail", "hosting"] == "one of provider-cloud, online"
    accounts = [row.meaning for row in rows("inventory") if row.property == "tenants[]/platform/account"]
    assert [meaning.partition(":")[0] for meaning in accounts[1:3]] == ["With kind aws", "With kind azure"]


def test_the_list_names_every_kind_once() -> None:
    assert sorted(one["kind"] for one in list_kinds()) == sorted(kinds())
    assert {one["service"] for one in list_kinds()} == {"managed-applications", "ucaas-partners"}


def test_an_unknown_kind_is_a_fault_of_usage() -> None:
    with pytest.raises(UsageError) as refused:
        rows("toaster")
    assert "vm" in refused.value.fix


def onboard(*arguments: str) -> str:
    command = [sys.executable, "-m", "toolkit.cli.main", "schema", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_command_prints_a_schema_that_stands_by_itself() -> None:
    judge = jsonschema.Draft202012Validator(json.loads(onboard("show", "inventory", "--format", "json")))
    value = read_file(ROOT / "tests/examples/valid/kind-mail.yaml").value
    assert judge.is_valid(value)
    assert not judge.is_valid({**value, "components": [{"id": "xx", "kind": "mail"}]})
    mail = jsonschema.Draft202012Validator(json.loads(onboard("show", "mail", "--format", "json")))
    assert mail.is_valid(value["components"][0])


def test_the_command_prints_tables() -> None:
    assert onboard("show", "mail").startswith("mail: Mail\n")
    assert definition("sap")["description"] in onboard("list")
    assert len(json.loads(onboard("list", "--format", "json"))["kinds"]) == len(kinds())
