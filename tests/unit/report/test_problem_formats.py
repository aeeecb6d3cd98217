"""How problems are shown: to people line by line, to programs by their formats; no text of a customer's breaks one."""

from __future__ import annotations

import gzip
import html.parser
import json
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path, PurePath

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.sarif_constraints import assert_sarif
from toolkit.inventory import RULES
from toolkit.model.problem import Problem
from toolkit.report.problems import FORMATS, SUFFIXES, Listing, write
from toolkit.report.problems.listing import shares, tallies

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
BREAKING = st.sampled_from(
    (
        "</td><script>", "]]>", "<!--", "-->", "&amp;", "\"'><x y=z>", "::error::x", "%0A%25", "##[error]", "\r\n::warning::",
        "\x00\x1b[2J\x7f\x85", "\u2028\u2029\u202e\ufeff\ufffe\uffff", "{0}[a](b)\\", "{{ x }}{% y %}", "\U000e0001\ue000",
    )
)  # fmt: skip
TEXT = st.lists(st.one_of(BREAKING, st.text(max_size=8)), max_size=4).map("".join)
PROBLEMS = st.lists(
    st.builds(
        Problem,
        rule=st.sampled_from(("INV-010", "INV-012", "INV-066")),
        severity=st.sampled_from(("error", "warning")),
        file=TEXT.filter(bool),
        line=st.none() | st.integers(1, 10**7),
        column=st.none() | st.integers(1, 300),
        sheet=st.none() | TEXT,
        cell=st.none() | TEXT,
        component=st.none() | TEXT,
        path=TEXT | st.just("/components/3/id"),
        message=TEXT.filter(bool),
        fix=TEXT,
    ),
    max_size=6,
)


def listing(*problems: Problem, **named: object) -> Listing:
    return Listing(**{"problems": problems, "files": 1, "components": 2, "rules": RULES, **named})  # type: ignore[arg-type]


def written(form: str, *problems: Problem, **named: object) -> str:
    return "".join(write(form, listing(*problems, **named)))


def many(count: int, rule: str = "INV-012", severity: str = "error") -> list[Problem]:
    return [
        Problem(
            rule=rule,
            severity=severity,  # type: ignore[arg-type]
            file="inv.yaml",
            line=10 + index,
            column=16,
            component=f"c-{index}",
            path=f"/components/{index}/backup",
            message=f"problem {index}",
            fix="mend it",
        )
        for index in range(count)
    ]


def test_text() -> None:
    snippets = {("acme/inventory.yaml", 12): "    - WEEKLY-3"}
    assert written("text", PROBLEM, snippets=snippets) == (
        'error[INV-012]: no backup policy "WEEKLY-3" in SD-1 §1.7 (component erp-db-1)\n'
        "  --> acme/inventory.yaml:12:7\n"
        "  12 |     - WEEKLY-3\n"
        "     |       ^\n"
        '  fix: did you mean "WEEKLY-2"?\n'
        "\n"
        "1 file, 2 components, 1 problem\n"
    )


def test_text_without_problems_places_and_snippets() -> None:
    assert written("text", files=2, components=1) == "2 files, 1 component, 0 problems\n"
    bare = Problem(rule="INV-001", severity="warning", file="a b.csv", sheet="S", cell="B2", message="m")
    assert written("text", bare).startswith("warning[INV-001]: m\n  --> a b.csv:S!B2\n\n")


