"""A month's service levels as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from toolkit.model.levels import LevelsReport
from toolkit.report.page import page_template


def as_html(
    report: LevelsReport,
    *,
    title: str,
    language: str,
    words: Mapping[str, str],
    figures: Mapping[str, Callable[..., str]],
) -> str:
    """The page in ``language`` (fr, en); ``words`` are its headings, ``figures`` write numbers (see ``levels.present``)."""
    template = page_template("levels.html.jinja")
    page: str = template.render(report=report, title=title, language=language, w=words, **dict[str, Any](figures))
    return page + "\n"
