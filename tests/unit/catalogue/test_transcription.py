"""The catalogue and what ``onboard catalogue show`` prints, cell by cell against tables transcribed by hand.

Each file of ``tests/golden/catalogue`` is compared with the table of the same name, in the catalogue and in the text
that is printed; the few that are told in another shape say here how.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner

from toolkit import catalogue
from toolkit.catalogue.shown import shown_tables
from toolkit.cli.main import cli

FOLDER = Path(__file__).resolve().parents[2] / "golden/catalogue"
FILES = sorted(FOLDER.glob("*.yaml"))
Rows = list[tuple[str, ...]]


class Read(msgspec.Struct):
    """A table by its columns, wherever it was read."""

    source: str
    columns: list[str]
    rows: list[list[str]]


TABLES = {
    "1.14-not-standard": "excluded",
    "1.15-not-included": "excluded",
    "1.4-build-inputs": "prerequisites",
    "1.6-management-levels": "offerings",
    "1.6-support-levels": "tiers",
    "2-not-in-the-document": "provider-data",
    "3-advise-deliverables": "deliverables",
    "3-implement-deliverables": "deliverables",
    "3-always-excluded": "excluded",
    "3-excluded-unless-quoted": "excluded",
    "4-severities": "priorities",
    "5-rehearsal-options": "options",
    "2-excluded": "excluded",
}
"""Files whose table has another name, because every service has one of that kind."""

COLUMNS = {
    "1.6-management-levels": {"level": "offering"},
    "4-severities": {"severity": "priority", "meaning": "criterion"},
    "4-response": {"severity": "priority"},
    "5-rehearsal-options": {"needs": "condition"},
}
"""Columns that every service has under another name."""

BEYOND = {
    "1.10-managed-functions": {"customer portal"},  # guaranteed too, though no managed function
    "2-deliverables": {  # said among the steps of the activation
        "tests that show that the component is ready",
        "report of the activation to the partner",
    },
    "2-not-in-the-document": {"the business hours"},  # named by the priorities, defined nowhere
}
"""First cells of rows that the catalogue has beyond the file's."""

SPLIT = {
    "architecture diagram and deployment plan": ("architecture diagram", "deployment plan"),
    "type and inventory of applications, middleware, iaas/paas services": (
        "type and inventory of applications, middleware, iaas and paas services",
    ),
    "sow and raci": ("statement of work (sow) and raci",),
    "test plan and test report": ("test plan", "test report"),
    "layer-2 and layer-3 topology of lan, wan and dmz": (
        "layer-2 topology of lan, wan and dmz",
        "layer-3 topology of lan, wan and dmz",
    ),
}
"""First cells that are several entries of the catalogue, as each is given or delivered by itself, or one in other words."""


def _severities(rows: Rows) -> Rows:
    return [(row[0].removeprefix("severity-"), *row[1:]) for row in rows]


def _stages_of_sd2(rows: Rows) -> Rows:
    """The run has five stages where the description has two parts."""
    parts = {"transition plan": "transition planning"}
    return [(row[0], parts.get(row[1], "activation of a managed component"), *row[2:]) for row in rows]


ADAPTED: dict[str, Callable[[Rows], Rows]] = {
    "4-severities": _severities,
    "4-response": _severities,
    "2-deliverables": _stages_of_sd2,
}

ONLY = {
    "1.14-not-standard": lambda row: row["excluded"] == "application performance monitoring",
    "1.15-not-included": lambda row: row["excluded"] != "application performance monitoring",
    "3-advise-deliverables": lambda row: row["stage"] == "advise",
    "3-implement-deliverables": lambda row: row["stage"] == "implement",
    "3-always-excluded": lambda row: row["unless quoted"] == "",
    "3-excluded-unless-quoted": lambda row: row["unless quoted"] == "yes",
}
"""Which rows of a table a file is about."""


def said(cell: Any) -> str:
    """A cell of a file as the catalogue words it."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        value, unit = cell["value"], cell["unit"]
        return f"{value} {'%' if unit == 'percent' else unit.removesuffix('s') if value == '1' else unit}".casefold()
    return str(cell).casefold()


def transcribed(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def expected(stem: str, table: dict[str, Any]) -> Rows:
    rows = (
        [tuple(map(said, row)) for row in table["rows"]]
        if "rows" in table
        else [(said(one),) for one in table["items"]]
    )
    if stem == "1.9-priorities":  # a priority has one criterion, made of both
        both = ", or ".join(row[1] for row in rows if row[0] == "p1")
        rows = [("p1", both), *(row for row in rows if row[0] != "p1")]
    if stem == "1.10-availability-guarantees":
        rows = [(row[0].replace("managed kubernetes", "kubernetes"), *row[1:]) for row in rows]
    if stem == "4-response":  # how a time binds and the time are one cell
        rows = [(row[0], f"{row[1]} {row[2]}", f"{row[3]} {row[4]}") for row in rows]
    return [(part, *row[1:]) for row in rows for part in SPLIT.get(row[0], (row[0],))]


def chosen(stem: str, table: dict[str, Any], found: Read) -> Rows:
    """The rows of a table of the catalogue that a file is about, with the file's columns."""
    heads = [head.casefold() for head in found.columns]
    every = [dict(zip(heads, map(str.casefold, row), strict=True)) for row in found.rows]
    rows = [row for row in every if stem not in ONLY or ONLY[stem](row)]
    columns = [head for head in table.get("columns", heads[:1]) if not head.startswith("bound ")]
    names = [COLUMNS.get(stem, {}).get(column, column).casefold() for column in columns]
    assert set(names) <= set(heads), f"{names} in {heads}"
    cells = [tuple(row[name] for name in names) for row in rows if row[heads[0]] not in BEYOND.get(stem, ())]
    return ADAPTED.get(stem, lambda same: same)(cells)


