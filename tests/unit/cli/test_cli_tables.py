"""``onboard template`` and ``onboard convert``: what a customer gets, fills in, and what becomes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from toolkit import catalogue
from toolkit.canonical import digest
from toolkit.cli.main import main
from toolkit.inventory import load
from toolkit.inventory.schema_files import kinds_of
from toolkit.inventory.tables.layout import lay_out
from toolkit.inventory.tables.template import tables_of
from toolkit.inventory.tables.words import described, sheet_name, translated
from toolkit.pipeline import planning, workspace

ROOT = Path(__file__).resolve().parents[3]
# the SDK imports its own deprecated modules
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning"),
    # openpyxl says that it keeps less of a workbook than there is
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code if isinstance(ended.value.code, int) else 0


def fill(path: Path, value: Any, language: Any) -> None:
    """Write an inventory into the cells of a template, below the example of each sheet, as a person would."""
    book = openpyxl.load_workbook(path)
    for grid in lay_out(value):
        sheet = book[sheet_name(grid.table, language)]
        columns = {translated(column, grid.table, language): column.name for column in grid.table.columns}
        headings = {columns[cell.value]: cell.column for cell in sheet[1]}
        for number, row in enumerate(grid.rows):
            for name, cell in zip(grid.headings, row, strict=True):
                if cell != "":
                    at = number + (2 if grid.table.name == "inventory" else 3)
                    sheet.cell(at, headings[name]).value = cell
    book.save(path)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.slow
def test_a_filled_template_is_validated_decided_and_planned(language: str, tmp_path: Path, capsys: Any) -> None:
    root = tmp_path / "acme"
    root.mkdir()
    target = root / "inventory.xlsx"
    assert run("template", "--service", "managed-applications", "--language", language, "-o", str(target)) == 0
    assert run("validate", str(target)) == 3, "customer and provider are missing"
    acme = ROOT / "examples/acme/inventory.yaml"
    shutil.copy(acme, tmp_path / "x.yaml")
    assert run("convert", str(acme), "-o", str(tmp_path / "x.json")) == 0
    fill(target, json.loads((tmp_path / "x.json").read_text()), language)
    capsys.readouterr()
    assert run("validate", str(root)) == 0
    assert digest(load(root)) == digest(load(acme))
    assert run("decide", str(root)) == 0
    assert "erp-db-1: " in capsys.readouterr().out
    found = workspace.find(root)
    plan, _ = planning.make_plan(found, planning.prepare(found))
    assert plan.steps


@pytest.mark.parametrize("service", catalogue.service_ids())
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_template_helps_at_every_column(service: str, language: Any, tmp_path: Path) -> None:
    target = tmp_path / "x.xlsx"
    assert run("template", "--service", service, "--language", language, "-o", str(target)) == 0
    book = openpyxl.load_workbook(target)
    assert set(kinds_of(service)) <= {table.name for table in tables_of(service)}
    for table in tables_of(service):
        sheet = book[sheet_name(table, language)]
        lists = {str(found.sqref) for found in sheet.data_validations.dataValidation}
        for cell in sheet[1]:
            column = table.column(cell.value)
            assert translated(column, table, language) == cell.value
            assert described(column, language).split()[0] in cell.comment.text
            if column.node.get("enum") or column.type == "boolean":
                assert f"{cell.column_letter}3:{cell.column_letter}1001" in lists
        if table.name != "inventory":
            assert sheet.cell(2, 1).value.startswith("#")
    vms = "machines virtuelles" if language == "fr" else "vm"
    if service == "managed-applications":
        database = book["bases de données" if language == "fr" else "database"]
        sources = {str(found.formula1) for found in database.data_validations.dataValidation}
        assert f"'{vms}'!$A$3:$A$1001" in sources


def test_refusals_name_the_fix(tmp_path: Path, capsys: Any) -> None:
    assert run("template", "--service", "toaster", "-o", str(tmp_path / "x.xlsx")) == 2
    assert run("template", "--service", "ucaas-partners", "-o", str(tmp_path / "x.ods")) == 2
    (tmp_path / "x.xlsx").write_text("mine")
    assert run("template", "--service", "ucaas-partners", "-o", str(tmp_path / "x.xlsx")) == 2
    assert run("convert", str(ROOT / "examples/acme"), "-o", str(tmp_path / "x.csv")) == 2
    told = capsys.readouterr().err
    assert "write .xlsx, or a folder inventory" in told
    assert (tmp_path / "x.xlsx").read_text() == "mine"


def test_convert_says_how_local_notations_were_read(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "x.csv").write_bytes("id;kind;owner;ends\nx-1;vm;é@x.example;31/12/2028\n".encode("cp1252"))
    assert run("convert", str(tmp_path / "x.csv"), "-o", str(tmp_path / "x.json")) == 0
    told = capsys.readouterr().out
    assert "31/12/2028 is 2028-12-31" in told
    assert "Windows-1252" in told
    assert json.loads((tmp_path / "x.json").read_text())["components"][0]["licence"] == {"ends": "2028-12-31"}
