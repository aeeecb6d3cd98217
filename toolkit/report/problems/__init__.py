"""Problems of an inventory in every format that people and programs read: one module each, chosen from ``FORMATS``."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

from toolkit.report.problems.listing import Listing

FORMATS = ("text", "json", "ndjson", "sarif", "junit", "github", "html")
"""Each has its module ``toolkit.report.problems.as_<name>`` with ``write(listing) -> Iterator[str]``."""

SUFFIXES = {
    ".txt": "text",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".sarif": "sarif",
    ".xml": "junit",
    ".html": "html",
}
"""The format that a file's name asks for."""

__all__ = ["FORMATS", "SUFFIXES", "Listing", "write"]


def write(name: str, listing: Listing) -> Iterator[str]:
    """The text of a format, piece by piece; what the customer wrote is escaped as the format needs it."""
    module = importlib.import_module(f"toolkit.report.problems.as_{name}")
    written: Callable[[Listing], Iterator[str]] = module.write
    return written(listing)
