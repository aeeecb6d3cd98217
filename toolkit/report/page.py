"""Self-contained HTML pages: no script, nothing loaded from elsewhere, and no text of a customer's outside its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolkit.visible import visible


def page_template(name: str, *, strict: bool = True, filters: Mapping[str, Callable[..., str]] | None = None) -> Any:
    """The jinja2 template ``templates/<name>``; not ``strict``: what an older record lacks prints as nothing.

    Every printed text passes autoescaping after its control characters were made visible.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined if strict else jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters.update(filters or {})
    return environment.get_template(name)


def _finalized(value: Any) -> Any:
    """Make every printed text visible; what the template itself marks safe is left alone."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value