def test_json_is_the_published_shape() -> None:
    text = written("json", PROBLEM)
    expected = {
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
    assert json.loads(text) == expected
    assert text == json.dumps(expected, ensure_ascii=False, indent=2) + "\n"
    empty = {
        "schema": "onboarding/problems/v1",
        "summary": {"files": 1, "components": 2, "problems": 0},
        "problems": [],
    }
    assert written("json") == json.dumps(empty, indent=2) + "\n"


def test_colour_only_where_wanted() -> None:
    assert "\x1b" not in written("text", PROBLEM)
    assert written("text", PROBLEM, color=True).startswith("\x1b[1;31merror[INV-012]\x1b[0m: ")


def test_caret_stands_below_its_column() -> None:
    line = "x" * 500 + "\t日本\x1b!" + "y" * 500
    problem = Problem(rule="INV-015", file="f", line=1, column=505, message="m")
    rows = written("text", problem, snippets={("f", 1): line}).splitlines()
    shown, caret = rows[2], rows[3]
    # the two wide characters take two cells each, the escape four
    assert shown.split("!")[0].endswith("x 日本\\x1b")
    assert len(caret) - 1 == len(shown.split("!")[0]) + 2
    assert len(shown) < 130


def test_beyond_the_limit_each_rule_has_a_row() -> None:
    problems = [*many(9812), *many(2, "INV-020"), PROBLEM]
    text = written("text", *problems, limit=50)
    assert text.count("error[INV-012]") == 48
    assert text.count("error[INV-020]") == 2
    assert (
        "INV-012: 9,813 components, first at inv.yaml:10:16 (an unknown backup policy)\n"
        "INV-020: 2 components, first at inv.yaml:10:16 (a reference to something that is not there)\n"
        "\n50 of 9,815 problems are shown; --output problems.ndjson writes all of them\n"
        "1 file, 2 components, 9,815 problems\n"
    ) in text
    assert "first at" not in written("text", *problems[:50], limit=50)


@given(st.lists(st.integers(1, 300), max_size=12), st.integers(0, 500))
def test_shares_make_up_the_limit_and_leave_out_no_rule(counts: list[int], limit: int) -> None:
    found = tallies(problem for at, count in enumerate(counts) for problem in many(count, f"INV-{at:03}"))
    shared = shares(found, limit)
    assert sum(shared.values()) == min(limit, sum(counts))
    assert all(0 <= shared["error", tally.rule] <= tally.count for tally in found)
    if limit >= len(counts):
        assert all(shared.values())


def test_several_problems_of_a_component_count_as_one_component() -> None:
    twice = [problem for problem in many(3) for _ in range(2)]
    assert "INV-012: 6 problems in 3 components, first" in written("text", *twice, limit=1)


def test_sarif_is_one_that_github_takes() -> None:
    log = json.loads(
        written("sarif", PROBLEM, Problem(rule="INV-001", severity="warning", file="a b%.csv", message="m"))
    )
    assert_sarif(log)
    run = log["runs"][0]
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%25.csv"
    assert "SD-1 §1.7" in run["tool"]["driver"]["rules"][0]["help"]["text"]
    assert run["invocations"][0]["toolExecutionNotifications"] == []


def test_sarif_names_files_below_the_root_relatively() -> None:
    inside, outside = (
        json.loads(
            written(
                "sarif",
                Problem(rule="INV-001", file=file, message="m"),
                here=PurePath("/work/a"),
                root=PurePath("/work"),
            )
        )
        for file in ("inv.yaml", "../../other/inv.yaml")
    )
    where = ["runs", 0, "results", 0, "locations", 0, "physicalLocation", "artifactLocation"]
    for step in where:
        inside, outside = inside[step], outside[step]
    assert inside == {"uri": "a/inv.yaml", "uriBaseId": "SRCROOT"}
    assert outside == {"uri": "file:///other/inv.yaml"}


@pytest.mark.slow
def test_sarif_of_a_million_components_keeps_to_githubs_limits() -> None:
    text = written("sarif", *many(40_000), *many(3, "INV-020"))
    log = json.loads(text)
    assert_sarif(log)
    run = log["runs"][0]
    assert len(run["results"]) == 25_000
    assert sum(result["ruleId"] == "INV-020" for result in run["results"]) == 3
    said = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert said[0].startswith("25000 of 40003 problems")
    assert said[1] == "GitHub shows 5000 of these 25000 results."
    assert len(gzip.compress(text.encode())) < 10_000_000


@pytest.mark.slow
def test_sarif_stays_below_ten_megabytes_packed() -> None:
    noise = random.Random(1)
    problems = [msgspec.structs.replace(problem, message=noise.randbytes(600).hex()) for problem in many(25_000)]
    text = written("sarif", *problems)
    run = json.loads(text)["runs"][0]
    assert 9_000_000 < len(gzip.compress(text.encode(), 1)) < 10_000_000
    assert (
        f"{len(run['results'])} of 25000" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )


def test_fingerprints_outlive_lines_and_neighbours() -> None:
    def printed(problem: Problem) -> str:
        log = json.loads(written("sarif", problem))
        return log["runs"][0]["results"][0]["partialFingerprints"]["onboardProblem/v1"]

    moved = msgspec.structs.replace(PROBLEM, line=99, path="/components/7/backup/policies/0")
    assert printed(moved) == printed(PROBLEM)
    assert printed(msgspec.structs.replace(PROBLEM, component="other")) != printed(PROBLEM)


def test_junit_has_a_case_for_every_rule() -> None:
    root = ET.fromstring(written("junit", *many(150), *many(2, "INV-066", "warning")))
    cases = {case.get("name", "").split()[0]: case for case in root.iter("testcase")}
    assert list(cases) == list(RULES)
    assert root.get("tests") == str(len(RULES))
    assert root.get("failures") == "1"
    failure = cases["INV-012"].find("failure")
    assert failure is not None
    assert failure.get("message") == "150 components, first at inv.yaml:10:16"
    assert (failure.text or "").splitlines()[-1] == "… and 50 more"
    assert cases["INV-066"].find("failure") is None
    assert len((cases["INV-066"].findtext("system-out") or "").splitlines()) == 2


def test_github_shows_ten_of_a_kind_and_says_what_it_left_out() -> None:
    rows = written("github", *many(30), *many(1, "INV-020"), *many(4, "INV-066", "warning")).splitlines()
    assert [row.split()[0] for row in rows] == ["::error"] * 10 + ["::warning"] * 4 + ["::notice"]
    assert sum("title=INV-020" in row for row in rows) == 1
    assert rows[-1].endswith("::INV-012: 30 components, first at inv.yaml:10:16")


def test_github_escapes_as_the_runner_reads_it() -> None:
    problem = Problem(rule="INV-010", file="a,b:c%.yaml", line=1, message="100%: x\n::error::y", fix="f")
    assert written("github", problem) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,title=INV-010::100%25: x\\x0a::error::y%0Afix: f\n"
    )


