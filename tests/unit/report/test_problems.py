"""How problems are shown: to people line by line with hostile text escaped, to programs by the published shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.problem import Problem
from toolkit.report.problems import as_json, as_text

PROBLEM = Problem(
    rule="INV-012",
    file="acme/inventory.yaml",
    line=12,
    column=7,
    component="erp-db-1",
    path="/components/1/backup/policies/0",
    message='no backup policy "WEEKLY-3" in SD-1 §1.7',
    fix='did you mean "WEEKLY-2"?',
)


def test_text() -> None:
    snippets = {("acme/inventory.yaml", 12): "    - WEEKLY-3"}
    assert as_text([PROBLEM], files=1, components=2, snippets=snippets) == (
        'error[INV-012]: no backup policy "WEEKLY-3" in SD-1 §1.7 (component erp-db-1)\n'
        "  --> acme/inventory.yaml:12:7\n"
        "  12 |     - WEEKLY-3\n"
        "     |       ^\n"
        '  fix: did you mean "WEEKLY-2"?\n'
        "\n"
        "1 file, 2 components, 1 problem\n"
    )


def test_text_without_problems_places_and_snippets() -> None:
    assert as_text([], files=2, components=1) == "2 files, 1 component, 0 problems\n"
    bare = Problem(rule="INV-001", severity="warning", file="a b.csv", sheet="S", cell="B2", message="m")
    assert as_text([bare], files=1, components=0).startswith("warning[INV-001]: m\n  --> a b.csv:sheet S:cell B2\n\n")


def test_json_is_the_published_shape() -> None:
    assert as_json([PROBLEM], files=1, components=2) == {
        "schema": "onboarding/problems/v1",
        "summary": {"files": 1, "components": 2, "problems": 1},
        "problems": [
            {
                "rule": "INV-012",
                "severity": "error",
                "file": "acme/inventory.yaml",
                "line": 12,
                "column": 7,
                "sheet": None,
                "cell": None,
                "component": "erp-db-1",
                "path": "/components/1/backup/policies/0",
                "message": 'no backup policy "WEEKLY-3" in SD-1 §1.7',
                "fix": 'did you mean "WEEKLY-2"?',
            }
        ],
    }


def test_colour_only_where_wanted() -> None:
    assert "\x1b" not in as_text([PROBLEM], files=1, components=1)
    assert as_text([PROBLEM], files=1, components=1, color=True).startswith("\x1b[1;31merror[INV-012]\x1b[0m: ")


def test_caret_stands_below_its_column() -> None:
    line = "x" * 500 + "\t日本\x1b!" + "y" * 500
    problem = Problem(rule="INV-015", file="f", line=1, column=505, message="m")
    rows = as_text([problem], files=1, components=0, snippets={("f", 1): line}).splitlines()
    shown, caret = rows[2], rows[3]
    # the two wide characters take two cells each, the escape four
    assert shown.split("!")[0].endswith("x 日本\\x1b")
    assert len(caret) - 1 == len(shown.split("!")[0]) + 2
    assert len(shown) < 130


@given(st.text(), st.text(min_size=1), st.integers(1, 300), st.integers(1, 9))
def test_hostile_text_stays_on_its_line(text: str, line: str, column: int, number: int) -> None:
    problem = Problem(
        rule="INV-015", file=text, line=number, column=column, component=text, path=text, message=text, fix=text or "f"
    )
    written = as_text([problem], files=1, components=1, snippets={(text, number): line})
    assert all(char == "\n" or char.isprintable() or char == "\u3000" or char.isspace() for char in written)
    assert len(written.split("\n")) <= 8
    assert "\x1b" not in written
    assert "\u202e" not in written
