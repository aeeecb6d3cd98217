"""Whatever an inventory says stands in tables and comes back: cells, rows of every kind, whole files of every format."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from toolkit.canonical import digest
from toolkit.errors import UsageError
from toolkit.inventory import load
from toolkit.inventory.convert import WRITERS, convert, read_whole
from toolkit.inventory.readers.csv_reader import read_csv
from toolkit.inventory.readers.place import integral
from toolkit.inventory.readers.xlsx_reader import read_xlsx
from toolkit.inventory.readers.yaml_reader import read_yaml
from toolkit.inventory.schema_files import definition, kinds, resolved, schema
from toolkit.inventory.source import Source
from toolkit.inventory.tables.cells import READ, decode, encode, protect, restore, same
from toolkit.inventory.tables.columns import POSITION, tables
from toolkit.inventory.tables.words import french, sheet_name, translated
from toolkit.inventory.tables.write_csv import csv_bytes
from toolkit.inventory.tables.write_xlsx import xlsx_bytes

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = [*(ROOT / "tests/examples/valid").iterdir(), *(ROOT / "examples").glob("*/inventory.yaml")]
RISKY = ["=1+1", "+33 1 00", "-x", "@cmd", "\tx", "'=x", "''=x", "'s-Gravenhage", "#x", "json:1", "=", "'", "_x0041_"]
EXECUTED = "=+-@\t\r\n#\uff1d\uff0b\uff0d\uff20"
ODD = [
    "a;b",
    "a\\;b",
    "\\",
    " a",
    "a ",
    ";",
    "a\nb",
    "\r\n",
    "\u2028",
    "\x85",
    "\x01",
    "12",
    "true",
    "oui",
    "31/12/2028",
]

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(RISKY + ODD)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).map(integral)
    | texts
)
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=3
)


@pytest.mark.parametrize("type_", list(READ))
@settings(deadline=None)
@given(value=plain, typed=st.booleans())
@example(value=["a; b", ""], typed=True)
@example(value=-5, typed=False)
@example(value=0.1 + 0.2, typed=True)
def test_a_value_comes_back_from_its_cell(type_: Any, value: Any, typed: bool) -> None:
    cell = encode(value, type_, typed=typed)
    assert cell != ""
    assert same(decode(float(cell) if type(cell) is int else cell, type_), value)
    if not typed:
        assert isinstance(cell, str)


@settings(deadline=None)
@given(texts)
def test_no_cell_is_executed_and_none_changed(text: str) -> None:
    assert restore(protect(text)) == text
    for type_ in ("text", "date", "words", "any", "boolean"):
        cell = encode(text, type_, typed=True)
        assert isinstance(cell, str)
        assert cell[0] not in EXECUTED
    listed = encode([text], "words", typed=True)
    assert str(listed)[0] not in EXECUTED


def of_schema(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a property: what the schema wants, its examples, and what it does not want."""
    node = resolved(node)
    if node.get("properties"):
        inner = {name: of_schema(found) for name, found in node["properties"].items() if isinstance(found, dict)}
        return st.fixed_dictionaries({}, optional=inner) | scalars
    if node.get("type") == "array":
        return st.lists(of_schema(node["items"]), max_size=3) | plain
    return st.sampled_from(node.get("examples") or ["x"]) | scalars


@pytest.mark.parametrize("kind", kinds())
@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
@pytest.mark.slow
def test_components_of_every_kind_come_back(kind: str, data: st.DataObject, tmp_path_factory: Any) -> None:
    known = {
        name: of_schema(node) for name, node in definition(kind)["properties"].items() if name not in ("id", "kind")
    }
    of_kind = st.fixed_dictionaries({"id": texts}, optional={**known, "adress": plain, "a.b": texts, POSITION: texts})
    kinds_ = st.sampled_from([{"kind": kind}, {"kind": "vm"}, {"kind": "vmm"}, {"kind": 1}, {}])
    items = data.draw(
        st.lists(st.tuples(of_kind, kinds_).map(lambda two: {**two[0], **two[1]}), min_size=1, max_size=4)
    )
    folder = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp()))
    (folder / "x.xlsx").write_bytes(xlsx_bytes({"components": items}))
    for piece in (read_csv(Path("x.csv"), csv_bytes(items), "x.csv"), read_xlsx(folder / "x.xlsx", "x.xlsx")):
        read = [item for batch in piece.batches() for item in batch]
        assert not piece.refused
        assert not piece.notes
        assert same(read, items)


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_every_section_comes_back(data: st.DataObject, tmp_path_factory: Any) -> None:
    own = {name: of_schema(node) for name, node in schema()["properties"].items() if name != "components"}
    value = data.draw(st.fixed_dictionaries({}, optional={**own, "odd": plain}))
    path = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "x.xlsx"
    path.write_bytes(xlsx_bytes(value))
    piece = read_xlsx(path, "x.xlsx")
    assert not piece.refused
    assert same(piece.header, value)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")
