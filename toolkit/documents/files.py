"""What a renderer makes: files by name, to be written side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from toolkit.documents import markdown, page, word
from toolkit.documents.model import Document

Renderer = Callable[[Document], Mapping[str, bytes]]

FORMATS: dict[str, Renderer] = {"md": markdown.render, "html": page.render, "docx": word.render}
"""By the suffix of the document's file."""
