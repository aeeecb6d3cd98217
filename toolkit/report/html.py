"""One self-contained HTML page about one run, from its evidence bundle: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.canonical import write_atomic
from toolkit.report.contents import COVERAGE_MEANING, View, duration, read_view
from toolkit.visible import visible


def write_report(folder: Path, path: Path, *, verdict: str = "") -> None:
    """Write the report of the bundle in ``folder`` to ``path`` (0600).

    ``verdict`` is the sentence of the bundle's verification; without one the page says that it was not verified.
    Raises EvidenceInvalid where the folder is no bundle.
    """
    write_atomic(path, render_html(read_view(folder, verdict=verdict)).encode())


def render_html(view: View) -> str:
    """The page. Every text passes autoescaping after its control characters were made visible."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "templates"),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters.update(duration=duration, plain=_plain)
    template = environment.get_template("report.html.jinja")
    return template.render(view=view, p=view.predicate, meaning=COVERAGE_MEANING) + "\n"


def _finalized(value: Any) -> Any:
    """Make every printed text visible; what the template itself marks safe is left alone."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value


def _plain(value: Any) -> str:
    """A fact's value on one line: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