@pytest.mark.slow
def test_every_format_holds_every_example(path: Path, tmp_path: Path) -> None:
    path = path / "inventory" if path.is_dir() else path
    value = read_whole(Source(sorted(path.iterdir()) if path.is_dir() else [path]))
    sound = "minimal" not in path.name
    for suffix in [*(suffix for suffix in WRITERS if suffix != ".csv"), ""]:
        there = tmp_path / f"there{suffix}" if suffix else tmp_path / "inventory"
        back = tmp_path / f"back{suffix or '.folder'}.yaml"
        convert(path, there)
        convert(there, back)
        assert same(read_whole(Source([back])), value)
        if sound and value.get("components", True):
            assert digest(load(there)) == digest(load(path))


NUMBERLIKE = ["1e5", "7E12", "12e03", ".5e3", "0o17", "1e999", "+.inf", "0x1F", "1_0", "1:30", "no", "~", "<<", "="]
numberlike = st.from_regex(r"[-+.0-9oxeE_:infaN]{1,8}", fullmatch=True)


@settings(deadline=None)
@given(text=texts | numberlike | st.sampled_from(NUMBERLIKE))
def test_any_text_is_the_same_text_in_yaml(text: str) -> None:
    value = {"customer": {text: text, "names": [text, text]}}
    assert same(read_yaml(WRITERS[".yaml"](value).decode()).value, value)


@pytest.mark.parametrize("text", NUMBERLIKE)
def test_a_text_like_a_number_is_converted(text: str, tmp_path: Path) -> None:
    value = {"customer": {"name": text}, "components": [{"id": "a", "owner": text}]}
    (tmp_path / "x.json").write_text(json.dumps(value))
    convert(tmp_path / "x.json", tmp_path / "x.yaml")
    assert read_whole(Source([tmp_path / "x.yaml"])) == value


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_every_heading_means_its_column(table: Any) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert POSITION not in names
    for language in ("en", "fr"):
        assert len(sheet_name(table, language)) <= 31
        for column in table.columns:
            for heading in (column.name, ".".join(column.steps), "/" + "/".join(column.steps)):
                assert table.column(heading).steps == column.steps
            if table.name != "components":
                assert table.column(translated(column, table, language)).steps == column.steps
                assert table.column(column.name.upper()).steps == column.steps


def test_every_word_is_translated() -> None:
    words = french()
    assert set(words["sheets"]) == set(tables())
    used = {step for table in tables().values() for column in table.columns for step in column.steps}
    assert used <= set(words["headings"])
    assert {word for word in words["headings"] if "." not in word} <= used
    columns = (column for table in tables().values() for column in table.columns)
    shown = {column.node["description"] for column in columns if "description" in column.node}
    assert set(words["descriptions"]) == shown


def test_what_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    acme = ROOT / "examples/acme/inventory.yaml"
    with pytest.raises(UsageError, match="components only"):
        convert(acme, tmp_path / "x.csv")
    with pytest.raises(UsageError, match="called inventory"):
        convert(acme, tmp_path / "x")
    with pytest.raises(UsageError, match="no such format"):
        convert(acme, tmp_path / "x.ods")
    (tmp_path / "list.json").write_text(json.dumps({"components": [1]}))
    for name in ("x.csv", "x.xlsx"):
        with pytest.raises(UsageError, match="no mapping"):
            convert(tmp_path / "list.json", tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["list.json"]


def test_an_existing_target_stays_without_force(tmp_path: Path) -> None:
    acme, target = ROOT / "examples/acme/inventory.yaml", tmp_path / "x.xlsx"
    target.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        convert(acme, target)
    assert target.read_text() == "mine"
    convert(acme, target, force=True)
    assert load(target) == load(acme)
    folder = tmp_path / "inventory"
    folder.mkdir()
    (folder / "old.yaml").write_text("old: 1")
    convert(acme, folder, force=True)
    assert sorted(one.name for one in folder.iterdir()) == ["components.csv", "header.yaml"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["inventory", "x.xlsx"]


def test_a_mapping_by_id_has_a_row_for_each_id(tmp_path: Path) -> None:
    given = {"reference": "=DOC;1", "date": "2027-01-02"}
    value = {"prerequisites": {"lan-topology": given, "=x": {"reference": "R"}}, "components": []}
    (tmp_path / "x.json").write_text(json.dumps(value))
    convert(tmp_path / "x.json", tmp_path / "x.xlsx")
    piece = read_xlsx(tmp_path / "x.xlsx", "x.xlsx")
    assert piece.header["prerequisites"] == value["prerequisites"]
    place = piece.locate("/prerequisites/=x/reference")
    assert (place.sheet, place.line, place.column) == ("prerequisites", 3, 2)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("", "R")], "a row of prerequisites has an id"),
        ([("x", "R"), ("x", "S")], "prerequisites.x stands elsewhere too"),
    ],
)
def test_a_row_of_a_mapping_by_id_has_its_own_id(rows: list[tuple[str, str]], told: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "prerequisites"
    for row in [("id", "reference"), *rows]:
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    (refused,) = read_xlsx(tmp_path / "x.xlsx", "x.xlsx").refused
    assert refused.message == told


def test_a_time_of_day_is_read_as_it_is_written(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "event.days"
    sheet.append(("date", "start", "end"))
    sheet.append((dt.date(2027, 6, 15), dt.time(9, 30), "17:00"))
    book.save(tmp_path / "x.xlsx")
    piece = read_xlsx(tmp_path / "x.xlsx", "x.xlsx")
    assert piece.header["event"] == {"days": [{"date": "2027-06-15", "start": "09:30", "end": "17:00"}]}
