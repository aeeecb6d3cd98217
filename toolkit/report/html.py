"""One self-contained HTML page about one run, from its evidence bundle: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.canonical import write_atomic
from toolkit.report.contents import COVERAGE_MEANING, View, duration, read_view
from toolkit.report.page import page_template


def write_report(folder: Path, path: Path, *, verdict: str = "") -> None:
    """Write the report of the bundle in ``folder`` to ``path`` (0600).

    ``verdict`` is the sentence of the bundle's verification; without one the page says that it was not verified.
    Raises EvidenceInvalid where the folder is no bundle.
    """
    write_atomic(path, render_html(read_view(folder, verdict=verdict)).encode())


def render_html(view: View) -> str:
    """The page."""
    template = page_template("report.html.jinja", strict=False, filters={"duration": duration, "plain": _plain})
    page: str = template.render(view=view, p=view.predicate, meaning=COVERAGE_MEANING)
    return page + "\n"


def _plain(value: Any) -> str:
    """A fact's value on one line: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
