"""The report is made from a bundle alone, says everything, and no string of a customer's gets out of its place."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from toolkit.errors import EvidenceInvalid
from toolkit.model.run import StepResult
from toolkit.report.contents import duration, read_view
from toolkit.report.html import render_html, write_report
from toolkit.report.text import render_text, summary

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests/golden/evidence/passed"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Counts tags, and notes what is not closed in order or would load something."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: dict[str, int] = {}
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def page(folder: Path, tmp_path: Path) -> Page:
    write_report(folder, tmp_path / "report.html", verdict="internally consistent, not anchored")
    return Page((tmp_path / "report.html").read_text("utf-8"))


def test_a_report_says_what_was_decided_built_proven_and_not_proven(tmp_path: Path):
    found = page(GOLDEN, tmp_path)
    assert found.open == []
    for words in (
        "Acme SA",
        "internally consistent, not anchored",
        "NOT PROVEN: alert delivery: the check disturbs and was not asked for",
        "quotas and service limits of the account",
        "erp-db-1: full-build, class 5",
        "The provider writes all layers but the software (SD-1 §1.1)",
        "failed on responsibility.infrastructure is provider",
        "acme-acme-prod-network",
        "1\u00a0\u00d7\u00a0aws:ec2/vpc:Vpc",
        "8.5 s",
        "backups restored",
    ):
        assert words in found.text, words


def test_a_report_loads_and_runs_nothing(tmp_path: Path):
    found = page(GOLDEN, tmp_path)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & found.tags.keys()
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        if name in {"src", "href"}:
            assert tag == "a"
            assert (value or "").startswith("#")
    content = (tmp_path / "report.html").read_text()
    assert "url(" not in content
    assert "@import" not in content
    assert "default-src 'none'" in content
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o600


def test_the_text_says_the_same(tmp_path: Path):
    text = summary(GOLDEN, verdict="internally consistent, not anchored")
    for line in (
        "Acme SA: run 20270101-120000-1a2b3c passed",
        "  erp-db-1: full-build, class 5 (BM-004)",
        "Inventory: 1 tenant, 1 site, 2 links, 1 application, 3 components",
        "Planned: 1 resource in 1 stack",
        "Steps: 2 done; 1 change",
        "  acme-acme-prod-network: 1",
        "  provision/acme-prod/network: done in 8.5 s, 1 changed",
        "PROVEN: tunnels",
        "NOT PROVEN: alert delivery: the check disturbs and was not asked for",
        "ONLY THE REAL CLOUD CAN PROVE: quotas and service limits of the account",
    ):
        assert line in text.splitlines()


HOSTILE = (
    "</title></style><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> '",
    "{{ 7 * 7 }}{% for x in () %}{{ self }}",
    "\x1b[2J\r\nPROVEN: everything\u202e\u2028",
    "javascript:alert(1)",
    "<!-- ",
    "&lt;b&gt; ]]>",
)


def spoiled(value, text: str, skip: frozenset[str] = frozenset()):
    """Every string of a plain JSON value followed by ``text``, but those under a key in ``skip``."""
    if isinstance(value, str):
        return value + text
    if isinstance(value, dict):
        return {key: found if key in skip else spoiled(found, text, skip) for key, found in value.items()}
    return [spoiled(found, text, skip) for found in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_in_every_field_stays_text(tmp_path: Path, text: str):
    view = read_view(GOLDEN)
    honest, found = (
        Page(
            render_html(msgspec.convert(spoiled(msgspec.to_builtins(view), words, frozenset({"faulted"})), type(view)))
        )
        for words in ("x", text)
    )
    assert found.open == []
    assert found.tags == honest.tags
    shape = [(tag, name) for tag, name, _ in honest.attributes]
    assert [(tag, name) for tag, name, _ in found.attributes] == shape
    assert "49" not in found.text.replace("20270101", "") or "49" in honest.text
    assert not set("\x1b\u202e\u2028\r") & set(found.text)


def test_a_hostile_string_ends_no_line_of_the_text():
    view = read_view(GOLDEN)
    honest, hostile = (
        render_text(msgspec.convert(spoiled(msgspec.to_builtins(view), text, frozenset({"faulted"})), type(view)))
        for text in ("x", HOSTILE[3])
    )
    assert len(hostile.splitlines()) == len(honest.splitlines())
    assert "\x1b" not in hostile


def test_a_failed_run_shows_the_failing_step_with_its_own_message(tmp_path: Path):
    sys.path.insert(0, str(ROOT / "tests/unit/evidence"))
    from evidence_case import START, fixed_signer, ledger, material, redactor

    from toolkit.errors import ConfigureFailed
    from toolkit.evidence.bundle import LedgerRow, write_bundle

    error = ConfigureFailed("erp-vm-1: unreachable", fix="look at the tunnel")
    name = "configure/acme-hq/hosts"
    rows = (
        LedgerRow(seq=6, step=name, kind="started", time=START + 12.5),
        LedgerRow(
            seq=7, step=name, kind="failed", time=START + 13, message=error.message, data={"error": error.to_json()}
        ),
        LedgerRow(seq=8, step="verify/later", kind="progress", time=START + 13, message="NOT PROVEN: no hosts"),
    )
    results = {"verify/later": StepResult(not_proven=("verify/later: no hosts",))}
    given = material(tmp_path, ledger=ledger(*rows), result="failed", results=results, faulted=True)
    write_bundle(tmp_path / "b", given, signer=fixed_signer(tmp_path), redactor=redactor())
    found = page(tmp_path / "b", tmp_path)
    assert "erp-vm-1: unreachable look at the tunnel" in re.sub(r"\s+", " ", found.text)
    assert "Faults were injected" in found.text
    text = summary(tmp_path / "b")
    assert "  configure/acme-hq/hosts: failed in 500 ms, 0 changed\n      erp-vm-1: unreachable\n" in text
    assert "verify/later: left out" in text
    assert "faults were injected, so nothing may be concluded" in text


def test_what_is_no_bundle_is_refused(tmp_path: Path):
    for content in (b"", b"[]", b'{"payload": "e30="}', b"\xff"):
        (tmp_path / "statement.dsse.json").write_bytes(content)
        with pytest.raises(EvidenceInvalid, match="not an evidence bundle"):
            write_report(tmp_path, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.25, "250 ms"), (12.34, "12.3 s"), (245, "4 min 05 s"), (59.99, "60.0 s"), (7380, "2 h 03 min")],
)
def test_durations_are_read_easily(seconds: float, words: str):
    assert duration(seconds) == words
