"""Makes the golden documents anew: python tests/golden/documents/regenerate.py, then read the difference."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CHECKS = HERE / "checks.json"


def made() -> dict[str, bytes]:
    """The Markdown of every document of examples/acme in both languages, with its figures; tests as in checks.json.

    Report and claims of the worked month (tests/golden/levels) and the run of show of examples/summit besides.
    """
    from toolkit.documents.make import make
    from toolkit.pipeline import workspace
    from toolkit.pipeline.document_sources import gather

    sources = gather(
        workspace.find(ROOT / "examples/acme"),
        matrix=ROOT / "schemas/samples/raci.sample.yaml",
        date=dt.date(2026, 12, 1),
    )
    sources = msgspec.structs.replace(sources, tests=json.loads(CHECKS.read_text()))
    month = gather(
        workspace.find(ROOT / "tests/golden/levels/worked-month"),
        date=dt.date(2027, 4, 15),
        month="2027-03",
        languages=("fr", "en"),
    )
    event = gather(workspace.find(ROOT / "examples/summit"), date=dt.date(2027, 6, 1))
    files: dict[str, bytes] = {}
    for source, only in ((sources, ()), (month, ("monthly-report", "credit-claim")), (event, ("event-run-of-show",))):
        for document in make(source, only=only, languages=("fr", "en"), formats=("md",)):
            files.update(document.files)
    return files


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for old in (*HERE.glob("*.md"), *HERE.glob("*.svg")):
        old.unlink()
    for name, content in made().items():
        (HERE / name).write_bytes(content)
