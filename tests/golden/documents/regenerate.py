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
    """The Markdown of every document of examples/acme in both languages, with its figures; tests as in checks.json."""
    from toolkit.documents.make import make
    from toolkit.pipeline import workspace
    from toolkit.pipeline.document_sources import gather

    sources = gather(
        workspace.find(ROOT / "examples/acme"),
        matrix=ROOT / "schemas/samples/raci.sample.yaml",
        date=dt.date(2026, 12, 1),
    )
    sources = msgspec.structs.replace(sources, tests=json.loads(CHECKS.read_text()))
    files: dict[str, bytes] = {}
    for document in make(sources, only=(), languages=("fr", "en"), formats=("md",)):
        files.update(document.files)
    return files


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for old in (*HERE.glob("*.md"), *HERE.glob("*.svg")):
        old.unlink()
    for name, content in made().items():
        (HERE / name).write_bytes(content)
