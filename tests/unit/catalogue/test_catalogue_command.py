"""``onboard catalogue``: every figure and every word is shown, in both languages; differences by meaning; bad arguments."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from made_up_service import lay, made

from toolkit import catalogue
from toolkit.catalogue.lines import table_lines
from toolkit.catalogue.shown import shown_tables
from toolkit.catalogue.shown_tables import ShownTable
from toolkit.catalogue.words import quantity
from toolkit.cli.main import cli
from toolkit.errors import InventoryInvalid, UsageError

IDS = list(catalogue.services())


def run(*arguments: str, width: int = 9999) -> Result:
    return CliRunner().invoke(cli, ["catalogue", *arguments], env={"COLUMNS": str(width)}, catch_exceptions=True)


def code(*arguments: str) -> Any:
    """What the command line exits with."""
    return CliRunner().invoke(cli, ["catalogue", *arguments], standalone_mode=False).return_value


def words_and_figures(value: Any, way: str = "") -> Iterator[tuple[str, Any]]:
    """Every text in one language, and every figure, of a service as plain values."""
    if isinstance(value, dict):
        if value.keys() == {"en", "fr"}:
            yield way, value
            return
        for key, inner in value.items():
            yield from words_and_figures(inner, f"{way}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from words_and_figures(inner, f"{way}/{index}")
    elif not isinstance(value, bool) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(value)):
        yield way, str(value)


UNSAID = re.compile(
    r"/levels/claim/subject|/windows/\d+/.*|/deliverables/\d+/due/(days|hours)|"
    r"/tables/\d+/(rows/\d+/id|columns/item)|/limits/\d+/title|/stages/\d+/(exit|entry)/\d+/text"
)
"""What is shown by other words: days before an anchor, a limit in the words of the table that names it."""


@pytest.mark.slow
@pytest.mark.parametrize("service", IDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_figure_and_every_word_is_shown(service: str, language: str) -> None:
    shown = run("show", service, "--language", language).stdout.casefold()
    plain = yaml.safe_load((catalogue.service_folder(service) / "service.yaml").read_text())
    for way, said in words_and_figures(plain):
        if UNSAID.fullmatch(way):
            continue
        wanted = said[language] if isinstance(said, dict) else said.replace(".", ",") if language == "fr" else said
        assert wanted.casefold() in shown, way


@pytest.mark.parametrize("service", IDS)
def test_french_differs_from_english_where_words_do(service: str) -> None:
    english, french = (shown_tables(catalogue.service(service), language) for language in ("en", "fr"))
    assert [(one.id, one.source, len(one.rows)) for one in english] == [
        (one.id, one.source, len(one.rows)) for one in french
    ]
    assert len({one.id for one in english}) == len(english)


def test_list() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[:2] for line in lines[::2]] == [
        ["SD-1", "managed-applications"],
        ["SD-2", "ucaas-partners"],
        ["SD-3", "cloud-meetings"],
        ["SD-4", "collaboration-support"],
        ["SD-5", "event-support"],
    ]
    listed = json.loads(run("list", "--format", "json").stdout)
    assert listed["schema"] == "onboarding/catalogue/v1"
    assert [one["id"] for one in listed["services"]] == IDS


def test_an_id_and_a_row_show_the_same() -> None:
    assert run("show", "SD-4").stdout == run("show", "sd-4").stdout == run("show", "collaboration-support").stdout


def test_json_is_the_service_and_its_tables() -> None:
    shown = json.loads(run("show", "SD-1", "--format", "json", "--section", "restore-targets").stdout)
    assert shown["schema"] == "onboarding/catalogue/v1"
    assert shown["service"]["levels"]["restore"]["met_percent"] == "95"
    (table,) = shown["tables"]
    assert table["rows"][0] == ["P1", "1 business day", "8 hours", "4 hours"]


@pytest.mark.parametrize("named", ["restore-targets", "Time to restore", "TIME TO RESTORE"])
def test_one_table(named: str) -> None:
    shown = run("show", "SD-1", "--section", named).stdout
    assert "1 business day" in shown
    assert "[change-targets]" not in shown


@pytest.mark.parametrize("named", ["1.10", "§1.10", "SD-1 §1.10", "sd-1 §1.10"])
def test_one_section(named: str) -> None:
    shown = run("show", "SD-1", "--section", named).stdout
    assert {"[restore-targets]", "[change-targets]"} <= set(re.findall(r"\[[a-z-]+\]", shown))
    assert re.findall(r"^SD-1 §.*", shown, flags=re.MULTILINE) == ["SD-1 §1.10"]


def test_the_backup_policies_are_shown() -> None:
    rows = run("show", "SD-1", "--section", "1.7").stdout
    for policy in catalogue.backup_policies():
        assert policy in rows


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "SD-9"], "no service 'SD-9'"),
        (["show", "../x"], "no service"),
        (["show", "SD-1", "--section", "weather"], "no section 'weather'"),
        (["diff", "SD-1", "nowhere.yaml"], "no such file"),
        (["diff", "SD-1", "./nowhere"], "no such file"),
        (["diff", "SD-1", "nothing"], "no service"),
    ],
)
def test_wrong_arguments(arguments: list[str], words: str) -> None:
    failed = run(*arguments).exception
    assert isinstance(failed, UsageError)
    assert words in failed.message
    assert failed.fix


# --- the text fits a width


@given(
    st.integers(1, 4).flatmap(
        lambda wide: st.lists(
            st.lists(st.text("abc d", max_size=60), min_size=wide, max_size=wide), min_size=2, max_size=5
        )
    ),
    st.integers(20, 200),
)
def test_no_word_is_lost_and_lines_are_no_wider_than_asked(cells: list[list[str]], width: int) -> None:
    head, *rows = (tuple(row) for row in cells)
    found = ShownTable(id="x", title="x", source="x", columns=head, rows=tuple(rows))
    lines = list(table_lines(found, width=width))
    counted = [cell for row in (rows if len(head) == 1 else [head, *rows]) for cell in row]
    assert sorted("".join(lines).replace("-", "").replace("\N{EN DASH}", "").replace(" ", "")) == sorted(
        "".join(counted).replace(" ", "")
    )
    narrowest = 4 + 14 * len(head)
    assert all(len(line) <= max(width, narrowest, 40) for line in lines)


@pytest.mark.parametrize("service", IDS)
def test_a_terminal_of_100_columns_is_enough(service: str) -> None:
    lines = run("show", service, width=100).stdout.splitlines()
    assert max(len(line) for line in lines if not line.endswith("]")) <= 100


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        ("1", "hours", "1 hour", "1 heure"),
        ("2", "hours", "2 hours", "2 heures"),
        ("0", "days", "0 days", "0 jour"),
        ("98.5", "percent", "98.5 %", "98,5 %"),
        ("3", "", "3", "3"),
        ("13", "cm", "13 cm", "13 cm"),
    ],
)
def test_quantities(value: str, unit: str, english: str, french: str) -> None:
    assert (quantity(value, unit, "en"), quantity(value, unit, "fr")) == (english, french)


def test_a_service_that_is_added_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, made())
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    assert "SD-6  star-watch" in run("list").stdout
    shown = run("show", "SD-6").stdout
    for said in (
        "13 cm",
        "99.25",
        "2.5",
        "less than 20 minutes",
        "2 business days",
        "7 hours",
        "1/2",
        "17",
        "25",
        "11",
    ):
        assert said in shown
    assert "étoiles" in run("show", "star-watch", "--language", "fr").stdout


# --- differences


@pytest.mark.slow
@pytest.mark.parametrize("service", IDS)
def test_a_service_does_not_differ_from_its_file(service: str) -> None:
    file = catalogue.service_folder(service) / "service.yaml"
    for other in (file, file.parent):
        assert run("diff", service, str(other)).stdout == "no difference\n"
        assert code("diff", service, str(other), "--detailed-exitcode") == 0


def diff(tmp_path: Path, *changes: tuple[str, Any]) -> list[str]:
    old, new = lay(tmp_path / "old", made()), lay(tmp_path / "new", made(*changes))
    return run("diff", str(old), str(new)).stdout.splitlines()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ([("/limits/0/value", "14")], "~ limits/aperture/value: 13 -> 14"),
        ([("/limits/1", ...)], "- limits/domes: Domes (17)"),
        (
            [("/limits/+", {"id": "eyes", "title": {"en": "Eyes", "fr": "Yeux"}, "source": "SD-6 §6", "value": "2"})],
            "+ limits/eyes: Eyes (2)",
        ),
        ([("/title/fr", "Étoiles")], "~ title: Star watch (fr: Veille des étoiles) -> Star watch (fr: Étoiles)"),
        ([("/levels/restore/targets/0/hours", 6)], "~ levels/restore/targets/P1 gold/hours: 7 -> 6"),
        (
            [("/levels/availability/guarantees/0/percent", "98")],
            "~ levels/availability/guarantees/silver/percent: 97 -> 98",
        ),
        ([("/priority_matrix/cells/now/few", "P1")], "~ priority_matrix/cells/now/few: P2 -> P1"),
        ([("/windows/1/days", ["mon"])], "~ windows/nights/days: mon, tue -> mon"),
        (
            [("/tables/0/rows/1/cells/size", {"figure": "limits/domes"})],
            "+ tables/optics/rows/lens/cells/size: figure limits/domes",
        ),
        ([("/stages/0/gate", False)], "+ stages/first-light/gate: no"),
    ],
)
def test_what_differs_is_told_entry_by_entry(tmp_path: Path, changes: list[tuple[str, Any]], line: str) -> None:
    assert diff(tmp_path, *changes) == [line]


def test_order_does_not_count(tmp_path: Path) -> None:
    service = made()
    service["limits"].reverse()
    service["stages"][0]["exit"].reverse()
    old, new = lay(tmp_path / "old", made()), lay(tmp_path / "new", dict(reversed(service.items())))
    assert run("diff", str(old), str(new)).stdout == "no difference\n"


@pytest.mark.slow
def test_any_two_services_can_be_compared_both_ways() -> None:
    for one, other in itertools.combinations(IDS, 2):
        there, back = (
            json.loads(run("diff", *pair, "--format", "json").stdout) for pair in ((one, other), (other, one))
        )
        assert there["schema"] == "onboarding/catalogue-diff/v1"
        turned = {"added": "removed", "removed": "added", "changed": "changed"}
        assert {(change["way"], turned[change["kind"]]) for change in there["changes"]} == {
            (change["way"], change["kind"]) for change in back["changes"]
        }
        assert code("diff", one, other, "--detailed-exitcode") == 10
        assert code("diff", one, other) == 0


def test_a_file_that_is_wrong_is_refused(tmp_path: Path) -> None:
    failed = run("diff", "SD-1", str(lay(tmp_path, made(("/stages/0/owner", "vendor"))))).exception
    assert isinstance(failed, InventoryInvalid)
    assert failed.details["problems"][0]["path"] == "/stages/0/owner"
