"""Each format as it was reviewed: a folder a case in ``tests/golden/problems``, an inventory beside what is said of it.

After a deliberate change, write what is expected anew and look at the difference:

    ONBOARD_GOLDEN=write python -m pytest tests/unit/report/test_problem_goldens.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from toolkit import __version__
from toolkit.inventory import RULES, check
from toolkit.report.problems import FORMATS, Listing, write

CASES = sorted((Path(__file__).resolve().parents[2] / "golden/problems").iterdir())
NAMES = {
    "text": "expected.txt",
    "json": "expected.json",
    "ndjson": "expected.ndjson",
    "sarif": "expected.sarif",
    "junit": "expected.xml",
    "github": "expected.github",
    "html": "expected.html",
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    report = check(["inventory.yaml"])
    listing = Listing(
        problems=report.problems,
        files=report.files,
        components=report.components,
        snippets=report.snippets,
        rules=RULES,
    )
    written = "".join(write(form, listing)).replace(f'"semanticVersion": "{__version__}"', '"semanticVersion": "…"')
    written = re.sub(r"(?s)<style>.*</style>", "<style>…</style>", written)
    if form == "junit":
        # rules that hold come and go with the registry
        written = re.sub(r"<testcase [^>]*></testcase>\n|tests=\"\d+\" ", "", written)
    golden = case / NAMES[form]
    if os.environ.get("ONBOARD_GOLDEN") == "write":
        golden.write_text(written)
    assert written == golden.read_text()
