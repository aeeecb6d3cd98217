"""One JSON object a line and problem: schema ``onboarding/problem/v1``, the fields of ``onboarding/problems/v1``."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from toolkit.report.problems.listing import Listing


def write(listing: Listing) -> Iterator[str]:
    """A line for each problem, nothing else; characters beyond ASCII are escaped, so that no reader breaks a line."""
    for problem in listing.problems:
        row = {"schema": "onboarding/problem/v1", **msgspec.to_builtins(problem)}
        yield json.dumps(row, separators=(",", ":")) + "\n"
