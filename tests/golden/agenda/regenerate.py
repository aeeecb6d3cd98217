"""Make the golden calendars and runs of show anew: python tests/golden/agenda/regenerate.py, then review the diff."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1] / "unit/agenda")]

from agenda_cases import cases, written  # noqa: E402 - the path comes first

for case in cases():
    for name, content in written(case).items():
        (case / name).write_bytes(content)
        print(f"{case.name}/{name}")
