"""Components as CSV (RFC 4180), in UTF-8 with a byte order mark, by which spreadsheets know it."""

from __future__ import annotations

import csv
import io
from typing import Any

from toolkit.errors import UsageError
from toolkit.inventory.tables.layout import component_table

LONGEST = 131_072
"""Characters of a cell that the reader takes."""


def csv_bytes(components: Any) -> bytes:
    """The file's content; raises UsageError for what a table cannot hold."""
    grid = component_table(components)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(grid.headings)
    for row in grid.rows:
        if any(len(str(cell)) > LONGEST for cell in row):
            raise UsageError("a value is too long for a cell of CSV", fix="write .yaml, .json or .ndjson")
        writer.writerow(row)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