def named(stem: str) -> str:
    return TABLES.get(stem) or stem.partition("-")[2] or stem


@cache
def in_the_catalogue() -> dict[tuple[str, str], Read]:
    return {
        (service.description, table.id): Read(table.source, list(table.columns), [list(row) for row in table.rows])
        for service in catalogue.services().values()
        for table in shown_tables(service)
    }


@cache
def as_printed() -> dict[tuple[str, str], Read]:
    """The tables of the text that the command prints, read back by the dashes below their columns."""
    found: dict[tuple[str, str], Read] = {}
    for service in catalogue.services().values():
        printed = CliRunner().invoke(cli, ["catalogue", "show", service.description], env={"COLUMNS": "9999"})
        assert printed.exit_code == 0
        source, open_table = "", Read("", [], [])
        spans: list[tuple[int, int]] = []
        before = ""
        for line in printed.stdout.splitlines():
            if re.match(r"SD-\d+ §", line):
                source = line
            elif heading := re.fullmatch(r"  \S.* \[([a-z0-9-]+)\]", line):
                open_table, spans = Read(source, ["item"], []), []
                found[service.description, heading[1]] = open_table
            elif re.fullmatch(r"    -+(  -+)+", line):
                spans = [match.span() for match in re.finditer("-+", line)]
                open_table.columns, open_table.rows = [before[start:end].strip() for start, end in spans], []
            elif spans and line:
                cells = [line[start:end].strip() for start, end in spans]
                open_table.rows.append(["" if cell == "\N{EN DASH}" else cell for cell in cells])
            elif line.startswith("    - "):
                open_table.rows.append([line.removeprefix("    - ")])
            before = line
    return found


def compare(stem: str, tables: dict[tuple[str, str], Read]) -> None:
    table = transcribed(FOLDER / f"{stem}.yaml")
    found = tables[table["source"].split(" ")[0], named(stem)]
    if stem in TABLES:
        assert found.source.startswith(table["source"].split(".")[0])
    else:
        assert found.source == table["source"]
    if "items" in table:  # a printed list has no heading
        found = Read(
            found.source, ["excluded" if named(stem) == "excluded" else "item", *found.columns[1:]], found.rows
        )
    assert chosen(stem, table, found) == expected(stem, table)


WHOLE = {"0-parties", "0-services"}
"""Files about all services together, each with a test of its own below."""


@pytest.mark.parametrize("stem", [path.stem for path in FILES if path.stem not in WHOLE])
def test_the_catalogue_says_what_the_table_says(stem: str) -> None:
    compare(stem, in_the_catalogue())


@pytest.mark.parametrize("stem", [path.stem for path in FILES if path.stem not in WHOLE])
def test_show_prints_what_the_table_says(stem: str) -> None:
    compare(stem, as_printed())


def test_the_text_has_every_table_of_the_catalogue() -> None:
    assert as_printed().keys() == in_the_catalogue().keys()
    for key, table in in_the_catalogue().items():
        assert as_printed()[key].rows == table.rows, key


def test_parties() -> None:
    parties = {name: title.en for one in catalogue.services().values() for name, title in one.parties.items()}
    assert set(parties) == {"provider", "customer", "partner", "vendor"}
    names = {title.en for service in catalogue.services().values() for title in service.parties.values()}
    assert set(transcribed(FOLDER / "0-parties.yaml")["items"]) <= names


def test_services() -> None:
    rows = transcribed(FOLDER / "0-services.yaml")["rows"]
    services = {service.description: service for service in catalogue.services().values()}
    assert [row[0] for row in rows] == list(services)
    listed = CliRunner().invoke(cli, ["catalogue", "list"]).stdout.casefold()
    for row, title, kind in rows:
        assert title.startswith(services[row].title.en)
        assert kind in services[row].summary.en.casefold()
        assert services[row].title.en.casefold() in listed
        assert kind in listed


def test_nothing_here_is_about_a_file_that_is_gone() -> None:
    stems = {path.stem for path in FILES}
    assert stems >= {*TABLES, *COLUMNS, *BEYOND, *ADAPTED, *ONLY, *WHOLE}
    firsts = {row[0] for path in FILES for row in rows_of(transcribed(path))}
    assert firsts >= SPLIT.keys()


def rows_of(table: dict[str, Any]) -> Rows:
    return [tuple(map(said, row)) for row in table.get("rows", ())] + [(said(one),) for one in table.get("items", ())]