def test_a_cell_is_named_by_its_sheet() -> None:
    cell = Problem(rule="INV-014", file="inv.xlsx", line=7, column=3, sheet="VM", cell="C7", message="m")
    snippets = {("inv.xlsx", 7): "of another sheet"}
    assert written("text", cell, snippets=snippets).startswith("error[INV-014]: m\n  --> inv.xlsx:VM!C7\n\n")
    assert "of another sheet" not in written("html", cell, snippets=snippets)
    assert written("github", cell) == "::error file=inv.xlsx,title=INV-014::m (at inv.xlsx:VM!C7)\n"
    result = json.loads(written("sarif", cell))["runs"][0]["results"][0]
    assert result["message"]["text"] == "m (at inv.xlsx:VM!C7)"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}


def test_html_gathers_by_rule_and_says_what_it_left_out() -> None:
    page = written("html", *many(150), *many(2, "INV-066", "warning"))
    assert page.count("<tr><th>") == 2
    assert page.count("<tr>\n") == 102
    assert "… and 50 more" in page
    assert "Nothing to mend" in written("html")


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.slow
@given(PROBLEMS)
def test_no_text_breaks_the_page(problems: list[Problem]) -> None:
    page = _Tags()
    page.feed(written("html", *problems, snippets={(p.file, p.line or 0): p.message for p in problems}))
    assert set(page.tags) <= {
        "html", "head", "meta", "title", "style", "body", "header", "p", "h1", "nav", "a", "main", "section", "h2",
        "code", "table", "thead", "tr", "th", "tbody", "td", "br",
    }  # fmt: skip
    assert page.attributes <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "aria-label", "href", "aria-labelledby", "id",
    }  # fmt: skip
    assert page.tags.count("td") == 4 * len(problems)


@pytest.mark.slow
@given(PROBLEMS)
def test_no_text_breaks_json_and_its_relatives(problems: list[Problem]) -> None:
    whole = json.loads(written("json", *problems))
    lines = written("ndjson", *problems).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"schema": "onboarding/problem/v1", **found} for found in whole["problems"]
    ]
    assert [found["message"] for found in whole["problems"]] == [problem.message for problem in problems]
    assert_sarif(json.loads(written("sarif", *problems)))


@given(PROBLEMS)
def test_no_text_breaks_xml(problems: list[Problem]) -> None:
    root = ET.fromstring(written("junit", *problems))
    shown = sum(len((part.text or "").splitlines()) for part in root.iter() if part.tag in ("failure", "system-out"))
    assert shown == len(problems)
    assert {part.tag for part in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "system-out"}


@given(PROBLEMS)
def test_no_text_begins_a_command_of_its_own(problems: list[Problem]) -> None:
    rows = written("github", *problems).split("\n")[:-1]
    assert len(rows) == len(problems)
    for row in rows:
        assert re.fullmatch(r"::(error|warning) ([a-z]+=[^,:\r\n]*)(,[a-z]+=[^,:\r\n]*)*::[^\r\n]*", row)


@given(PROBLEMS, TEXT.filter(bool))
def test_hostile_text_stays_on_its_line(problems: list[Problem], line: str) -> None:
    text = written("text", *problems, snippets={(p.file, p.line or 0): line for p in problems})
    assert all(char == "\n" or char.isprintable() or char.isspace() for char in text)
    assert len(text.split("\n")) <= 6 * len(problems) + 2
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_every_format_has_its_module_and_streams() -> None:
    for form in FORMATS:
        assert "".join(write(form, listing())) or form in ("ndjson", "github")
    assert set(SUFFIXES.values()) < set(FORMATS)
    assert {path.stem for path in Path(write.__code__.co_filename).parent.glob("as_*.py")} == {
        f"as_{form}" for form in FORMATS
    }
