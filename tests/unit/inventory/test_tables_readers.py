"""CSV and workbooks as people make them: same problems as any other format, each with its own place; bombs refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from toolkit.inventory import check
from toolkit.inventory.convert import convert
from toolkit.inventory.readers import open_piece
from toolkit.inventory.readers.place import ReadRefused

ROOT = Path(__file__).resolve().parents[3]
FULL = json.loads((ROOT / "tests/examples/valid/full.json").read_text())
BROKEN: list[tuple[list[str | int], Any]] = [
    (["components", 0, "os", "famly"], "debian"),
    (["components", 0, "adress"], "10.70.0.13"),
    (["components", 1, "management_level"], "oss"),
    (["components", 1, "backup", "policies"], ["WEEKLY-9"]),
    (["components", 2, "owner"], 7),
    (["components", 2, "depends_on"], ["lyon", "shop-vm-1", "shop-db"]),
    (["components", 2, "hosted_on"], "shop-vm-3"),
    (["tenants", 0, "landing_zone", "zones"], "2"),
    (["customer", "commitment", "months"], 1),
    (["customer", "contacts", 0, "email"], "nobody"),
    (["links", 1, "to"], "site/nowhere"),
]


def broken() -> Any:
    value = json.loads(json.dumps(FULL))
    for steps, wrong in BROKEN:
        inner = value
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = wrong
    return value


def test_five_formats_have_the_same_problems_each_with_its_own_place(tmp_path: Path) -> None:
    source = tmp_path / "source.json"
    source.write_text(json.dumps(broken(), indent=1))
    found: dict[str, Any] = {}
    for name in ("x.yaml", "x.json", "x.ndjson", "inventory", "x.xlsx"):
        target = tmp_path / name
        convert(source, target)
        found[name] = check([target]).problems
        told = {(one.rule, one.path, one.component, one.message, one.fix, one.severity) for one in found[name]}
        assert told == {
            (one.rule, one.path, one.component, one.message, one.fix, one.severity) for one in found["x.yaml"]
        }
        assert all(one.line and one.column for one in found[name])
    assert len(found["x.yaml"]) >= len(BROKEN)
    cells = {one.path: f"{one.sheet}!{one.cell}" for one in found["x.xlsx"]}
    assert cells["/customer/contacts/0/email"].startswith("customer.contacts!")
    assert cells["/components/2/hosted_on"] == "database!" + cells["/components/2/hosted_on"].partition("!")[2]
    assert cells["/components/0/adress"].endswith("1"), "an unknown property is told at its heading"
    places = {one.path: (Path(one.file).name, one.line) for one in found["inventory"]}
    assert places["/components/2/hosted_on"] == ("components.csv", 4)
    assert places["/links/1/to"][0] == "header.yaml"
    rows = list(csv.reader(io.StringIO((tmp_path / "inventory/components.csv").read_text("utf-8-sig"))))
    at = next(one for one in found["inventory"] if one.path == "/components/2/hosted_on")
    line = (tmp_path / "inventory/components.csv").read_text("utf-8-sig").splitlines()[3]
    assert line[at.column - 1 :].startswith("shop-vm-3")
    assert rows[0].index("hosted_on") == line[: at.column - 1].count(",")


SHEET = "id;kind;ends;family;supervised;policies;paths\nvm-é;vm;31/12/2028;debian;oui;WEEKLY-1;/a\\;b; /c\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("change", [str, lambda text: "# a remark\n\n" + text, lambda text: text.replace("\n", "\r\n")])
def test_csv_as_spreadsheets_save_it(encoding: str, change: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = change(SHEET).replace("/a\\;b; /c", '"/a\\;b; /c"')
    path.write_bytes(text.encode(encoding))
    piece = open_piece(path, "x.csv")
    (items,) = piece.batches()
    assert items == [
        {
            "id": "vm-é",
            "kind": "vm",
            "licence": {"ends": "2028-12-31"},
            "os": {"family": "debian"},
            "supervised": True,
            "backup": {"policies": ["WEEKLY-1"], "paths": ["/a;b", "/c"]},
        }
    ]
    said = [note.message for note in piece.notes]
    assert any("31/12/2028 is 2028-12-31" in message for message in said)
    assert any("not UTF-8" in message for message in said) == (not encoding.startswith("utf-8"))
    assert not piece.refused


def test_csv_knows_its_kind_by_its_name_and_its_separator(tmp_path: Path) -> None:
    path = tmp_path / "virtual-desktop.csv"
    path.write_text("sep=\t\nIdentifiant\tPostes\tfr\u00e9quence\nvdi-1\t12,0\tx\n".replace("fr\u00e9quence\t", ""))
    path.write_text("sep=\t\nIdentifiant\tPostes\nvdi-1\t12,0\n")
    piece = open_piece(path, "x")
    assert list(piece.batches()) == [[{"id": "vdi-1", "desktops": 12, "kind": "virtual-desktop"}]]
    assert piece.notes[0].path == "/components/0/desktops"
    assert piece.locate("/components/0/desktops")[:2] == (3, 7)


@pytest.mark.parametrize("text", ['id,kind\n"a,vm\n', 'id,kind\n"a"b,vm\n', "id,kind\na\x00,vm\n", " \n", ""])
def test_csv_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(ReadRefused) as refused:
        open_piece(path, "x")
    assert refused.value.place


def book(path: Path, fill: Callable[[Any], None], name: str = "vm") -> Path:
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet(name)
    fill(sheet)
    made.close()
    return path


def test_cells_of_a_workbook_as_people_type_them(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        day = sheet.workbook_day
        for column, heading in enumerate(["id", "Version", "ends", "Mises à jour de sécurité", "policies"], 1):
            sheet.write_string(3, column, heading)
        sheet.write_string(1, 1, "# our machines")
        sheet.write_string(5, 1, "vm-1")
        sheet.write_number(5, 2, 12)
        sheet.write_datetime(5, 3, dt.datetime(2028, 12, 31), day)  # noqa: DTZ001 - a spreadsheet has no zones
        sheet.write_boolean(5, 4, True)
        sheet.write_string(5, 5, "WEEKLY-1\nMONTHLY-3")

    made = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    sheet = made.add_worksheet("Machines Virtuelles")
    sheet.workbook_day = made.add_format({"num_format": "dd/mm/yyyy"})
    fill(sheet)
    made.add_worksheet("# notes").write_string(0, 0, "anything")
    made.close()
    piece = open_piece(tmp_path / "x.xlsx", "x.xlsx")
    (items,) = piece.batches()
    assert items == [
        {
            "id": "vm-1",
            "os": {"version": "12"},
            "licence": {"ends": "2028-12-31"},
            "security_updates": True,
            "backup": {"policies": ["WEEKLY-1", "MONTHLY-3"]},
            "kind": "vm",
        }
    ]
    assert not piece.refused
    assert piece.locate("/components/0/os/version").cell == "C6"
    assert piece.locate("/components/0/os").cell == "C6"
    assert "vm-1 | 12.0" in piece.line(6, "Machines Virtuelles")


def test_formulas_errors_merged_cells_and_strange_sheets_are_told(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for column, heading in enumerate(["id", "site", "ID", "application"]):
            sheet.write_string(0, column, heading)
        sheet.write_string(1, 0, "vm-1")
        sheet.write_formula(1, 1, "=A2", None, "vm-1")
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
        sheet.write_string(2, 5, "left over")
        sheet.merge_range(3, 0, 4, 0, "vm-2")

    piece = open_piece(book(tmp_path / "x.xlsx", fill), "x")
    list(piece.batches())
    told = {(one.place.cell, one.rule) for one in piece.refused if one.place}
    assert told == {("C1", "INV-017"), ("B2", "INV-018"), ("D3", "INV-018"), ("F3", "INV-017"), ("A4", "INV-018")}
    odd = open_piece(book(tmp_path / "y.xlsx", lambda sheet: sheet.write_string(0, 0, "id"), "databas"), "y")
    assert "did you mean" in odd.refused[0].message


def packed(path: Path, change: Callable[[str, bytes], bytes], name: str = "sheet1.xml") -> Path:
    """The workbook with one part changed."""
    plain = book(path.with_name("plain.xlsx"), lambda sheet: sheet.write_string(0, 0, "id"))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(part, content) if part.endswith(name) else content)
    return path


BOMBS: dict[str, Callable[[str, bytes], bytes]] = {
    "grows": lambda _, content: content.replace(b"</sheetData>", b" " * 40_000_000 + b"</sheetData>"),
    "far": lambda _, content: content.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    ),
    "far in a near row": lambda _, content: content.replace(b"</row>", b'<c r="A9999999"><v>1</v></c></row>'),
    "quoted": lambda _, content: content.replace(b'r="A1"', b"r='XFD1048576'"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_would_take_all_memory_is_refused(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.xlsx", BOMBS[name])
    assert path.stat().st_size < 200_000
    with pytest.raises(ReadRefused) as refused:
        open_piece(path, "x")
    assert refused.value.rule == "INV-006"
    fix = check([path]).problems[0].fix
    assert fix == refused.value.fix
    assert "nested" not in fix


def test_a_workbook_without_any_byte_is_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.touch()
    assert [one.rule for one in check([path]).problems] == ["INV-002"]


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    sound = book(tmp_path / "sound.xlsx", lambda sheet: sheet.write_string(0, 0, "id")).read_bytes()
    for content in (b"", b"id,kind", sound[:-100], sound[:200] + b"\0" * 50 + sound[250:]):
        path.write_bytes(content)
        with pytest.raises(ReadRefused):
            open_piece(path, "x")
    entities = packed(
        tmp_path / "e.xlsx", lambda _, content: b'<!DOCTYPE x [<!ENTITY a "b">]>' + content, "workbook.xml"
    )
    with pytest.raises(ReadRefused, match="entities"):
        open_piece(entities, "x")
