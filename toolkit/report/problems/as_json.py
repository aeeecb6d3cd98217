"""One JSON object: schema ``onboarding/problems/v1``, every field present."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from toolkit.report.problems.listing import Listing


def write(listing: Listing) -> Iterator[str]:
    """The object, a problem at a time, indented as ``json.dumps(…, indent=2)`` does."""
    count = sum(1 for _ in listing.problems)
    summary = {"files": listing.files, "components": listing.components, "problems": count}
    yield '{\n  "schema": "onboarding/problems/v1",\n  "summary": ' + _indented(summary, "  ") + ',\n  "problems": ['
    comma = ""
    for problem in listing.problems:
        yield comma + "\n    " + _indented(msgspec.to_builtins(problem), "    ")
        comma = ","
    yield ("\n  " if count else "") + "]\n}\n"


def _indented(value: object, margin: str) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n" + margin)
