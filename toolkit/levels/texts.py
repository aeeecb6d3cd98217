"""The words of explanations, in both languages of documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).resolve().parent / "texts.yaml"


@cache
def texts() -> dict[str, Any]:
    """Everything that can be said: key → language → text; ``reasons`` holds reason codes likewise."""
    found: dict[str, Any] = yaml.load(_FILE.read_bytes(), Loader=yaml.CSafeLoader)
    return found


def say(language: str, key: str, **named: object) -> str:
    """The text of ``key`` in ``language`` (English for any but ``fr``) with its names filled in."""
    text: str = texts()[key]["fr" if language == "fr" else "en"]
    return text.format(**named)


def reason_text(code: str, language: str) -> str:
    """The words for a reason's code; the code itself where there are none."""
    found = texts()["reasons"].get(code)
    return code if found is None else str(found["fr" if language == "fr" else "en"])
